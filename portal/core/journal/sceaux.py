"""The hash chain over the journal: sealed each minute by a job, checked by `portal doctor`.

A seal is SHA-256 over the seal before it and the canonical JSON of each line of its batch, in the
order of their ids. A line changed, removed or slipped in later no longer fits its seal; a seal
changed or removed no longer fits the next one. Lines name their seal, since transactions may end
in another order than their ids were given.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, timedelta
from typing import Any

from portal.core.journal.queries import COLONNES, en_objet, etat
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.jobs import periodique

LOT = 5_000
RETARD = timedelta(minutes=5)
ORIGINE = hashlib.sha256(b"journal").digest()
VERROU = 0x6A6F7572  # of the advisory lock: one sealer at a time


def canonique(ligne: dict[str, Any]) -> bytes:
    """The bytes of a line that its seal covers: everything but the sealing itself."""
    valeurs = {
        nom: ligne[nom]
        for nom in ("id", "acteur_id", "acteur", "action", "objet_genre", "siren", "profil")
    }
    valeurs["uid"] = str(ligne["uid"])
    valeurs["objet_uid"] = None if ligne["objet_uid"] is None else str(ligne["objet_uid"])
    valeurs["instant"] = ligne["instant"].astimezone(UTC).isoformat(timespec="microseconds")
    valeurs["details"] = en_objet(ligne["details"])
    texte = json.dumps(valeurs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return texte.encode()


def empreinte(precedent: bytes, lignes: list[dict[str, Any]]) -> bytes:
    """The seal over a batch."""
    somme = hashlib.sha256(precedent)
    for ligne in lignes:
        somme.update(hashlib.sha256(canonique(ligne)).digest())
    return somme.digest()


@periodique("journal.sceller", "* * * * *")
async def sceller() -> None:
    """Seal every line that is not sealed yet."""
    while await sceller_lot() == LOT:
        pass


async def sceller_lot(lot: int = LOT) -> int:
    """Seal the next batch; returns how many lines it took."""
    async with transaction():
        await executer(f"select pg_advisory_xact_lock({VERROU})")
        lignes = await sql(
            f"select {COLONNES} from journal where sceau is null order by id limit $1", lot
        )
        if not lignes:
            return 0
        dernier = await sql1("select empreinte from sceau order by id desc limit 1")
        precedent = dernier["empreinte"] if dernier else ORIGINE
        quand = clock.instant()
        sceau = await sql1(
            "insert into sceau (premier, dernier, nombre, empreinte, precedent, instant)"
            " values ($1, $2, $3, $4, $5, $6) returning id",
            lignes[0]["id"],
            lignes[-1]["id"],
            len(lignes),
            empreinte(precedent, lignes),
            precedent,
            quand,
        )
        assert sceau is not None
        await executer(
            "update journal set sceau = $1, scelle_le = $2 where id = any($3)",
            sceau["id"],
            quand,
            [ligne["id"] for ligne in lignes],
        )
    return len(lignes)


async def verifier() -> list[str]:
    """What is wrong with the chain, in plain words; empty when all is well."""
    constats: list[str] = []
    attendu = ORIGINE
    passe = 0
    while sceaux := await sql("select * from sceau where id > $1 order by id limit 100", passe):
        for sceau in sceaux:
            constats += await _verifier_sceau(sceau, attendu)
            attendu = bytes(sceau["empreinte"])
            passe = sceau["id"]
    retard = await sql1(
        "select count(*) as n from journal where sceau is null and instant < $1",
        clock.instant() - RETARD,
    )
    if retard and retard["n"]:
        constats.append(
            f"Journal\u00a0: {retard['n']} lignes attendent d’être scellées depuis plus de cinq"
            " minutes. Le worker tourne-t-il\u00a0?"
        )
    return constats


async def situation() -> str:
    """How far the journal is sealed, and the last seal: noted elsewhere, it shows later whether the
    end of the chain was cut off."""
    lu = await etat()
    dernier = await sql1("select id, empreinte from sceau order by id desc limit 1")
    sceau = (
        f"dernier sceau n°\u00a0{dernier['id']}, {bytes(dernier['empreinte']).hex()[:16]}"
        if dernier
        else "aucun sceau"
    )
    return (
        f"Journal\u00a0: {_lignes(lu['scellees'], 'scellée')}, {lu['en_attente']} pas encore"
        f"\u00a0; {sceau}."
    )


def _lignes(nombre: int, mot: str) -> str:
    s = "s" if nombre > 1 else ""
    return f"{nombre}\u00a0ligne{s} {mot}{s}"


async def _verifier_sceau(sceau: dict[str, Any], attendu: bytes) -> list[str]:
    numero = f"Journal, sceau {sceau['id']}\u00a0: "
    constats = []
    if bytes(sceau["precedent"]) != attendu:
        constats.append(numero + "il ne suit pas le précédent, la chaîne est rompue.")
    lignes = await sql(f"select {COLONNES} from journal where sceau = $1 order by id", sceau["id"])
    if len(lignes) != sceau["nombre"]:
        constats.append(numero + f"{len(lignes)} lignes au lieu de {sceau['nombre']}.")
    elif empreinte(bytes(sceau["precedent"]), lignes) != bytes(sceau["empreinte"]):
        constats.append(numero + "une ligne a été modifiée depuis.")
    return constats
