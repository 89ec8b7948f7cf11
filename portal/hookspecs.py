"""The plugin contract: every hook, typed, with when it is called and what to return.

A plugin implements the hooks it needs with `portal.kit.hookimpl`. Hooks are called once, when the
application is made, in the order of the plugins' names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from portal.kit import Cible, Dispositif, Exemple, Lien, ParametreDeclare, ValeurInitiale

hookspec = pluggy.HookspecMarker("portal")

__all__ = [
    "cibles", "demonstration", "dispositifs", "navigation", "pages", "parametres", "tables", "taches",
    "valeurs_initiales",
]  # fmt: skip


@hookspec
def dispositifs() -> Sequence[Dispositif]:  # type: ignore[empty-body]
    """Dispositifs that the plugin brings.

    Called at start. Returns declarations; their codes must be unlike every other plugin's.
    A branch team still has to open each one for its branch.
    """


@hookspec
def parametres() -> Sequence[ParametreDeclare]:  # type: ignore[empty-body]
    """Dated parameters that the plugin's rules read.

    Called at start. Returns what they mean and their unit; values are rows in the database, set by
    a branch team. Keys begin with the plugin's name and a dot.
    """


@hookspec
def valeurs_initiales() -> Sequence[ValeurInitiale]:  # type: ignore[empty-body]
    """Reference values of the plugin's parameters, each with its period and source.

    Called by `portal migrate` after the migrations. A value is inserted where the same key, branch,
    criteria and start date do not exist yet; nothing that a branch team has set is changed.
    """


@hookspec
def cibles() -> Sequence[Cible]:  # type: ignore[empty-body]
    """Bodies beside the OPCO that invoices may be made out to.

    Called at start. Returns their identity; a dispositif names its target by code.
    """


@hookspec
def tables() -> Sequence[str]:  # type: ignore[empty-body]
    """Piccolo apps of the plugin: dotted paths of its `piccolo_app` modules.

    Called by `portal migrate` and at start. Foreign keys to the engine's tables are
    `LazyTableReference`s; table names begin with the plugin's name.
    """


@hookspec
def pages() -> Sequence[Any]:  # type: ignore[empty-body]
    """Litestar handlers of the plugin's own pages.

    Called at start. Paths begin with « /p/<plugin>/ ». Each handler declares `droit=...`, takes
    `contexte: NamedDependency[Contexte]` (Litestar's; it says who asks) and returns a `Vue` whose
    template lies under the plugin's `templates/` folder.
    """


@hookspec
def navigation() -> Sequence[Lien]:  # type: ignore[empty-body]
    """Entries of the plugin in the navigation, shown after the core's.

    Called at start. Returns links to the plugin's pages and for whom they are.
    """


@hookspec
def taches() -> Sequence[Any]:  # type: ignore[empty-body]
    """Background jobs of the plugin: async functions taking ids only.

    Called at start, by server and worker. A job is named « <plugin>.<function name> » and is planned
    with `contexte.planifier`.
    """


@hookspec
def demonstration() -> Sequence[Exemple]:  # type: ignore[empty-body]
    """Makers of plausible dossiers for the demonstration's data.

    Called by `portal demo` only, when its data are made. The random source is seeded: the same
    calls must give the same dossiers. People are made up, their NIR synthetic.
    """
