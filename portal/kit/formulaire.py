"""Forms from Pydantic models, read field by field so that every error shows at once.

A model's fields are declared with `champ(...)`; `lire` turns what was posted into a `Saisie`:
what was typed (kept, whatever it is), what is valid, what is wrong. A field that depends on others
says so with `si`; what concerns several fields is a control (`portal.kit.controles`).

HTML names: `champ` for a field, `groupe.cle.champ` for a field of a repeated group's row.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

Condition = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Meta:
    """What a field's page, API schema and change log need to know of it."""

    libelle: str
    aide: str = ""
    widget: str = "texte"
    obligatoire: bool = True
    manque: str = ""
    choix: tuple[tuple[str, str], ...] = ()
    autocomplete: str = ""
    inputmode: str = ""
    suffixe: str = ""
    exemple: str = ""
    secret: str = ""
    si: Condition | None = None
    pilote: bool = False
    ajouter: str = ""
    titre_ligne: str = ""
    maximum: int | None = None
    remplit: tuple[tuple[str, str], ...] = ()
    """For a SIRET: (what the register knows, field of the step that it fills when empty), among
    « denomination », « nda », « code_postal », « commune », « idcc »."""
    connu: str = ""
    """What a new draft begins with, to be corrected if need be: of who creates it, « nom », « email »,
    « telephone »; of the company in the register, « effectif »."""


def champ(libelle: str, *, longueur_max: int | None = None, **options: Any) -> Any:
    """Declare a field. Options are `Meta`'s; `obligatoire=False` makes it optional.

    `secret` ('nir', 'iban') keeps the value out of the form's stored data; `pilote` says that
    other fields depend on it, so that the page is drawn again when it changes.
    """
    if "choix" in options:
        options["choix"] = tuple(options["choix"])
        options.setdefault("widget", "choix")
    meta = Meta(libelle=libelle, **options)
    return Field(default=None, max_length=longueur_max, json_schema_extra={"meta": meta})  # type: ignore[dict-item]


def meta_de(info: FieldInfo) -> Meta:
    extra = info.json_schema_extra
    if isinstance(extra, dict) and isinstance(extra.get("meta"), Meta):
        return extra["meta"]  # type: ignore[return-value]
    raise TypeError("Un champ de formulaire se déclare avec champ(...).")


def modele_de_groupe(info: FieldInfo) -> type[BaseModel] | None:
    """The row model of a `list[Model]` field, else None."""
    if get_origin(info.annotation) is list:
        (ligne,) = get_args(info.annotation)
        if isinstance(ligne, type) and issubclass(ligne, BaseModel):
            return ligne
    return None


@cache
def _lecteur(modele: type[BaseModel], nom: str) -> TypeAdapter[Any]:
    info = modele.model_fields[nom]
    contraintes = tuple(info.metadata)
    return TypeAdapter(
        Annotated[(info.annotation, *contraintes)] if contraintes else info.annotation  # type: ignore[arg-type]
    )


_MESSAGES: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_too_long": lambda c: f"{c['max_length']} caractères au plus.",
    "greater_than_equal": lambda c: f"La valeur doit être d’au moins {c['ge']}.",
    "greater_than": lambda c: f"La valeur doit être supérieure à {c['gt']}.",
    "less_than_equal": lambda c: f"La valeur doit être d’au plus {c['le']}.",
    "less_than": lambda c: f"La valeur doit être inférieure à {c['lt']}.",
}


def _message(erreur: ValidationError) -> str:
    detail = erreur.errors(include_url=False, include_input=False)[0]
    if detail["type"] == "saisie":
        return detail["msg"]
    traduire = _MESSAGES.get(detail["type"])
    return traduire(detail.get("ctx", {})) if traduire else "Cette valeur n’est pas valide."


@dataclass
class ChampVu:
    """A field as a template needs it."""

    nom: str
    libelle: str
    widget: str
    valeur: Any
    erreur: str | None
    obligatoire: bool
    aide: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    autocomplete: str = ""
    inputmode: str = ""
    longueur_max: int | None = None
    suffixe: str = ""
    exemple: str = ""
    ajouter: str = ""
    pilote: bool = False
    complet: bool = False
    lignes: list[LigneVue] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "c-" + self.nom.replace(".", "-")


