"""Who is told of a dossier's steps, in the transition's own transaction."""

from __future__ import annotations

from portal.core.notifications import operations as notifications
from portal.dossiers.registre import libelle
from portal.dossiers.transitions import DossierTransite
from portal.infra.money import euros

MOTS = {
    "transmission": "Dossier {numero} transmis",
    "prise_en_charge": "Dossier {numero} en cours d’instruction",
    "relance": "Un complément est demandé sur le dossier {numero}",
    "accord": "Dossier {numero}\u00a0: prise en charge accordée",
    "refus": "Dossier {numero}\u00a0: prise en charge refusée",
    "annulation": "Dossier {numero} annulé",
    "solde": "Dossier {numero} soldé",
}
PAR_COURRIEL = {"relance", "accord", "refus"}


async def sur_transition(evt: DossierTransite) -> None:
    """Company people who may read the dossier; the gestionnaire when the company answers."""
    dossier, genre = evt.dossier, evt.transition.genre
    if dossier["numero"] is None:
        return
    cle = f"dossier:{dossier['uid']}:{dossier['version']}"
    detail = f"{libelle(dossier['dispositif'])}, {dossier['intitule']}"
    if genre == "accord":
        detail += f"\u00a0: {euros(dossier['accorde_centimes'])}"
    if genre in MOTS:
        gens = await notifications.destinataires(
            dossier["siren"],
            dossier["profil"],
            "dossiers.consulter",
            siret=dossier["siret"],
            dispositif=dossier["dispositif"],
        )
        if dossier["organisme_siret"] and genre in ("accord", "annulation"):
            gens += await notifications.destinataires(
                dossier["organisme_siret"][:9],
                "prestataire",
                "dossiers.consulter",
                siret=dossier["organisme_siret"],
                dispositif=dossier["dispositif"],
            )
        auteur = evt.acteur.compte_id if evt.acteur else None
        await notifications.notifier(
            [g for g in dict.fromkeys(gens) if g != auteur],
            f"dossier.{genre}",
            MOTS[genre].format(numero=dossier["numero"]),
            f"/dossiers/{dossier['uid']}",
            detail,
            courriel=genre in PAR_COURRIEL,
            cle=cle,
        )
    if genre in ("reponse", "annulation") and dossier["gestionnaire"]:
        mot = "a répondu" if genre == "reponse" else "a annulé"
        await notifications.notifier(
            [dossier["gestionnaire"]],
            f"instruction.{genre}",
            f"L’entreprise {mot}\u00a0: dossier {dossier['numero']}",
            f"/instruction/{dossier['uid']}",
            detail,
            courriel=False,
            cle=f"instruction:{dossier['uid']}:{dossier['version']}",
        )
