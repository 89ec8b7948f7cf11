"""« Déposer une facture »: choose what it bills, type what it says, join its PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromQuery

from portal.factures import depot, perimetre, proformas, queries, registre
from portal.factures.consultation import lisible
from portal.factures.depot import Contexte
from portal.factures.du import Du, dus
from portal.factures.onglets import onglets
from portal.factures.pages_proforma import groupes
from portal.factures.saisie_depot import brut_initial, lire_depot, modele
from portal.infra import clock
from portal.infra.files import FichierRefuse
from portal.infra.money import date_courte
from portal.kit.formulaire import Saisie, lire
from portal.web.erreurs import Introuvable, Refus
from portal.web.formulaires import INCOMPLET, lire_uid
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

EPUISEE = "Cette proforma est déjà facturée\u00a0: il n’en reste rien à facturer."
RIEN = "Rien n’est à facturer pour cet émetteur\u00a0: tout est facturé, ou les dossiers sont clos."


@dataclass(frozen=True)
class Choix:
    """What the page was opened for."""

    siren: str
    profil: str
    proforma: dict[str, Any] | None = None
    refusee: dict[str, Any] | None = None

    @property
    def contexte(self) -> Contexte:
        return Contexte(
            self.siren,
            self.profil,
            self.proforma["id"] if self.proforma else None,
            self.refusee["id"] if self.refusee else None,
        )


async def _choix(moi: Personne, proforma: str, corrige: str, emetteur: str) -> Choix | None:
    """From a proforma, from a refused invoice, or for an issuer « siren-profil »."""
    if uid := lire_uid(proforma):
        trouvee = await proformas.lisible(moi, uid)
        return Choix(trouvee["emetteur_siren"], trouvee["emetteur_profil"], proforma=trouvee)
    if uid := lire_uid(corrige):
        facture = await lisible(moi, uid)
        if facture["etat"] != "refusee":
            raise Introuvable()
        return Choix(facture["emetteur_siren"], facture["emetteur_profil"], refusee=facture)
    siren, _, reste = emetteur.partition("-")
    if len(siren) == 9 and siren.isdigit() and reste:
        return Choix(siren, reste.partition("-")[0])
    return None


@get("/factures/deposer", droit=perimetre.SAISIR)
async def ouvrir(
    request: Request[Any, Any, Any],
    moi: Moi,
    proforma: FromQuery[str] = "",
    corrige: FromQuery[str] = "",
    emetteur: FromQuery[str] = "",
) -> Response[Any]:
    """The form, filled in from a proforma; without one, what can be billed."""
    choix = await _choix(moi, proforma, corrige, emetteur)
    if choix is None:
        return await _choisir(request, moi)
    if choix.proforma and not await proformas.a_facturer(choix.proforma["id"]):
        return rediriger(request, f"/factures/proforma/{choix.proforma['uid']}", EPUISEE)
    a_facturer = await dus(moi, emetteur=(choix.siren, choix.profil))
    if not a_facturer:
        return rediriger(request, "/factures", RIEN)
    parts = await _parts(choix, a_facturer, emetteur)
    cible = choix.proforma["cible"] if choix.proforma else _cible_unique(a_facturer, parts)
    brut = brut_initial(a_facturer, parts, cible=cible, facture=choix.refusee)
    return await _page(request, moi, choix, lire(modele(), brut), a_facturer)


async def _choisir(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    possibles = await groupes(moi)
    return rendre(
        request,
        "factures/deposer_choix.html",
        groupes=possibles,
        recentes=await proformas.recentes(moi, a_facturer=True),
        onglets=onglets(moi),
        cible=lambda code: registre.cible(code).nom,
    )


async def _parts(choix: Choix, a_facturer: Sequence[Du], groupe: str) -> dict[str, int]:
    """First amounts: of the proforma or the refused invoice, or all that is left of the group."""
    restes = {du.cle: du.reste for du in a_facturer}
    if choix.proforma:
        lignes = await proformas.lignes(choix.proforma["id"])
    elif choix.refusee:
        lignes = await queries.parts_facturees(choix.refusee["id"])
    else:
        return {
            du.cle: du.reste
            for du in a_facturer
            if "-".join((du.emetteur_siren, du.emetteur_profil, du.cible, du.dispositif, du.public))
            == groupe
        }
    return {
        cle: min(voulu, restes[cle])
        for cle, voulu in depot.parts_de(lignes).items()
        if restes.get(cle)
    }


def _cible_unique(a_facturer: Sequence[Du], parts: dict[str, int]) -> str:
    cibles = {du.cible for du in a_facturer if du.cle in parts}
    return cibles.pop() if len(cibles) == 1 else ""


async def _page(
    request: Request[Any, Any, Any],
    moi: Personne,
    choix: Choix,
    saisie: Saisie,
    a_facturer: Sequence[Du],
    *,
    fichier: dict[str, Any] | None = None,
    statut: int = 200,
) -> Response[Any]:
    rib = await registre.rib_de(choix.siren, choix.profil)
    vus = {vu.nom: vu for vu in saisie.champs()}
    if rib is not None:
        vus["iban"].aide = (
            f"Vide\u00a0: vous serez payé sur le compte enregistré, {rib.masque}. Un autre IBAN"
            " est vérifié par une personne avant paiement."
        )
    else:
        vus[
            "iban"
        ].aide = "Aucun RIB n’est enregistré\u00a0: indiquez l’IBAN qui figure sur la facture."
        vus["iban"].obligatoire = True
    connus = {du.cle: du for du in a_facturer}
    return rendre(
        request,
        "factures/deposer.html",
        statut=statut,
        choix=choix,
        emetteur=await proformas.identite(choix.siren),
        champs=vus,
        parts=[
            {
                "du": connus[ligne.cle],
                "champ": ligne.champs[0],
                "formation": proformas.decrire(connus[ligne.cle]),
            }
            for ligne in vus["repartition"].lignes
            if ligne.cle in connus
        ],
        resume=_resume(saisie, connus),
        erreur_fichier=saisie.erreurs.get("fichier"),
        fichier=fichier,
        rib=rib,
        jour=date_courte(await clock.aujourd_hui()),
        cible=lambda code: registre.cible(code).nom,
        erreurs_titre=statut == 422,
    )


def _resume(saisie: Saisie, connus: dict[str, Du]) -> list[tuple[str, str, str]]:
    """Errors in the order of the page; an amount is named by its dossier."""
    liste = []
    for (id_, libelle, message), nom in zip(saisie.resume(), saisie.erreurs, strict=True):
        if nom == "fichier":
            id_, libelle = "c-fichier", "Facture (PDF)"
        elif nom.startswith("repartition."):
            du = connus.get(nom.split(".")[1])
            if du is None:
                id_, libelle = "c-repartition", "Dossiers facturés"
            else:
                libelle = f"Dossier {du.dossier_numero}"
        liste.append((id_, libelle, message))
    return liste


@post("/factures/deposer", droit=perimetre.SAISIR)
async def deposer(request: Request[Any, Any, Any], moi: Moi) -> Response[Any]:
    """Everything is checked at once; what was typed and the file stay when it is refused."""
    formulaire = await request.form()
    poste = {nom: valeur for nom, valeur in formulaire.items() if isinstance(valeur, str)}
    choix = await _choix(
        moi, poste.get("proforma", ""), poste.get("corrige", ""), poste.get("emetteur", "")
    )
    if choix is None:
        raise Refus(INCOMPLET)
    if not await dus(moi, emetteur=(choix.siren, choix.profil)):
        raise Refus(RIEN)
    saisie = lire_depot(poste)
    fichier = await _fichier(moi, formulaire.get("fichier"), poste.get("depot", ""), saisie)
    facture, _ = await depot.deposer(moi, choix.contexte, saisie, fichier)
    if facture is None:
        a_facturer = await dus(moi, emetteur=(choix.siren, choix.profil))
        if not a_facturer:
            raise Refus(RIEN)
        return await _page(request, moi, choix, saisie, a_facturer, fichier=fichier, statut=422)
    if facture["etat"] == "acceptee":
        message = f"Facture {facture['numero']} contrôlée et acceptée. Elle sera payée au prochain règlement."
    else:
        message = f"Facture {facture['numero']} déposée. Un gestionnaire va la vérifier."
    return rediriger(request, f"/factures/{facture['uid']}", message)


async def _fichier(
    moi: Personne, envoye: Any, attendu: str, saisie: Saisie
) -> dict[str, Any] | None:
    """The file just sent, or the one that waits since the last try."""
    if isinstance(envoye, UploadFile) and envoye.filename:
        try:
            return await depot.recevoir(moi, envoye)
        except FichierRefuse as refus:
            saisie.refuser("fichier", str(refus))
            return None
    return await depot.en_attente(moi, attendu)


GESTIONNAIRES = [ouvrir, deposer]
