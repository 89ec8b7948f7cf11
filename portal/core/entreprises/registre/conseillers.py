"""`portal import conseillers FILE`: who advises which company (siren, nom, telephone, courriel)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from portal.core.entreprises.operations import enregistrer_conseiller
from portal.core.entreprises.registre.bilan import Bilan, Progres, Rejets, Suivi
from portal.core.entreprises.registre.lecture import Lecteur, LigneFautive
from portal.core.entreprises.registre.passage import passage
from portal.infra.base import sql, transaction
from portal.kit.identifiants import dire_telephone, lire_courriel, lire_siren, lire_telephone

COLONNES = ("siren", "nom", "telephone", "courriel")
Ligne = tuple[int, str, tuple[str, str, str]]


async def importer(
    fichier: Path, *, rejets: Path | None = None, progres: Progres | None = None
) -> Bilan:
    """Give each company its conseiller; one that has a portal account with this e-mail is tied to it.
    Lines of one conseiller in a row are one change."""
    bilan = Bilan()
    with Lecteur(fichier, COLONNES) as lecteur, Rejets(bilan, rejets) as refusees:
        async with passage("conseillers", fichier.name, bilan):
            suivi = Suivi(progres)
            groupes = groupby(_lignes(lecteur, bilan, refusees), key=lambda x: x[2])
            while groupe := await asyncio.to_thread(_suivant, groupes):
                await _ecrire(groupe, bilan, refusees)
                suivi.avancer(bilan.lignes, lecteur.part_lue)
    return bilan


def _suivant(groupes: Iterator[tuple[tuple[str, str, str], Iterator[Ligne]]]) -> list[Ligne]:
    groupe = next(groupes, None)
    return list(groupe[1]) if groupe else []


def _lignes(lecteur: Lecteur, bilan: Bilan, refusees: Rejets) -> Iterator[Ligne]:
    places = [lecteur.colonnes[c] for c in COLONNES]
    for numero, valeurs in lecteur:
        bilan.lignes += 1
        if isinstance(valeurs, LigneFautive):
            refusees.ajouter(numero, valeurs.motif)
            continue
        siren, nom, telephone, courriel = (valeurs[p].strip() for p in places)
        try:
            if not nom:
                raise ValueError("le nom manque.")
            qui = (nom, dire_telephone(lire_telephone(telephone)), lire_courriel(courriel))
            yield numero, lire_siren(siren), qui
        except ValueError as erreur:
            refusees.ajouter(numero, str(erreur))


async def _ecrire(groupe: list[Ligne], bilan: Bilan, refusees: Rejets) -> None:
    (nom, telephone, courriel) = groupe[0][2]
    async with transaction():
        suivies = await sql(
            "select e.siren, c.courriel = $2 and c.nom = $3 and c.telephone = $4 as deja"
            " from entreprise e left join conseiller_entreprise ce on ce.siren = e.siren"
            " left join conseiller c on c.id = ce.conseiller where e.siren = any($1::text[])",
            [siren for _, siren, _ in groupe],
            courriel,
            nom,
            telephone,
        )
        connues = {ligne["siren"]: ligne["deja"] for ligne in suivies}
        for numero, siren, _ in groupe:
            if siren not in connues:
                refusees.ajouter(numero, "cette entreprise n’est pas dans la copie du registre.")
        nouvelles = [siren for siren, deja in connues.items() if not deja]
        if not nouvelles:
            return
        compte = await sql("select id from compte where email = $1", courriel)
        await enregistrer_conseiller(
            nom, telephone, courriel, compte_id=compte[0]["id"] if compte else None,
            entreprises=nouvelles,
        )  # fmt: skip
        bilan.ajouts += len(nouvelles)
