"""Builders of scenarios: two companies that don't know each other, everybody around them, and a
dossier of the first at each moment of its life. Names carry a mark by which a leak is found again.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from portal.branches import queries as branches
from portal.branches.operations import ouvrir
from portal.core.comptes.operations import creer_compte
from portal.core.comptes.queries import personne_du_compte
from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer_lots
from portal.dossiers.documents.operations import ajouter
from portal.dossiers.instruction import operations as instruction
from portal.dossiers.saisie import operations as saisie
from portal.infra import clock
from portal.infra.base import executer, sql1, valeur
from portal.kit.identifiants import cle_nir
from portal.testing.navigateur import Navigateur
from portal.testing.sessions import ouvrir as ouvrir_session
from portal.web.garde import DROITS
from portal.web.identite import Personne
from tests.core.numeros import siren_neuf, siret_de

CODE = "action_formation"
IDCC, AUTRE_IDCC, AUTRE_REGION = "0573", "0016", "Corse"
CONSULTER = tuple(d for d in DROITS if d.endswith(".consulter"))
EMPREINTE = "$argon2id$v=19$m=8,t=1,p=1$bm9uZQ$bm9uZQ"
"""A hash that no password has: these people are let in by their session alone."""


@dataclass(frozen=True)
class Societe:
    """A company of a test; `marque` stands in its name and in nobody else's."""

    siren: str
    siret: str
    marque: str

    @property
    def denomination(self) -> str:
        return f"Maison {self.marque}"


@dataclass(frozen=True)
class Acteur:
    """Somebody with an open session."""

    compte: int
    uid: uuid.UUID
    email: str
    jeton: str

    async def personne(self) -> Personne:
        """As a request would know her now."""
        moi = await personne_du_compte(self.compte)
        assert moi is not None
        return moi

    def navigateur(self, application: Any, **entetes: str) -> Navigateur:
        """Her browser. It keeps its session whatever it is answered (sign-out too)."""
        nav = Navigateur(application, entetes=entetes)
        nav.client.cookies.set("session", self.jeton, domain="127.0.0.1")
        nav.client.cookies.extract_cookies = lambda _reponse: None  # type: ignore[method-assign]
        return nav


def marque() -> str:
    """A word that no template, register or other test holds."""
    return "Zq" + "".join(secrets.choice("bcdfghjkmnprstvwxz") for _ in range(10))


async def societe(*, idcc: str = IDCC, code_postal: str = "75011", **plus: Any) -> Societe:
    siren, mot = siren_neuf(), marque()
    lieux = tuple(
        EtablissementSaisi(
            siret_de(siren, n), enseigne=f"Atelier {mot}", adresse_ligne1=f"{n} rue {mot}",
            code_postal=code_postal, commune="Paris",
        )
        for n in (1, 2)
    )  # fmt: skip
    fiche = FicheSaisie(siren, f"Maison {mot}", lieux, idcc=idcc, effectif=8, **plus)
    await enregistrer_lots([fiche])
    if CODE not in await branches.ouverts(idcc, await clock.aujourd_hui()):
        await ouvrir(idcc, CODE, date(2026, 1, 1), acteur=None)
    return Societe(siren, siret_de(siren), mot)


async def acteur(nom: str = "Morel", prenom: str = "Claire") -> Acteur:
    email = f"{uuid.uuid4().hex[:16]}@essai.example"
    compte = await creer_compte(email, civilite="Mme", nom=nom, prenom=prenom, empreinte=EMPREINTE)
    assert compte is not None
    jeton = await ouvrir_session(compte.id)
    return Acteur(compte.id, compte.uid, email, jeton)


async def rattacher(
    qui: Acteur,
    chez: Societe,
    droits: Iterable[str] | None = None,
    *,
    profil: str = "adherent",
    siret: str | None = None,
) -> int:
    """A live rattachement: administrator, or with these rights. Returns its id."""
    rattachement = await valeur(
        "insert into rattachement (compte, siren, siret, profil, etat, administrateur, modele,"
        " demande_le, demande_jour, decide_le) values ($1, $2, $3, $4, 'actif', $5, $6, $7, $8, $7)"
        " returning id",
        qui.compte,
        chez.siren,
        siret,
        profil,
        droits is None,
        "administrateur" if droits is None else "personnalise",
        clock.instant(),
        await clock.aujourd_hui(),
    )
    for droit in droits or ():
        await executer(
            "insert into habilitation (rattachement, siret, droit) values ($1, $2, $3)",
            rattachement,
            siret,
            droit,
        )
    return int(rattachement)


async def interne(
    *roles: str, idcc: str | None = None, region: str | None = None, nom: str = "Tessier"
) -> Acteur:
    qui = await acteur(nom, "Marc")
    for role in roles:
        await executer(
            "insert into role_interne (compte, role, idcc, region) values ($1, $2, $3, $4)",
            qui.compte,
            role,
            idcc,
            region,
        )
    return qui


