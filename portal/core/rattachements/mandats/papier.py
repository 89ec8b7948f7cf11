"""The text of a mandate, as PDF."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.entreprises.fiche import espacer
from portal.core.rattachements.mandats.queries import Mandat
from portal.infra.money import date_heure, date_longue
from portal.infra.papers import pdf_async


async def composer(mandat: Mandat, libelles: Mapping[str, str]) -> bytes:
    """What it allows and what it does not, its dates, who decided and when."""
    return await pdf_async(
        "recu",
        {
            "titre": "Mandat de gestion",
            "sous_titre": _etat(mandat),
            "paires": [
                ["Mandant", f"{mandat.mandant_nom}\nSIREN {espacer(mandat.mandant)}"],
                ["Mandataire", _mandataire(mandat)],
                ["Dispositifs", "\n".join(libelles.get(c, c) for c in mandat.dispositifs)],
                ["Durée", f"Du {date_longue(mandat.du)} au {date_longue(mandat.au)} inclus"],
                *_histoire(mandat),
            ],
            "sections": [
                {"titre": titre, "paragraphes": paragraphes}
                for titre, paragraphes in textes(mandat)
            ],
            "mention": "Ce mandat vaut tant qu’il n’est ni échu, ni révoqué, ni renoncé. Son état du "
            "moment se lit dans Mon Espace.",
        },
        moment=mandat.fini_le or mandat.decide_le or mandat.propose_le,
    )


def textes(mandat: Mandat) -> list[tuple[str, list[str]]]:
    """Title and paragraphs: the same words on the page and on paper."""
    return [
        (
            "Ce que le mandat permet",
            [
                f"{mandat.mandant_nom} charge {mandat.mandataire_nom} de saisir en son nom, dans Mon "
                "Espace, ses dossiers des dispositifs ci-dessus\u00a0: les consulter, les créer, les "
                "compléter, les transmettre, répondre aux demandes de complément et supprimer un "
                "brouillon.",
                "Chez le mandataire, seules y ont accès les personnes que son administrateur a "
                "habilitées à consulter ou à saisir des dossiers. Ce qu’elles saisissent porte leur nom.",
            ],
        ),
        (
            "Ce que le mandat ne permet pas",
            [
                "Par ce mandat, le mandataire ne voit ni ne change le RIB, les factures, les "
                "contributions, les utilisateurs et les habilitations du mandant. Il n’annule pas un "
                "dossier transmis.",
                "Le mandant garde tous ses droits sur ses dossiers. Le mandataire répond de la "
                "conformité de ce qu’il saisit aux documents signés.",
            ],
        ),
        (
            "Comment il prend fin",
            [
                "Le mandant peut le révoquer, et le mandataire y renoncer, à tout moment et sans "
                "motif, dans Mon Espace\u00a0: l’accès cesse aussitôt. À défaut, il prend fin au soir "
                "de son dernier jour. Les dossiers restent au mandant.",
            ],
        ),
    ]


def _etat(mandat: Mandat) -> str:
    if mandat.mot == "En attente":
        return "Demande en attente de l’accord du mandant\u00a0: sans effet à ce jour"
    return f"État\u00a0: {mandat.mot.lower()}"


def _mandataire(mandat: Mandat) -> str:
    lignes = [mandat.mandataire_nom, f"SIREN {espacer(mandat.mandataire)}"]
    if mandat.mandataire_siret:
        lignes.append(f"Établissement {mandat.lieu}, SIRET {espacer(mandat.mandataire_siret)}")
    return "\n".join(lignes)


def _histoire(mandat: Mandat) -> list[list[str]]:
    paires = []
    if mandat.initiative == "mandataire":
        paires.append(["Demandé par", f"{mandat.propose_par}, le {date_heure(mandat.propose_le)}"])
    if mandat.decide_le and mandat.decide_par:
        paires.append(["Donné par", f"{mandat.decide_par}, le {date_heure(mandat.decide_le)}"])
    if mandat.fini_le and mandat.fini_par:
        paires.append([mandat.mot, f"{mandat.fini_par}, le {date_heure(mandat.fini_le)}"])
    return paires
