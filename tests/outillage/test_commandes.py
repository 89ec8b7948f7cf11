"""What the commands print for machines and for people."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.infra import base
from portal.kit.identifiants import lire_siren
from portal.web.garde import valider_droit

from .aides import RACINE


def lancer(*mots: str) -> str:
    fait = CliRunner().invoke(main, list(mots), catch_exceptions=False)
    assert fait.exit_code == 0, fait.output
    return fait.output


def en_json(*mots: str) -> list[dict[str, Any]]:
    lu = json.loads(lancer(*mots, "--json"))
    assert isinstance(lu, list)
    assert lu
    return lu


def test_routes_dit_chemin_droit_et_plugin() -> None:
    routes = en_json("routes")
    for route in routes:
        assert set(route) == {"method", "path", "droit", "plugin"}
        assert route["method"] in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
        assert route["path"].startswith("/")
        assert valider_droit(route["droit"]), route
        assert route["plugin"] is None or route["path"].startswith(f"/p/{route['plugin']}/")
    assert len({(r["method"], r["path"]) for r in routes}) == len(routes)
    assert {"/", "/healthz", "/readyz", "/metrics", "/connexion", "/dossiers"} <= {
        r["path"] for r in routes
    }


def test_ce_qui_change_quelque_chose_n_est_jamais_un_get() -> None:
    """A path that only says what to do is a POST; its GET, if any, shows the page that asks."""
    for route in en_json("routes"):
        if re.search(r"/(accorder|transmettre|valider|prendre|ouvrir|fermer)$", route["path"]):
            assert route["method"] == "POST", route


def test_personas_disent_qui_essayer() -> None:
    personas = en_json("demo", "personas")
    for p in personas:
        assert set(p) == {"role", "email", "password", "totp_secret", "entreprises", "dit"}
        assert re.fullmatch(r"[\w.+-]+@[\w.-]+", p["email"])
        assert p["role"]
        assert p["password"]
        assert p["dit"]
        assert "\n" not in p["dit"]
        assert p["totp_secret"] is None or isinstance(p["totp_secret"], str)
        assert [lire_siren(s) for s in p["entreprises"]] == p["entreprises"]
    assert len({p["email"] for p in personas}) == len(personas)
    assert len(personas) >= 13


def test_personas_se_lisent_aussi_sans_json() -> None:
    lignes = lancer("demo", "personas").splitlines()
    assert len(lignes) == len(en_json("demo", "personas"))


def test_n02_plugins_nomme_les_charges_et_les_casses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.settings import get_settings

    for nom, source in (("bon", ""), ("casse", "import module_qui_n_existe_pas\n")):
        (tmp_path / nom).mkdir()
        (tmp_path / nom / "__init__.py").touch()
        (tmp_path / nom / "plugin.py").write_text(source)
    monkeypatch.setenv("PORTAL_PLUGINS_DIR", str(tmp_path))
    get_settings.cache_clear()
    try:
        lignes = {ligne.split()[0]: ligne for ligne in lancer("plugins").splitlines()}
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    assert "chargé" in lignes["bon"]
    assert "module_qui_n_existe_pas" in lignes["casse"]


def test_n02_chaque_plugin_du_depot_est_charge() -> None:
    dit = lancer("plugins")
    for plugin in (RACINE / "plugins").glob("*/plugin.py"):
        assert re.search(rf"^{plugin.parent.name}\s+chargé", dit, re.MULTILINE)


def test_chaque_commande_s_explique() -> None:
    assert lancer("--help")
    for nom, commande in main.commands.items():
        assert commande.help, nom
        assert lancer(nom, "--help")


async def test_les_secrets_se_rechiffrent_par_commande(
    base_neuve: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio
    import os

    from portal.infra import coffre
    from portal.settings import get_settings, nouvelle_cle

    identifiant = await coffre.deposer("iban", "FR1420041010050500013M02606")
    ancienne = os.environ["PORTAL_SECRET_KEY"]
    neuve = nouvelle_cle().replace("k1:", "neuve:")
    monkeypatch.setenv("PORTAL_SECRET_KEY", f"{neuve},{ancienne}")
    get_settings.cache_clear()
    await base.fermer_pool()
    dit = await asyncio.to_thread(lancer, "rotate-keys")
    assert dit.startswith("1 secret rechiffré.")
    assert "première clé" in await asyncio.to_thread(lancer, "rotate-keys")
    monkeypatch.setenv("PORTAL_SECRET_KEY", neuve)
    get_settings.cache_clear()
    await base.ouvrir_pool()
    assert await coffre.reveler(identifiant) == "FR1420041010050500013M02606"
    monkeypatch.undo()
    get_settings.cache_clear()
