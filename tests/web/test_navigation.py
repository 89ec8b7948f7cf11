"""The navigation says where one is, also on pages whose address begins otherwise."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from portal.web.fournisseurs import Fournisseurs, Lien
from portal.web.rendu import _navigation

ENTREES = [Lien("Mes factures", "/factures"), Lien("Mon entreprise", "/rattachements")]


@pytest.mark.parametrize(
    ("chemin", "allumee"),
    [
        ("/factures", "Mes factures"),
        ("/factures/deposer", "Mes factures"),
        ("/facturesx", None),
        ("/rib", "Mon entreprise"),
        ("/rib/000500017/adherent", "Mon entreprise"),
        ("/reglements", "Mes factures"),
        ("/compte", None),
    ],
)
def test_une_entree_au_plus_est_allumee(chemin: str, allumee: str | None) -> None:
    fournisseurs = Fournisseurs(
        navigation=[lambda _: ENTREES],
        sous={"/rib": "/rattachements", "/reglements": "/factures"},
    )
    moi = cast(Any, SimpleNamespace(a_confirmer=False))
    liens = _navigation(fournisseurs, moi, chemin)
    assert [lien.libelle for lien in liens if lien.actif] == ([allumee] if allumee else [])


def test_l_entree_propre_passe_avant() -> None:
    """Accountants have an entry of their own where companies have none."""
    fournisseurs = Fournisseurs(
        navigation=[lambda _: [*ENTREES, Lien("Règlements", "/reglements/lots")]],
        sous={"/reglements": "/factures"},
    )
    liens = _navigation(
        fournisseurs, cast(Any, SimpleNamespace(a_confirmer=False)), "/reglements/lots"
    )
    assert [lien.libelle for lien in liens if lien.actif] == ["Règlements"]
