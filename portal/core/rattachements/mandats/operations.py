"""Give, ask for, accept, refuse and end a mandate: each one transaction, told to both journals.

The company (mandant, profile adhérent) decides: what it proposes is given at once, what the body
(mandataire, profile prestataire) asks for waits for its administrator. What a mandate allows is not
written here: `mandats_de` (SQL) says it, at each request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.core.entreprises import queries as entreprises
from portal.core.entreprises.fiche import ADHERENT, PRESTATAIRE, Fiche
from portal.core.journal.operations import noter
from portal.core.rattachements import perimetre
from portal.core.rattachements.entites import administrateurs, verrouiller
from portal.core.rattachements.mandats.evenements import (
    MandatDemande,
    MandatDonne,
    MandatFini,
    MandatRefuse,
    Parties,
)  # fmt: skip
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.core.rattachements.modeles import ADMINISTRER
from portal.infra import clock, evenements
from portal.infra.base import executer, executer_plusieurs, sql1, transaction
from portal.web.erreurs import Conflit, Introuvable
from portal.web.identite import Personne

MANDANT, MANDATAIRE = "mandant", "mandataire"
PROFIL_DE = {MANDANT: ADHERENT, MANDATAIRE: PRESTATAIRE}
FINS = {MANDANT: {"actif": "revoque"}, MANDATAIRE: {"actif": "renonce", "propose": "retire"}}
"""Who may end what, and the state that follows."""


class MandatImpossible(Exception):
    """What was asked can't be; `champ` is the form's field, the message says what to do."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ
        self.message = message


@dataclass(frozen=True)
class Offre:
    """What a mandate would be. `numero`: SIREN or SIRET of the other party (a SIRET bounds the
    mandate to the people of that establishment of the body)."""

    numero: str
    dispositifs: tuple[str, ...]
    du: date
    au: date
    message: str = ""


async def donner(moi: Personne, mandant: str, offre: Offre) -> UUID:
    """The company gives a mandate: it holds at once (from its first day). The body is told.

    `moi` administers the company. Raises `MandatImpossible` (what the form must say), `Introuvable`,
    `Interdit`.
    """
    return await _proposer(moi, MANDANT, mandant, offre)


async def demander(moi: Personne, mandataire: str, offre: Offre) -> UUID:
    """The body asks a company for a mandate; nothing is open before the company accepts."""
    return await _proposer(moi, MANDATAIRE, mandataire, offre)


async def _proposer(moi: Personne, cote: str, siren: str, offre: Offre) -> UUID:
    async with transaction():
        await perimetre.exiger(moi, ADMINISTRER, siren, None, PROFIL_DE[cote])
        autre = await _autre_partie(cote, siren, offre)
        _verifier(offre, await clock.aujourd_hui())
        mandant, mandataire = (siren, autre.siren) if cote == MANDANT else (autre.siren, siren)
        siret = offre.numero if cote == MANDANT and len(offre.numero) == 14 else None
        await verrouiller(mandant, ADHERENT)
        await _sans_double(mandant, mandataire, siret, offre)
        uid = await _inserer(moi, cote, mandant, mandataire, siret, offre)
        parties = await _parties(uid)
        if cote == MANDANT:
            await _noter(moi, parties, "mandat.donne", offre)
            await _annoncer_donne(moi, parties, None)
        else:
            await _noter(moi, parties, "mandat.demande", offre)
            qui = await administrateurs(mandant, ADHERENT)
            await evenements.publier(
                MandatDemande(
                    parties, moi.nom_affiche, offre.message, tuple(a.compte_id for a in qui)
                )
            )
        return uid


async def _autre_partie(cote: str, siren: str, offre: Offre) -> Fiche:
    reponse = await entreprises.identifier(offre.numero)
    if reponse.etat != "trouvee" or reponse.fiche is None:
        raise MandatImpossible("numero", reponse.message)
    fiche = reponse.fiche
    if fiche.siren == siren:
        raise MandatImpossible(
            "numero", "C’est votre propre SIREN\u00a0: un mandat se donne à un autre."
        )
    if cote == MANDANT and not fiche.est_prestataire:
        raise MandatImpossible(
            "numero",
            f"{fiche.denomination} n’est pas connue comme prestataire. Vérifiez son numéro.",
        )
    if cote == MANDATAIRE and not fiche.est_adherent:
        raise MandatImpossible(
            "numero", f"{fiche.denomination} n’est pas connue comme adhérente. Vérifiez son numéro."
        )
    return fiche


