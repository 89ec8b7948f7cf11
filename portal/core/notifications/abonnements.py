"""What happens to people's access, told to those whom it concerns.

Each handler runs in the transaction of the change: told with it, or not at all. Requests for access
go to the administrators by bell and e-mail, whatever they chose for the rest: someone is waiting.
"""

from __future__ import annotations

from portal.core.notifications.operations import notifier
from portal.core.rattachements.evenements import (
    AdministrateurActive,
    CodeDemande,
    CodesRefuses,
    CodeUtilise,
    Entite,
    RattachementDecide,
    RattachementDemande,
    RattachementRelance,
    RattachementRetire,
    RattachementSansReponse,
)
from portal.infra import evenements
from portal.infra.clock import instant
from portal.infra.money import date_longue

PROFILS = {"adherent": "adhérent", "prestataire": "prestataire"}
GENRE = "rattachement"


def _nommer(entite: Entite) -> str:
    """« Boulangerie Martin (adhérent) »."""
    return f"{entite.denomination} ({PROFILS.get(entite.profil, entite.profil)})"


async def sur_demande(evt: RattachementDemande) -> None:
    objet = "une habilitation" if evt.complement else "un rattachement"
    await notifier(
        evt.administrateurs,
        GENRE,
        f"{evt.nom} demande {objet} à {_nommer(evt.entite)}",
        evt.url,
        evt.message or "Acceptez ou refusez cette demande.",
        courriel="toujours",
    )


async def sur_relance(evt: RattachementRelance) -> None:
    await notifier(
        evt.administrateurs,
        GENRE,
        f"{evt.nom} attend toujours votre réponse pour {_nommer(evt.entite)}",
        evt.url,
        f"Demande du {date_longue(evt.depuis)}. Acceptez-la, ou refusez-la en disant pourquoi.",
        courriel="toujours",
    )


async def sur_sans_reponse(evt: RattachementSansReponse) -> None:
    await notifier(
        [evt.compte_id],
        GENRE,
        f"Votre demande pour {_nommer(evt.entite)} est restée sans réponse",
        evt.url,
        f"Elle attend depuis le {date_longue(evt.depuis)}. Vous pouvez vous adresser à votre "
        "conseiller, ou faire envoyer un courrier au siège de l’entreprise.",
    )


async def sur_decision(evt: RattachementDecide) -> None:
    sens = "acceptée" if evt.accepte else "refusée"
    detail = f"Décision de {evt.par}."
    if evt.accepte and evt.administrateur:
        detail += " Vous êtes administrateur de cette entreprise."
    if evt.motif:
        detail += f" Motif\u00a0: {evt.motif}"
    await notifier(
        [evt.compte_id],
        GENRE,
        f"Votre demande pour {_nommer(evt.entite)} est {sens}",
        evt.url,
        detail,
    )


async def sur_retrait(evt: RattachementRetire) -> None:
    if evt.par is not None:
        await notifier(
            [evt.compte_id],
            GENRE,
            f"Votre rattachement à {_nommer(evt.entite)} est supprimé",
            "/rattachements",
            f"Décision de {evt.par}." + (f" Motif\u00a0: {evt.motif}" if evt.motif else ""),
        )
    if evt.administrateur:
        await notifier(
            [c for c in evt.administrateurs if c != evt.compte_id],
            GENRE,
            f"{evt.nom} n’est plus administrateur de {_nommer(evt.entite)}",
            evt.entite.url_utilisateurs,
            courriel="toujours",
        )


async def sur_code(evt: CodeUtilise) -> None:
    """The other administrators must know; the newcomer learns who they are and who waits."""
    await notifier(
        evt.autres,
        GENRE,
        f"{evt.nom} est maintenant administrateur de {_nommer(evt.entite)}",
        evt.entite.url_utilisateurs,
        "Cette personne a utilisé le code d’activation reçu par courrier au siège. "
        "Si vous ne la connaissez pas, supprimez son rattachement.",
        courriel="toujours",
    )
    await _accueillir(evt)


async def sur_administrateur_active(evt: AdministrateurActive) -> None:
    """Named to the conseiller, in place now that the account exists."""
    await notifier(
        evt.autres,
        GENRE,
        f"{evt.nom} est maintenant administrateur de {_nommer(evt.entite)}",
        evt.entite.url_utilisateurs,
        "Cette personne avait été désignée auprès de votre conseiller. "
        "Si vous ne la connaissez pas, supprimez son rattachement.",
        courriel="toujours",
    )
    await _accueillir(evt)


async def _accueillir(evt: CodeUtilise | AdministrateurActive) -> None:
    """The newcomer's bell: who else administers, and who waits."""
    details = []
    if evt.noms_autres:
        details.append(f"Autres administrateurs\u00a0: {', '.join(evt.noms_autres)}.")
    if evt.en_attente:
        pluriel = "s" if evt.en_attente > 1 else ""
        verbe = "attendent" if evt.en_attente > 1 else "attend"
        details.append(f"{evt.en_attente} demande{pluriel} {verbe} votre réponse.")
    if details:
        await notifier(
            [evt.compte_id],
            GENRE,
            f"Vous êtes administrateur de {_nommer(evt.entite)}",
            evt.entite.url_utilisateurs,
            " ".join(details),
            courriel=False,
        )


async def sur_codes_refuses(evt: CodesRefuses) -> None:
    await notifier(
        evt.administrateurs,
        GENRE,
        f"Des codes d’activation faux ont été saisis pour {_nommer(evt.entite)}",
        evt.entite.url_utilisateurs,
        f"{evt.nombre} essais refusés en une heure\u00a0; les suivants sont ralentis. Le code reste "
        "valable\u00a0: fermez-le si vous n’en avez plus besoin.",
        courriel="toujours",
        cle=_cle_refus(evt),
    )
    await _prevenir_conseillers(evt)


async def _prevenir_conseillers(evt: CodesRefuses) -> None:
    """A company without administrator is told by its conseiller."""
    await notifier(
        evt.conseillers,
        GENRE,
        f"Des codes d’activation faux ont été saisis pour {_nommer(evt.entite)}",
        f"/entreprises/{evt.entite.siren}",
        f"{evt.nombre} essais refusés en une heure\u00a0; les suivants sont ralentis. L’entreprise n’a "
        "pas d’administrateur\u00a0: prévenez-la.",
        courriel="toujours",
        cle=_cle_refus(evt),
    )


def _cle_refus(evt: CodesRefuses) -> str:
    """Each threshold is told once a day, however the tries go up and down."""
    return f"codes:{evt.entite.siren}:{evt.entite.profil}:{evt.nombre}:{instant().date()}"


async def sur_code_demande(evt: CodeDemande) -> None:
    await notifier(
        evt.administrateurs,
        GENRE,
        f"Un nouveau code d’activation part au siège de {_nommer(evt.entite)}",
        evt.entite.url_utilisateurs,
        f"Demandé par {evt.par}. Qui saisira ce code deviendra administrateur.",
        courriel="toujours",
    )


def abonner() -> None:
    """Called when the application, or a worker, is put together."""
    evenements.sur(RattachementDemande, sur_demande)
    evenements.sur(RattachementRelance, sur_relance)
    evenements.sur(RattachementSansReponse, sur_sans_reponse)
    evenements.sur(RattachementDecide, sur_decision)
    evenements.sur(RattachementRetire, sur_retrait)
    evenements.sur(CodeUtilise, sur_code)
    evenements.sur(AdministrateurActive, sur_administrateur_active)
    evenements.sur(CodesRefuses, sur_codes_refuses)
    evenements.sur(CodeDemande, sur_code_demande)
