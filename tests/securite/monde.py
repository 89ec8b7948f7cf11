"""One world for all the tests of this folder: company A with a dossier at each moment of its life,
company B that knows nothing of it, a training body, the OPCO's people, in and out of reach.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.comptes import facteurs, totp
from portal.core.contact import operations as contact
from portal.core.entreprises import saisies
from portal.core.notifications.operations import notifier
from portal.core.rattachements.demandes import demander
from portal.core.rattachements.mandats import operations as mandats
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.dossiers import papiers
from portal.dossiers.documents.operations import ajouter
from portal.dossiers.export import taches as exports
from portal.dossiers.recherche.queries import Filtres
from portal.factures import demandes, proformas
from portal.factures.du import dus
from portal.infra import clock, coffre
from portal.infra.base import executer, sql, valeur
from portal.reglements import preparation, rib, validation
from portal.web.garde import DROITS
from portal.web.identite import ROLES_INTERNES, Personne
from tests.core.numeros import siren_neuf, siret_de
from tests.factures import fabrique as factures
from tests.securite import fabrique as f
from tests.securite.fabrique import Acteur, Societe

MANDATABLE = "essai_mandat"


@dataclass
class Monde:
    """`objets` names what the paths of routes point to (see `routes.py`)."""

    a: Societe
    b: Societe
    organisme: Societe
    gens: dict[str, Acteur]
    objets: dict[str, str] = field(default_factory=dict)
    demande_version: int = 1

    def __getitem__(self, nom: str) -> Acteur:
        return self.gens[nom]


async def batir() -> Monde:
    """Takes about two seconds; every test leaves it as it was."""
    a, b = await f.societe(), await f.societe()
    organisme = await f.societe(est_prestataire=True)
    monde = Monde(a, b, organisme, await _peupler(a, b, organisme))
    await _dossiers(monde)
    await _facturer(monde)
    await _ecrits(monde)
    await _personnels(monde)
    return monde


async def _peupler(a: Societe, b: Societe, organisme: Societe) -> dict[str, Acteur]:
    gens = {nom: await f.acteur(nom.capitalize().replace("_", " ")) for nom in (
        "administrateur", "voisin", "habilite", "partiel", "sans", "retire", "demandeur",
        "formateur",
    )}  # fmt: skip
    await f.rattacher(gens["administrateur"], a)
    await f.rattacher(gens["voisin"], b)
    await f.rattacher(gens["habilite"], a, DROITS)
    await f.rattacher(gens["partiel"], a, f.CONSULTER)
    await f.rattacher(gens["partiel"], b, DROITS)
    await f.rattacher(gens["sans"], a, ["contributions.consulter"])
    await f.rattacher(gens["retire"], a, DROITS)
    await f.rattacher(gens["formateur"], organisme, profil="prestataire")
    gens["gestionnaire"] = await f.interne(*ROLES_INTERNES)
    gens["collegue"] = await f.interne("gestionnaire", "comptable")
    bornes = [r for r in ROLES_INTERNES if r != "administrateur"]
    gens["ailleurs"] = await f.interne(*bornes, idcc=f.AUTRE_IDCC, region=f.AUTRE_REGION)
    gens["lecteur"] = await f.interne("referent_poec")
    return gens


async def _dossiers(m: Monde) -> None:
    moi, par = await m["administrateur"].personne(), await m["gestionnaire"].personne()
    brouillon = await f.brouillon(moi, m.a)
    transmis = await f.transmis(moi, m.a, m.organisme)
    for cle, dossier in {
        "brouillon": brouillon,
        "transmis": transmis,
        "instruit": await f.instruit(moi, m.a, par, m.organisme),
        "a_completer": await f.a_completer(moi, m.a, par),
    }.items():
        m.objets[cle] = str(dossier["uid"])
    for cle, dossier in (("piece_brouillon", brouillon), ("piece", transmis)):
        m.objets[cle] = str(
            await valeur("select min(uid::text) from document where dossier = $1", dossier["id"])
        )
    lettre = await valeur("select id from lettre where dossier = $1", transmis["id"])
    await papiers.produire(lettre)
    m.objets["lettre"] = str(await valeur("select uid from lettre where id = $1", lettre))


async def _facturer(m: Monde) -> None:
    """A training that is over: requests, proforma, invoices, payment runs."""
    moi, par = await m["administrateur"].personne(), await m["gestionnaire"].personne()
    avant = await clock.maintenant() - timedelta(days=60)
    await clock.deplacer(avant)
    dossier = await f.accorde(moi, m.a, par, debut=avant.date() + timedelta(days=30))
    await clock.remettre()
    m.objets["accorde"] = str(dossier["uid"])
    await ajouter(moi, dossier["uid"], "certificat", f.Depose())  # type: ignore[arg-type]
    await rib.enregistrer(moi, m.a.siren, "adherent", factures.IBAN, m.a.denomination)
    m.objets["rib_repris"] = str(
        await valeur(
            "insert into rib_repris (source, siren, profil, iban_secret, titulaire, repris_le)"
            " values ('mon_espace', $1, 'adherent', $2, 'Compte repris', $3) returning uid",
            m.a.siren,
            await coffre.deposer("iban", factures.IBAN, retention="comptable"),
            clock.instant(),
        )
    )
    validee = await _demander(moi, dossier, 200)
    await demandes.valider(par, validee["uid"], validee["version"])
    m.objets["facturable"] = str(validee["uid"])
    m.objets["proforma"] = str((await proformas.creer(moi, [validee["uid"]]))["uid"])
    await _regler(m, moi)
    m.objets["facture"] = str((await _deposer(moi, factures.SCAN))["uid"])
    demande = await _demander(moi, dossier, 50)
    m.objets["demande"], m.demande_version = str(demande["uid"]), demande["version"]


async def _regler(m: Monde, moi: Personne) -> None:
    """A run that is ordered, and one that awaits its second signature."""
    premier, second = await m["gestionnaire"].personne(), await m["collegue"].personne()
    payee = await _deposer(moi)
    m.objets["lot_valide"] = str((await preparation.preparer(premier))[0].uid)
    await validation.valider(second, uuid.UUID(m.objets["lot_valide"]))
    m.objets["paiement"] = str(
        await valeur(
            "select p.uid from paiement p join paiement_facture x on x.paiement = p.id"
            " where x.facture = $1",
            payee["id"],
        )
    )
    await _deposer(moi)
    m.objets["lot"] = str((await preparation.preparer(second))[0].uid)


async def _deposer(moi: Personne, pdf: bytes | None = None) -> dict[str, Any]:
    """An invoice of 50 €; one without text (`pdf`) waits for a person."""
    (reste,) = await dus(moi)
    facture, erreurs, examen = await factures.deposer(moi, [(reste, 5_000)], pdf=pdf)
    assert facture is not None, erreurs
    assert (facture["etat"] == "acceptee") == (pdf is None), examen.a_verifier
    return facture


async def _demander(moi: Personne, dossier: dict[str, Any], euros: int) -> dict[str, Any]:
    """A request for reimbursement, sent with its evidence."""
    demande = await demandes.enregistrer(moi, dossier["uid"], {"pedagogie": Decimal(euros)}, False)
    certificat = await valeur(
        "select id from document where dossier = $1 and piece = 'certificat'", dossier["id"]
    )
    await demandes.joindre(demande["id"], certificat)
    envoyee, bilan = await demandes.transmettre(moi, dossier["uid"])
    assert not bilan.erreurs, bilan.erreurs
    return envoyee


async def _ecrits(m: Monde) -> None:
    """What people typed that the staff reads: a message, a company that the register corrects."""
    message = {"region": "Bretagne", "sujet": "autre", "message": f"Pour {m.a.marque}", "nom": "Jo"}
    adresse = f"{uuid.uuid4().hex}@exemple.fr"
    m.objets["contact"] = str(
        await contact.ecrire(None, {**message, "email": adresse}, "192.0.2.1")
    )
    siren = siren_neuf()
    saisie = await saisies.saisir(
        await m["demandeur"].personne(),
        {
            "siret": siret_de(siren), "denomination": f"Saisie {siren}", "profil": "adherent",
            "adresse_ligne1": "1 rue Haute", "code_postal": "59000", "commune": "Lille",
        },
    )  # fmt: skip
    await executer("update entreprise_saisie set etat = 'different' where uid = $1", saisie)
    m.objets["saisie"] = str(saisie)


async def _personnels(m: Monde) -> None:
    """Things of one person alone."""
    moi, qui = await m["habilite"].personne(), m["habilite"]
    await notifier([qui.compte], "essai", f"Pour {m.a.marque}", "/accueil", cle=uuid.uuid4().hex)
    m.objets["notification"] = str(
        await valeur("select max(uid::text) from notification where compte = $1", qui.compte)
    )
    m.objets["session"] = str(await valeur("select uid from session where compte = $1", qui.compte))
    await facteurs.installer_totp(qui.compte, totp.nouveau_secret())
    m.objets["facteur"] = str((await facteurs.lister(qui.compte))[0].uid)
    m.objets["export"] = str(await exports.demander(moi, Filtres()))
    await exports.preparer(
        await valeur("select id from export where uid = $1", uuid.UUID(m.objets["export"]))
    )
    chemin = "/compte"
    m.objets["parquee"] = str(
        await valeur(
            "insert into saisie_parquee (compte, chemin, contenu, creee_le, expire_le)"
            " values ($1, $2, $3, $4, $5) returning uid",
            qui.compte,
            chemin,
            coffre.chiffrer(b'[["nom", "Vasseur"]]', f"saisie/{qui.compte}/{chemin}"),
            clock.instant(),
            clock.instant() + timedelta(hours=1),
        )
    )
    rattachements = await sql("select uid, compte from rattachement where siren = $1", m.a.siren)
    par_compte = {r["compte"]: str(r["uid"]) for r in rattachements}
    m.objets["rattachement"] = par_compte[qui.compte]
    m.objets["acces"] = par_compte[m["sans"].compte]
    demande = await demander(await m["demandeur"].personne(), m.a.siren, "adherent", "Bonjour")
    m.objets["demande_acces"] = str(demande.uid)
    m.objets["mandat"] = await _mandat(m)
    m.objets["courriel"] = str(await valeur("select uid from courriel order by id desc limit 1"))
    m.objets["ouverture"] = str(
        await valeur("select uid from ouverture where idcc = $1 limit 1", f.IDCC)
    )
    await executer("delete from tentative")


async def _mandat(m: Monde) -> str:
    """Asked by the training body, not answered."""
    jour = await clock.aujourd_hui()
    offre = mandats.Offre(m.a.siren, (MANDATABLE,), jour, jour + timedelta(days=90))
    ACCEPTES[MANDATABLE] = "Dispositif d’essai"
    try:
        formateur = await m["formateur"].personne()
        return str(await mandats.demander(formateur, m.organisme.siren, offre))
    finally:
        ACCEPTES.pop(MANDATABLE)
