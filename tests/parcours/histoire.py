"""The people and the company of a story, and what one act leaves to the next."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.core.entreprises.operations import enregistrer_lots
from portal.demo.entreprises import EntrepriseDemo
from portal.demo.personas import MOT_DE_PASSE
from portal.infra import clock
from tests.parcours.portail import PortailVivant
from tests.parcours.visiteur import Visiteur

PASSE = "Passerelle-7bis"
GESTIONNAIRE = "marc.tessier@demo.example"
COMPTABLE = "julie.arnaud@demo.example"
COMPTABLE_2 = "eric.blanc@demo.example"
BRANCHE = "sophie.renaud@demo.example"


@dataclass
class Histoire:
    """One company that nobody administers yet, in a branch where nothing is open."""

    portail: PortailVivant
    entrer: Callable[..., Awaitable[Visiteur]]
    rang: int
    idcc: str
    js: bool = True
    marque: str = field(default_factory=lambda: uuid.uuid4().hex[:6])
    presents: dict[str, Visiteur] = field(default_factory=dict)
    dossier: str = ""
    numero: str = ""
    facture: str = ""

    def __post_init__(self) -> None:
        self.societe = EntrepriseDemo(
            self.rang, f"Ateliers {self.marque.upper()}", self.idcc, "85.32Z", 9,
            (("3 quai de l’Essai", "44000", "Nantes"), ("8 rue Haute", "49000", "Angers")),
        )  # fmt: skip
        self.organisme = EntrepriseDemo(
            self.rang + 1, f"Pédagogie {self.marque.upper()}", "1516", "85.59A", 12,
            (("1 rue des Cours", "75011", "Paris"),), prestataire=True, nda="11750412375",
        )  # fmt: skip
        jour = datetime.now(ZoneInfo("Europe/Paris")).date()
        self.debut: date = jour + timedelta(days=40)
        self.fin: date = self.debut + timedelta(days=1)

    async def inscrire(self) -> None:
        """Put the companies in the register; the demonstration's clock tells the real time."""
        async with self.portail.dedans():
            await clock.remettre()
            await enregistrer_lots([self.societe.fiche(), self.organisme.fiche()])

    def adresse(self, prenom: str) -> str:
        return f"{prenom}.{self.marque}@ateliers.example"

    async def arriver(self, nom: str) -> Visiteur:
        """Somebody at a browser of their own, kept for the acts to come."""
        if nom not in self.presents:
            self.presents[nom] = await self.entrer(f"{nom}-", js=self.js)
        return self.presents[nom]

    async def interne(self, email: str) -> Visiteur:
        """Somebody of the OPCO, signed in."""
        nom = email.partition("@")[0]
        deja = nom in self.presents
        visiteur = await self.arriver(nom)
        if not deja:
            await connecter(visiteur, email, MOT_DE_PASSE)
        return visiteur

    async def courriel(self, email: str, sujet: str = "") -> str:
        """The newest mail to this address, read at /demo/courriels as one would."""
        lecteur = await self.arriver("courrier")
        await lecteur.aller(f"/demo/courriels?q={email}")
        await lecteur.suivre(sujet or lecteur.page.locator("#liste th a").first)
        return await lecteur.texte()


async def connecter(visiteur: Visiteur, email: str, passe: str) -> None:
    """Sign in by the form."""
    await visiteur.aller("/connexion")
    await visiteur.remplir({"Adresse e-mail": email, "Mot de passe": passe})
    await visiteur.appuyer("Se connecter")
    assert "/accueil" in visiteur.page.url, visiteur.page.url


def fr(jour: date) -> str:
    return f"{jour:%d/%m/%Y}"


def code_de(texte: str) -> str:
    """The six digits of a mail."""
    trouve = re.search(r"\b(\d{3})\s?(\d{3})\b", texte)
    assert trouve, texte
    return trouve[1] + trouve[2]
