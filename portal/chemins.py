"""Where templates, static files and built-in plugins lie: in the source tree, or in the wheel."""

from __future__ import annotations

from pathlib import Path

_PAQUET = Path(__file__).resolve().parent
_SOURCE = _PAQUET.parent
_DANS_ARBRE = (_SOURCE / "templates").is_dir() and (_SOURCE / "static").is_dir()

TEMPLATES = _SOURCE / "templates" if _DANS_ARBRE else _PAQUET / "_donnees" / "templates"
STATIC = _SOURCE / "static" if _DANS_ARBRE else _PAQUET / "_donnees" / "static"
PLUGINS = _SOURCE / "plugins" if _DANS_ARBRE else _PAQUET / "_plugins"
