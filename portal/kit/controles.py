"""Controls that any dispositif may take: people, their NIR, dates in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from portal.kit.dispositif import Cadre, Constat, Controle, Donnees, Severite
from portal.kit.identifiants import decoder_nir

PERSONNES_MAX = "personnes-max"
"""Code of the control on the number of people: the engine offers to split a dossier that fails it."""

CLE_PERSONNES_MAX = "dossier.personnes_max"
"""The engine's own parameter that bounds it."""

SOURCE_NIR = "Décret n° 2019-341 du 19 avril 2019\u00a0; attestation de droits"


def nir_concordant(groupe: str) -> Controle:
    """NIR against sex and birth date; a provisional number or a fictitious month is accepted."""

    def verifier(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
        for ligne in donnees.lignes(groupe):
            yield from _discordances(groupe, ligne)

    return Controle(
        code="nir-concordant",
        libelle="Le NIR concorde avec le sexe et la date de naissance",
        severite="bloquant",
        source=SOURCE_NIR,
        verifier=verifier,
    )


def _discordances(groupe: str, ligne: dict[str, Any]) -> Iterable[Constat]:
    if "nir" not in ligne:
        return
    lu = decoder_nir(ligne["nir"])
    if lu.provisoire:
        return
    base = f"{groupe}.{ligne['cle']}"
    sexe, naissance = ligne.get("sexe"), ligne.get("date_naissance")
    if sexe and sexe != lu.sexe:
        attendu = "une femme" if lu.sexe == "F" else "un homme"
        yield Constat(
            f"Le NIR commence par {ligne['nir'][0]}\u00a0: il désigne {attendu}. "
            "Corrigez le NIR ou le sexe.",
            (f"{base}.nir", f"{base}.sexe"),
        )
    if naissance and naissance.year % 100 != lu.annee:
        yield Constat(
            "L’année de naissance lue dans le NIR n’est pas celle de la date de naissance. "
            "Corrigez l’un ou l’autre.",
            (f"{base}.nir", f"{base}.date_naissance"),
        )
    elif naissance and lu.mois is not None and naissance.month != lu.mois:
        yield Constat(
            "Le mois de naissance lu dans le NIR n’est pas celui de la date de naissance. "
            "Corrigez l’un ou l’autre.",
            (f"{base}.nir", f"{base}.date_naissance"),
        )


def nir_unique(groupe: str) -> Controle:
    """The same person twice in one dossier."""

    def verifier(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
        vus: set[str] = set()
        for ligne in donnees.lignes(groupe):
            nir = ligne.get("nir")
            if nir and nir in vus:
                yield Constat(
                    "Ce NIR figure déjà dans le dossier. Retirez la personne en double.",
                    (f"{groupe}.{ligne['cle']}.nir",),
                )
            vus.add(nir or "")

    return Controle(
        code="nir-unique",
        libelle="Chaque personne figure une seule fois",
        severite="bloquant",
        source="Règle de gestion",
        verifier=verifier,
    )


def personnes_max(groupe: str, cle: str = CLE_PERSONNES_MAX) -> Controle:
    """At most so many people in one dossier (dated parameter, 30 at the time of writing)."""

    def verifier(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
        limite = cadre.parametres.lire(cle)
        nombre = len(donnees[groupe.split(".")[0]].brut.get(groupe.split(".")[1]) or [])
        if limite is not None and nombre > int(limite.valeur):
            yield Constat(
                f"Un dossier compte {limite.valeur} personnes au plus\u00a0; celui-ci en compte "
                f"{nombre}. Scindez-le\u00a0: déposez un second dossier pour les suivantes.",
                (groupe,),
            )

    return Controle(
        code=PERSONNES_MAX,
        libelle="Le nombre de personnes ne dépasse pas la limite par dossier",
        severite="bloquant",
        source="Foire aux questions Mon Espace",
        verifier=verifier,
    )


def dates_en_ordre(debut: str, fin: str, message: str) -> Controle:
    """`debut` is not after `fin` (paths « etape.champ »)."""

    def verifier(donnees: Donnees, cadre: Cadre) -> Iterable[Constat]:
        premier, dernier = donnees.lire(debut), donnees.lire(fin)
        if premier and dernier and premier > dernier:
            yield Constat(message, (fin, debut))

    return Controle(
        code="dates-en-ordre",
        libelle="Les dates se suivent",
        severite="bloquant",
        source="Règle de gestion",
        verifier=verifier,
    )


def controle(
    code: str, libelle: str, source: str, severite: Severite = "bloquant"
) -> Callable[[Callable[[Donnees, Cadre], Iterable[Constat]]], Controle]:
    """Decorator: a generator function becomes a `Controle`."""

    def faire(verifier: Callable[[Donnees, Cadre], Iterable[Constat]]) -> Controle:
        return Controle(
            code=code, libelle=libelle, severite=severite, source=source, verifier=verifier
        )

    return faire
