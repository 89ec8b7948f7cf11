"""The rooms in their order, and how the plugins' pages join them."""

from __future__ import annotations

import importlib
from typing import Any

from portal import loader
from portal.greffe import greffer
from portal.kit import OPCO, Cible
from portal.settings import Settings
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Fournisseurs

PIECES = (
    "portal.core.journal",
    "portal.core.comptes",
    "portal.core.entreprises",
    "portal.core.rattachements",
    "portal.core.notifications",
    "portal.core.contact",
    "portal.core.accueil",
    "portal.branches",
    "portal.grandlivre",
    "portal.dossiers",
    "portal.factures",
    "portal.reglements",
    "portal.reprise",
    "portal.demo",
)


def assembler(settings: Settings, plugins: loader.Plugins, fournisseurs: Fournisseurs) -> Cablage:
    """Call each room's `cablage.cabler`, then add the plugins' pages."""
    opco = Cible(
        code=OPCO,
        nom=settings.opco_nom,
        adresse=tuple(settings.opco_adresse),
        siren=settings.opco_siren,
        iban_debiteur=settings.opco_iban,
    )
    cablage = Cablage(
        settings=settings,
        fournisseurs=fournisseurs,
        dispositifs=plugins.dispositifs(),
        cibles={OPCO: opco} | {c.code: c for c in plugins.cibles()},
        globaux={"opco": {"nom": settings.opco_nom, "telephone": settings.opco_telephone}},
    )
    for piece in PIECES:
        if piece == "portal.demo" and not settings.demo:
            continue
        module: Any = importlib.import_module(f"{piece}.cablage")
        module.cabler(cablage)
    greffer(cablage, plugins)
    return cablage
