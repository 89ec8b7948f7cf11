"""Rights, their words, and the templates that an administrator gives. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.web.garde import DOMAINES, DROITS, VERBES

ADMINISTRER = "administrer"
ADMINISTRATEUR = "administrateur"
PERSONNALISE = "personnalise"

LIBELLES_DOMAINES = {
    "dossiers": "Dossiers",
    "factures": "Factures et demandes de remboursement",
    "rib": "RIB",
    "rattachements": "Rattachements et habilitations",
    "contributions": "Contributions",
}
LIBELLES_VERBES = {"consulter": "Consulter", "saisir": "Saisir", "supprimer": "Supprimer"}
AIDES_VERBES = {
    "consulter": "voir",
    "saisir": "créer, modifier, transmettre",
    "supprimer": "supprimer un brouillon, annuler",
}

# Rights that may be bounded to some dispositifs.
DOMAINES_PAR_DISPOSITIF = frozenset({"dossiers", "factures"})


@dataclass(frozen=True)
class Modele:
    """A template of rights, least first."""

    code: str
    libelle: str
    description: str
    droits: tuple[str, ...]


MODELES = (
    Modele(
        "consultation",
        "Consultation",
        "Voir les dossiers et les factures, sans rien y changer.",
        ("dossiers.consulter", "factures.consulter"),
    ),
    Modele(
        "rh_etablissement",
        "RH d’un établissement",
        "Saisir et transmettre les dossiers\u00a0; voir les factures.",
        ("dossiers.consulter", "dossiers.saisir", "factures.consulter"),
    ),
    Modele(
        "comptable",
        "Comptable",
        "Voir les dossiers\u00a0; saisir factures, RIB et contributions.",
        (
            "dossiers.consulter",
            "factures.consulter",
            "factures.saisir",
            "rib.consulter",
            "rib.saisir",
            "contributions.consulter",
            "contributions.saisir",
        ),
    ),
    Modele(
        ADMINISTRATEUR,
        "Administrateur",
        "Tous les droits sur toute l’entreprise, et décider des accès des autres.",
        (),
    ),
    Modele(PERSONNALISE, "Personnalisé", "Les droits cochés ci-dessous.", ()),
)
PAR_CODE = {m.code: m for m in MODELES}


def completer(droits: Iterable[str]) -> tuple[str, ...]:
    """Known rights in their order; whoever may change a thing may see it."""
    donnes = {d for d in droits if d in DROITS}
    donnes |= {f"{d.partition('.')[0]}.consulter" for d in donnes}
    return tuple(d for d in DROITS if d in donnes)


def en_mots(droits: Iterable[str]) -> str:
    """« Dossiers : consulter, saisir ; RIB : consulter »."""
    tous = set(droits)
    phrases = []
    for domaine in DOMAINES:
        verbes = [LIBELLES_VERBES[v].lower() for v in VERBES if f"{domaine}.{v}" in tous]
        if verbes:
            phrases.append(f"{LIBELLES_DOMAINES[domaine]}\u00a0: {', '.join(verbes)}")
    return "\u00a0; ".join(phrases)


DEMANDEE, ENTREPRISE, ETABLISSEMENTS = "demandee", "entreprise", "etablissements"
Ligne = tuple[str | None, str | None, str]
"""(SIRET or None for all, dispositif or None for all, right): an habilitation."""


@dataclass(frozen=True)
class Octroi:
    """What an administrator grants: rights, on what was asked, the whole company or some
    establishments, for all dispositifs or some."""

    modele: str
    droits: tuple[str, ...] = ()
    portee: str = DEMANDEE
    sirets: tuple[str, ...] = ()
    dispositifs: tuple[str, ...] = ()

    @property
    def administrateur(self) -> bool:
        return self.modele == ADMINISTRATEUR

    def lignes(self, siret_demande: str | None) -> list[Ligne]:
        """The habilitations to write, for a request to `siret_demande` (None: all)."""
        lieux: tuple[str | None, ...] = {
            DEMANDEE: (siret_demande,),
            ENTREPRISE: (None,),
        }.get(self.portee, self.sirets)
        lignes: list[Ligne] = []
        for droit in self.droits:
            bornes: tuple[str | None, ...] = (None,)
            if droit.partition(".")[0] in DOMAINES_PAR_DISPOSITIF:
                bornes = self.dispositifs or (None,)
            lignes += [(lieu, dispositif, droit) for lieu in lieux for dispositif in bornes]
        return lignes


def octroi(
    modele: str,
    droits: Iterable[str] = (),
    *,
    portee: str = DEMANDEE,
    sirets: Iterable[str] = (),
    dispositifs: Iterable[str] = (),
) -> Octroi:
    """An `Octroi` from a form: the template's rights, or those ticked when « personnalisé »."""
    if modele == ADMINISTRATEUR:
        return Octroi(modele, portee=ENTREPRISE)
    donnes = droits if modele == PERSONNALISE else PAR_CODE[modele].droits
    return Octroi(
        modele,
        completer(donnes),
        portee,
        tuple(dict.fromkeys(sirets)) if portee == ETABLISSEMENTS else (),
        tuple(dict.fromkeys(dispositifs)),
    )


def ranger(lignes: Iterable[Ligne]) -> tuple[str | None, list[Ligne]]:
    """(SIRET of the rattachement, its habilitations): where all share one establishment it is the
    rattachement's own, and what a wider habilitation covers is left out."""
    toutes = dict.fromkeys(lignes)
    utiles = [ligne for ligne in toutes if not any(p in toutes for p in _plus_larges(ligne))]
    lieux = {s for s, _, _ in utiles}
    commun = next(iter(lieux)) if len(lieux) == 1 else None
    return commun, [(None if commun else s, d, droit) for s, d, droit in utiles]


def _plus_larges(ligne: Ligne) -> list[Ligne]:
    """The habilitations that would cover this one."""
    siret, dispositif, droit = ligne
    candidates: tuple[Ligne, ...] = (
        (None, dispositif, droit),
        (siret, None, droit),
        (None, None, droit),
    )
    return [c for c in candidates if c != ligne]
