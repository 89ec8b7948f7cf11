"""Find companies: by SIREN, by SIRET, by the beginnings of their name's words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from portal.core.entreprises.fiche import Conseiller, Etablissement, Fiche
from portal.core.entreprises.registre import passage
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.infra.money import date_longue
from portal.infra.texte import mots
from portal.kit.identifiants import lire_siren_ou_siret

MOTS_MAX = 6
LIMITE = 20
_ETABLISSEMENT = [c.name for c in fields(Etablissement)]
_COLONNES = (
    "e.siren, e.denomination, e.naf, e.idcc, e.effectif, e.est_adherent, e.est_prestataire,"
    " e.attributs, e.nda, e.fermee_le, e.tranche, e.categorie, e.a_verifier"
)
_SIEGE = ", ".join(f"s.{c} as s_{c}" for c in _ETABLISSEMENT)
_TROUVE = ", ".join(f"t.{c} as t_{c}" for c in _ETABLISSEMENT)


def _etablissement(ligne: dict[str, Any], prefixe: str) -> Etablissement | None:
    if ligne.get(f"{prefixe}_siret") is None:
        return None
    return Etablissement(**{c: ligne[f"{prefixe}_{c}"] for c in _ETABLISSEMENT})


def _fiche(ligne: dict[str, Any]) -> Fiche:
    simples = {k: v for k, v in ligne.items() if k[1] != "_" and k != "attributs"}
    return Fiche(
        **simples,
        attributs=tuple(ligne["attributs"]),
        siege=_etablissement(ligne, "s"),
        etablissement=_etablissement(ligne, "t"),
    )


async def par_siren(siren: str) -> Fiche | None:
    """The company of this SIREN, with its head office."""
    ligne = await sql1(
        f"select {_COLONNES}, {_SIEGE} from entreprise e"
        " left join etablissement s on s.siret = e.siege where e.siren = $1",
        siren,
    )
    return _fiche(ligne) if ligne else None


async def par_siret(siret: str) -> Fiche | None:
    """The company of this SIRET; `etablissement` is the one named."""
    ligne = await sql1(
        f"select {_COLONNES}, {_SIEGE}, {_TROUVE} from etablissement t"
        " join entreprise e on e.siren = t.siren"
        " left join etablissement s on s.siret = e.siege where t.siret = $1",
        siret,
    )
    return _fiche(ligne) if ligne else None


async def par_identifiant(numero: str) -> Fiche | None:
    """By SIREN or SIRET, already normalised."""
    return await (par_siren(numero) if len(numero) == 9 else par_siret(numero))


async def etablissements(
    siren: str, *, ouverts_le: date | None = None, limite: int = 500
) -> list[Etablissement]:
    """Establishments of a company by SIRET, only those open on a day when one is given."""
    lignes = await sql(
        f"select {', '.join(_ETABLISSEMENT)} from etablissement where siren = $1"
        " and ($2::date is null or ferme_le is null or ferme_le > $2) order by siret limit $3",
        siren,
        ouverts_le,
        limite,
    )
    return [Etablissement(**ligne) for ligne in lignes]


async def rechercher(texte: str, limite: int = LIMITE) -> list[Fiche]:
    """Companies whose name, sign, postcode or town has words that begin so, by name.

    A postcode is looked for among all establishments: `etablissement` is then the one that is there.
    """
    demandes = mots(texte)[:MOTS_MAX]
    postaux = [m for m in demandes if len(m) == 5 and m.isascii() and m.isdigit()]
    noms = [m for m in demandes if m not in postaux[:1]]
    if not noms:
        return []
    if postaux:
        return await _par_nom_et_lieu(noms, postaux[0], limite)
    lignes = await sql(
        f"select {_COLONNES}, {_SIEGE} from entreprise e"
        " left join etablissement s on s.siret = e.siege"
        " where to_tsvector('simple', e.recherche) @@ to_tsquery('simple', $1)"
        " order by e.cle_tri, e.siren limit $2",
        _debuts(noms),
        limite,
    )
    return [_fiche(ligne) for ligne in lignes]


async def _par_nom_et_lieu(noms: list[str], postal: str, limite: int) -> list[Fiche]:
    lignes = await sql(
        f"select {_COLONNES}, {_SIEGE}, {_TROUVE} from entreprise e"
        " left join etablissement s on s.siret = e.siege"
        " cross join lateral (select * from etablissement x where x.siren = e.siren"
        "   and x.code_postal = $3 order by x.ferme_le nulls first, x.siret = e.siege desc, x.siret"
        "   limit 1) t"
        " where to_tsvector('simple', e.recherche) @@ to_tsquery('simple', $1)"
        " order by e.cle_tri, e.siren limit $2",
        _debuts(noms),
        limite,
        postal,
    )
    return [_fiche(ligne) for ligne in lignes]


def _debuts(demandes: list[str]) -> str:
    return " & ".join(f"'{mot}':*" for mot in demandes)


async def conseiller_de(siren: str) -> Conseiller | None:
    """The company's own conseiller, where it has one."""
    ligne = await sql1(
        "select c.nom, c.telephone, c.courriel from conseiller_entreprise ce"
        " join conseiller c on c.id = ce.conseiller where ce.siren = $1",
        siren,
    )
    return Conseiller(**ligne) if ligne else None


