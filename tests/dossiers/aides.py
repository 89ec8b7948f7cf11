"""Companies, people with rights, and dossiers, for the tests of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfWriter

from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.dossiers.documents.operations import ajouter
from portal.dossiers.saisie import operations as saisie
from portal.infra.base import executer, sql1, valeur
from portal.testing.navigateur import Navigateur
from portal.web.identite import Personne
from tests.core.comptes_aides import connecter, personne
from tests.core.numeros import siren_neuf, siret_de
from tests.dossiers.dispositif_essai import CODE, postes

IDCC = "1516"


def _pdf() -> bytes:
    """A PDF of one empty page."""
    flux, redacteur = BytesIO(), PdfWriter()
    redacteur.add_blank_page(200, 200)
    redacteur.write(flux)
    return flux.getvalue()


PDF = _pdf()
TOUS = ("dossiers.consulter", "dossiers.saisir", "dossiers.supprimer")


@dataclass(frozen=True)
class Societe:
    siren: str
    siret: str
    denomination: str


class FauxFichier:
    """What `ajouter` needs of an uploaded file."""

    def __init__(self, contenu: bytes = PDF, nom: str = "convention.pdf") -> None:
        self.contenu, self.filename, self.lu = contenu, nom, False

    async def read(self, taille: int = -1) -> bytes:
        contenu, self.contenu = self.contenu, b""
        return contenu


async def societe(
    *, idcc: str = IDCC, etablissements: int = 1, prestataire: bool = False
) -> Societe:
    """A company of its own, whose branch may use the test dispositif."""
    siren = siren_neuf()
    fiche = FicheSaisie(
        siren=siren,
        denomination=f"Maison {siren}",
        etablissements=tuple(
            EtablissementSaisi(
                siret_de(siren, n + 1),
                adresse_ligne1="1 rue Haute",
                code_postal="59000",
                commune="Lille",
            )
            for n in range(etablissements)
        ),
        idcc=idcc,
        effectif=12,
        est_prestataire=prestataire,
    )
    await enregistrer(fiche)
    await ouvrir_dispositif(idcc)
    return Societe(siren, siret_de(siren), fiche.denomination)


async def ouvrir_dispositif(idcc: str, code: str = CODE) -> None:
    await executer(
        "insert into ouverture (idcc, dispositif, periode, pose_le)"
        " values ($1, $2, daterange('2020-01-01', null), current_timestamp) on conflict do nothing",
        idcc,
        code,
    )


async def quelqu_un(
    chez: Societe | None = None,
    *,
    profil: str = "adherent",
    droits: tuple[str, ...] = TOUS,
    administrateur: bool = False,
    siret: str | None = None,
    dispositif: str | None = None,
    role: str | None = None,
) -> tuple[Personne, str]:
    """Somebody with these rights on this company (or this staff role); and their e-mail."""
    compte = await personne()
    if chez is not None:
        rattachement = await valeur(
            "insert into rattachement (compte, siren, siret, profil, etat, administrateur,"
            " demande_le, demande_jour) values ($1, $2, $3, $4, 'actif', $5, current_timestamp,"
            " current_date) returning id",
            compte.id,
            chez.siren,
            siret,
            profil,
            administrateur,
        )
        for droit in () if administrateur else droits:
            await executer(
                "insert into habilitation (rattachement, siret, dispositif, droit)"
                " values ($1, $2, $3, $4)",
                rattachement,
                siret,
                dispositif,
                droit,
            )
    if role:
        await executer("insert into role_interne (compte, role) values ($1, $2)", compte.id, role)
    moi = Personne(
        compte_id=compte.id,
        uid=str(compte.uid),
        email=compte.email,
        nom_affiche="Claire Durand",
        session_id=0,
        roles=frozenset({role} if role else ()),
        droits=frozenset({"*"} if administrateur else droits),
        profils=frozenset({profil}) if chez else frozenset(),
    )
    return moi, compte.email


async def rempli(
    moi: Personne,
    chez: Societe,
    *,
    personnes: int = 2,
    piece: bool = True,
    en_plus: dict[str, dict[str, str]] | None = None,
) -> dict[str, Any]:
    """A complete draft, ready to be sent; `en_plus` replaces fields, by step."""
    dossier = await saisie.creer(moi, CODE, chez.siret, "adherent")
    for code, poste in postes(personnes).items():
        poste = {**poste, **(en_plus or {}).get(code, {})}
        dossier, _ = await saisie.enregistrer_etape(moi, dossier["uid"], code, poste, None)
    if piece:
        await ajouter(moi, dossier["uid"], "convention", FauxFichier())  # type: ignore[arg-type]
    return await relire(dossier)


async def transmis(moi: Personne, chez: Societe, **options: Any) -> dict[str, Any]:
    dossier = await rempli(moi, chez, **options)
    apres, examen = await saisie.transmettre(moi, dossier["uid"], None)
    assert apres["etat"] == "transmis", [
        *examen.manques,
        *examen.bloquants,
        *examen.pieces_manquantes,
    ]
    return apres


async def relire(dossier: dict[str, Any]) -> dict[str, Any]:
    ligne = await sql1("select * from dossier where id = $1", dossier["id"])
    assert ligne is not None
    return ligne


async def ouvrir_session(navigateur: Any, email: str) -> Navigateur:
    nav: Navigateur = navigateur()
    reponse = await connecter(nav, email)
    assert reponse.statut == 303, reponse.texte
    return nav


async def entrer(navigateur: Any, **options: Any) -> tuple[Navigateur, Any, Societe]:
    chez = await societe()
    moi, email = await quelqu_un(chez, **options)
    return await ouvrir_session(navigateur, email), moi, chez


def url_etape(dossier: dict[str, Any], etape: str) -> str:
    return f"/dossiers/{dossier['uid']}/etapes/{etape}"
