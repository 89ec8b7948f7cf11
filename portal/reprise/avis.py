"""Who is told when an access of a former portal is given, or can't be asked for."""

from __future__ import annotations

from portal.core.notifications.operations import notifier
from portal.core.rattachements.modeles import en_mots
from portal.core.rattachements.repris import SUITE_IMPOSSIBLE, AccesImpossible, AccesRendu

GENRE = "rattachement"


async def sur_acces_rendu(evt: AccesRendu) -> None:
    """The company's administrators: they may remove it."""
    await notifier(
        [c for c in evt.administrateurs if c != evt.compte_id],
        GENRE,
        f"{evt.nom} a retrouvé ses droits de l’ancien portail pour {evt.entite.denomination}",
        evt.entite.url_utilisateurs,
        f"{en_mots(evt.droits)}. Si vous ne connaissez pas cette personne, supprimez son rattachement.",
    )


async def sur_acces_impossible(evt: AccesImpossible) -> None:
    await notifier(
        [evt.compte_id],
        GENRE,
        f"Vos droits de l’ancien portail pour {evt.entite.denomination} ne peuvent pas être demandés",
        "/rattachements",
        f"{evt.motif} {SUITE_IMPOSSIBLE}",
    )
