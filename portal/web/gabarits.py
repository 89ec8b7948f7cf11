"""The one Jinja environment: pages, components, and each plugin's templates under its prefix."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from portal.infra import money, texte
from portal.kit.identifiants import dire_telephone


def faire_environnement(
    gabarits: Path,
    statiques: Path,
    plugins: Mapping[str, Path],
    globaux: Mapping[str, Any],
    *,
    developpement: bool = False,
) -> Environment:
    """Core templates by their path; a plugin's are `<plugin>/...` of its own folder, and can't
    answer for another's."""
    environnement = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(gabarits),
                PrefixLoader(
                    {"p": PrefixLoader({nom: FileSystemLoader(d) for nom, d in plugins.items()})}
                ),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=developpement,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environnement.globals.update(
        url_statique=_url_statique(statiques),
        htmx_present=(statiques / "vendor" / "htmx.min.js").is_file(),
        cle=champ_cle,
        de=texte.de,
        euros=money.euros,
        date_longue=money.date_longue,
        periode=money.periode,
        date_courte=money.date_courte,
        heure=money.heure,
        dire_telephone=dire_telephone,
        **globaux,
    )
    return environnement


def champ_cle() -> Markup:
    """The hidden idempotency key of a form: the same form sent twice is once done."""
    return Markup('<input type="hidden" name="_cle" value="{}">').format(secrets.token_urlsafe(18))


def _url_statique(racine: Path) -> Callable[[str], str]:
    @lru_cache(maxsize=256)
    def version(chemin: str) -> str:
        fichier = racine / chemin
        return hashlib.sha256(fichier.read_bytes()).hexdigest()[:12] if fichier.is_file() else "0"

    return lambda chemin: f"/static/{chemin}?v={version(chemin)}"
