"""What a story must have left behind, whatever was killed meanwhile: everything, once."""

from __future__ import annotations

from typing import Any

from portal.core.journal.sceaux import verifier
from tests.parcours.histoire import Histoire
from tests.parcours.recit import TOTAL

EVENEMENTS = {
    "creation": 1, "transmission": 1, "prise_en_charge": 1, "relance": 1, "reponse": 1, "accord": 1,
    "solde": 1,
}  # fmt: skip
DOUBLES = {
    "notifications": "select compte, genre, titre, detail from notification where compte = $1"
    " group by 1, 2, 3, 4 having count(*) > 1",
    "courriels": "select a, sujet, texte from courriel where a = (select email from compte where"
    " id = $1) group by 1, 2, 3 having count(*) > 1",
    "rattachements": "select siren from rattachement where compte = $1 and etat = 'actif'"
    " group by 1 having count(*) > 1",
}


async def dresser(h: Histoire) -> None:
    """Raises `AssertionError` with all that is missing or double."""
    fautes = [*await _compte(h), *await _dossier(h), *await _argent(h), *await _taches(h)]
    async with h.portail.dedans():
        fautes += await verifier()
    assert not fautes, "\n".join(fautes)


async def _lire(h: Histoire, requete: str, *parametres: Any) -> list[tuple[Any, ...]]:
    return [tuple(ligne) for ligne in await h.portail.sql(requete, *parametres)]


async def _compte(h: Histoire) -> list[str]:
    comptes = await _lire(h, "select id from compte where email = $1", h.adresse("lucie"))
    if len(comptes) != 1:
        return [f"{len(comptes)} comptes"]
    fautes = []
    for quoi, requete in DOUBLES.items():
        if doubles := await _lire(h, requete, comptes[0][0]):
            fautes.append(f"{quoi} en double : {doubles}")
    a_faire = await _lire(h, "select a, sujet, etat from courriel where etat <> 'envoye'")
    if a_faire:
        fautes.append(f"courriels non partis : {a_faire}")
    lettres = await _lire(
        h, "select etat, count(*) from courrier where siren = $1 group by 1", h.societe.siren
    )
    if lettres != [("produit", 1)]:
        fautes.append(f"courriers : {lettres}")
    return fautes


async def _dossier(h: Histoire) -> list[str]:
    dossiers = await _lire(
        h, "select id, numero, etat from dossier where siren = $1", h.societe.siren
    )
    if [(n, e) for _, n, e in dossiers] != [(h.numero, "solde")]:
        return [f"dossiers : {dossiers}"]
    ident = dossiers[0][0]
    fautes = []
    evenements = dict(
        await _lire(
            h, "select genre, count(*) from dossier_evenement where dossier = $1 group by 1", ident
        )
    )
    if manquants := {g: n for g, n in EVENEMENTS.items() if evenements.get(g) != n}:
        fautes.append(f"événements attendus {manquants}, trouvés {evenements}")
    lettres = await _lire(
        h,
        "select genre, count(*), bool_and(fichier is not null) from lettre where dossier = $1"
        " group by 1 order by 1",
        ident,
    )
    if lettres != [("accord", 1, True), ("accuse", 1, True), ("relance", 1, True)]:
        fautes.append(f"lettres : {lettres}")
    pieces = dict(
        await _lire(h, "select piece, count(*) from document where dossier = $1 group by 1", ident)
    )
    if pieces != {"convention": 2, "programme": 1, "certificat": 1}:
        fautes.append(f"documents : {pieces}")
    numeros = await _lire(
        h, "select numero from dossier where numero is not null group by 1 having count(*) > 1"
    )
    return fautes + ([f"numéros en double : {numeros}"] if numeros else [])


async def _argent(h: Histoire) -> list[str]:
    soldes = await _lire(
        h,
        "select engage_centimes, facture_centimes, paye_centimes from engagement where siren = $1",
        h.societe.siren,
    )
    fautes = [] if soldes == [(TOTAL, TOTAL, TOTAL)] else [f"grand livre : {soldes}"]
    for table, requete in {
        "demande": "select q.etat from demande q join dossier d on d.id = q.dossier where d.siren = $1",
        "proforma": "select 'faite' from proforma where emetteur_siren = $1",
        "facture": "select etat from facture where emetteur_siren = $1",
        "paiement": "select etat from paiement where beneficiaire_siren = $1",
    }.items():
        trouves = [etat for (etat,) in await _lire(h, requete, h.societe.siren)]
        if len(trouves) != 1 or trouves[0] not in ("faite", "payee", "execute", "validee"):
            fautes.append(f"{table} : {trouves}")
    return fautes


async def _taches(h: Histoire) -> list[str]:
    ratees = await _lire(
        h,
        "select task_name, status::text from procrastinate_jobs"
        " where status in ('failed', 'aborted', 'doing')",
    )
    return [f"tâches : {ratees}"] if ratees else []
