"""Ask to join a company, or for more rights in it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal.core.entreprises import queries as entreprises
from portal.core.journal.operations import noter
from portal.core.rattachements import file_courriers, suites
from portal.core.rattachements.delais import delai_postal
from portal.core.rattachements.entites import administrateurs, entite, verrouiller
from portal.core.rattachements.evenements import RattachementDemande
from portal.infra import clock, evenements
from portal.infra.base import sql, sql1, transaction
from portal.web.erreurs import Conflit, Introuvable
from portal.web.identite import Personne


class DemandeImpossible(Exception):
    """A request that can't be made; `champ` is the form's field, the message says what to do."""

    def __init__(self, champ: str, message: str) -> None:
        super().__init__(message)
        self.champ = champ
        self.message = message


@dataclass(frozen=True)
class Demande:
    """A request that was made, and what happens to it."""

    uid: UUID
    suite: str


async def demander(moi: Personne, numero: str, profil: str, message: str = "") -> Demande:
    """Ask for a rattachement to a SIREN (all establishments) or a SIRET, under one profile."""
    siren, siret = numero[:9], numero if len(numero) == 14 else None
    async with transaction():
        await _verifier_entreprise(numero, profil)
        await verrouiller(siren, profil)
        complement = await _verifier_demande(moi, siren, siret, profil)
        jour = await clock.aujourd_hui()
        etat = await suites.etat_entite(siren, profil, jour)
        ligne = await sql1(
            "insert into rattachement (compte, siren, siret, profil, etat, message, demande_le,"
            " demande_jour) values ($1, $2, $3, $4, 'en_attente', $5, $6, $7) returning uid",
            moi.compte_id,
            siren,
            siret,
            profil,
            message,
            clock.instant(),
            jour,
        )
        assert ligne is not None
        if suites.faut_un_courrier(etat):
            await file_courriers.mettre_en_file(siren, profil, "demande", moi)
            etat["courrier"] = True
        qui = await administrateurs(siren, profil)
        await noter(
            "rattachement.demande", acteur=moi, objet=("rattachement", ligne["uid"]), siren=siren,
            profil=profil, siret=siret, complement=complement,
        )  # fmt: skip
        await evenements.publier(
            RattachementDemande(
                ligne["uid"], moi.compte_id, moi.nom_affiche, await entite(siren, profil), siret,
                complement, message, tuple(a.compte_id for a in qui),
            )
        )  # fmt: skip
    return Demande(ligne["uid"], suites.suite(etat, delai_postal()).genre)


async def demander_courrier(moi: Personne, uid: UUID) -> None:
    """After a long silence the asker has the head office written to: a reminder of who administers,
    or a code where nobody does; one letter in the life of a code."""
    async with transaction():
        demande = await sql1(
            "select siren, profil from rattachement where uid = $1 and compte = $2",
            uid,
            moi.compte_id,
        )
        if demande is None:
            raise Introuvable()
        siren, profil = demande["siren"], demande["profil"]
        await verrouiller(siren, profil)
        attend = await sql1(
            "select 1 from rattachement where uid = $1 and etat = 'en_attente'"
            " and recours_le is not null",
            uid,
        )
        if attend is None:
            raise Conflit(
                "Demande suivie", "Cette demande a reçu une réponse, ou attend depuis peu de temps."
            )
        etat = await suites.etat_entite(siren, profil, await clock.aujourd_hui())
        offre = suites.recours(etat)
        if not offre.lettre:
            raise Conflit("Courrier déjà envoyé", offre.phrase)
        quelqu_un = etat["administrateurs"] or etat["annonces"]
        await file_courriers.mettre_en_file(
            siren, profil, "relance", moi, genre="administrateurs" if quelqu_un else "code"
        )


async def _verifier_entreprise(numero: str, profil: str) -> None:
    reponse = await entreprises.identifier(numero)
    if reponse.etat == "fermee" and reponse.successeur and reponse.successeur.etablissement:
        suivant = reponse.successeur.etablissement.siret
        raise DemandeImpossible(
            "identifiant",
            f"{reponse.message} Son activité a été reprise par {reponse.successeur.denomination}\u00a0: "
            f"saisissez le SIRET {suivant}.",
        )
    if reponse.etat != "trouvee" or reponse.fiche is None:
        raise DemandeImpossible("identifiant", reponse.message)
    if reponse.fiche.profils and profil not in reponse.fiche.profils:
        autre = {"adherent": "adhérente", "prestataire": "prestataire"}[profil]
        raise DemandeImpossible(
            "profil",
            f"{reponse.fiche.denomination} n’est pas connue comme {autre}. Choisissez l’autre profil, "
            "ou contactez-nous depuis «\u00a0Aide et contacts\u00a0».",
        )


async def _verifier_demande(moi: Personne, siren: str, siret: str | None, profil: str) -> bool:
    """Refuse what is already there; True when this is a request for more rights."""
    miens = await sql(
        "select etat, siret, administrateur from rattachement"
        " where compte = $1 and siren = $2 and profil = $3 and etat in ('en_attente', 'actif')",
        moi.compte_id,
        siren,
        profil,
    )
    if any(r["administrateur"] for r in miens):
        raise DemandeImpossible("identifiant", "Vous êtes déjà administrateur de cette entreprise.")
    if any(r["etat"] == "en_attente" and r["siret"] in (None, siret) for r in miens):
        raise DemandeImpossible(
            "identifiant",
            "Vous avez déjà une demande en attente. Retrouvez-la sous «\u00a0Demandes en attente\u00a0».",
        )
    return any(r["etat"] == "actif" for r in miens)
