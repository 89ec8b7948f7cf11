"""The people and the company of a story, and what one act leaves to the next."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp

from portal.core.entreprises.operations import enregistrer_lots
from portal.demo.entreprises import EntrepriseDemo
from portal.demo.personas import MOT_DE_PASSE, PERSONNAGES
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
    """Sign in by the form, the second factor included where one is asked for."""
    await visiteur.aller("/connexion")
    await visiteur.remplir({"Adresse e-mail": email, "Mot de passe": passe})
    await visiteur.appuyer("Se connecter")
    if "/connexion/confirmer" in visiteur.page.url:
        assert visiteur.portail is not None
        await visiteur.remplir({"Code à 6 chiffres": await code_du_moment(visiteur.portail, email)})
        await visiteur.appuyer("Vérifier")
    assert "/accueil" in visiteur.page.url, visiteur.page.url


async def proteger(visiteur: Visiteur) -> str:
    """Make a first second factor where the portal asks for one, then go on; its secret."""
    await visiteur.dit("Protéger mon compte")
    await visiteur.appuyer("Configurer une application")
    secret = (await visiteur.page.locator(".cle-texte").inner_text()).replace(" ", "")
    await visiteur.remplir({"Code à 6 chiffres": pyotp.TOTP(secret).now()})
    await visiteur.appuyer("Activer")
    await visiteur.dit("Gardez vos codes de secours")
    await visiteur.suivre("J’ai gardé mes codes, continuer")
    return secret


async def code_du_moment(portail: PortailVivant, email: str) -> str:
    """What the persona's application shows. People who sign in twice within one step of thirty
    seconds are spared the wait: the step counts as not used."""
    await portail.sql(
        "update second_facteur set dernier_pas = null"
        " where compte = (select id from compte where email = $1)",
        email,
    )
    secret = next(p.totp_secret for p in PERSONNAGES if p.email == email)
    assert secret, f"{email} n’a pas de second facteur"
    return pyotp.TOTP(secret).now()


def fr(jour: date) -> str:
    return f"{jour:%d/%m/%Y}"


def code_de(texte: str) -> str:
    """The six digits of a mail."""
    trouve = re.search(r"\b(\d{3})\s?(\d{3})\b", texte)
    assert trouve, texte
    return trouve[1] + trouve[2]
