"""J02, J03: one digest a morning for those who chose it, whatever is killed meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.core.notifications import operations, resume
from portal.infra import clock, jobs
from portal.infra.base import executer, sql
from tests.core.comptes_aides import courriels, personne


@pytest.fixture
def matin(monkeypatch: pytest.MonkeyPatch):
    """Sets the real time that the digest reads."""

    def regler(moment: datetime) -> None:
        monkeypatch.setattr(resume.clock, "instant", lambda: moment)

    return regler


async def _abonne(*titres: str):
    compte = await personne()
    await executer("update compte set courriels = 'quotidien' where id = $1", compte.id)
    for titre in titres:
        await operations.notifier([compte.id], "dossier", titre, "/dossiers/1", "Détail")
    return compte


async def _resumer() -> None:
    async with operations.transaction():
        await jobs.lancer("notifications.resumer")
    await jobs.vider(lever=False)  # other tests leave jobs that fail without their dispositif


async def test_j02_un_resume_par_matin(matin) -> None:
    compte = await _abonne("Premier", "Second")
    matin(clock.instant() + timedelta(days=1))
    await _resumer()
    await _resumer()
    (courriel,) = await courriels(compte.email)
    assert courriel["sujet"] == "2 notifications dans votre espace"
    assert courriel["texte"].index("Premier") < courriel["texte"].index("Second")


async def test_j02_ce_qui_arrive_apres_le_matin_attend_le_lendemain() -> None:
    compte = await _abonne("Plus tard")
    await executer(
        "update notification set cree_le = $2 where compte = $1", compte.id, resume.seuil()
    )
    await _resumer()
    assert await courriels(compte.email) == []


async def test_j02_ce_qui_est_lu_n_est_pas_redit(matin) -> None:
    compte = await _abonne("Lue", "Non lue")
    (premiere, _) = await sql(
        "select uid from notification where compte = $1 order by id", compte.id
    )
    await operations.ouvrir(compte.id, premiere["uid"])
    matin(clock.instant() + timedelta(days=1))
    await _resumer()
    (courriel,) = await courriels(compte.email)
    assert courriel["sujet"] == "1 notification dans votre espace"
    assert "Non lue" in courriel["texte"]


async def test_j03_resume_interrompu_repart_sans_doubler(matin, monkeypatch) -> None:
    compte = await _abonne("Une")
    matin(clock.instant() + timedelta(days=1))

    async def casse(*args: object, **options: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as panne:
        panne.setattr(resume.mail, "poster", casse)
        async with operations.transaction():
            await jobs.lancer("notifications.resumer")
        await jobs.vider(lever=False)
    assert await courriels(compte.email) == []
    await jobs.vider(sans_attendre=True, lever=False)
    assert len(await courriels(compte.email)) == 1


@pytest.mark.parametrize(
    ("ici", "attendu"),
    [
        (datetime(2026, 7, 1, 5, 59), datetime(2026, 6, 30, 6, 0)),
        (datetime(2026, 7, 1, 6, 0), datetime(2026, 7, 1, 6, 0)),
        (datetime(2026, 3, 29, 3, 30), datetime(2026, 3, 28, 6, 0)),
    ],
)
def test_j02_le_matin_est_a_l_heure_de_paris(matin, ici: datetime, attendu: datetime) -> None:
    matin(ici.replace(tzinfo=clock.PARIS))
    assert resume.seuil() == attendu.replace(tzinfo=clock.PARIS)
