"""Decide of requests, change rights, remove: each one transaction and one audit line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.core.journal.operations import noter
from portal.core.rattachements import perimetre
from portal.core.rattachements.droits import borner, ecrire_habilitations
from portal.core.rattachements.entites import administrateurs, entite, verrouiller
from portal.core.rattachements.evenements import (
    RattachementDecide,
    RattachementRetire,
)  # fmt: skip
from portal.core.rattachements.modeles import ADMINISTRATEUR, ADMINISTRER, Ligne, Octroi, ranger
from portal.infra import clock, evenements
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.money import date_heure
from portal.web.erreurs import Conflit, Interdit, Introuvable
from portal.web.identite import Personne

DERNIER = (
    "Vous êtes le dernier administrateur. Nommez d’abord un successeur parmi les utilisateurs, "
    "ou acceptez une demande en attente comme administrateur."
)


async def _saisir(moi: Personne, uid: UUID, droit: str) -> dict[str, Any]:
    """Lock a rattachement that this person may decide of; out of reach 404, without right 403."""
    ligne = await sql1("select siren, siret, profil from rattachement where uid = $1", uid)
    if ligne is None:
        raise Introuvable()
    await perimetre.exiger(moi, droit, ligne["siren"], ligne["siret"], ligne["profil"])
    await verrouiller(ligne["siren"], ligne["profil"])
    return await _relire(uid)


async def _relire(uid: UUID) -> dict[str, Any]:
    ligne = await sql1(
        "select r.*, c.prenom || ' ' || c.nom as nom, d.prenom || ' ' || d.nom as decideur"
        " from rattachement r join compte c on c.id = r.compte"
        " left join compte d on d.id = r.decide_par where r.uid = $1 for update of r",
        uid,
    )
    assert ligne is not None
    return ligne


def _exiger_en_attente(moi: Personne, demande: dict[str, Any]) -> None:
    if demande["compte"] == moi.compte_id:
        raise Interdit("Un autre administrateur doit répondre à votre propre demande.")
    if demande["etat"] == "en_attente":
        return
    mot = {"actif": "acceptée", "refuse": "refusée"}.get(demande["etat"], "retirée")
    quand = f" le {date_heure(demande['decide_le'])}" if demande["decide_le"] else ""
    par = f" par {demande['decideur']}" if demande["decideur"] else ""
    raise Conflit(
        "Demande déjà traitée", f"La demande de {demande['nom']} a été {mot}{par}{quand}."
    )


async def accepter(moi: Personne, uid: UUID, octroi: Octroi) -> None:
    """Accept a request with what is granted. An access that the person had is widened."""
    async with transaction():
        demande = await _saisir(moi, uid, "rattachements.saisir")
        _exiger_en_attente(moi, demande)
        lignes = await borner(moi, demande, octroi)
        await _remplacer(demande, octroi, lignes, moi)
        await noter(
            "rattachement.accepte", acteur=moi, objet=("rattachement", uid), siren=demande["siren"],
            profil=demande["profil"], personne=demande["nom"], modele=octroi.modele, droits=octroi.droits,
            portee=octroi.portee, etablissements=octroi.sirets[:50], dispositifs=octroi.dispositifs,
        )  # fmt: skip
        await evenements.publier(
            RattachementDecide(
                uid, demande["compte"], await entite(demande["siren"], demande["profil"]), True,
                moi.nom_affiche, administrateur=octroi.administrateur,
            )
        )  # fmt: skip


async def _remplacer(
    demande: dict[str, Any], octroi: Octroi, lignes: list[Ligne], moi: Personne
) -> None:
    """Make the request the person's one living access here, its former rights included."""
    ancien = await sql1(
        "update rattachement set etat = 'supprime', motif = 'Étendu par une nouvelle demande',"
        " decide_par = $4, decide_le = $5 where compte = $1 and siren = $2 and profil = $3"
        " and etat = 'actif' returning id, siret, administrateur",
        demande["compte"],
        demande["siren"],
        demande["profil"],
        moi.compte_id,
        clock.instant(),
    )
    if ancien and ancien["administrateur"]:
        raise Conflit("Déjà administrateur", f"{demande['nom']} est déjà administrateur.")
    if ancien and not octroi.administrateur:
        lignes += [
            (h["siret"] or ancien["siret"], h["dispositif"], h["droit"])
            for h in await sql(
                "select siret, dispositif, droit from habilitation where rattachement = $1",
                ancien["id"],
            )
        ]
    await _donner(demande["id"], octroi, lignes, moi)


async def _donner(id: int, octroi: Octroi, lignes: list[Ligne], moi: Personne) -> None:
    siret, habilitations = ranger(lignes)
    await executer(
        "update rattachement set etat = 'actif', administrateur = $2, siret = $3, modele = $4,"
        " decide_par = $5, decide_le = $6 where id = $1",
        id,
        octroi.administrateur,
        None if octroi.administrateur else siret,
        octroi.modele,
        moi.compte_id,
        clock.instant(),
    )
    await ecrire_habilitations(id, habilitations)
    if octroi.administrateur:
        # Whoever has every right asks for nothing more.
        await executer(
            "update rattachement a set etat = 'supprime', motif = 'Devenu administrateur',"
            " decide_par = $2, decide_le = $3 from rattachement r where r.id = $1"
            " and a.compte = r.compte and a.siren = r.siren and a.profil = r.profil"
            " and a.etat = 'en_attente'",
            id,
            moi.compte_id,
            clock.instant(),
        )


