"""People and companies of their own for each scenario; codes read off the printed letters."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from portal.core.comptes.operations import creer_compte
from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.core.rattachements import activation, codes, courriers
from portal.core.rattachements.activation import Reussite
from portal.core.rattachements.demandes import demander
from portal.core.rattachements.operations import nommer
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction
from portal.web.identite import Personne
from tests.core.numeros import siren_neuf, siret_de


async def personne(
    prenom: str = "Jeanne", nom: str = "Martin", roles: tuple[str, ...] = ()
) -> Personne:
    """A new account, as a request would know it (its rights are read anew by `relire`)."""
    email = f"{uuid.uuid4().hex}@exemple.fr"
    compte = await creer_compte(email, "Motdepasse1!", civilite="Mme", nom=nom, prenom=prenom)
    assert compte is not None
    return Personne(compte.id, str(compte.uid), email, f"{prenom} {nom}", 0, roles=frozenset(roles))


@dataclass(frozen=True)
class Societe:
    siren: str
    profil: str = "adherent"

    def siret(self, numero: int = 1) -> str:
        return siret_de(self.siren, numero)


async def societe(nom: str = "Atelier Vasseur", *, lieux: int = 1, **plus: Any) -> Societe:
    """A new company with so many establishments; the first is its head office."""
    siren = siren_neuf()
    etablissements = tuple(
        EtablissementSaisi(
            siret_de(siren, n), adresse_ligne1=f"{n} quai des Essais", code_postal="44000",
            commune="Nantes",
        )
        for n in range(1, lieux + 1)
    )  # fmt: skip
    await enregistrer(FicheSaisie(siren, nom, etablissements, **plus))
    return Societe(siren)


async def administrateur(s: Societe, prenom: str = "Anne", nom: str = "Le Goff") -> Personne:
    """A living administrator of the company."""
    moi = await personne(prenom, nom)
    async with transaction():
        await nommer(s.siren, s.profil, moi.compte_id, "essai", None)
    return moi


async def en_attente(moi: Personne, s: Societe, siret: str | None = None) -> uuid.UUID:
    return (await demander(moi, siret or s.siren, s.profil)).uid


async def poser_code(s: Societe, *, depuis: int = 0) -> str:
    """A live code, as if its letter had been posted `depuis` days ago; canonical form."""
    code = codes.nouveau()
    jour = await clock.aujourd_hui()
    validite = codes.validite(jour.fromordinal(jour.toordinal() - depuis), 5, 3)
    await executer(
        "update code_activation set etat = 'remplace' where siren = $1 and profil = $2",
        s.siren,
        s.profil,
    )
    await executer(
        "insert into code_activation (siren, profil, empreinte, emis_le, valable_du, valable_jusqu,"
        " etat) values ($1, $2, $3, $4, $5, $6, 'actif')",
        s.siren, s.profil, activation.empreintes(s.siren, code)[0], clock.instant(),
        validite.poste_le, validite.jusqu,
    )  # fmt: skip
    return code


async def imprimer(racine: Path, **options: Any) -> courriers.Resultat:
    return await courriers.produire(racine, **options)


def lettres_de(racine: Path, siren: str) -> list[str]:
    """Text of each printed page of this company, whatever the batch."""
    espace = " ".join((siren[:3], siren[3:6], siren[6:]))
    pages = []
    for fichier in sorted(racine.glob("lot-*/*.pdf")):
        for page in PdfReader(fichier).pages:
            texte = page.extract_text().replace("\u202f", " ").replace("\u00a0", " ")
            if f"SIREN {espace}" in texte:
                pages.append(texte)
    return pages


def code_lu(texte: str) -> str:
    (trouve,) = re.findall(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b", texte)
    return codes.lire(trouve)


async def activer(moi: Personne, s: Societe, code: str) -> Reussite:
    issue = await activation.utiliser(moi, s.siren, s.profil, code)
    assert isinstance(issue, Reussite), issue
    return issue


async def droits(moi: Personne) -> set[str]:
    return {ligne["droit"] for ligne in await sql("select droit from droits_de($1)", moi.compte_id)}


async def etat_de(uid: uuid.UUID) -> str:
    ligne = await sql1("select etat from rattachement where uid = $1", uid)
    assert ligne is not None
    return str(ligne["etat"])
