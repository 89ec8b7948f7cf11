"""A company as the rest of the portal sees it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.core.entreprises import effectifs
from portal.core.entreprises.effectifs import Bande

ADHERENT = "adherent"
PRESTATAIRE = "prestataire"
PROFILS = {ADHERENT: "Adhérent", PRESTATAIRE: "Prestataire"}

# Training bodies: a code for their own employees, another for their business (FAQ, first log-in).
IDCC_DEUX_PROFILS = frozenset({"1516"})


def espacer(numero: str) -> str:
    """« 356 000 000 00048 », with narrow non-breaking spaces."""
    groupes = [numero[i : i + 3] for i in range(0, 9, 3)] + [numero[9:]]
    return "\u202f".join(g for g in groupes if g)


@dataclass(frozen=True)
class Etablissement:
    """An establishment, closed or not."""

    siret: str
    siren: str
    enseigne: str = ""
    adresse_ligne1: str = ""
    adresse_ligne2: str = ""
    code_postal: str = ""
    commune: str = ""
    departement: str = ""
    region: str = ""
    ferme_le: date | None = None
    successeur: str | None = None
    naf: str | None = None
    tranche: str | None = None
    a_verifier: bool = False

    @property
    def adresse(self) -> list[str]:
        """Lines of the postal address, empty ones left out."""
        ville = f"{self.code_postal} {self.commune}".strip()
        return [ligne for ligne in (self.adresse_ligne1, self.adresse_ligne2, ville) if ligne]

    @property
    def adresse_en_ligne(self) -> str:
        return ", ".join(self.adresse)

    def est_ferme(self, jour: date) -> bool:
        return self.ferme_le is not None and self.ferme_le <= jour


@dataclass(frozen=True)
class Fiche:
    """A company; `etablissement` is the one it was found by, when it was by SIRET."""

    siren: str
    denomination: str
    naf: str | None = None
    idcc: str | None = None
    effectif: int = 0
    est_adherent: bool = False
    est_prestataire: bool = False
    attributs: tuple[str, ...] = ()
    nda: str | None = None
    fermee_le: date | None = None
    tranche: str | None = None
    categorie: str | None = None
    a_verifier: bool = False
    siege: Etablissement | None = None
    etablissement: Etablissement | None = None

    @property
    def profils(self) -> list[str]:
        """The profiles that this company has, in the order of screens."""
        possibles = ((ADHERENT, self.est_adherent), (PRESTATAIRE, self.est_prestataire))
        return [profil for profil, oui in possibles if oui]

    @property
    def libelles_profils(self) -> str:
        return ", ".join(PROFILS[p] for p in self.profils)

    @property
    def effectif_dit(self) -> str:
        """« 42 salariés », or the register's band."""
        return effectifs.dire(self.effectif, self.tranche)

    def bande(self, jour: date) -> Bande | None:
        """The legal staff band on a day, when it can be told."""
        return effectifs.bande(self.effectif, self.tranche, jour)

    @property
    def saisie_a_verifier(self) -> bool:
        """Whether the company, or the establishment asked for, was typed by hand."""
        lieu = self.etablissement
        return self.a_verifier or (lieu is not None and lieu.a_verifier)

    @property
    def lieu(self) -> Etablissement | None:
        """The establishment that was asked for, else the head office."""
        return self.etablissement or self.siege

    @property
    def region(self) -> str:
        return self.lieu.region if self.lieu else ""

    @property
    def departement(self) -> str:
        return self.lieu.departement if self.lieu else ""

    def est_fermee(self, jour: date) -> bool:
        return self.fermee_le is not None and self.fermee_le <= jour


@dataclass(frozen=True)
class Conseiller:
    """Who to call about a company."""

    nom: str
    telephone: str
    courriel: str
