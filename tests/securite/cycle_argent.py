"""The second half of a walk: requests for reimbursement, invoices, payments; and the choice of steps."""

from __future__ import annotations

import uuid

from portal.dossiers.documents.operations import ajouter
from portal.factures import demandes
from portal.factures import operations as factures
from portal.factures.du import OUVERTS, dus
from portal.infra.base import sql, sql1
from portal.infra.money import de_cents
from portal.kit import OPCO
from portal.reglements import preparation, retour, validation
from portal.web.identite import Personne
from tests.dossiers.aides import FauxFichier
from tests.factures import fabrique
from tests.securite.cycle import Demande, Facture, Marche

UTILES = {
    "brouillon": ("remplir", "deposer_convention", "transmettre", "transmettre"),
    "transmis": ("prendre", "prendre", "prendre", "annuler"),
    "en_instruction": ("accorder", "accorder", "completer", "refuser", "prendre"),
    "a_completer": ("repondre", "annuler", "deposer_convention"),
    "accorde": ("attendre", "demander", "valider", "facturer", "accepter", "ordonner", "banque",
                "demarrer", "annuler"),
    "en_cours": ("demander", "demander", "valider", "valider", "facturer", "accepter", "ordonner",
                 "banque", "annuler"),
}  # fmt: skip
"""What moves a dossier on; elsewhere anything is tried."""

GESTES = sorted({g for gestes in UTILES.values() for g in gestes} | {
    "refuser_demande", "refuser_facture", "annuler", "attendre",
})  # fmt: skip


