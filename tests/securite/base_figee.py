"""What the whole database holds, told in one hash a table: to see that nothing was changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portal.infra.base import sql, transaction, valeur

VOLATILES = {"session": "vue_le"}
"""Columns that reading alone may change."""
SANS_IMPORTANCE = frozenset(
    {"tentative", "requete_faite", "procrastinate_workers", "procrastinate_events"}
)


async def empreintes(*, sans: frozenset[str] = SANS_IMPORTANCE) -> dict[str, str]:
    """A hash for each table."""
    tables = await sql(
        "select tablename as t from pg_tables where schemaname = 'public' order by 1"
    )
    morceaux = []
    for ligne in tables:
        table = ligne["t"]
        if table in sans:
            continue
        colonne = VOLATILES.get(table)
        texte = f"(to_jsonb(x) - '{colonne}')::text" if colonne else "to_jsonb(x)::text"
        morceaux.append(
            f"select '{table}' as nom, md5(coalesce(string_agg({texte}, '' order by {texte}), ''))"
            f' as somme from "{table}" x'
        )
    return {li["nom"]: li["somme"] for li in await sql(" union all ".join(morceaux))}


def differences(avant: dict[str, str], apres: dict[str, str]) -> list[str]:
    """Names of the tables that changed."""
    return sorted(t for t in avant | apres if avant.get(t) != apres.get(t))


class _Retour(Exception):
    pass


@asynccontextmanager
async def defait() -> AsyncIterator[None]:
    """What requests do inside is undone at its end: they join this transaction."""
    try:
        async with transaction():
            yield
            raise _Retour
    except _Retour:
        pass


async def compter(table: str, condition: str = "true") -> int:
    return int(await valeur(f'select count(*) from "{table}" where {condition}'))