def pdf(pages: int = 1) -> bytes:
    flux, redacteur = BytesIO(), PdfWriter()
    for _ in range(pages):
        redacteur.add_blank_page(200, 200)
    redacteur.write(flux)
    return flux.getvalue()


PDF = pdf()


class Depose:
    """What `ajouter` needs of an uploaded file."""

    def __init__(self, contenu: bytes = PDF, nom: str = "convention.pdf") -> None:
        self.flux, self.filename = BytesIO(contenu), nom

    async def read(self, taille: int = -1) -> bytes:
        return self.flux.read(taille)


def nir(rang: int) -> str:
    """A synthetic NIR of a woman born in March 1990, one per rank."""
    treize = f"2900375{rang // 900 % 900 + 50:03d}{rang % 900 + 50:03d}"
    return f"{treize}{cle_nir(treize):02d}"


def etapes(
    chez: Societe,
    debut: date,
    organisme: Societe | None = None,
    *,
    prix: str = "400",
    payeur: str = "entreprise",
    nirs: Iterable[str] = (),
    stagiaire: str = "",
    autres: Mapping[str, str] | None = None,
) -> dict[str, dict[str, str]]:
    """A complete dossier of the formation plugin, as a browser posts it step by step; `autres`
    replaces fields, by « step.field »."""
    lignes = list(nirs) or [nir(secrets.randbelow(800_000))]
    gens = {
        f"personnes.{rang:08x}.{nom}": saisi
        for rang, numero in enumerate(lignes, 1)
        for nom, saisi in {
            "nom": stagiaire or f"Garnier{chez.marque}", "prenom": "Inès", "sexe": "F",
            "date_naissance": "05/03/1990", "nir": numero, "conforme": "oui",
        }.items()
    }  # fmt: skip
    tout = {
        "entreprise": {
            "contact_nom": "Nora Haddad", "contact_courriel": "nora@exemple.fr", "effectif": "8",
        },
        "organisme": {
            "siret": organisme.siret if organisme else "73282932000074",
            "denomination": "Organisme d’essai", "nda": "11751234575", "qualiopi": "oui",
        },
        "formation": {
            "intitule": f"Vente {chez.marque}", "objectif": "Mener un entretien.",
            "modalite": "inter", "lieu": "presentiel", "debut": f"{debut:%d/%m/%Y}",
            "fin": f"{debut + timedelta(days=1):%d/%m/%Y}", "heures": "14", "jours": "2",
        },
        "stagiaires": gens,
        "couts": {"prix": prix, "salaires": "non", "annexes": "non", "payeur": payeur},
    }  # fmt: skip
    for chemin, saisi in (autres or {}).items():
        etape, _, nom = chemin.partition(".")
        tout[etape][nom] = saisi
    return tout


async def brouillon(
    moi: Personne, chez: Societe, organisme: Societe | None = None, **options: Any
) -> dict[str, Any]:
    """A complete draft with its documents."""
    debut = options.pop("debut", None) or await clock.aujourd_hui() + timedelta(days=40)
    dossier = await saisie.creer(moi, CODE, chez.siret, "adherent")
    for code, poste in etapes(chez, debut, organisme, **options).items():
        await saisie.enregistrer_etape(moi, dossier["uid"], code, poste, None)
    for piece in ("convention", "programme"):
        await ajouter(moi, dossier["uid"], piece, Depose(nom=f"{piece}-{chez.marque}.pdf"))  # type: ignore[arg-type]
    return await relire(dossier)


async def transmis(
    moi: Personne, chez: Societe, organisme: Societe | None = None, **options: Any
) -> dict[str, Any]:
    dossier = await brouillon(moi, chez, organisme, **options)
    apres, examen = await saisie.transmettre(moi, dossier["uid"], None)
    fautes = [*examen.manques, *examen.bloquants, *examen.pieces_manquantes]
    assert apres["etat"] == "transmis", fautes
    return apres


async def instruit(
    moi: Personne, chez: Societe, par: Personne, *args: Any, **options: Any
) -> dict[str, Any]:
    dossier = await transmis(moi, chez, *args, **options)
    return await instruction.prendre_en_charge(par, dossier["uid"], None)


async def a_completer(moi: Personne, chez: Societe, par: Personne) -> dict[str, Any]:
    dossier = await instruit(moi, chez, par)
    echeance = await clock.aujourd_hui() + timedelta(days=15)
    await instruction.demander_complement(
        par, dossier["uid"], None, "Le programme est illisible.", ["programme"], echeance
    )
    return await relire(dossier)


async def accorde(
    moi: Personne, chez: Societe, par: Personne, *args: Any, **options: Any
) -> dict[str, Any]:
    dossier = await instruit(moi, chez, par, *args, **options)
    return await instruction.accorder(par, dossier["uid"], None, {}, {}, "")


async def relire(dossier: Mapping[str, Any]) -> dict[str, Any]:
    ligne = await sql1("select * from dossier where id = $1", dossier["id"])
    assert ligne is not None
    return ligne
