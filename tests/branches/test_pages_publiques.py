"""D08, N02: public pages of the dispositifs; what the installation says of itself."""

from __future__ import annotations

from types import SimpleNamespace

from portal.branches import docteur
from portal.infra.base import executer
from portal.settings import get_settings
from tests.branches.aides import interne


async def test_d08_chaque_dispositif_dit_ses_pieces_et_ses_controles(navigateur, litestar) -> None:
    nav = navigateur()
    liste = await nav.get("/dispositifs")
    for code, dispositif in litestar.state.plugins.dispositifs().items():
        assert liste.liens(dispositif.libelle) == [f"/dispositifs/{code}"]
        page = await nav.get(f"/dispositifs/{code}")
        assert page.h1 == dispositif.libelle
        for piece in dispositif.pieces:
            assert " ".join(piece.contenu.split()) in page.texte
        for controle in dispositif.controles:
            assert " ".join(controle.libelle.split()) in page.texte
    assert (await nav.get("/dispositifs/inconnu")).statut == 404


async def test_n02_l_installation_nomme_les_plugins_et_ce_qui_cloche(navigateur, litestar) -> None:
    nav = await interne(navigateur, "administrateur")
    page = await nav.get("/installation")
    assert page.h1 == "Installation"
    for plugin in litestar.state.plugins.charges:
        assert plugin.nom in page.texte
    assert "PostgreSQL" in page.texte


class _Plugins:
    charges = (
        SimpleNamespace(nom="bon", origine="ici", erreur=None),
        SimpleNamespace(nom="casse", origine="/plugins/casse", erreur="ImportError : x"),
    )

    def tables(self) -> list[tuple[str, str]]:
        return []


async def test_n02_un_plugin_casse_est_nomme() -> None:
    constats = await docteur.examiner(_Plugins())
    assert any("Le plugin casse est laissé de côté" in c and "ImportError" in c for c in constats)
    assert not any("bon" in c.split(" ") for c in constats)


async def test_docteur_sans_worker_courriels_et_lettres_en_retard(base_neuve) -> None:
    await executer(
        "insert into courriel (a, sujet, texte, cree_le) values"
        " ('a@b.example', 'x', 'y', now() - interval '2 hours')"
    )
    constats = await docteur.examiner()
    assert any(c.startswith("Aucun worker ne travaille.") for c in constats)
    assert any("1 courriel(s) attendent" in c for c in constats)


async def test_docteur_migrations_en_attente(base_neuve) -> None:
    await executer("delete from migration where app = 'branches'")
    constats = await docteur.examiner()
    assert constats == [
        "2 migration(s) à appliquer\u00a0: branches.branches_0001_branches, branches.branches_0002_delais. "
        "Lancez «\u00a0portal migrate\u00a0»."
    ]
    await executer("drop table migration")
    assert await docteur.examiner() == ["La base est vide. Lancez «\u00a0portal migrate\u00a0»."]


async def test_docteur_dossier_sans_ecriture(tmp_path, monkeypatch) -> None:
    fichier = tmp_path / "un_fichier"
    fichier.write_text("x")
    monkeypatch.setattr(get_settings(), "data_dir", fichier / "dedans")
    constats = await docteur.examiner()
    assert any("n’accepte pas d’écriture" in c for c in constats)
