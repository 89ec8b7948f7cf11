"""The story of a dossier told by forms alone: from signing in to being paid."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.demo import entreprises as e
from portal.demo.personas import MOT_DE_PASSE
from portal.testing.navigateur import PageLue
from tests.parcours.coupures import Coupures, Tenace
from tests.parcours.papiers import papier, texte
from tests.plugins.formation.essais import brut

ENTREPRISE = "claire.morel@demo.example"
GESTIONNAIRE = "marc.tessier@demo.example"
COMPTABLE = "julie.arnaud@demo.example"
COMPTABLE_2 = "eric.blanc@demo.example"
IBAN = "FR7630006000011234567890189"
ENVOIS = 32
"""Forms that the story sends."""


class Recit:
    """One dossier of one company; each act goes on from what the one before left."""

    def __init__(self, coupures: Coupures) -> None:
        self.coupures = coupures
        self.presents: dict[str, Tenace] = {}
        self.dossier = ""
        jour = datetime.now(ZoneInfo("Europe/Paris")).date()
        self.debut: date = jour + timedelta(days=20)
        self.fin: date = self.debut + timedelta(days=1)

    async def raconter(self) -> None:
        """The whole story."""
        try:
            await self.saisir()
            await self.deposer_pieces()
            await self.transmettre()
            await self.instruire()
            await self.demander()
            await self.facturer()
            await self.payer()
        finally:
            await self.coupures.fin()
            for nav in self.presents.values():
                await nav.fermer()

    async def entrer(self, email: str) -> Tenace:
        """This person's browser, signed in."""
        if email not in self.presents:
            nav = self.presents[email] = Tenace(self.coupures)
            page = await nav.soumettre(
                await nav.get("/connexion"), "/connexion",
                email=email, mot_de_passe=MOT_DE_PASSE,
            )  # fmt: skip
            assert page.chemin == "/accueil", page.texte
        return self.presents[email]

    async def saisir(self) -> None:
        nav = await self.entrer(ENTREPRISE)
        choix = await nav.get("/dossiers/nouveau")
        (valeur,) = choix.html.xpath("//*[starts-with(@value, 'action_formation')]/@value")
        page = await nav.soumettre(choix, "/dossiers/nouveau", choix=valeur)
        self.dossier = "/".join(page.chemin.split("/")[:3])
        contenu = brut(
            organisme={"siret": e.ORGANISME.siret(), "denomination": e.ORGANISME.nom},
            formation={"debut": f"{self.debut:%d/%m/%Y}", "fin": f"{self.fin:%d/%m/%Y}"},
        )
        for code in ("entreprise", "organisme", "formation"):
            page = await self.etape(nav, code, contenu[code])
        for rang in range(2):
            page = await self.stagiaire(nav, page, contenu["stagiaires"]["personnes"][rang])
        await self.etape(nav, "stagiaires", {})
        page = await self.etape(nav, "couts", contenu["couts"])
        assert page.chemin == f"{self.dossier}/documents", page.texte

    async def etape(self, nav: Tenace, code: str, champs: dict[str, Any]) -> PageLue:
        ici = f"{self.dossier}/etapes/{code}"
        page = await nav.soumettre(await nav.get(ici), ici, **champs)
        assert page.statut == 200, (code, page.texte)
        assert page.chemin != ici, (code, page.texte)
        return page

    async def stagiaire(self, nav: Tenace, page: PageLue, lui: dict[str, str]) -> PageLue:
        """A row more, and who it is."""
        ici = f"{self.dossier}/etapes/stagiaires"
        page = await nav.soumettre(page, ici, bouton=("_ajouter", "personnes"))
        noms = page.html.xpath("//input[re:test(@name, '^personnes\\..*\\.nom$')]/@name",
                               namespaces={"re": "http://exslt.org/regular-expressions"})  # fmt: skip
        racine = noms[-1].removesuffix(".nom")
        ligne = {f"{racine}.{nom}": v for nom, v in lui.items() if nom != "cle"}
        page = await nav.soumettre(page, ici, **ligne, bouton=("_action", "enregistrer"))
        assert page.statut == 200, page.texte
        return await nav.get(ici)

    async def deposer_pieces(self) -> None:
        nav = await self.entrer(ENTREPRISE)
        for piece in ("convention", "programme"):
            await self.piece(nav, piece)

    async def piece(self, nav: Tenace, code: str) -> None:
        page = await nav.get(f"{self.dossier}/documents")
        page = await nav.soumettre(
            page, f"{self.dossier}/documents", piece=code, remplace=None,
            fichiers=fichier(f"{code}.pdf"),
        )  # fmt: skip
        assert page.statut == 200, page.texte
        assert f"{code}.pdf" in page.texte

    async def transmettre(self) -> None:
        nav = await self.entrer(ENTREPRISE)
        page = await nav.soumettre(
            await nav.get(f"{self.dossier}/verifier"), f"{self.dossier}/transmettre"
        )
        assert re.search(r"\d{4}-AF-\d{6}", page.texte), page.texte

    async def instruire(self) -> None:
        """Taken, more asked for, answered, granted."""
        marc = await self.entrer(GESTIONNAIRE)
        claire = await self.entrer(ENTREPRISE)
        ici = self.dossier.replace("/dossiers/", "/instruction/")
        page = await marc.soumettre(await marc.get(ici), f"{ici}/prendre")
        echeance = f"{self.debut:%d/%m/%Y}"
        page = await marc.soumettre(
            page, f"{ici}/complement",
            message="La signature manque.", pieces=["convention"], echeance=echeance,
        )  # fmt: skip
        assert "À compléter" in page.texte, page.texte
        await self.piece(claire, "convention")
        page = await claire.soumettre(
            await claire.get(self.dossier), f"{self.dossier}/repondre", message="La voici."
        )
        assert "En instruction" in page.texte, page.texte
        page = await marc.soumettre(await marc.get(ici), f"{ici}/accorder")
        assert "Accordé" in page.texte, page.texte

    async def demander(self) -> None:
        """The account, the day after the training, the request and its approval."""
        nav = await self.entrer(ENTREPRISE)
        rib = f"/rib/{e.GROS.siren}/adherent"
        page = await nav.soumettre(await nav.get(rib), rib, iban=IBAN, certifie="oui")
        assert page.chemin == "/rib", page.texte
        lendemain = f"{self.fin + timedelta(days=1):%d/%m/%Y}"
        await nav.soumettre(
            await nav.get("/demo/horloge"), "/demo/horloge", jour=lendemain, heure="10:00"
        )
        ici = f"{self.dossier}/remboursement"
        page = await nav.soumettre(
            await nav.get(ici), ici, bouton=("_action", "transmettre"),
            fichiers={"piece_certificat": fichier("certificat.pdf")["fichier"]},
        )  # fmt: skip
        assert "Transmise" in page.texte, page.texte
        marc = await self.entrer(GESTIONNAIRE)
        liste = await marc.get("/remboursements")
        (demande,) = {
            li for li in liste.liens() if re.fullmatch(r"/remboursements/[0-9a-f-]{36}", li)
        }
        page = await marc.soumettre(await marc.get(demande), f"{demande}/valider")
        assert "Validée" in page.texte, page.texte

    async def facturer(self) -> None:
        """The proforma, then the invoice that the company's own software makes."""
        nav = await self.entrer(ENTREPRISE)
        page = await nav.soumettre(await nav.get("/factures/proforma"), "/factures/proforma")
        proforma = page.chemin
        assert (await nav.telecharger(f"{proforma}/fichier")).startswith(b"%PDF")
        pdf = await nav.telecharger(f"{proforma}/exemple")
        numero = re.findall(r"FA-\d{4}-\d+", texte(pdf))[0]
        page = await nav.get(f"/factures/deposer?proforma={proforma.rpartition('/')[2]}")
        (montant,) = page.html.xpath(
            "//input[starts-with(@name, 'repartition.') and @type='text']/@value"
        )
        page = await nav.soumettre(
            page, "/factures/deposer", numero=numero, assujetti="net", ttc=montant,
            date_facture=f"{self.fin + timedelta(days=1):%d/%m/%Y}",
            fichiers={"fichier": (f"{numero}.pdf", pdf, "application/pdf")},
        )  # fmt: skip
        assert "Acceptée" in page.texte, page.texte

    async def payer(self) -> None:
        """One prepares, the other approves, the bank answers."""
        un, autre = await self.entrer(COMPTABLE), await self.entrer(COMPTABLE_2)
        page = await un.soumettre(await un.get("/reglements/lots"), "/reglements/lots/preparer")
        lot = page.chemin
        page = await autre.soumettre(await autre.get(lot), f"{lot}/valider")
        page = await autre.soumettre(page, f"{lot}/transmettre")
        retour = await autre.telecharger(f"{lot}/retour-simule")
        page = await autre.soumettre(
            await autre.get("/reglements/lots"), "/reglements/retours",
            fichiers={"fichier": ("retour.xml", retour, "application/xml")},
        )  # fmt: skip
        assert "1 exécuté" in page.texte, page.texte
        claire = await self.entrer(ENTREPRISE)
        assert "Soldé" in (await claire.get(self.dossier)).texte


def fichier(nom: str) -> dict[str, tuple[str, bytes, str]]:
    return {"fichier": (nom, papier(nom), "application/pdf")}
