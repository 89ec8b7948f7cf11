"""Accounts of former portals: read under « Historique ». None is paid on until a person with the
right registers it, as any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from schwifty import IBAN

from portal.infra import clock, coffre
from portal.infra.base import sql1
from portal.reprise.acces import verifier_entreprises
from portal.reprise.lignes import Ligne


async def ribs(lignes: Sequence[Ligne], essai: bool) -> None:
    await verifier_entreprises(lignes)
    for ligne in lignes:
        if ligne.a_juger and not IBAN(ligne["iban"], validate_bban=False).in_sepa_zone:
            ligne.rejeter(
                "iban", "Ce compte est hors de la zone SEPA\u00a0: il ne peut pas être payé."
            )
        if ligne.a_juger:
            ligne.accepter("rib_repris", await _garder(ligne))


async def _garder(ligne: Ligne) -> int:
    secret = await coffre.deposer("iban", ligne["iban"], retention="comptable")
    pose = await sql1(
        "insert into rib_repris (source, siren, profil, iban_secret, titulaire, depose_le, repris_le)"
        " values ($1, $2, $3, $4, $5, $6, $7) returning id",
        ligne.source,
        ligne["siren"],
        ligne["profil"],
        secret,
        ligne["titulaire"],
        ligne["depose_le"],
        clock.instant(),
    )
    assert pose is not None
    return int(pose["id"])
