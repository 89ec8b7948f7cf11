"""Finds plugins, loads them, reports the broken ones.

Two sources: each folder of the plugins directory that has a `plugin.py`, and the entry point group
`portal.plugins`. A plugin that can't load is left out and named in the report; the portal starts.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from portal import hookspecs
from portal.kit import Cible, Dispositif, Exemple, Lien, ParametreDeclare, ValeurInitiale

GROUPE = "portal.plugins"


@dataclass
class PluginCharge:
    """A plugin that was found. `erreur` is None when it is in use."""

    nom: str
    origine: str
    dossier: Path | None = None
    module: Any = None
    erreur: str | None = None


@dataclass
class Plugins:
    """The loaded plugins, with one typed method per hook."""

    charges: list[PluginCharge] = field(default_factory=list)
    gestionnaire: pluggy.PluginManager = field(default_factory=lambda: _gestionnaire())

    @property
    def actifs(self) -> list[PluginCharge]:
        return [p for p in self.charges if p.erreur is None]

    @property
    def casses(self) -> list[PluginCharge]:
        return [p for p in self.charges if p.erreur is not None]

    def _appeler(self, crochet: str) -> list[tuple[PluginCharge, Any]]:
        """Every answer to a hook, in the order of names; a plugin whose hook fails is left out."""
        reponses = []
        implementations = {
            i.plugin_name: i.function
            for i in getattr(self.gestionnaire.hook, crochet).get_hookimpls()
        }
        for plugin in self.actifs:
            if plugin.nom not in implementations:
                continue
            try:
                reponses += [(plugin, element) for element in implementations[plugin.nom]()]
            except Exception as erreur:
                plugin.erreur = f"le crochet {crochet} a échoué\u00a0: {_dire(erreur)}"
        return [(p, e) for p, e in reponses if p.erreur is None]

    def dispositifs(self) -> dict[str, Dispositif]:
        trouves: dict[str, Dispositif] = {}
        for plugin, dispositif in self._appeler("dispositifs"):
            if dispositif.code in trouves:
                plugin.erreur = (
                    f"le dispositif {dispositif.code} est déjà apporté par un autre plugin"
                )
                continue
            trouves[dispositif.code] = dispositif
        return trouves

    def dispositifs_par_plugin(self) -> dict[str, list[str]]:
        """Labels of what each plugin brings, for whoever looks after the installation."""
        apportes: dict[str, list[str]] = {}
        for plugin, dispositif in self._appeler("dispositifs"):
            apportes.setdefault(plugin.nom, []).append(dispositif.libelle)
        return apportes

    def parametres(self) -> list[ParametreDeclare]:
        return [p for _, p in self._appeler("parametres")]

    def valeurs_initiales(self) -> list[ValeurInitiale]:
        return [v for _, v in self._appeler("valeurs_initiales")]

    def cibles(self) -> list[Cible]:
        return [c for _, c in self._appeler("cibles")]

    def tables(self) -> list[tuple[str, str]]:
        """(plugin name, dotted piccolo_app module)."""
        return [(p.nom, t) for p, t in self._appeler("tables")]

    def pages(self) -> list[tuple[str, Any]]:
        return [(p.nom, h) for p, h in self._appeler("pages")]

    def navigation(self) -> list[Lien]:
        return [lien for _, lien in self._appeler("navigation")]

    def taches(self) -> list[tuple[str, Any]]:
        return [(p.nom, t) for p, t in self._appeler("taches")]

    def demonstration(self) -> list[Exemple]:
        return [e for _, e in self._appeler("demonstration")]

    def gabarits(self) -> dict[str, Path]:
        """Template folder of each plugin, by the plugin's name (its prefix)."""
        return {
            p.nom: p.dossier / "templates"
            for p in self.actifs
            if p.dossier and (p.dossier / "templates").is_dir()
        }


def charger(dossier: Path | None, *, points_entree: bool = True) -> Plugins:
    """Load every plugin of the folder and of the entry points, in the order of their names."""
    trouves: list[PluginCharge] = []
    if dossier is not None and dossier.is_dir():
        for sous in sorted(dossier.iterdir()):
            if (sous / "plugin.py").is_file():
                trouves.append(_du_dossier(sous))
    if points_entree:
        for point in sorted(importlib.metadata.entry_points(group=GROUPE), key=lambda p: p.name):
            trouves.append(_du_point(point))
    plugins = Plugins()
    noms: set[str] = set()
    for plugin in sorted(trouves, key=lambda p: p.nom):
        if plugin.nom in noms:
            plugin.erreur = "un autre plugin porte déjà ce nom"
        noms.add(plugin.nom)
        if plugin.erreur is None:
            plugin.erreur = _enregistrer(plugins.gestionnaire, plugin)
        plugins.charges.append(plugin)
    return plugins


def _du_dossier(sous: Path) -> PluginCharge:
    plugin = PluginCharge(sous.name, str(sous), sous)
    paquet = f"{sous.parent.name}.{sous.name}"
    try:
        _assurer_paquet(sous.parent)
        plugin.module = importlib.import_module(f"{paquet}.plugin")
    except Exception as erreur:
        plugin.erreur = _dire(erreur)
    return plugin


def _assurer_paquet(parent: Path) -> None:
    """The plugins folder as a namespace package, wherever it lies."""
    existant = sys.modules.get(parent.name)
    if existant is None:
        module = ModuleType(parent.name)
        module.__path__ = [str(parent)]
        sys.modules[parent.name] = module
    elif str(parent) not in [str(p) for p in existant.__path__]:
        existant.__path__ = [*existant.__path__, str(parent)]


def _du_point(point: importlib.metadata.EntryPoint) -> PluginCharge:
    plugin = PluginCharge(point.name, f"paquet {point.value}")
    try:
        plugin.module = point.load()
        fichier = getattr(plugin.module, "__file__", None)
        plugin.dossier = Path(fichier).parent if fichier else None
    except Exception as erreur:
        plugin.erreur = _dire(erreur)
    return plugin


def _gestionnaire() -> pluggy.PluginManager:
    gestionnaire = pluggy.PluginManager("portal")
    gestionnaire.add_hookspecs(hookspecs)
    return gestionnaire


def _enregistrer(gestionnaire: pluggy.PluginManager, plugin: PluginCharge) -> str | None:
    """Register with pluggy. An unknown hook name is a typing error: the plugin is refused."""
    essai = _gestionnaire()
    try:
        essai.register(plugin.module, plugin.nom)
        essai.check_pending()
    except pluggy.PluginValidationError as erreur:
        return _dire(erreur)
    gestionnaire.register(plugin.module, plugin.nom)
    return None


def _dire(erreur: BaseException) -> str:
    lignes = str(erreur).strip().splitlines()
    return f"{type(erreur).__name__}\u00a0: {lignes[0] if lignes else 'sans message'}"
