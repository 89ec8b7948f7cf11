"""The Piccolo apps of the portal, in the order of the rooms. Plugins' come after."""

from __future__ import annotations

import importlib.util

APPS = (
    "portal.infra.clock.piccolo_app",
    "portal.infra.coffre.piccolo_app",
    "portal.infra.jobs.piccolo_app",
    "portal.infra.mail.piccolo_app",
    "portal.web.piccolo_app",
    "portal.core.journal.piccolo_app",
    "portal.core.comptes.piccolo_app",
    "portal.core.entreprises.piccolo_app",
    "portal.core.rattachements.piccolo_app",
    "portal.core.notifications.piccolo_app",
    "portal.core.contact.piccolo_app",
    "portal.branches.piccolo_app",
    "portal.grandlivre.piccolo_app",
    "portal.dossiers.piccolo_app",
    "portal.factures.piccolo_app",
    "portal.reglements.piccolo_app",
    "portal.reprise.piccolo_app",
)


def noms_des_apps() -> list[str]:
    return [nom for nom in APPS if _existe(nom)]


def _existe(nom: str) -> bool:
    try:
        return importlib.util.find_spec(nom) is not None
    except ModuleNotFoundError:
        return False
