"""H10, H11: what is offered to the OPCO's people is what they may do, by the bounds of each role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.factures import cablage, fournisseurs, queries
from portal.factures.registre import CIBLES
from portal.infra.base import executer
from portal.reglements import cablage as cablage_reglements
from portal.settings import get_settings
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Fournisseurs
from portal.web.identite import Personne
from tests.dossiers.aides import ouvrir_session, quelqu_un
from tests.factures import fabrique


async def _ailleurs(role: str) -> tuple[Personne, str]:
    """Decides in another region, reads everywhere as a counsellor."""
    moi, email = await quelqu_un(role=role)
    await executer("update role_interne set region = '11' where compte = $1", moi.compte_id)
    await executer(
        "insert into role_interne (compte, role) values ($1, 'conseiller')", moi.compte_id
    )
    return replace(moi, roles=moi.roles | {"conseiller"}), email


async def test_h10_une_demande_hors_de_ses_bornes_se_lit_sans_se_juger(navigateur: Any) -> None:
    dossier = await fabrique.accorde()
    envoyee = await fabrique.transmise(dossier)
    _, email = await quelqu_un(role="gestionnaire")
    nav = await ouvrir_session(navigateur, email)
    url = f"/remboursements/{envoyee['uid']}"
    assert (await nav.get(url)).html.xpath(f"//form[@action='{url}/valider']")
    moi, email = await _ailleurs("gestionnaire")
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(url)
    assert page.statut == 200
    assert not page.html.xpath(f"//form[@action='{url}/valider']")
    assert await queries.compter_a_valider(moi) == 0
    assert await fournisseurs.taches(moi) == []


@pytest.mark.parametrize("role", ["gestionnaire", "comptable"])
async def test_h11_une_facture_hors_de_ses_bornes_se_lit_sans_se_juger(
    navigateur: Any, role: str
) -> None:
    dossier = await fabrique.accorde(60_000)
    await fabrique.validee(dossier)
    facture, _, _ = await fabrique.deposer(
        dossier.moi, [(await fabrique.du_de(dossier), 60_000)], pdf=fabrique.scan()
    )
    assert facture is not None
    url = f"/factures/{facture['uid']}"
    _, email = await quelqu_un(role=role)
    nav = await ouvrir_session(navigateur, email)
    assert (await nav.get(url)).html.xpath(f"//form[@action='{url}/accepter']")
    moi, email = await _ailleurs(role)
    nav = await ouvrir_session(navigateur, email)
    page = await nav.get(url)
    assert page.statut == 200
    assert not page.html.xpath(f"//form[@action='{url}/accepter']")
    assert await queries.compter_a_verifier(moi) == 0
    assert await fournisseurs.taches(moi) == []


@pytest.mark.parametrize("demo", [True, False])
async def test_h01_les_exemples_n_existent_que_dans_la_demonstration(demo: bool) -> None:
    c = Cablage(
        settings=get_settings().model_copy(update={"demo": demo}),
        fournisseurs=Fournisseurs(),
        cibles=dict(CIBLES),
    )
    cablage.cabler(c)
    cablage_reglements.cabler(c)
    chemins = {chemin for g in c.gestionnaires for chemin in g.paths}
    for fin in ("/exemple", "/retour-simule"):
        assert any(chemin.endswith(fin) for chemin in chemins) is demo