class MarcheComplete(Marche):
    """A walk to the last euro."""

    async def un_pas(self) -> None:
        """One gesture: most often one that makes sense where the dossier stands."""
        utiles = UTILES.get(self.m.etat, GESTES)
        if self.m.etat in OUVERTS and self.hasard.random() < 0.75:
            utiles = self._suite()
        nom = self.hasard.choice(utiles if self.hasard.random() < 0.8 else GESTES)
        self.trace.append(nom)
        self.refuse = False
        await getattr(self, nom)()

    def _suite(self) -> list[str]:
        """Where money is under way, its next step."""
        m = self.m
        etats = {d.etat for d in m.demandes} | {f"f:{x.etat}" for x in m.factures}
        suites = {
            "transmise": "valider", "f:deposee": "accepter", "f:acceptee": "ordonner",
            "f:rejetee": "ordonner", "f:en_paiement": "banque",
        }  # fmt: skip
        trouvees = [geste for etat, geste in suites.items() if etat in etats]
        if any(d.etat == "validee" and d.facture < d.montant for d in m.demandes):
            trouvees.append("facturer")
        return trouvees or (["demander"] if m.fini else ["attendre", "demarrer"])

    async def demander(self) -> None:
        m, qui = self.m, self.quelqu_un_de_l_entreprise()
        reste = m.engage - m.demande
        montant = self.hasard.choice([reste, reste, reste // 2, reste + 100])
        derniere = self.hasard.random() < 0.4
        permis = qui is self.entreprise and m.etat in OUVERTS
        if permis and m.certificat is None:
            piece = await ajouter(qui, self.uid, "certificat", FauxFichier())  # type: ignore[arg-type]
            m.certificat = piece["id"]
            m.evenements.append("document")
        geste = demandes.enregistrer(qui, self.uid, {"prix": de_cents(montant)}, derniere)
        brouillon = await self.tenter(permis, geste)
        if brouillon is None or m.certificat is None:
            return
        await demandes.joindre(brouillon["id"], m.certificat)
        envoyee, bilan = await demandes.transmettre(qui, self.uid)
        assert (not bilan.erreurs) == (m.fini and 0 < montant <= reste), bilan.erreurs
        if not bilan.erreurs:
            m.demandes.append(Demande(envoyee["uid"], envoyee["version"], montant, derniere))
            m.evenements.append("demande_transmise")

    def _une_demande(self) -> tuple[Demande, Personne, bool]:
        """A request, most often one that waits; who decides; whether that must be possible."""
        m, par = self.m, self.un_gestionnaire()
        attendent = [d for d in m.demandes if d.etat == "transmise"]
        choix = attendent or m.demandes or [Demande(uuid.uuid4(), 1, 0, False, "inconnue")]
        demande = self.hasard.choice(choix)
        permis = par in self.opco.gestionnaires and m.etat in OUVERTS
        return demande, par, permis and demande.etat == "transmise"

    async def valider(self) -> None:
        m, (demande, par, permis) = self.m, self._une_demande()
        await self.tenter(permis, demandes.valider(par, demande.uid, demande.version))
        if permis:
            demande.etat = "validee"
            if demande.derniere:
                m.engage = m.demande
            m.evenements.append("demande_validee")

    async def refuser_demande(self) -> None:
        demande, par, permis = self._une_demande()
        await self.tenter(permis, demandes.refuser(par, demande.uid, demande.version, "Non."))
        if permis:
            demande.etat = "refusee"
            self.m.evenements.append("demande_refusee")

    async def facturer(self) -> None:
        """What may be billed is what was validated and not billed yet, and nothing else."""
        m = self.m
        restes = {
            d.uid: d.montant - d.facture
            for d in m.demandes
            if d.etat == "validee" and d.facture < d.montant and m.etat in OUVERTS
        }
        a_facturer = {du.demande_uid: du for du in await dus(self.entreprise)}
        assert {uid: du.reste for uid, du in a_facturer.items()} == restes
        if not restes:
            return
        demande = self.hasard.choice([d for d in m.demandes if d.uid in restes])
        reste = restes[demande.uid]
        part = self.hasard.choice([reste, reste, reste // 2 or 1, reste + 1])
        facture, erreurs, _ = await fabrique.deposer(
            self.entreprise, [(a_facturer[demande.uid], part)], pdf=fabrique.scan()
        )
        assert (facture is not None) == (part <= reste), erreurs
        if facture is not None:
            assert facture["etat"] == "deposee"
            demande.facture += part
            m.factures.append(Facture(facture["uid"], facture["version"], part, demande))
            m.evenements.append("facture")

    def _une_facture(self) -> tuple[Facture, Personne, bool]:
        par = self.un_gestionnaire()
        personne = Demande(uuid.uuid4(), 1, 0, False)
        attendent = [x for x in self.m.factures if x.etat == "deposee"]
        choix = attendent or self.m.factures or [Facture(uuid.uuid4(), 1, 0, personne, "inconnue")]
        facture = self.hasard.choice(choix)
        return facture, par, par in self.opco.gestionnaires and facture.etat == "deposee"

    async def accepter(self) -> None:
        facture, par, permis = self._une_facture()
        await self.tenter(permis, factures.accepter(par, facture.uid, facture.version))
        if permis:
            facture.etat = "acceptee"
            self.m.facture += facture.montant

    async def refuser_facture(self) -> None:
        facture, par, permis = self._une_facture()
        geste = factures.refuser(par, facture.uid, facture.version, ["total"], "Autre chose.")
        await self.tenter(permis, geste)
        if permis:
            facture.etat = "refusee"
            facture.demande.facture -= facture.montant
            self.m.evenements.append("facture_refusee")

    async def ordonner(self) -> None:
        """A payment run and its second signature, by another accountant than the first."""
        attendent = [x for x in self.m.factures if x.etat in ("acceptee", "rejetee")]
        if not attendent:
            return
        premier, second = self.hasard.sample(self.opco.comptables, 2)
        for lot in await preparation.preparer(premier):
            for qui in (premier, self.entreprise, self.opco.gestionnaires[0]):
                await self.tenter(False, validation.valider(qui, lot.uid))
            await validation.valider(second, lot.uid)
        for facture in attendent:
            facture.etat = "en_paiement"
            self.m.ordonne += facture.montant

    async def banque(self) -> None:
        """The bank answers all that it was sent; sometimes it rejects. Read twice, done once."""
        envoyes = await sql("select id, uid from lot_paiement where etat in ('valide', 'transmis')")
        rejette = self.hasard.random() < 0.3
        comptable = self.hasard.choice(self.opco.comptables)
        for lot in envoyes:
            refs = await sql("select reference from paiement where lot = $1", lot["id"])
            rejets = {r["reference"]: "MS03" for r in refs} if rejette else {}
            rapport = await retour.simuler(comptable, lot["uid"], rejets)
            await retour.lire(comptable, rapport)
            await retour.lire(comptable, rapport)
        for facture in [x for x in self.m.factures if x.etat == "en_paiement"]:
            self._repondu(facture, rejette)
        self._solder()

    def _repondu(self, facture: Facture, rejette: bool) -> None:
        facture.etat = "rejetee" if rejette else "payee"
        if rejette:
            self.m.ordonne -= facture.montant
            return
        self.m.paye += facture.montant
        demande = facture.demande
        demande.paye += facture.montant
        if demande.paye == demande.montant:
            demande.etat = "payee"

    def _solder(self) -> None:
        """Closed when all is paid, or when the last request is."""
        m = self.m
        vivants = [d for d in m.demandes if d.etat != "refusee"]
        derniere = any(d.derniere and d.etat == "payee" for d in vivants)
        finie = derniere and all(d.etat == "payee" for d in vivants)
        if m.etat in OUVERTS and m.paye and (finie or m.paye == m.engage):
            m.passer("solde")
            m.engage = m.facture

    async def verifier(self) -> None:
        await super().verifier()
        await self._argent()

    async def _argent(self) -> None:
        m = self.m
        livre = await sql1(
            "select engage_centimes, facture_centimes, ordonne_centimes, paye_centimes"
            " from engagement where dossier_uid = $1 and cible = $2",
            self.uid,
            OPCO,
        )
        if m.accorde is None:
            assert livre is None
            return
        assert livre is not None
        vu, attendu = tuple(livre.values()), (m.engage, m.facture, m.ordonne, m.paye)
        assert vu == attendu, f"{vu} au lieu de {attendu}"
        engage, facture, ordonne, paye = vu
        assert 0 <= paye <= ordonne <= facture <= engage <= m.accorde
        assert m.etat in (*OUVERTS, "solde", "annule")
        assert engage == facture or m.etat in OUVERTS, "un engagement reste à facturer"
