"""Settings: what would be unsafe or missing keeps the portal from starting, in one sentence."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from portal.infra.coffre.chiffre import lire_cles
from portal.settings import (
    ReglageInvalide,
    SansCle,
    Settings,
    cle_de_demonstration,
    get_settings,
    nouvelle_cle,
)

BASE = "postgresql://portal@127.0.0.1/portal"
CLE = "k1:" + base64.b64encode(bytes(32)).decode()


def reglages(**valeurs: object) -> Settings:
    valeurs = {"database_url": BASE, "secret_key": CLE, "url": "http://127.0.0.1:8000"} | valeurs
    return Settings(**valeurs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "https://portail.example"],
)
def test_http_on_this_machine_https_anywhere(url: str) -> None:
    reglages(url=url).verifier()


@pytest.mark.parametrize(
    ("valeurs", "dit"),
    [
        ({"url": "http://portail.example"}, "https://"),
        ({"url": "http://127.0.0.1.portail.example"}, "https://"),
        ({"url": "http://127.0.0.1@portail.example"}, "https://"),
        ({"url": "portail.example"}, "complète"),
        ({"url": "ftp://127.0.0.1"}, "complète"),
        ({"database_url": None}, "PORTAL_DATABASE_URL"),
        ({"secret_key": ""}, "PORTAL_SECRET_KEY"),
    ],
)
def test_what_is_unsafe_or_missing_is_refused_in_a_sentence(
    valeurs: dict[str, object], dit: str
) -> None:
    with pytest.raises(ReglageInvalide, match=dit) as refus:
        reglages(**valeurs).verifier()
    assert str(refus.value).endswith(".")


def test_no_key_is_told_apart_so_that_one_can_be_offered() -> None:
    with pytest.raises(SansCle):
        reglages(secret_key="").verifier()
    reglages(secret_key=nouvelle_cle()).verifier()
    assert len(lire_cles(nouvelle_cle())) == 1


def test_a_value_of_the_wrong_kind_names_its_variable_and_not_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTAL_WORKERS", "motdepasse")
    get_settings.cache_clear()
    with pytest.raises(ReglageInvalide, match="PORTAL_WORKERS") as refus:
        get_settings()
    assert "motdepasse" not in str(refus.value)
    monkeypatch.undo()
    get_settings.cache_clear()


def test_the_demo_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    dossier = tmp_path / "é à"
    cle = cle_de_demonstration(dossier)
    assert cle_de_demonstration(dossier) == cle
    assert len(lire_cles(cle)) == 1
    assert stat.S_IMODE((dossier / "cle_secrete").stat().st_mode) == 0o600
    assert [f.name for f in dossier.iterdir()] == ["cle_secrete"]


def test_every_setting_is_documented() -> None:
    assert [nom for nom, champ in Settings.model_fields.items() if not champ.description] == []
