"""Which rows were taken over already: natural keys and digests, so that a second run changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from portal.infra import clock
from portal.infra.base import sql
from portal.reprise.lignes import ACCEPTE, Ligne

AUTREMENT = "Déjà repris avec un autre contenu\u00a0: rien n’est changé. Corrigez dans le portail si besoin."


async def reconnaitre(genre: str, lignes: Sequence[Ligne]) -> None:
    """Judge the rows whose key is known already, and doubles within these rows."""
    connues = {
        (c["source"], c["cle"]): bytes(c["empreinte"])
        for c in await sql(
            "select r.source, r.cle, r.empreinte from reprise_ligne r"
            " join unnest($2::text[], $3::text[]) v (source, cle) on r.source = v.source"
            " and r.cle = v.cle where r.genre = $1",
            genre,
            *_colonnes(lignes),
        )
    }
    vues: dict[tuple[str, str], Ligne] = {}
    for ligne in lignes:
        cles = ligne.cles()
        connue = next(
            (connues[(ligne.source, c)] for c in cles if (ligne.source, c) in connues), None
        )
        double = vues.get((ligne.source, cles[0]))
        if connue is not None:
            _comparer(ligne, connue in ligne.empreintes(), AUTREMENT)
        elif double is not None:
            meme = double.valeurs == ligne.valeurs
            _comparer(ligne, meme, f"La ligne {double.numero} dit autre chose du même objet.")
        else:
            vues[(ligne.source, cles[0])] = ligne


def _comparer(ligne: Ligne, meme: bool, sinon: str) -> None:
    if meme:
        ligne.reconnaitre()
    else:
        ligne.rejeter(ligne.format.cle[0], sinon)


def _colonnes(lignes: Sequence[Ligne]) -> tuple[list[str], list[str]]:
    couples = [(ligne.source, cle) for ligne in lignes for cle in ligne.cles()]
    return [s for s, _ in couples], [c for _, c in couples]


async def inscrire(genre: str, lignes: Sequence[Ligne]) -> None:
    """Keep the trace of those that were accepted, in their own transaction."""
    prises = [ligne for ligne in lignes if ligne.resultat == ACCEPTE]
    await sql(
        "insert into reprise_ligne (source, genre, cle, empreinte, devenu, devenu_id, repris_le)"
        " select v.source, $1, v.cle, v.empreinte, v.devenu, v.devenu_id, $2"
        " from unnest($3::text[], $4::text[], $5::bytea[], $6::text[], $7::bigint[])"
        " v (source, cle, empreinte, devenu, devenu_id)",
        genre,
        clock.instant(),
        [ligne.source for ligne in prises],
        [ligne.cles()[0] for ligne in prises],
        [ligne.empreintes()[0] for ligne in prises],
        [ligne.devenu for ligne in prises],
        [ligne.devenu_id for ligne in prises],
    )
