"""A dossier's life by random hands, and a small model of what each of them may do to it.

A walk is a seed: the same one makes the same gestures. After each, the database must say what the
model says (`verifier`), and what is refused must have changed nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.dossiers import suites, transitions, vie
from portal.dossiers.documents.operations import ajouter
from portal.dossiers.instruction import operations as instruction
from portal.dossiers.instruction.queries import EN_FILE
from portal.dossiers.saisie import operations as saisie
from portal.infra import clock
from portal.infra.base import sql, sql1, transaction
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from portal.web.identite import Personne
from tests.dossiers.aides import FauxFichier, quelqu_un, societe
from tests.dossiers.dispositif_essai import CODE, postes
from tests.securite import fabrique as f

PARIS = ZoneInfo("Europe/Paris")
AVANT, APRES = datetime(2027, 1, 11, 10, tzinfo=PARIS), datetime(2027, 3, 22, 10, tzinfo=PARIS)
"""Before the training of the test dispositif, and after it."""

REFUS = (Conflit, Interdit, Introuvable, Refus, instruction.SaisieRefusee)
DROITS = ("dossiers.consulter", "dossiers.saisir", "dossiers.supprimer",
          "factures.consulter", "factures.saisir")  # fmt: skip
PLEIN, REDUIT = 62_525, 40_000
"""What the rules give for the dossier of the walks, and less. Cents."""

DEPARTS: tuple[tuple[str, ...], ...] = (
    (),
    ("tout_remplir",),
    ("tout_remplir", "transmettre", "prendre"),
    ("tout_remplir", "transmettre", "prendre", "accorder"),
    ("tout_remplir", "transmettre", "prendre", "accorder", "attendre"),
    ("tout_remplir", "transmettre", "prendre", "accorder", "attendre", "demarrer"),
)
"""What is done straight away, so that some walks see the end of a dossier."""

FLECHES = {(t.de, t.vers, t.genre) for t in transitions.TRANSITIONS}
T = TypeVar("T")


@dataclass
class Opco:
    """Staff, and somebody of another company: the same for all walks."""

    gestionnaires: list[Personne]
    comptables: list[Personne]
    etrangers: list[Personne]

    @classmethod
    async def reunir(cls) -> Opco:
        gestionnaires = [(await quelqu_un(role="gestionnaire"))[0] for _ in range(2)]
        comptables = [(await quelqu_un(role="comptable"))[0] for _ in range(2)]
        ailleurs = await (await f.interne("gestionnaire", idcc=f.AUTRE_IDCC)).personne()
        voisin, _ = await quelqu_un(await societe(), droits=DROITS)
        return cls(gestionnaires, comptables, [ailleurs, voisin])


@dataclass
class Demande:
    """A request for reimbursement, as it must be."""

    uid: UUID
    version: int
    montant: int
    derniere: bool
    etat: str = "transmise"
    facture: int = 0
    paye: int = 0


@dataclass
class Facture:
    uid: UUID
    version: int
    montant: int
    demande: Demande
    etat: str = "deposee"


@dataclass
class Modele:
    """What the dossier must be."""

    etat: str = "brouillon"
    etapes: set[str] = field(default_factory=set)
    convention: bool = False
    certificat: int | None = None
    gestionnaire: Personne | None = None
    fini: bool = False
    accorde: int | None = None
    engage: int = 0
    facture: int = 0
    ordonne: int = 0
    paye: int = 0
    demandes: list[Demande] = field(default_factory=list)
    factures: list[Facture] = field(default_factory=list)
    evenements: list[str] = field(default_factory=lambda: ["creation"])

    @property
    def complet(self) -> bool:
        return self.convention and self.etapes == set(postes())

    @property
    def demande(self) -> int:
        """Asked for and not refused."""
        return sum(d.montant for d in self.demandes if d.etat != "refusee")

    def passer(self, vers: str) -> None:
        """A transition of the table, or this very line fails."""
        (genre,) = [g for de, v, g in FLECHES if (de, v) == (self.etat, vers)]
        self.etat = vers
        self.evenements.append(genre)


class Marche:
    """One dossier and everybody around it."""

    def __init__(self, graine: int, opco: Opco) -> None:
        self.opco = opco
        self.hasard = random.Random(graine)
        self.m = Modele()
        self.deposes = 0
        self.sage, self.refuse = True, False
        self.trace: list[str] = []
        self.faites: Counter[tuple[str, str]] = Counter()

    async def preparer(self) -> None:
        """A company of its own, two of its people, a draft, and some way straight on."""
        await clock.deplacer(AVANT)
        chez = await societe()
        self.entreprise, _ = await quelqu_un(chez, droits=DROITS)
        self.lecteur, _ = await quelqu_un(chez, droits=("dossiers.consulter",))
        dossier = await saisie.creer(self.entreprise, CODE, chez.siret, "adherent")
        self.id, self.uid, self.ligne = dossier["id"], dossier["uid"], dossier
        for geste in self.hasard.choice(DEPARTS):
            await getattr(self, geste)()
            await self.verifier()
        self.sage = False

    async def tout_remplir(self) -> None:
        for etape in postes():
            await self.remplir(etape)
        await self.deposer_convention()

    # Who tries, and whether it must be done.

    def quelqu_un_de_l_entreprise(self) -> Personne:
        if self.sage or self.hasard.random() < 0.9:
            return self.entreprise
        return self.hasard.choice([self.lecteur, *self.opco.etrangers])

    def un_gestionnaire(self) -> Personne:
        """Most often the one who follows the dossier."""
        if self.sage:
            return self.opco.gestionnaires[0]
        if self.m.gestionnaire is not None and self.hasard.random() < 0.7:
            return self.m.gestionnaire
        return self.hasard.choice(
            [*self.opco.gestionnaires * 3, *self.opco.etrangers, self.entreprise]
        )

    def version(self) -> tuple[int, bool]:
        """The version on the page, and whether it is the last one."""
        a_jour = self.sage or self.hasard.random() < 0.9
        return self.ligne["version"] - (not a_jour), a_jour

    async def tenter(self, permis: bool, geste: Awaitable[T]) -> T | None:
        """Do it; refused when it must not be, and only then. None when refused."""
        try:
            fait = await geste
        except REFUS:
            if permis:
                raise
            self.refuse = True
            return None
        assert permis, "fait à tort"
        return fait

    def instruit(self, par: Personne, a_jour: bool) -> bool:
        m = self.m
        return a_jour and m.etat == "en_instruction" and par is m.gestionnaire

    # Gestures of the company.

    async def remplir(self, etape: str | None = None) -> None:
        qui = self.entreprise if etape else self.quelqu_un_de_l_entreprise()
        etape = etape or self.hasard.choice(list(postes()))
        permis = qui is self.entreprise and self.m.etat == "brouillon"
        geste = saisie.enregistrer_etape(qui, self.uid, etape, postes()[etape], None)
        if await self.tenter(permis, geste):
            self.m.etapes.add(etape)

    async def deposer_convention(self) -> None:
        permis = self.m.etat not in ("refuse", "annule", "solde")
        geste = ajouter(self.entreprise, self.uid, "convention", FauxFichier())  # type: ignore[arg-type]
        if await self.tenter(permis, geste):
            self.m.convention = True
            self.deposes += self.m.etat == "brouillon"
            if self.m.etat != "brouillon":
                self.m.evenements.append("document")

    async def transmettre(self) -> None:
        qui, (version, a_jour) = self.quelqu_un_de_l_entreprise(), self.version()
        brouillon = self.m.etat == "brouillon"
        permis = qui is self.entreprise and (a_jour or not brouillon)
        fait = await self.tenter(permis, saisie.transmettre(qui, self.uid, version))
        if fait and brouillon and self.m.complet:
            self.m.passer("transmis")

    async def repondre(self) -> None:
        qui = self.quelqu_un_de_l_entreprise()
        permis = qui is self.entreprise and self.m.etat == "a_completer"
        await self.tenter(permis, suites.repondre(qui, self.uid, "Voici."))
        if permis:
            self.m.passer("en_instruction")

    async def annuler(self) -> None:
        m, qui = self.m, self.quelqu_un_de_l_entreprise()
        permis = (
            qui is self.entreprise
            and transitions.possible(m.etat, "annule")
            and not any(d.etat in ("validee", "payee") for d in m.demandes)
        )
        await self.tenter(permis, suites.annuler(qui, self.uid))
        if permis:
            m.passer("annule")
            m.engage = m.facture
            for demande in m.demandes:
                demande.etat = "refusee"

    # Gestures of the gestionnaires, and of time.

    async def prendre(self) -> None:
        m, par, (version, a_jour) = self.m, self.un_gestionnaire(), self.version()
        permis = a_jour and m.etat in EN_FILE and par in self.opco.gestionnaires
        if await self.tenter(permis, instruction.prendre_en_charge(par, self.uid, version)):
            if m.etat == "transmis":
                m.passer("en_instruction")
            elif par is not m.gestionnaire:
                m.evenements.append("attribution")
            m.gestionnaire = par

    async def completer(self) -> None:
        par, (version, a_jour) = self.un_gestionnaire(), self.version()
        echeance = await clock.aujourd_hui() + timedelta(days=self.hasard.choice([15, 15, 15, 0]))
        permis = self.instruit(par, a_jour) and echeance > await clock.aujourd_hui()
        geste = instruction.demander_complement(par, self.uid, version, "Plus.", [], echeance)
        await self.tenter(permis, geste)
        if permis:
            self.m.passer("a_completer")

    async def accorder(self) -> None:
        par, (version, a_jour) = self.un_gestionnaire(), self.version()
        montant = None if self.sage else self.hasard.choice([None, None, REDUIT, PLEIN + 1, 0])
        motif = self.hasard.choice(["", "Hors du devis."])
        permis = self.instruit(par, a_jour) and (montant is None or (montant == REDUIT and motif))
        montants = {} if montant is None else {"prix": Decimal(montant) / 100}
        geste = instruction.accorder(par, self.uid, version, montants, {"prix": motif}, "")
        if await self.tenter(bool(permis), geste):
            self.m.passer("accorde")
            self.m.accorde = self.m.engage = montant or PLEIN

    async def refuser(self) -> None:
        par, (version, a_jour) = self.un_gestionnaire(), self.version()
        motif = self.hasard.choice(["non", "non", "inconnu"])
        permis = self.instruit(par, a_jour) and motif == "non"
        if await self.tenter(permis, instruction.refuser(par, self.uid, version, motif, "")):
            self.m.passer("refuse")

    async def attendre(self) -> None:
        """The training is over."""
        await clock.deplacer(APRES)
        self.m.fini = True

    async def demarrer(self) -> None:
        """The periodic job, in a transaction as the worker runs it."""
        async with transaction():
            await vie.demarrer()
        if self.m.etat == "accorde" and self.m.fini:
            self.m.passer("en_cours")

    # What must hold.

    async def verifier(self) -> None:
        avant, m = self.ligne, self.m
        self.ligne = await sql1("select * from dossier where id = $1", self.id) or {}
        vu = (self.ligne["etat"], self.ligne["accorde_centimes"])
        assert vu == (m.etat, m.accorde), f"{vu} au lieu de {(m.etat, m.accorde)}"
        if avant["etat"] != m.etat:
            assert self.ligne["version"] > avant["version"]
            self.faites[(avant["etat"], m.etat)] += 1
        assert self.ligne["version"] >= avant["version"]
        assert not self.refuse or self.ligne == avant, "un refus a laissé une trace"
        await self._histoire()

    async def _histoire(self) -> None:
        """Every event once, on the timeline and in the audit; states follow one another."""
        lignes = await sql(
            "select genre, de, vers from dossier_evenement where dossier = $1 order by id", self.id
        )
        vus = [li["genre"] for li in lignes]
        assert vus == self.m.evenements, f"{vus} au lieu de {self.m.evenements}"
        etat = "brouillon"
        for li in lignes:
            if li["vers"] is not None:
                assert (etat, li["vers"], li["genre"]) in FLECHES
                assert li["de"] == etat
                etat = li["vers"]
        assert etat == self.m.etat
        audit = Counter(
            li["action"].removeprefix("dossier.")
            for li in await sql("select action from journal where objet_uid = $1", self.uid)
        )
        audit -= Counter(saisie=audit["saisie"], document=self.deposes)
        assert audit == Counter(vus), f"{audit} au journal"
