"""The safe: secrets of people (NIR, IBAN, TOTP) live in one table, encrypted; the rest keeps their id.

Plain values go in by `deposer` and come out by `reveler`, nowhere else, and are never logged.
Whoever reveals writes the audit line: the safe knows neither people nor reasons.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.infra import clock
from portal.infra.base import executer, sql, sql1
from portal.infra.coffre import chiffre
from portal.infra.coffre.chiffre import CleInvalide, Illisible
from portal.infra.coffre.masques import masquer, normaliser
from portal.settings import get_settings

__all__ = [
    "GENRES",
    "CleInvalide",
    "Illisible",
    "SecretAbsent",
    "chiffrer",
    "dechiffrer",
    "deposer",
    "empreinte",
    "empreintes",
    "masque",
    "masquer",
    "masques",
    "oublier",
    "reveler",
    "reveler_plusieurs",
    "tourner",
]

GENRES = ("nir", "iban", "totp")


class SecretAbsent(LookupError):
    """No secret has this id (forgotten at the end of its life, or never there)."""


def _cles() -> tuple[chiffre.Cle, ...]:
    return chiffre.lire_cles(get_settings().secret_key)


def chiffrer(clair: bytes, contexte: str = "") -> bytes:
    """Encrypt bytes with the current key; `contexte` binds them to their place."""
    return chiffre.sceller(_cles(), clair, contexte)


def dechiffrer(scelle: bytes, contexte: str = "") -> bytes:
    """Open what `chiffrer` sealed, with any known key; raises `Illisible`."""
    return chiffre.ouvrir(_cles(), scelle, contexte)


def empreinte(genre: str, valeur: str) -> bytes:
    """Keyed hash of a value, the same however it is spaced: to find equals without reading."""
    return chiffre.empreinte(_cles()[0], genre, normaliser(valeur).encode())


def empreintes(genre: str, valeur: str) -> list[bytes]:
    """The fingerprint under each known key: for `empreinte = any($1)` while keys rotate."""
    return [chiffre.empreinte(cle, genre, normaliser(valeur).encode()) for cle in _cles()]


async def deposer(genre: str, valeur: str, *, retention: str = "objet") -> int:
    """Put a secret away, valid or not, and return its id.

    `retention` names the class of the object that holds the id; the secret ends with it.
    """
    if genre not in GENRES:
        raise ValueError(f"genre de secret inconnu : {genre}")
    ligne = await sql1("select nextval(pg_get_serial_sequence('secret', 'id')) as id")
    assert ligne is not None
    await executer(
        "insert into secret (id, genre, chiffre, cle_id, empreinte, masque, retention, cree_le)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        ligne["id"],
        genre,
        chiffrer(valeur.encode(), _contexte(genre, ligne["id"])),
        _cles()[0].id,
        empreinte(genre, valeur),
        masquer(genre, valeur),
        retention,
        clock.instant(),
    )
    return int(ligne["id"])


async def reveler(id: int) -> str:
    """The plain value. The caller writes the audit line in the same transaction."""
    return (await reveler_plusieurs([id]))[id]


async def reveler_plusieurs(ids: Iterable[int]) -> dict[int, str]:
    """Plain values by id, in one query; one that is missing raises `SecretAbsent`."""
    voulus = set(ids)
    lignes = await sql("select id, genre, chiffre from secret where id = any($1)", list(voulus))
    if len(lignes) != len(voulus):
        raise SecretAbsent(f"secrets absents : {sorted(voulus - {li['id'] for li in lignes})}")
    return {
        ligne["id"]: dechiffrer(ligne["chiffre"], _contexte(ligne["genre"], ligne["id"])).decode()
        for ligne in lignes
    }


async def masque(id: int) -> str:
    """What may be shown of one secret."""
    return (await masques([id]))[id]


async def masques(ids: Iterable[int]) -> dict[int, str]:
    """Masks by id, in one query; one that is missing raises `SecretAbsent`."""
    voulus = set(ids)
    lignes = await sql("select id, masque from secret where id = any($1)", list(voulus))
    if len(lignes) != len(voulus):
        raise SecretAbsent(f"secrets absents : {sorted(voulus - {li['id'] for li in lignes})}")
    return {ligne["id"]: ligne["masque"] for ligne in lignes}


async def oublier(ids: Iterable[int]) -> None:
    """Destroy secrets whose holder has reached its end."""
    await executer("delete from secret where id = any($1)", list(ids))


async def tourner(lot: int = 500) -> int:
    """Seal up to `lot` secrets anew with the current key; returns how many were left behind it.

    Call it until it returns 0 after a new key was put first, then drop the old key.
    """
    actuelle = _cles()[0].id
    lignes = await sql(
        "select id, genre, chiffre from secret where cle_id <> $1"
        " order by id limit $2 for update skip locked",
        actuelle,
        lot,
    )
    for ligne in lignes:
        contexte = _contexte(ligne["genre"], ligne["id"])
        clair = dechiffrer(ligne["chiffre"], contexte)
        await executer(
            "update secret set chiffre = $2, cle_id = $3, empreinte = $4 where id = $1",
            ligne["id"],
            chiffrer(clair, contexte),
            actuelle,
            empreinte(ligne["genre"], clair.decode()),
        )
    return len(lignes)


def _contexte(genre: str, id: int) -> str:
    return f"secret/{genre}/{id}"
