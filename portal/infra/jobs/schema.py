"""The schema of procrastinate, taken from the installed package and stamped with its version.

The stamp (a comment on `procrastinate_jobs`) is the name of the last migration script that the
schema includes. When the package brings newer scripts, a new migration of this app calls
`mettre_a_jour` again: it applies those that the stamp doesn't cover, on old and new databases.
"""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager

from portal.infra.base import executer, sql1

# What the migrations of this app have brought; a test compares it with the installed package.
VERSION = "03.04.00_50_post_add_retry_failed_job_procedure.sql"


def scripts() -> list[Path]:
    """The package's migration scripts, in order."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


async def mettre_a_jour() -> None:
    """Create the schema, or apply the scripts newer than its stamp."""
    estampille = await version()
    if estampille is None:
        await executer(SchemaManager.get_schema())
    else:
        for script in scripts():
            if script.name > estampille:
                await executer(script.read_text(encoding="utf-8"))
    await executer(f"comment on table procrastinate_jobs is '{scripts()[-1].name}'")


async def version() -> str | None:
    """The stamp of this database, None before the first migration."""
    ligne = await sql1(
        "select obj_description(to_regclass('procrastinate_jobs'), 'pg_class') as version"
    )
    return ligne["version"] if ligne else None


async def retirer() -> None:
    """Remove everything that the schema created."""
    await executer(
        "drop table procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs,"
        " procrastinate_workers cascade"
    )
    await executer(
        "do $$ declare f regprocedure; begin"
        " for f in select oid::regprocedure from pg_proc where proname like 'procrastinate\\_%'"
        " loop execute 'drop function ' || f || ' cascade'; end loop; end $$"
    )
    await executer(
        "drop type procrastinate_job_to_defer_v1, procrastinate_job_event_type,"
        " procrastinate_job_status"
    )