@dataclass
class LigneVue:
    cle: str
    titre: str
    champs: list[ChampVu]


@dataclass
class Saisie:
    """A form as typed. Keys of `erreurs` and `manquants` are HTML names, in the form's order."""

    modele: type[BaseModel]
    brut: dict[str, Any]
    valides: dict[str, Any]
    erreurs: dict[str, str]
    manquants: dict[str, str]
    masques: dict[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.erreurs and not self.manquants

    @property
    def entamee(self) -> bool:
        return any(v not in (None, "", []) for v in self.brut.values())

    def exiger(self) -> Saisie:
        """What is missing becomes an error: for forms that are sent in one go."""
        ordre = list(_noms(self.modele, self.brut))
        toutes = {**self.manquants, **self.erreurs}
        self.erreurs = {n: toutes[n] for n in ordre if n in toutes} | {
            n: m for n, m in toutes.items() if n not in ordre
        }
        self.manquants = {}
        return self

    def refuser(self, nom: str, message: str) -> Saisie:
        """Add an error found elsewhere (a rule, the database) to a field."""
        self.erreurs[nom] = message
        return self

    def champs(self) -> list[ChampVu]:
        return [vu for nom in self.modele.model_fields if (vu := self._vu(nom)) is not None]

    def champ(self, nom: str) -> ChampVu:
        for vu in self._tous():
            if vu.nom == nom:
                return vu
        raise KeyError(nom)

    def resume(self) -> list[tuple[str, str, str]]:
        """(id, label, message) of each error, as fields follow, for the summary atop the page."""
        vus = {vu.nom: vu for vu in self._tous()}
        rangs = {nom: rang for rang, nom in enumerate(vus)}
        return [
            (vus[n].id if n in vus else "contenu", vus[n].libelle if n in vus else "", m)
            for n, m in sorted(self.erreurs.items(), key=lambda e: rangs.get(e[0], -1))
        ]

    def _tous(self) -> Iterable[ChampVu]:
        for vu in self.champs():
            yield vu
            for ligne in vu.lignes:
                yield from ligne.champs

    def _vu(self, nom: str) -> ChampVu | None:
        info = self.modele.model_fields[nom]
        meta = meta_de(info)
        if not _demande(meta, self.valides):
            return None
        ligne = modele_de_groupe(info)
        if ligne is None:
            return _champ_vu(nom, info, self.brut.get(nom), self)
        vu = _champ_vu(nom, info, None, self)
        vu.widget = "groupe"
        vu.complet = meta.maximum is not None and len(self.brut.get(nom) or []) >= meta.maximum
        valides = {v["cle"]: v for v in self.valides.get(nom, [])}
        for rang, valeurs in enumerate(self.brut.get(nom) or [], 1):
            cle = valeurs["cle"]
            vu.lignes.append(
                LigneVue(
                    cle=cle,
                    titre=f"{meta.titre_ligne or meta.libelle} {rang}",
                    champs=[
                        _champ_vu(f"{nom}.{cle}.{sous}", sous_info, valeurs.get(sous), self)
                        for sous, sous_info in ligne.model_fields.items()
                        if _demande(meta_de(sous_info), valides.get(cle, {}))
                    ],
                )
            )
        return vu


def _demande(meta: Meta, valides: Mapping[str, Any]) -> bool:
    return meta.si is None or bool(meta.si(valides))


def _longueur_max(info: FieldInfo) -> int | None:
    return next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)


def _champ_vu(nom: str, info: FieldInfo, brut: Any, saisie: Saisie) -> ChampVu:
    meta = meta_de(info)
    return ChampVu(
        nom=nom,
        libelle=meta.libelle,
        widget=meta.widget,
        valeur=saisie.masques.get(nom, "" if brut is None else brut),
        erreur=saisie.erreurs.get(nom),
        obligatoire=meta.obligatoire,
        aide=meta.aide,
        options=list(meta.choix),
        autocomplete=meta.autocomplete,
        inputmode=meta.inputmode,
        longueur_max=_longueur_max(info),
        suffixe=meta.suffixe,
        exemple=meta.exemple,
        ajouter=meta.ajouter,
        pilote=meta.pilote,
    )


