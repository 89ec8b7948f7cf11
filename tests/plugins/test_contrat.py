"""The plugin contract: hooks documented and used, broken plugins left out, a new one by a folder."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from portal import hookspecs
from portal.chemins import PLUGINS
from portal.loader import charger
from portal.modele_plugin import PluginImpossible, creer
from portal.testing.conformite import fautes

ESSAI = Path(__file__).parent / "dossier_essai"


def ecrire(dossier: Path, nom: str, code: str) -> None:
    (dossier / nom).mkdir(parents=True)
    (dossier / nom / "plugin.py").write_text(code, encoding="utf-8")


@pytest.mark.parametrize("nom", hookspecs.__all__)
def test_n01_chaque_crochet_est_documente_type_et_utilise(nom):
    crochet = getattr(hookspecs, nom)
    doc = inspect.getdoc(crochet) or ""
    assert "Called" in doc, "dire quand il est appelé"
    assert len(doc) > 120, "dire quoi rendre"
    assert inspect.signature(crochet).return_annotation is not inspect.Signature.empty
    utilisateurs = [
        p.nom
        for dossier in (PLUGINS, ESSAI)
        for p in charger(dossier, points_entree=False).actifs
        if hasattr(getattr(p.module, nom, None), "portal_impl")
    ]
    assert utilisateurs, f"aucun plugin n’utilise {nom}"


def test_n01_les_dispositifs_integres_sont_conformes():
    dispositifs = charger(PLUGINS, points_entree=False).dispositifs()
    assert dispositifs
    assert {code: fautes(d) for code, d in dispositifs.items() if fautes(d)} == {}


def test_n02_un_plugin_casse_est_nomme_et_laisse_de_cote(tmp_path):
    greffons = tmp_path / "greffons"
    ecrire(greffons, "casse", "import module_qui_n_existe_pas\n")
    ecrire(
        greffons,
        "bon",
        "from portal.kit import hookimpl\n@hookimpl\ndef dispositifs():\n    return ()\n",
    )
    plugins = charger(greffons, points_entree=False)
    assert [p.nom for p in plugins.actifs] == ["bon"]
    (casse,) = plugins.casses
    assert "module_qui_n_existe_pas" in casse.erreur


def test_n02_un_crochet_inconnu_est_refuse(tmp_path):
    greffons = tmp_path / "greffons2"
    ecrire(
        greffons,
        "faute",
        "from portal.kit import hookimpl\n@hookimpl\ndef dispositifz():\n    return ()\n",
    )
    (faute,) = charger(greffons, points_entree=False).casses
    assert "dispositifz" in faute.erreur


def test_n02_un_crochet_qui_leve_n_emporte_que_son_plugin(tmp_path):
    greffons = tmp_path / "greffons3"
    ecrire(
        greffons,
        "leve",
        "from portal.kit import hookimpl\n@hookimpl\ndef dispositifs():\n    raise ValueError('non')\n",
    )
    plugins = charger(greffons, points_entree=False)
    assert plugins.dispositifs() == {}
    assert "non" in plugins.casses[0].erreur


def test_n02_deux_plugins_du_meme_nom(tmp_path, monkeypatch):
    import importlib.metadata

    greffons = tmp_path / "greffons4"
    ecrire(greffons, "jumeau", "")
    point = importlib.metadata.EntryPoint("jumeau", "portal.kit", "portal.plugins")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point])
    plugins = charger(greffons)
    assert [p.erreur for p in plugins.charges].count(None) == 1
    assert "déjà" in plugins.casses[0].erreur


def test_n03_le_plugin_neuf_est_conforme_et_court(tmp_path):
    dossier = creer("essai_neuf", tmp_path / "neufs")
    lignes = (dossier / "plugin.py").read_text().splitlines()
    assert len(lignes) < 150
    plugins = charger(tmp_path / "neufs", points_entree=False)
    assert plugins.casses == []
    assert fautes(plugins.dispositifs()["essai_neuf"]) == []
    with pytest.raises(PluginImpossible, match="existe déjà"):
        creer("essai_neuf", tmp_path / "neufs")


@pytest.mark.parametrize("nom", ["../x", "Nom", "é", "a b", ""])
def test_n03_un_nom_impossible_est_refuse(tmp_path, nom):
    with pytest.raises(PluginImpossible):
        creer(nom, tmp_path)


def test_n01_le_coeur_ne_nomme_aucun_dispositif():
    import re

    racine = Path(__file__).parents[2]
    mots = re.compile(
        r"apprenti(ssage|s)?\b|\bcipi\b|\bcdpi\b|fpett|declanet|cpnsst|poec\b|action.de.formation",
        re.IGNORECASE,
    )
    fautifs = [
        f"{fichier.relative_to(racine)}:{rang} {ligne.strip()}"
        for dossier, motif in (("portal", "*.py"), ("templates", "*.html"))
        for fichier in (racine / dossier).rglob(motif)
        for rang, ligne in enumerate(fichier.read_text(encoding="utf-8").splitlines(), 1)
        if mots.search(ligne.replace("referent_poec", "").replace("référent POEC", ""))
    ]
    assert fautifs == []
