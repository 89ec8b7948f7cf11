"""Dossiers of the demonstration, in every state, as the engine would have left them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from portal.branches import queries as branches
from portal.branches.dates import ParametresDates
from portal.core.entreprises.geographie import departement_de, region_de
from portal.demo.entreprises import ORGANISMES, SUIVIES, TOUTES, EntrepriseDemo
from portal.dossiers.saisie.contenu import lire_contenu, sceller
from portal.grandlivre import operations as grandlivre
from portal.infra import clock, files, papers
from portal.infra.base import executer, sql1, transaction, valeur
from portal.infra.money import en_cents, euros
from portal.infra.texte import plier
from portal.kit import Cadre, Dispositif, Donnees, Entreprise, Exemple
from portal.loader import Plugins

GRAINE = 20260102
PETITES = tuple(e for e in TOUTES if e.effectif < 50)
ETATS = (
    ("brouillon", 10), ("transmis", 18), ("en_instruction", 14), ("a_completer", 8),
    ("accorde", 24), ("en_cours", 16), ("refuse", 6), ("annule", 4),
)  # fmt: skip
CHEMIN = {
    "brouillon": (),
    "transmis": ("transmis",),
    "en_instruction": ("transmis", "en_instruction"),
    "a_completer": ("transmis", "en_instruction", "a_completer"),
    "accorde": ("transmis", "en_instruction", "accorde"),
    "en_cours": ("transmis", "en_instruction", "accorde", "en_cours"),
    "refuse": ("transmis", "en_instruction", "refuse"),
    "annule": ("transmis", "annule"),
}
TEXTES = {
    "transmis": ("transmission", "Dossier transmis"),
    "en_instruction": ("prise_en_charge", "Dossier pris en charge"),
    "a_completer": (
        "relance",
        "Complément demandé\u00a0: le programme de la formation est illisible.",
    ),
    "accorde": ("accord", "Prise en charge accordée"),
    "en_cours": ("debut", "Réalisation commencée"),
    "refuse": ("refus", "Prise en charge refusée"),
    "annule": ("annulation", "Dossier annulé"),
}


@dataclass
class _Atelier:
    """What every dossier needs, fetched once."""

    alea: Random
    jour: date
    auteur: int
    gestionnaires: list[int]
    fichier: files.Fichier
    dispositifs: dict[str, Dispositif]
    exemples: list[Exemple]
    parametres: dict[str, ParametresDates]
    engages: dict[tuple[str, str, int], Any]
    numeros: dict[tuple[int, str], int]


async def remplir(nombre: int, plugins: Plugins) -> None:
    """Make `nombre` dossiers, in transactions of fifty."""
    exemples = plugins.demonstration()
    if not exemples or not nombre:
        return
    atelier = await _ouvrir(plugins, exemples)
    etats = [etat for etat, part in ETATS for _ in range(part)]
    for debut in range(0, nombre, 50):
        async with transaction():
            for rang in range(debut, min(debut + 50, nombre)):
                etat = etats[(rang * 37) % len(etats)]
                entreprise = _entreprise(atelier.alea, etat, rang)
                await _un(atelier, entreprise, etat)
    for (annee, prefixe), dernier in atelier.numeros.items():
        await executer(
            "insert into numerotation (annee, prefixe, dernier) values ($1, $2, $3)"
            " on conflict (annee, prefixe) do update set dernier = $3",
            annee,
            prefixe,
            dernier,
        )


def _entreprise(alea: Random, etat: str, rang: int) -> EntrepriseDemo:
    """Companies of the personas come back often; what is granted goes to those that may get it."""
    if etat == "en_cours":
        return SUIVIES[rang % len(SUIVIES)]
    choix = PETITES if etat == "accorde" else TOUTES
    return choix[rang % 3] if rang % 4 == 0 else alea.choice(choix)


async def _ouvrir(plugins: Plugins, exemples: list[Exemple]) -> _Atelier:
    jour = await clock.aujourd_hui()
    pdf = await papers.pdf_async(
        "recu",
        {
            "titre": "Document d’exemple",
            "sections": [
                {
                    "titre": "Contenu",
                    "paragraphes": ["Ce document tient lieu de pièce dans la démonstration."],
                }
            ],
        },
    )
    return _Atelier(
        alea=Random(GRAINE),
        jour=jour,
        auteur=await valeur("select min(id) from compte c where not exists"
                            " (select 1 from role_interne r where r.compte = c.id)"),
        gestionnaires=[
            await valeur("select min(compte) from role_interne where role = 'gestionnaire'"),
            await valeur("select max(compte) from role_interne where role = 'gestionnaire'"),
        ],
        fichier=await files.ranger(pdf, "exemple.pdf", 5_000_000),
        dispositifs=plugins.dispositifs(),
        exemples=exemples,
        parametres={i: await branches.parametres(i, jour) for i in {e.idcc for e in TOUTES}},
        engages={},
        numeros={},
    )  # fmt: skip


def _debut(alea: Random, etat: str, jour: date) -> date:
    """A start date that goes with the state."""
    if etat == "en_cours":
        return jour - timedelta(days=alea.randint(10, 60))
    if etat == "accorde":
        return jour + timedelta(days=alea.randint(1, 30))
    return jour + timedelta(days=alea.randint(20, 90))


async def _un(a: _Atelier, entreprise: EntrepriseDemo, etat: str) -> None:
    exemple = a.alea.choice(a.exemples)
    dispositif = a.dispositifs[exemple.dispositif]
    lieu = a.alea.randrange(len(entreprise.lieux))
    code_postal = entreprise.lieux[lieu][1]
    organisme = a.alea.choice([o for o in ORGANISMES if o is not entreprise])
    identite = Entreprise(
        entreprise.siren, entreprise.nom, entreprise.idcc, entreprise.effectif,
        departement_de(code_postal), frozenset(entreprise.attributs),
    )  # fmt: skip
    debut = _debut(a.alea, etat, a.jour)
    brut = exemple.faire(a.alea, identite, debut, organisme.siret(), organisme.nom)
    if etat == "brouillon" and a.alea.random() < 0.6:
        for code in list(brut)[a.alea.randint(1, len(brut)) :]:
            brut.pop(code)
    scelle = {
        e.code: await sceller(e.modele, brut[e.code], {})
        for e in dispositif.etapes
        if e.code in brut
    }
    contenu = await lire_contenu(dispositif, scelle)
    await _inserer(
        a, dispositif, identite, entreprise.siret(lieu), code_postal, etat, scelle, contenu.donnees
    )


async def _inserer(
    a: _Atelier, dispositif: Dispositif, identite: Entreprise, siret: str, code_postal: str,
    etat: str, scelle: dict[str, Any], donnees: Donnees,
) -> None:  # fmt: skip
    resume = dispositif.resumer(donnees)
    annee = (resume.debut or a.jour).year
    cle_engage = (identite.siren, dispositif.code, annee)
    parametres = a.parametres[identite.idcc]
    cadre = Cadre(
        a.jour, identite, siret, parametres, frozenset(),
        {annee: a.engages[cle_engage]} if cle_engage in a.engages else {},
    )  # fmt: skip
    financement = dispositif.financer(donnees, cadre)
    if etat in ("accorde", "en_cours") and financement.accorde <= 0:
        etat = "en_instruction"
    transmis = etat != "brouillon"
    transmis_jour = min(a.jour, resume.debut or a.jour) - timedelta(days=a.alea.randint(2, 25))
    transmis_le = datetime.combine(transmis_jour, time(9, a.alea.randint(0, 59)), clock.PARIS)
    accorde = en_cents(financement.accorde) if etat in ("accorde", "en_cours") else None
    gestionnaire = (
        a.alea.choice(a.gestionnaires) if len(CHEMIN[etat]) > 1 and etat != "annule" else None
    )
    numero = None
    if transmis:
        serie = (transmis_jour.year, dispositif.prefixe)
        a.numeros[serie] = a.numeros.get(serie, 0) + 1
        numero = f"{serie[0]}-{serie[1]}-{a.numeros[serie]:06d}"
    dossier = await sql1(
        "insert into dossier (numero, dispositif, siren, siret, profil, idcc, region, departement, etat,"
        " version, donnees, intitule, debut, fin, nb_personnes, personnes, organisme_siret,"
        " organisme_nom, paye_organisme, cible, public, demande_centimes, accorde_centimes, parametres,"
        " cree_par, cree_le, modifie_le, transmis_le, transmis_jour, decide_le, gestionnaire, recherche)"
        " values ($1, $2, $3, $4, 'adherent', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
        " $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31) returning *",
        numero, dispositif.code, identite.siren, siret, identite.idcc, region_de(identite.departement) or "",
        identite.departement, etat, len(CHEMIN[etat]) + 1, scelle, resume.intitule, resume.debut,
        resume.fin, len(resume.personnes), ", ".join(resume.personnes), resume.organisme_siret,
        resume.organisme_nom, resume.paye_organisme, dispositif.cible, dispositif.public(donnees),
        en_cents(financement.demande) if transmis else 0, accorde,
        parametres.en_json() if transmis else None, a.auteur,
        transmis_le - timedelta(days=2), transmis_le + timedelta(days=len(CHEMIN[etat])),
        transmis_le if transmis else None, transmis_jour if transmis else None,
        transmis_le + timedelta(days=3) if etat in ("accorde", "en_cours", "refuse") else None,
        gestionnaire,
        plier(" ".join([numero or "", resume.intitule, *resume.personnes, resume.organisme_nom])),
    )  # fmt: skip
    assert dossier is not None
    await _raconter(a, dossier, etat, transmis_le, accorde)
    if transmis:
        await _deposer(a, dispositif, donnees, dossier, transmis_le)
    if etat == "a_completer":
        await executer(
            "insert into complement (dossier, message, pieces, echeance, demande_par, demande_le)"
            " values ($1, $2, $3, $4, $5, $6)",
            dossier["id"], "Le programme de la formation est illisible. Déposez-le à nouveau.",
            [p.code for p in dispositif.pieces[1:2]], a.jour + timedelta(days=a.alea.randint(2, 14)),
            gestionnaire, transmis_le + timedelta(days=2),
        )  # fmt: skip
    if etat == "refuse":
        motif = a.alea.choice(dispositif.motifs_refus).code
        await _decider(dossier["id"], "refus", [], motif, gestionnaire, transmis_le)
    if accorde is not None:
        a.engages[cle_engage] = a.engages.get(cle_engage, 0) + financement.accorde
        lignes = [
            {
                "code": li.code, "libelle": li.libelle, "demande": en_cents(li.demande),
                "accorde": en_cents(li.accorde), "calcul": li.calcul, "regle": li.regle,
                "source": li.source, "motif": "",
            }
            for li in financement.lignes
        ]  # fmt: skip
        await _decider(dossier["id"], "accord", lignes, None, gestionnaire, transmis_le)
        await grandlivre.engager(
            dossier["uid"], identite.siren, dispositif.code, dispositif.cible, accorde,
            cle=f"accord:{dossier['uid']}",
        )  # fmt: skip


async def _raconter(
    a: _Atelier, dossier: dict[str, Any], etat: str, transmis_le: datetime, accorde: int | None
) -> None:
    de = "brouillon"
    for rang, vers in enumerate(CHEMIN[etat]):
        genre, texte = TEXTES[vers]
        if vers == "accorde" and accorde is not None:
            texte = f"{texte}\u00a0: {euros(accorde)}"
        moment = transmis_le + timedelta(days=rang, hours=rang)
        await executer(
            "insert into dossier_evenement (dossier, genre, de, vers, acteur_id, acteur, instant, jour, texte)"
            " select $1, $2, $3, $4, c.id, coalesce(c.prenom || ' ' || c.nom, 'Le portail'), $6, $7, $8"
            " from (select 1) un left join compte c on c.id = $5",
            dossier["id"], genre, de, vers,
            None if vers == "en_cours"
            else a.auteur if vers in ("transmis", "annule") else dossier["gestionnaire"],
            moment, moment.date(), texte,
        )  # fmt: skip
        de = vers


async def _deposer(
    a: _Atelier, dispositif: Dispositif, donnees: Donnees, dossier: dict[str, Any], moment: datetime
) -> None:
    for piece in dispositif.pieces:
        if piece.moment == "depot" and piece.si(donnees):
            await executer(
                "insert into document (dossier, piece, nom, type_mime, taille, sha256, cle_fichier,"
                " depose_par, depose_le) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                dossier["id"], piece.code, f"{piece.libelle}.pdf", a.fichier.type_mime,
                a.fichier.taille, a.fichier.sha256, a.fichier.cle, a.auteur, moment,
            )  # fmt: skip


async def _decider(
    dossier: int, sens: str, lignes: list[dict[str, Any]], motif: str | None, par: int | None,
    transmis_le: datetime,
) -> None:  # fmt: skip
    await executer(
        "insert into decision (dossier, sens, lignes, motif_code, par, le) values ($1, $2, $3, $4, $5, $6)",
        dossier, sens, lignes, motif, par, transmis_le + timedelta(days=3),
    )  # fmt: skip
