"""One row of StockEtablissement (INSEE), alone or joined with its StockUniteLegale, read and checked.

Columns are found by name: the two monthly files, and the joined ones that others publish, all work.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.core.entreprises.geographie import departement_de, region_de
from portal.core.entreprises.registre.ecriture import Lieu, Unite
from portal.infra.texte import plier
from portal.kit.identifiants import lire_siret

COLONNES = (
    "siret", "etablissementSiege", "etatAdministratifEtablissement", "codePostalEtablissement",
    "libelleCommuneEtablissement",
)  # fmt: skip
NON_DIFFUSE = "[ND]"
_DOUBLES = tuple(sum(divmod(2 * c, 10)) for c in range(10))
_OUI = {"true": True, "false": False, "1": True, "0": False}

Valeurs = list[str]


@dataclass(frozen=True, slots=True)
class Lu:
    """What a row gave."""

    siren: str
    unite: Unite
    lieu: Lieu


class Colonnes:
    """Reads rows whose columns stand where the header said."""

    def __init__(self, places: dict[str, int]) -> None:
        self._places = places
        c = self._colonne
        self._siret, self._siren, self._siege = c("siret"), c("siren"), c("etablissementSiege")
        self._etat, self._debut = c("etatAdministratifEtablissement"), c("dateDebut")
        self._enseigne, self._usuelle = (
            c("enseigne1Etablissement"), c("denominationUsuelleEtablissement"),
        )  # fmt: skip
        self._voie = [
            c(f"{nom}Etablissement") for nom in ("numeroVoie", "indiceRepetition", "typeVoie", "libelleVoie")
        ]  # fmt: skip
        self._complement = [
            c("complementAdresseEtablissement"), c("distributionSpecialeEtablissement")
        ]  # fmt: skip
        self._postal, self._commune = c("codePostalEtablissement"), c("libelleCommuneEtablissement")
        self._insee = c("codeCommuneEtablissement")
        self._etranger = [
            c("libelleCommuneEtrangerEtablissement"), c("libellePaysEtrangerEtablissement")
        ]  # fmt: skip
        self._naf, self._tranche = (
            c("activitePrincipaleEtablissement"), c("trancheEffectifsEtablissement"),
        )  # fmt: skip
        self._noms = [
            c("denominationUniteLegale"), c("nomUsageUniteLegale"), c("nomUniteLegale"),
            c("prenomUsuelUniteLegale"), c("denominationUsuelle1UniteLegale"),
        ]  # fmt: skip
        self._naf_u, self._tranche_u = (
            c("activitePrincipaleUniteLegale"), c("trancheEffectifsUniteLegale"),
        )  # fmt: skip
        self._categorie, self._etat_u = c("categorieEntreprise"), c("etatAdministratifUniteLegale")
        self._idcc = c("idcc")
        self.etat_connu = "etatadministratifunitelegale" in places

    def _colonne(self, nom: str) -> Callable[[Valeurs], str]:
        place = self._places.get(nom.lower())
        if place is None:
            return lambda _valeurs: ""
        return lambda valeurs: "" if (v := valeurs[place]) == NON_DIFFUSE else v.strip()

    def lire(self, v: Valeurs) -> Lu:
        """The company and the establishment of a row; `ValueError` says what is wrong with it."""
        siret = numero(self._siret(v))
        siren = siret[:9]
        if (dit := self._siren(v)) and dit.replace(" ", "") != siren:
            raise ValueError("le SIREN et le SIRET ne vont pas ensemble.")
        siege = _OUI.get(self._siege(v).lower())
        if siege is None:
            raise ValueError("etablissementSiege n’est ni true ni false.")
        lieu = self._lieu(siret, v)
        return Lu(siren, self._unite(siren, siret if siege else None, lieu, v), lieu)

    def _lieu(self, siret: str, v: Valeurs) -> Lieu:
        postal = self._postal(v)
        if postal and not (len(postal) == 5 and postal.isascii() and postal.isdigit()):
            raise ValueError("le code postal n’a pas 5\u00a0chiffres.")
        commune = self._commune(v) or " ".join(x for c in self._etranger if (x := c(v)))
        departement, region = _place(self._insee(v), postal)
        return Lieu(
            siret,
            self._enseigne(v) or self._usuelle(v),
            " ".join(x for c in self._voie if (x := c(v))),
            " ".join(x for c in self._complement if (x := c(v))),
            postal, commune, departement, region, self._ferme_le(v), self._naf(v),
            _tranche(self._tranche(v)),
        )  # fmt: skip

    def _ferme_le(self, v: Valeurs) -> date | None:
        etat = self._etat(v)
        if etat == "A":
            return None
        if etat != "F":
            raise ValueError("etatAdministratifEtablissement n’est ni A ni F.")
        return _date(self._debut(v)) or date(1900, 1, 1)

    def _unite(self, siren: str, siege: str | None, lieu: Lieu, v: Valeurs) -> Unite:
        legale, usage, nom, prenom, usuelle = (c(v) for c in self._noms)
        sure = legale or f"{prenom} {usage or nom}".strip() or usuelle
        denomination = sure or lieu.enseigne or f"Entreprise {siren}"
        cle = plier(denomination) or siren
        place = plier(f"{lieu.enseigne} {lieu.code_postal} {lieu.commune}")
        cessee = self._etat_u(v) == "C"
        return Unite(
            siren, denomination, cle, f"{cle} {place}", self._naf_u(v) or lieu.naf,
            _tranche(self._tranche_u(v)), self._categorie(v), siege,
            (_date(self._debut(v)) or date(1900, 1, 1)) if cessee else None,
            _idcc(self._idcc(v)), bool(sure), self.etat_connu,
        )  # fmt: skip


def numero(saisi: str) -> str:
    """A SIRET, checked the quick way when it stands as the register writes it."""
    if len(saisi) == 14 and saisi.isascii() and saisi.isdigit():
        chiffres = [ord(c) - 48 for c in saisi]
        somme = sum(chiffres[1::2]) + sum(_DOUBLES[c] for c in chiffres[0::2])
        if somme % 10 == 0:
            return saisi
    return lire_siret(saisi)


def _date(texte: str) -> date | None:
    if not texte:
        return None
    try:
        return date.fromisoformat(texte[:10])
    except ValueError:
        raise ValueError("la date n’est pas de la forme AAAA-MM-JJ.") from None


def _tranche(code: str) -> str:
    return "" if code == "NN" else code


def _idcc(code: str) -> str | None:
    if not code:
        return None
    if not re.fullmatch(r"\d{1,4}", code, re.ASCII):
        raise ValueError("l’IDCC n’a pas 4\u00a0chiffres.")
    return code.zfill(4)


@lru_cache(maxsize=50_000)
def _place(insee: str, postal: str) -> tuple[str, str]:
    """Département and région: a postcode may straddle two, the town's code does not."""
    departement = departement_de(postal)
    if re.fullmatch(r"(\d{2}|2[AB])\d{3}", insee, re.ASCII):
        departement = insee[:3] if insee.startswith(("97", "98")) else insee[:2]
    return departement, region_de(departement)
