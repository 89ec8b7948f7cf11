"""What upper packages give to pages that lie lower: navigation, tasks, sign-in of who asks.

`app.py` fills one `Fournisseurs`; nothing here imports whom it serves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Request

from portal.web.identite import ChargerPersonne, Personne


@dataclass(frozen=True)
class Lien:
    """An entry of the navigation, or a shortcut. Entries are shown by `ordre`: Accueil 0, a company's
    10 to 50 (Mes dossiers 10, Mes factures 20, Mes salariés 30, Mes contributions 40, Mon
    entreprise 50), staff's alike by tens (À instruire 10, Entreprises 20, Règlements 30,
    Branches 40, Référentiels 50, Pilotage 60, Courriers 70), plugins' 80, Aide et contacts 100."""

    libelle: str
    url: str
    icone: str = ""
    actif: bool = False
    ordre: int = 80


@dataclass(frozen=True)
class Chiffre:
    """A number that matters (to do, to be paid, days left), shown large on the home page; `valeur`
    is a number or text already typeset, `url` the list that it counts."""

    libelle: str
    valeur: int | str
    url: str
    detail: str = ""
    ordre: int = 50


@dataclass(frozen=True)
class Acces:
    """A shortcut of the home page; `nombre` is the live count of the list it opens, if it is one."""

    libelle: str
    url: str
    nombre: int | None = None
    ordre: int = 50


@dataclass(frozen=True)
class Tache:
    """Something a person has to do, with the link to the exact place."""

    titre: str
    url: str
    detail: str = ""
    echeance: date | None = None
    urgence: bool = False


@dataclass(frozen=True)
class Compte:
    """What waits in one company (drafts, files to complete), and the list that it counts."""

    libelle: str
    nombre: int
    url: str


FournirTaches = Callable[[Personne], Awaitable[list[Tache]]]
FournirChiffres = Callable[[Personne], Awaitable[list[Chiffre]]]
FournirAcces = Callable[[Personne], Awaitable[list[Acces]]]
FournirBienvenue = Callable[[int], Awaitable[str]]
FournirComptes = Callable[[Personne, list[str]], Awaitable[dict[tuple[str, str], list[Compte]]]]
"""For these SIREN, by (SIREN, profile): what waits there for this person."""
FournirLiens = Callable[[Personne], list[Lien]]
Parquer = Callable[[Request[Any, Any, Any]], Awaitable[str | None]]


@dataclass
class Fournisseurs:
    """Registered once at start."""

    charger_personne: ChargerPersonne | None = None
    parquer: Parquer | None = None
    taches: list[FournirTaches] = field(default_factory=list)
    chiffres: list[FournirChiffres] = field(default_factory=list)
    acces: list[FournirAcces] = field(default_factory=list)
    navigation: list[FournirLiens] = field(default_factory=list)
    comptes: list[FournirComptes] = field(default_factory=list)
    sous: dict[str, str] = field(default_factory=dict)
    """Pages that lie under an entry of the navigation without beginning like it: start of their
    path, address of the entry."""
    bienvenue: list[FournirBienvenue] = field(default_factory=list)

    def liens(self, moi: Personne) -> list[Lien]:
        tous = [lien for fournir in self.navigation for lien in fournir(moi)]
        return sorted(tous, key=lambda lien: lien.ordre)

    async def bienvenue_de(self, compte_id: int) -> str:
        """What somebody who has just signed up should know, in sentences."""
        dites = [await fournir(compte_id) for fournir in self.bienvenue]
        return " ".join(phrase for phrase in dites if phrase)

    async def taches_de(self, moi: Personne) -> list[Tache]:
        toutes = [tache for fournir in self.taches for tache in await fournir(moi)]
        return sorted(toutes, key=lambda t: (not t.urgence, t.echeance or date.max, t.titre))

    async def chiffres_de(self, moi: Personne) -> list[Chiffre]:
        tous = [chiffre for fournir in self.chiffres for chiffre in await fournir(moi)]
        return sorted(tous, key=lambda chiffre: chiffre.ordre)

    async def acces_de(self, moi: Personne) -> list[Acces]:
        tous = [acces for fournir in self.acces for acces in await fournir(moi)]
        return sorted(tous, key=lambda acces: acces.ordre)

    async def comptes_de(
        self, moi: Personne, sirens: list[str]
    ) -> dict[tuple[str, str], list[Compte]]:
        """What waits in each of these companies, one query a provider."""
        tous: dict[tuple[str, str], list[Compte]] = {}
        for fournir in self.comptes if sirens else []:
            for cle, comptes in (await fournir(moi, sirens)).items():
                tous.setdefault(cle, []).extend(comptes)
        return tous
