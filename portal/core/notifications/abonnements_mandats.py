"""What happens to mandats de gestion, told to the other party, in the transaction of the change."""

from __future__ import annotations

from portal.core.notifications.operations import notifier
from portal.core.rattachements.mandats.evenements import (
    MandatDemande,
    MandatDonne,
    MandatFini,
    MandatRefuse,
)
from portal.infra import evenements

GENRE = "mandat"


async def sur_demande(evt: MandatDemande) -> None:
    await notifier(
        evt.administrateurs,
        GENRE,
        f"{evt.parties.mandataire_nom} demande un mandat de gestion à {evt.parties.mandant_nom}",
        evt.parties.url_mandant,
        evt.message or "Acceptez ou refusez cette demande.",
        courriel="toujours",
    )


async def sur_don(evt: MandatDonne) -> None:
    await notifier(
        evt.destinataires,
        GENRE,
        f"{evt.parties.mandant_nom} vous donne un mandat de gestion",
        evt.parties.url_mandataire,
        f"Décision de {evt.par}. Vous pouvez saisir ses dossiers aux dates du mandat.",
    )


async def sur_refus(evt: MandatRefuse) -> None:
    await notifier(
        evt.destinataires,
        GENRE,
        f"{evt.parties.mandant_nom} refuse votre demande de mandat de gestion",
        evt.parties.url_mandataire,
        f"Décision de {evt.par}. Motif\u00a0: {evt.motif}",
    )


async def sur_fin(evt: MandatFini) -> None:
    p = evt.parties
    titres = {
        "revoque": f"{p.mandant_nom} révoque votre mandat de gestion",
        "renonce": f"{p.mandataire_nom} renonce au mandat de gestion de {p.mandant_nom}",
        "retire": f"{p.mandataire_nom} retire sa demande de mandat de gestion",
    }
    await notifier(
        evt.destinataires,
        GENRE,
        titres[evt.etat],
        p.url_mandataire if evt.etat == "revoque" else p.url_mandant,
        f"Décision de {evt.par}." + (f" Motif\u00a0: {evt.motif}" if evt.motif else ""),
        courriel="toujours",
    )


def abonner() -> None:
    """Called with the other subscriptions of this room."""
    evenements.sur(MandatDemande, sur_demande)
    evenements.sur(MandatDonne, sur_don)
    evenements.sur(MandatRefuse, sur_refus)
    evenements.sur(MandatFini, sur_fin)
