"""What the branch screens share: the branch of a path, declared parameters, their rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from portal.branches import queries, referentiel, valeurs
from portal.branches.dates import Valeur
from portal.branches.formulaires import dire_criteres, dire_valeur
from portal.kit import Dispositif, ParametreDeclare
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne

DROIT = "interne:branche,administrateur"
FAMILLES = {"dossier": "Tous les dossiers", "rattachement": "Codes d’activation et rattachements"}
Dispositifs = NamedDependency[dict[str, Dispositif]]
"""The dependency `dispositifs` of handlers: every declared dispositif, by code."""


async def branche(moi: Personne, idcc: str) -> str | None:
    """The branch named in a path, if this person may set what it does; None is all branches."""
    code = None if idcc == referentiel.INTERPROFESSION else idcc
    connues = {c.idcc for c in referentiel.de_l_opco()}
    if code is not None and code not in connues:
        raise Introuvable()
    if not await queries.a_portee(moi, code):
        raise Introuvable()
    return code


def declares(request: Request[Any, Any, Any]) -> dict[str, ParametreDeclare]:
    """Parameters of the engine, then of the plugins."""
    des_plugins = request.app.state.plugins.parametres()
    return {p.cle: p for p in (*valeurs.PARAMETRES, *des_plugins)}


async def parametres_par_groupe(
    idcc: str | None,
    jour: date,
    connus: dict[str, ParametreDeclare],
    chemin: str,
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows of today's values, by family (the part of the key before the dot)."""
    poses = await queries.parametres(idcc, jour)
    groupes: dict[str, list[dict[str, Any]]] = {}
    for cle, declare in connus.items():
        famille = cle.partition(".")[0]
        valeurs_du_jour = [v for v in poses.valeurs if v.cle == cle]
        lignes = groupes.setdefault(famille, [])
        if not valeurs_du_jour:
            lignes.append(_ligne(declare, None, chemin))
        lignes += [_ligne(declare, v, chemin) for v in utiles(valeurs_du_jour)]
    return [(titre_de(famille), lignes) for famille, lignes in groupes.items()]


def utiles(du_jour: list[Valeur]) -> list[Valeur]:
    """Without those of all branches that the branch's own value under the same criteria hides, or
    that its general value hides."""
    propres = [dict(v.criteres) for v in du_jour if v.idcc is not None]
    return [
        v
        for v in reversed(du_jour)
        if v.idcc is not None or not any(p.items() <= dict(v.criteres).items() for p in propres)
    ]


def titre_de(famille: str) -> str:
    """A family of parameters as people read it: the engine's, or the plugin's name."""
    return FAMILLES.get(famille) or famille.replace("_", " ").capitalize()


def _ligne(declare: ParametreDeclare, valeur: Valeur | None, chemin: str) -> dict[str, Any]:
    return {
        "libelle": declare.libelle,
        "url": f"/branches/{chemin}/parametres/{declare.cle}",
        "criteres": dire_criteres(declare, dict(valeur.criteres)) if valeur else "",
        "valeur": dire_valeur(declare, valeur.valeur) if valeur else "",
        "du": valeur.du if valeur else None,
        "au": valeur.au if valeur else None,
        "portee": ("Cette branche" if valeur.idcc else "Toutes les branches") if valeur else "",
        "source": valeur.source if valeur else "",
    }
