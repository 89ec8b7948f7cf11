"""A folder of a former portal, and its takeover."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.infra.base import sql, sql1
from portal.reprise import commande
from portal.reprise.rapport import Bilan

DISPOSITIF = "action_formation"


def ecrire(dossier: Path, nom: str, *lignes: dict[str, Any], encodage: str = "utf-8") -> Path:
    """A CSV whose columns are the keys of its rows."""
    colonnes = list(dict.fromkeys(c for ligne in lignes for c in ligne))
    chemin = dossier / nom
    chemin.parent.mkdir(parents=True, exist_ok=True)
    with chemin.open("w", encoding=encodage, newline="") as flux:
        sortie = csv.DictWriter(flux, colonnes, delimiter=";")
        sortie.writeheader()
        sortie.writerows(lignes)
    return chemin


async def reprendre(
    dossier: Path, *, appliquer: bool = True, lot: int = 1000, clore: Sequence[str] = ()
) -> Bilan:
    return await commande.reprendre(dossier, appliquer=appliquer, lot=lot, clore=clore)


def rapport(bilan: Bilan) -> list[dict[str, str]]:
    """The rows of its report."""
    with bilan.rapport.open(encoding="utf-8-sig", newline="") as flux:
        return list(csv.DictReader(flux, delimiter=";"))


def resultats(bilan: Bilan) -> list[str]:
    return [ligne["resultat"] for ligne in rapport(bilan)]


def droit(email: str, siren: str, source: str = "MDA", **plus: Any) -> dict[str, Any]:
    """A row of habilitations."""
    return {
        "source": source, "email": email, "siren": siren, "siret": "", "profil": "adherent",
        "dispositif": "", "droits": "dossiers.consulter,dossiers.saisir", "valide": "non",
        "tiers": "non", **plus,
    }  # fmt: skip


def un_dossier(numero: str, siret: str, source: str = "MDA", **plus: Any) -> dict[str, Any]:
    """A row of dossiers: running, granted 1 000 €."""
    return {
        "source": source, "numero": numero, "dispositif": DISPOSITIF, "siret": siret,
        "etat": "en_cours", "intitule": "Soudure à l’arc", "debut": "02/03/2025",
        "fin": "30/06/2025", "nb_personnes": "3", "demande": "1 200,00", "accorde": "1 000,00",
        "transmis_le": "15/02/2025", "mouvement_le": "20/03/2025", **plus,
    }  # fmt: skip


async def acces(email: str, siren: str) -> list[dict[str, Any]]:
    """Rattachements of this person there, with their rights."""
    return await sql(
        "select r.etat, r.administrateur, r.siret, r.message, coalesce((select array_agg(h.droit"
        " order by h.droit) from habilitation h where h.rattachement = r.id), '{}') as droits"
        " from rattachement r join compte c on c.id = r.compte where c.email = $1 and r.siren = $2"
        " and r.etat in ('actif', 'en_attente') order by r.etat",
        email,
        siren,
    )


async def dossier_de(numero: str) -> dict[str, Any] | None:
    return await sql1("select * from dossier where numero = $1", numero)


async def livre(numero: str) -> dict[str, Any]:
    """The ledger of a dossier, in euros."""
    ligne = await sql1(
        "select e.engage_centimes / 100 as engage, e.facture_centimes / 100 as facture,"
        " e.paye_centimes / 100 as paye from engagement e join dossier d on d.uid = e.dossier_uid"
        " where d.numero = $1",
        numero,
    )
    assert ligne is not None
    return ligne