def _verifier(offre: Offre, jour: date) -> None:
    if not offre.dispositifs or not set(offre.dispositifs) <= ACCEPTES.keys():
        raise MandatImpossible("dispositifs", "Choisissez au moins un dispositif de la liste.")
    if offre.du < jour:
        raise MandatImpossible("du", "Le mandat ne peut pas commencer avant aujourd’hui.")
    if offre.au < offre.du:
        raise MandatImpossible("au", "Le dernier jour ne peut pas précéder le premier.")


async def _sans_double(mandant: str, mandataire: str, siret: str | None, offre: Offre) -> None:
    deja = await sql1(
        "select m.etat from mandat m where m.mandant = $1 and m.mandataire = $2"
        " and m.mandataire_siret is not distinct from $3 and (m.etat = 'propose' or"
        " (m.etat = 'actif' and m.du <= $5 and m.au >= $4 and exists (select 1"
        " from mandat_dispositif v where v.mandat = m.id and v.dispositif = any($6::text[]))))"
        " order by m.etat limit 1",
        mandant, mandataire, siret, offre.du, offre.au, list(offre.dispositifs),
    )  # fmt: skip
    if deja and deja["etat"] == "propose":
        raise MandatImpossible(
            "numero", "Une demande de mandat attend déjà entre vous. Répondez-y, ou retirez-la."
        )
    if deja:
        raise MandatImpossible(
            "du", "Un mandat couvre déjà ce dispositif sur ces dates. Choisissez d’autres dates."
        )


async def _inserer(
    moi: Personne, cote: str, mandant: str, mandataire: str, siret: str | None, offre: Offre
) -> UUID:
    donne = cote == MANDANT
    ligne = await sql1(
        "insert into mandat (mandant, mandataire, mandataire_siret, du, au, etat, initiative,"
        " message, propose_le, propose_par, decide_le, decide_par)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id, uid",
        mandant, mandataire, siret, offre.du, offre.au, "actif" if donne else "propose", cote,
        offre.message, clock.instant(), moi.compte_id, clock.instant() if donne else None,
        moi.compte_id if donne else None,
    )  # fmt: skip
    assert ligne is not None
    await executer_plusieurs(
        "insert into mandat_dispositif (mandat, dispositif) values ($1, $2)",
        [(ligne["id"], code) for code in dict.fromkeys(offre.dispositifs)],
    )
    uid: UUID = ligne["uid"]
    return uid


async def accepter(moi: Personne, uid: UUID) -> None:
    """The company accepts what a body asked for: it holds from its first day."""
    async with transaction():
        mandat = await _saisir(moi, uid, MANDANT)
        _exiger_propose(mandat)
        if mandat["au"] < await clock.aujourd_hui():
            raise Conflit(
                "Mandat échu", "Les dates demandées sont passées. Donnez plutôt un nouveau mandat."
            )
        await executer(
            "update mandat set etat = 'actif', decide_le = $2, decide_par = $3 where id = $1",
            mandat["id"],
            clock.instant(),
            moi.compte_id,
        )
        parties = await _parties(uid)
        await _noter(moi, parties, "mandat.accepte")
        await _annoncer_donne(moi, parties, mandat["propose_par"])


async def refuser(moi: Personne, uid: UUID, motif: str) -> None:
    """The company refuses, with a reason that the body reads."""
    async with transaction():
        mandat = await _saisir(moi, uid, MANDANT)
        _exiger_propose(mandat)
        await _finir(moi, mandat, "refuse", motif)
        parties = await _parties(uid)
        await _noter(moi, parties, "mandat.refuse", motif=motif)
        qui = await _gens(parties.mandataire, PRESTATAIRE, mandat["propose_par"])
        await evenements.publier(MandatRefuse(parties, moi.nom_affiche, motif, qui))