def _noms(modele: type[BaseModel], brut: Mapping[str, Any]) -> Iterable[str]:
    for nom, info in modele.model_fields.items():
        yield nom
        if ligne := modele_de_groupe(info):
            for valeurs in brut.get(nom) or []:
                for sous in ligne.model_fields:
                    yield f"{nom}.{valeurs['cle']}.{sous}"


def depouiller(modele: type[BaseModel], poste: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser posted (flat names) → the form's raw shape. Unknown names are dropped.

    A checkbox that is not ticked posts nothing and reads as empty. `poste` gives the last value
    of a name; buttons `_ajouter` and `_retirer` add a row to a group or take one out.
    """
    brut: dict[str, Any] = {}
    for nom, info in modele.model_fields.items():
        ligne = modele_de_groupe(info)
        if ligne is None:
            brut[nom] = _texte(poste.get(nom))
            continue
        lignes: dict[str, dict[str, Any]] = {}
        for cle_postee, valeur in poste.items():
            morceaux = cle_postee.split(".")
            if len(morceaux) == 3 and morceaux[0] == nom and morceaux[1].isalnum():
                valeurs = lignes.setdefault(morceaux[1], {"cle": morceaux[1]})
                if morceaux[2] in ligne.model_fields:
                    valeurs[morceaux[2]] = _texte(valeur)
        lignes.pop(str(poste.get("_retirer", "")), None)
        if poste.get("_ajouter") == nom:
            nouvelle = nouvelle_cle()
            lignes[nouvelle] = {"cle": nouvelle}
        brut[nom] = list(lignes.values())
    return brut


def nouvelle_cle() -> str:
    """Key of a new row of a repeated group."""
    return secrets.token_hex(4)


def _texte(valeur: Any) -> str:
    return valeur if isinstance(valeur, str) else ""


def lire(modele: type[BaseModel], brut: Mapping[str, Any]) -> Saisie:
    """Read raw values field by field. Never raises on bad input."""
    saisie = Saisie(modele, dict(brut), {}, {}, {})
    for nom, info in modele.model_fields.items():
        ligne = modele_de_groupe(info)
        if ligne is None:
            _lire_champ(saisie, modele, nom, nom, brut.get(nom), saisie.valides)
            continue
        meta = meta_de(info)
        saisie.valides[nom] = valides = []
        lignes = brut.get(nom) or []
        if meta.obligatoire and not lignes and _demande(meta, saisie.valides):
            saisie.manquants[nom] = _manque(meta)
        if meta.maximum is not None and len(lignes) > meta.maximum:
            saisie.erreurs[nom] = f"{meta.maximum} au plus\u00a0; vous en avez {len(lignes)}."
        for valeurs in lignes:
            lus: dict[str, Any] = {"cle": valeurs["cle"]}
            for sous in ligne.model_fields:
                chemin = f"{nom}.{valeurs['cle']}.{sous}"
                _lire_champ(saisie, ligne, sous, chemin, valeurs.get(sous), lus)
            valides.append(lus)
    return saisie


def lire_formulaire(modele: type[BaseModel], poste: Mapping[str, Any]) -> Saisie:
    """For forms sent in one go: read what was posted, missing fields are errors."""
    return lire(modele, depouiller(modele, poste)).exiger()


def _manque(meta: Meta) -> str:
    if meta.manque:
        return meta.manque
    if meta.widget == "oui_non":
        return "Répondez par oui ou par non."
    if meta.widget in ("radios", "choix"):
        return "Choisissez une réponse."
    return f"Renseignez «\u00a0{meta.libelle}\u00a0»."


def _lire_champ(
    saisie: Saisie,
    modele: type[BaseModel],
    nom: str,
    chemin: str,
    valeur: Any,
    valides: dict[str, Any],
) -> None:
    meta = meta_de(modele.model_fields[nom])
    if not _demande(meta, valides):
        return
    if valeur is None or (isinstance(valeur, str) and not valeur.strip()):
        if meta.obligatoire:
            saisie.manquants[chemin] = _manque(meta)
        return
    if meta.choix and valeur not in {v for v, _ in meta.choix}:
        saisie.erreurs[chemin] = "Choisissez une valeur de la liste."
        return
    try:
        valides[nom] = _lecteur(modele, nom).validate_python(valeur)
    except ValidationError as erreur:
        saisie.erreurs[chemin] = _message(erreur)
