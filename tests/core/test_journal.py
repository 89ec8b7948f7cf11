"""Audit lines are written with their change, never rewritten, and sealed into a chain."""

import asyncpg
import pytest

from portal.core.journal import sceaux
from portal.core.journal.operations import Acteur, noter
from portal.core.journal.queries import de_objet, etat, lire
from portal.infra import clock
from portal.infra.base import executer, savepoint, sql, transaction

UID = "01900000-0000-7000-8000-000000000001"
ALICE = Acteur(7, "Alice Martin")


class Renonce(Exception):
    pass


async def _lignes(n: int, siren: str = "900000001") -> None:
    for i in range(n):
        await noter("essai.fait", acteur=ALICE, objet=("essai", UID), siren=siren, rang=i)


async def _sans_garde(ordre: str) -> None:
    """What somebody with the database in hand could do."""
    await executer("alter table journal disable trigger user")
    await executer("alter table sceau disable trigger user")
    await executer(ordre)
    await executer("alter table journal enable trigger user")
    await executer("alter table sceau enable trigger user")


async def test_a_line_says_who_what_when_and_is_read_back() -> None:
    await noter("essai.lu", acteur=ALICE, objet=("essai", UID), siren="900000002", champs=["nom"])
    (ligne,) = await lire("900000002")
    assert (ligne.acteur_id, ligne.acteur, ligne.action) == (7, "Alice Martin", "essai.lu")
    assert ligne.details == {"champs": ["nom"]}
    assert abs((clock.instant() - ligne.instant).total_seconds()) < 5
    assert ligne.uid in {vue.uid for vue in await de_objet("essai", UID)}


async def test_the_system_acts_under_its_own_name() -> None:
    await noter("essai.seul", acteur=None, siren="900000003")
    (ligne,) = await lire("900000003", "adherent", action="essai.")
    assert (ligne.acteur_id, ligne.acteur) == (None, "Système")


async def test_lines_come_in_pages_latest_first() -> None:
    await _lignes(5, "900000004")
    page = await lire("900000004", limite=3)
    suite = await lire("900000004", limite=3, avant=page[-1].id)
    assert [li.details["rang"] for li in [*page, *suite]] == [4, 3, 2, 1, 0]


async def test_a_line_of_a_change_that_failed_is_gone_with_it() -> None:
    async def renoncer() -> None:
        async with transaction():
            await _lignes(1, "900000005")
            raise Renonce

    with pytest.raises(Renonce):
        await renoncer()
    assert await lire("900000005") == []


@pytest.mark.parametrize(
    "ordre",
    [
        "update journal set acteur = 'Personne'",
        "update journal set details = '{}'",
        "update journal set scelle_le = null, sceau = null where sceau is not null",
        "delete from journal",
        "truncate journal",
        "update sceau set nombre = nombre + 1",
        "delete from sceau",
        "truncate sceau cascade",
    ],
)
async def test_the_database_refuses_to_rewrite_it(ordre: str) -> None:
    await _lignes(1)
    await sceaux.sceller()
    await _lignes(1)
    async with transaction():
        with pytest.raises(asyncpg.RestrictViolationError):
            async with savepoint():
                await executer(ordre)


async def test_sealing_takes_every_line_once_and_the_chain_holds(base_neuve: str) -> None:
    await _lignes(25)
    assert await sceaux.sceller_lot(10) == 10
    await sceaux.sceller()
    await _lignes(3)
    await sceaux.sceller()
    assert [s["nombre"] for s in await sql("select nombre from sceau order by id")] == [10, 15, 3]
    assert (await etat())["en_attente"] == 0
    assert await sceaux.verifier() == []
    await sceaux.sceller()
    assert len(await sql("select id from sceau")) == 3


@pytest.mark.parametrize(
    ("ordre", "dit"),
    [
        ("update journal set acteur = 'Bob' where id = 2", "sceau 1 : une ligne a été modifiée"),
        ("update journal set details = '{\"rang\": 9}' where id = 5", "sceau 2 : une ligne"),
        ("delete from journal where id = 3", "sceau 1 : 2 lignes au lieu de 3"),
        ("update journal set sceau = 2 where id = 3", "sceau 2 : 4 lignes au lieu de 3"),
        ("update sceau set empreinte = sha256('x') where id = 1", "la chaîne est rompue"),
        (
            "delete from journal where sceau = 1; delete from sceau where id = 1",
            "sceau 2 : il ne suit pas le précédent",
        ),
    ],
)
async def test_what_was_tampered_with_is_named(base_neuve: str, ordre: str, dit: str) -> None:
    for _ in range(3):
        await _lignes(3)
        await sceaux.sceller()
    await _sans_garde(ordre)
    constats = " | ".join(await sceaux.verifier()).replace("\u00a0", " ")
    assert dit in constats


async def test_a_line_slipped_into_an_old_seal_is_found(base_neuve: str) -> None:
    await _lignes(2)
    await sceaux.sceller()
    await _lignes(1)
    await executer("update journal set sceau = 1, scelle_le = instant where sceau is null")
    assert "3 lignes au lieu de 2" in (await sceaux.verifier())[0]


async def test_lines_that_wait_too_long_are_told(base_neuve: str) -> None:
    await _lignes(1)
    assert await sceaux.verifier() == []
    await _sans_garde("update journal set instant = instant - interval '10 minutes'")
    assert "attendent d’être scellées" in (await sceaux.verifier())[0]


async def test_a_line_committed_late_is_sealed_by_the_next_run(base_neuve: str) -> None:
    """Ids are given before the commit: a later id may be sealed first."""
    async with transaction():
        await executer("select nextval(pg_get_serial_sequence('journal', 'id'))")
    await _lignes(1)
    await sceaux.sceller()
    await executer(
        "insert into journal (id, instant, acteur, action) overriding system value"
        " values (1, $1, 'Alice', 'essai.tard')",
        clock.instant(),
    )
    await sceaux.sceller()
    assert await sceaux.verifier() == []
    assert (await etat())["en_attente"] == 0


async def test_c14_what_is_sealed_is_told_from_what_is_not(base_neuve: str) -> None:
    assert await sceaux.situation() == (
        "Journal\u00a0: 0\u00a0ligne scellée, 0 pas encore\u00a0; aucun sceau."
    )
    await _lignes(3)
    await sceaux.sceller()
    await _lignes(2)
    dernier = await sql("select id, empreinte from sceau")
    assert await sceaux.situation() == (
        "Journal\u00a0: 3\u00a0lignes scellées, 2 pas encore\u00a0; dernier sceau n°\u00a0"
        f"{dernier[0]['id']}, {bytes(dernier[0]['empreinte']).hex()[:16]}."
    )