async def terminer(moi: Personne, uid: UUID, cote: str, motif: str = "") -> str:
    """End it, at once: revoked by the company, renounced (or the request withdrawn) by the body.

    Returns the state that follows: revoque, renonce or retire.
    """
    async with transaction():
        mandat = await _saisir(moi, uid, cote)
        etat = FINS[cote].get(mandat["etat"])
        if etat is None:
            raise Conflit("Mandat déjà terminé", "Ce mandat n’est plus en cours.")
        await _finir(moi, mandat, etat, motif)
        parties = await _parties(uid)
        await _noter(moi, parties, f"mandat.{etat}", motif=motif)
        autre = (
            (parties.mandataire, PRESTATAIRE) if cote == MANDANT else (parties.mandant, ADHERENT)
        )
        qui = await _gens(*autre, None)
        await evenements.publier(MandatFini(parties, etat, moi.nom_affiche, motif, qui))
        return etat


async def _finir(moi: Personne, mandat: dict[str, Any], etat: str, motif: str) -> None:
    await executer(
        "update mandat set etat = $2, motif = $3, fini_le = $4, fini_jour = $5, fini_par = $6"
        " where id = $1",
        mandat["id"], etat, motif, clock.instant(), await clock.aujourd_hui(), moi.compte_id,
    )  # fmt: skip


async def _saisir(moi: Personne, uid: UUID, cote: str) -> dict[str, Any]:
    """Lock a mandate of which this person administers that party; else 404 or 403."""
    parties = await sql1("select mandant, mandataire from mandat where uid = $1", uid)
    if parties is None or cote not in PROFIL_DE:
        raise Introuvable()
    await perimetre.exiger(moi, ADMINISTRER, parties[cote], None, PROFIL_DE[cote])
    await verrouiller(parties[MANDANT], ADHERENT)
    ligne = await sql1("select * from mandat where uid = $1 for update", uid)
    assert ligne is not None
    return ligne


def _exiger_propose(mandat: dict[str, Any]) -> None:
    if mandat["etat"] != "propose":
        raise Conflit("Demande déjà traitée", "Cette demande de mandat n’attend plus de réponse.")


async def _parties(uid: UUID) -> Parties:
    ligne = await sql1(
        "select m.uid, m.mandant, a.denomination as mandant_nom, m.mandataire,"
        " b.denomination as mandataire_nom from mandat m join entreprise a on a.siren = m.mandant"
        " join entreprise b on b.siren = m.mandataire where m.uid = $1",
        uid,
    )
    assert ligne is not None
    return Parties(**ligne)


async def _gens(siren: str, profil: str, aussi: int | None) -> tuple[int, ...]:
    """Administrators of a party, and who had asked."""
    qui = [a.compte_id for a in await administrateurs(siren, profil)]
    return tuple(dict.fromkeys([*qui, *([aussi] if aussi else [])]))


async def _annoncer_donne(moi: Personne, parties: Parties, demandeur: int | None) -> None:
    qui = await _gens(parties.mandataire, PRESTATAIRE, demandeur)
    await evenements.publier(MandatDonne(parties, moi.nom_affiche, qui))


async def noter_remplace(uid: UUID, ancien: str, nouveau: str) -> None:
    """Its body's establishment goes on under another SIRET: a line in each party's journal."""
    parties = await _parties(uid)
    await _noter(None, parties, "mandat.etablissement_remplace", ancien=ancien, nouveau=nouveau)


async def _noter(
    moi: Personne | None, parties: Parties, action: str, offre: Offre | None = None, **details: Any
) -> None:
    """A line in each party's journal: both must be able to read it."""
    if offre is not None:
        details |= {"dispositifs": offre.dispositifs, "du": offre.du, "au": offre.au}
    for siren, profil, autre in (
        (parties.mandant, ADHERENT, parties.mandataire_nom),
        (parties.mandataire, PRESTATAIRE, parties.mandant_nom),
    ):
        await noter(
            action, acteur=moi, objet=("mandat", parties.uid), siren=siren, profil=profil,
            mandant=parties.mandant_nom, mandataire=parties.mandataire_nom, autre=autre, **details,
        )  # fmt: skip