async def refuser(moi: Personne, uid: UUID, motif: str) -> None:
    """Refuse a request, with the reason that its author will read."""
    async with transaction():
        demande = await _saisir(moi, uid, "rattachements.saisir")
        _exiger_en_attente(moi, demande)
        await _finir(demande["id"], "refuse", moi, motif)
        await noter(
            "rattachement.refuse", acteur=moi, objet=("rattachement", uid), siren=demande["siren"],
            profil=demande["profil"], personne=demande["nom"], motif=motif,
        )  # fmt: skip
        await evenements.publier(
            RattachementDecide(
                uid, demande["compte"], await entite(demande["siren"], demande["profil"]), False,
                moi.nom_affiche, motif,
            )
        )  # fmt: skip


async def _finir(id: int, etat: str, moi: Personne, motif: str) -> None:
    await executer(
        "update rattachement set etat = $2, decide_par = $3, decide_le = $4, motif = $5 where id = $1",
        id,
        etat,
        moi.compte_id,
        clock.instant(),
        motif,
    )


async def habiliter(moi: Personne, uid: UUID, octroi: Octroi) -> None:
    """Replace what somebody may do; only administrators, never for oneself."""
    async with transaction():
        acces = await _saisir(moi, uid, ADMINISTRER)
        if acces["compte"] == moi.compte_id:
            raise Interdit("Un autre administrateur doit changer vos propres droits.")
        if acces["etat"] != "actif":
            raise Conflit("Accès retiré", f"{acces['nom']} n’a plus accès à cette entreprise.")
        lignes = await borner(moi, acces, octroi)
        await _donner(acces["id"], octroi, lignes, moi)
        await noter(
            "rattachement.habilite", acteur=moi, objet=("rattachement", uid), siren=acces["siren"],
            profil=acces["profil"], personne=acces["nom"], modele=octroi.modele, droits=octroi.droits,
            portee=octroi.portee, etablissements=octroi.sirets[:50], dispositifs=octroi.dispositifs,
        )  # fmt: skip


async def supprimer(moi: Personne, uid: UUID, motif: str = "") -> None:
    """Remove an access, at once: open sessions read rights at each request."""
    async with transaction():
        acces = await _saisir(moi, uid, "rattachements.supprimer")
        if acces["administrateur"]:
            await perimetre.exiger(moi, ADMINISTRER, acces["siren"], None, acces["profil"])
        await _retirer(acces, moi, motif)


async def quitter(moi: Personne, uid: UUID) -> None:
    """Leave a company, or take a pending request back."""
    async with transaction():
        ligne = await sql1(
            "select siren, profil from rattachement where uid = $1 and compte = $2",
            uid,
            moi.compte_id,
        )
        if ligne is None:
            raise Introuvable()
        await verrouiller(ligne["siren"], ligne["profil"])
        await _retirer(await _relire(uid), moi, "")


async def _retirer(acces: dict[str, Any], moi: Personne, motif: str) -> None:
    if acces["etat"] not in ("actif", "en_attente"):
        raise Conflit("Accès déjà retiré", f"L’accès de {acces['nom']} a déjà pris fin.")
    restants = [
        a for a in await administrateurs(acces["siren"], acces["profil"])
        if a.compte_id != acces["compte"]
    ]  # fmt: skip
    if acces["administrateur"] and not restants:
        raise Conflit("Dernier administrateur", DERNIER)
    lui_meme = acces["compte"] == moi.compte_id
    await _finir(acces["id"], "supprime", moi, motif)
    await noter(
        "rattachement.quitte" if lui_meme else "rattachement.supprime", acteur=moi,
        objet=("rattachement", acces["uid"]), siren=acces["siren"], profil=acces["profil"],
        personne=acces["nom"], administrateur=acces["administrateur"], motif=motif,
    )  # fmt: skip
    if acces["etat"] == "actif":
        await evenements.publier(
            RattachementRetire(
                acces["uid"], acces["compte"], acces["nom"],
                await entite(acces["siren"], acces["profil"]), None if lui_meme else moi.nom_affiche,
                acces["administrateur"], motif, tuple(a.compte_id for a in restants),
            )
        )  # fmt: skip


async def nommer(siren: str, profil: str, compte_id: int, motif: str, moi: Personne | None) -> UUID:
    """Make an account administrator of a SIREN × profile; its requests and lesser access end.

    The caller has checked the reason (a code, a name given to a conseiller) and holds the lock.
    """
    quand = clock.instant()
    await executer(
        "update rattachement set etat = 'supprime', motif = $4, decide_le = $5"
        " where compte = $1 and siren = $2 and profil = $3 and etat in ('en_attente', 'actif')",
        compte_id,
        siren,
        profil,
        f"Remplacé\u00a0: {motif}",
        quand,
    )
    ligne = await sql1(
        "insert into rattachement (compte, siren, profil, etat, administrateur, modele, motif,"
        " demande_le, demande_jour, decide_le, decide_par)"
        " values ($1, $2, $3, 'actif', true, $4, $5, $6, $7, $6, $8) returning uid",
        compte_id,
        siren,
        profil,
        ADMINISTRATEUR,
        motif,
        quand,
        await clock.aujourd_hui(),
        moi.compte_id if moi else None,
    )
    assert ligne is not None
    uid: UUID = ligne["uid"]
    return uid
