"""What a supervisor asks: alive without a database, ready only with all that is needed."""

from __future__ import annotations

from typing import Any

import pytest

from portal.infra import base, jobs
from portal.infra.base import executer


async def casser(*_: Any) -> None:
    raise ConnectionError("plus de base")


async def test_vivant_sans_base_meme_avec_une_session(
    navigateur: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nav = navigateur()
    nav.client.cookies.set("session", "un-jeton")
    monkeypatch.setattr(base, "sql", casser)
    monkeypatch.setattr("portal.infra.base.sql1", casser)
    reponse = await nav.client.get("/healthz")
    assert (reponse.status_code, reponse.json()) == (200, {"etat": "ok"})


async def test_pret_dit_ce_qui_manque(navigateur: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nav = navigateur()
    reponse = await nav.client.get("/readyz")
    assert (reponse.status_code, reponse.json()["etat"]) == (200, "ok")
    async with base.transaction():
        ligne = await base.sql("delete from migration where app = 'notifications' returning *")
    reponse = await nav.client.get("/readyz")
    for m in ligne:
        await executer("insert into migration (app, nom) values ($1, $2)", m["app"], m["nom"])
    assert (reponse.status_code, reponse.json()["cause"]) == (503, "migrations")
    monkeypatch.setattr(jobs, "etat", casser)
    reponse = await nav.client.get("/readyz")
    assert (reponse.status_code, reponse.json()["cause"]) == (503, "ConnectionError")


def test_le_dossier_temporaire_est_vide_chaque_jour() -> None:
    import portal.app  # noqa: F401

    assert "fichiers.balayer" in jobs.PERIODIQUES
