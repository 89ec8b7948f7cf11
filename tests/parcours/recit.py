"""The story over HTTP, quick enough to be lived many times while processes are killed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from portal.demo.personas import MOT_DE_PASSE
from tests.parcours import papiers
from tests.parcours.acte_argent import IBAN, OPCO
from tests.parcours.acte_entreprise import code_du_courrier
from tests.parcours.coupures import Coupures, NavigateurReseau, fichier
from tests.parcours.histoire import (
    COMPTABLE,
    COMPTABLE_2,
    GESTIONNAIRE,
    PASSE,
    Histoire,
    code_de,
    fr,
)
from tests.plugins.formation.essais import personne

TOTAL = 1764_00
"""What the branch grants, which sets no ceiling by the hour."""
IDCC = "0573"


class Recit:
    """One company's story. What a person does after a failure is what anybody would: try again."""

    def __init__(self, h: Histoire, coupures: Coupures | None = None) -> None:
        self.h = h
        self.portail = h.portail
        self.email = h.adresse("lucie")
        self.elle = NavigateurReseau(h.portail, coupures)
        self.gestionnaire = NavigateurReseau(h.portail, coupures)
        self.comptables = [NavigateurReseau(h.portail, coupures) for _ in range(2)]

    async def vivre(self) -> None:
        try:
            await self.inscription()
            await self.entreprise()
            await self.saisie()
            await self.pieces()
            await self.instruction()
            await self.remboursement()
            await self.paiement()
            await self.portail.attendre()
            await self.portail.repos(60)
        finally:
            for nav in (self.elle, self.gestionnaire, *self.comptables):
                await nav.fermer()

    async def inscription(self) -> None:
        nav = self.elle
        for _ in range(3):
            page = await nav.soumettre(
                await nav.get("/compte/creer"), "/compte/creer", email=self.email
            )
            if page.chemin == "/compte/code":
                break
        for _ in range(3):
            (dernier, *_) = await self.portail.sql(
                "select texte from courriel where a = $1 order by id desc limit 1", self.email
            )
            page = await nav.get("/compte/code")
            if page.chemin == "/compte/code":
                page = await nav.soumettre(page, "/compte/code", code=code_de(dernier["texte"]))
            if page.chemin == "/compte/finaliser":
                break
            await nav.soumettre(await nav.get("/compte/creer"), "/compte/creer", email=self.email)
        await nav.soumettre(
            page,
            "/compte/finaliser",
            civilite="Mme",
            nom="Marchand",
            prenom="Lucie",
            mot_de_passe=PASSE,
            confirmation=PASSE,
        )
        if not await nav.connecte():
            await nav.connecter(self.email, PASSE)

    async def entreprise(self) -> None:
        nav, siren = self.elle, self.h.societe.siren
        page = await nav.get("/rattachements/demander")
        page = await nav.soumettre(
            page, "/rattachements/demander", identifiant=siren, profil="adherent"
        )
        assert page.chemin.startswith("/rattachements"), page.texte
        code = await code_du_courrier(self.h)
        page = await nav.get("/rattachements/code")
        page = await nav.soumettre(
            page, "/rattachements/code", siren=siren, profil="adherent", code=code
        )
        assert page.chemin.endswith("/utilisateurs"), page.texte

    async def saisie(self) -> None:
        nav = self.elle
        page = await nav.get("/dossiers/nouveau")
        page = await nav.soumettre(
            page,
            "/dossiers/nouveau",
            choix="action_formation",
            lieu=f"{self.h.societe.siret()}|adherent",
        )
        self.h.dossier = page.chemin.split("/etapes/")[0]
        for etape, champs in self._reponses().items():
            page = await nav.get(f"{self.h.dossier}/etapes/{etape}")
            if etape == "stagiaires":
                for _ in range(2):
                    page = await nav.soumettre(
                        page, contenant="_version", bouton=("_ajouter", "personnes")
                    )
                cles = re.findall(r'name="personnes\.(\w+)\.nom"', page.reponse.text)
                assert len(cles) == 2, cles
                champs = {
                    f"personnes.{cle}.{nom}": valeur
                    for rang, cle in enumerate(cles)
                    for nom, valeur in personne(str(rang)).items()
                    if nom != "cle"
                }
            page = await nav.soumettre(page, contenant="_version", **champs)
            assert not page.html.xpath("//*[@class='resume-erreurs']"), page.texte

    def _reponses(self) -> dict[str, dict[str, Any]]:
        return {
            "formation": {
                "intitule": f"Accueil {self.h.marque}",
                "objectif": "Accueillir le public.",
                "modalite": "inter",
                "lieu": "presentiel",
                "debut": fr(self.h.debut),
                "fin": fr(self.h.fin),
                "heures": "14",
                "jours": "2",
            },
            "stagiaires": {},
            "entreprise": {
                "contact_nom": "Lucie Marchand",
                "contact_courriel": self.email,
                "effectif": "9",
            },
            "organisme": {
                "siret": self.h.organisme.siret(),
                "denomination": self.h.organisme.nom,
                "nda": "11750412375",
                "qualiopi": "oui",
            },
            "couts": {"prix": "1400", "salaires": "oui", "annexes": "non", "payeur": "entreprise"},
        }

    async def pieces(self) -> None:
        nav, base = self.elle, self.h.dossier
        for piece in ("convention", "programme"):
            await self._deposer(piece)
        page = await nav.soumettre(await nav.get(f"{base}/verifier"), f"{base}/transmettre")
        trouve = re.search(r"\d{4}-AF-\d{6}", page.texte)
        assert trouve, page.texte
        self.h.numero = trouve[0]

    async def _deposer(self, piece: str) -> None:
        nav, base = self.elle, self.h.dossier
        page = await nav.get(f"{base}/documents")
        cle = page.formulaire(f"{base}/documents").fields["_cle"]
        page = await nav.post(
            f"{base}/documents",
            {"_cle": cle, "piece": piece},
            fichiers=fichier(f"{piece}.pdf", papiers.papier(piece, self.h.marque)),
        )
        assert "Document déposé" in page.texte or f"{piece}.pdf" in page.texte, page.texte

    async def instruction(self) -> None:
        g, uid = self.gestionnaire, self.h.dossier.split("/")[-1]
        ici = f"/instruction/{uid}"
        await g.connecter(GESTIONNAIRE, MOT_DE_PASSE)
        await g.soumettre(await g.get(ici), f"{ici}/prendre")
        await g.soumettre(
            await g.get(ici),
            f"{ici}/complement",
            message="Signez la convention.",
            pieces="convention",
        )
        await self._deposer("convention")
        base = self.h.dossier
        await self.elle.soumettre(
            await self.elle.get(base), f"{base}/repondre", message="Voici la convention signée."
        )
        page = await g.soumettre(await g.get(ici), f"{ici}/accorder")
        assert "Accordé" in page.texte, page.texte

    async def remboursement(self) -> None:
        nav, g = self.elle, self.gestionnaire
        page = await nav.get("/demo/horloge")
        lendemain = self.h.fin + timedelta(days=1)
        await nav.soumettre(page, contenant="jour", jour=fr(lendemain), heure="10:00")
        ici = f"{self.h.dossier}/remboursement"
        page = await nav.get(ici)
        page = await nav.soumettre(
            page,
            ici,
            bouton=("_action", "transmettre"),
            fichiers=fichier("certificat.pdf", papiers.papier("Certificat"), "piece_certificat"),
        )
        assert "Transmise" in page.texte, page.texte
        liste = await g.get("/remboursements")
        (demande,) = [
            a.get("href") for a in liste.html.xpath(f"//tr[contains(., '{self.h.numero}')]//th//a")
        ]
        await g.soumettre(await g.get(demande), f"{demande}/valider")
        page = await nav.soumettre(await nav.get("/factures/proforma"), "/factures/proforma")
        assert "sans valeur" in page.texte.lower() or "valeur légale" in page.texte, page.texte
        await self._facture(page.chemin.split("/")[-1])

    async def _facture(self, proforma: str) -> None:
        nav, lendemain = self.elle, self.h.fin + timedelta(days=1)
        numero = f"FA-{self.h.marque}".upper()
        pdf = papiers.facture(
            numero=numero,
            jour=lendemain,
            emetteur=[self.h.societe.nom, f"SIREN {self.h.societe.siren}"],
            destinataire=OPCO,
            dossier=self.h.numero,
            centimes=TOTAL,
            iban=IBAN,
        )
        page = await nav.soumettre(
            await nav.get(f"/factures/deposer?proforma={proforma}"),
            "/factures/deposer",
            fichiers=fichier("facture.pdf", pdf),
            numero=numero,
            date_facture=fr(lendemain),
            assujetti="net",
            ttc=f"{TOTAL // 100},00",
            iban=IBAN,
        )
        assert "Acceptée" in page.texte, page.texte

    async def paiement(self) -> None:
        un, autre = self.comptables
        await un.connecter(COMPTABLE, MOT_DE_PASSE)
        await autre.connecter(COMPTABLE_2, MOT_DE_PASSE)
        page = await un.soumettre(await un.get("/reglements/lots"), "/reglements/lots/preparer")
        lot = page.chemin
        assert "/reglements/lots/" in lot, page.texte
        await autre.soumettre(await autre.get(lot), f"{lot}/valider")
        await autre.soumettre(await autre.get(lot), f"{lot}/transmettre")
        retour = (await autre.client.get(f"{lot}/retour-simule")).content
        page = await autre.get("/reglements/lots")
        page = await autre.soumettre(
            page,
            "/reglements/retours",
            fichiers={"fichier": ("retour.xml", retour, "application/xml")},
        )
        assert "exécuté" in page.texte, page.texte