async def date_de_la_copie() -> date | None:
    """The day when the register was last read to its end; None before the first time."""
    fin = await passage.dernier()
    return fin.astimezone(clock.PARIS).date() if fin else None


@dataclass(frozen=True)
class Reponse:
    """What a lookup found. `etat`: 'vide', 'invalide', 'inconnue' and 'panne' (see `message`),
    'fermee', 'trouvee' (see `fiche`), 'liste' (see `fiches`). `successeur` is offered for a closed
    SIRET. Of an unknown one, and of one that no service could tell of, anybody may go on by hand."""

    etat: str
    numero: str = ""
    message: str = ""
    fiche: Fiche | None = None
    successeur: Fiche | None = None
    fiches: tuple[Fiche, ...] = ()
    reste: bool = False

    @property
    def a_saisir(self) -> bool:
        """Whether the company may be typed by hand: a well-formed number that nobody knows."""
        return self.etat in ("inconnue", "panne") and bool(self.numero)


def _est_un_numero(saisi: str) -> bool:
    """Digits and separators, at least three digits: somebody types a SIREN or a SIRET."""
    chiffres = sum(c.isdigit() for c in saisi)
    return chiffres >= 3 and all(c.isdigit() or c.isspace() or c in ".-" for c in saisi)


async def consulter(saisi: str) -> Reponse:
    """Answer what was typed in a lookup: a SIREN, a SIRET, or words of a name."""
    saisi = saisi.strip()[:200]
    if not saisi:
        return Reponse("vide")
    if _est_un_numero(saisi):
        try:
            return await identifier(lire_siren_ou_siret(saisi))
        except ValueError as erreur:
            return Reponse("invalide", message=str(erreur))
    trouvees = await rechercher(saisi, LIMITE + 1)
    if not trouvees:
        return Reponse(
            "inconnue",
            message="Aucune entreprise ne porte ce nom. Saisissez plutôt son SIREN ou son SIRET.",
        )
    return Reponse("liste", fiches=tuple(trouvees[:LIMITE]), reste=len(trouvees) > LIMITE)


async def identifier(numero: str) -> Reponse:
    """Answer a well-formed SIREN or SIRET: known, unknown, or closed since when."""
    fiche = await par_identifiant(numero)
    if fiche is None:
        nom = "SIREN" if len(numero) == 9 else "SIRET"
        return Reponse("inconnue", numero, _inconnu(nom, await par_siren(numero[:9])))
    return await juger(numero, fiche)


async def juger(numero: str, fiche: Fiche) -> Reponse:
    """Whether what was found is open on the business date; a closed SIRET's successor is offered."""
    jour = await clock.aujourd_hui()
    lieu = fiche.etablissement
    if fiche.est_fermee(jour):
        message = f"Cette entreprise a cessé son activité le {_jour(fiche.fermee_le)}."
        return Reponse("fermee", numero, message, fiche)
    if lieu is not None and lieu.est_ferme(jour):
        suivant = await par_siret(lieu.successeur) if lieu.successeur else None
        message = f"Cet établissement est fermé depuis le {_jour(lieu.ferme_le)}."
        return Reponse("fermee", numero, message, fiche, successeur=suivant)
    return Reponse("trouvee", numero, fiche=fiche)


def _inconnu(nom: str, entreprise: Fiche | None) -> str:
    if entreprise is not None:
        return (
            f"Ce SIRET n’est pas connu pour {entreprise.denomination}. Vérifiez ses cinq derniers "
            "chiffres, ou saisissez le SIREN pour désigner toute l’entreprise."
        )
    return (
        f"Ce {nom} est bien formé, mais il ne figure pas dans notre copie du registre. "
        "Vérifiez chaque chiffre\u00a0; s’il est exact, saisissez l’entreprise à la main."
    )


def _jour(jour: date | None) -> str:
    assert jour is not None
    return date_longue(jour)
