"""Papers of a dossier: ordered in the transaction of their cause, made by a job, kept as PDF."""

from __future__ import annotations

from typing import Any

from portal.dossiers import queries
from portal.dossiers.registre import dispositif as du_registre
from portal.infra import clock, jobs, papers
from portal.infra.base import executer, sql1, valeur
from portal.infra.files import ranger
from portal.infra.money import date_longue, euros

TACHE = "dossiers.papier"
TAILLE_MAX = 5_000_000


async def commander(dossier_id: int, genre: str, cause: int | None = None) -> None:
    """Announce a paper and plan its making. `cause` is the decision or request it tells of."""
    lettre = await valeur(
        "insert into lettre (dossier, genre, cause, cree_le, jour) values ($1, $2, $3, $4, $5)"
        " returning id",
        dossier_id,
        genre,
        cause,
        clock.instant(),
        await clock.aujourd_hui(),
    )
    await jobs.planifier(TACHE, lettre=lettre)


@jobs.tache(TACHE)
async def produire(lettre: int) -> None:
    """Make the PDF once; a second run finds it made."""
    ligne = await sql1("select * from lettre where id = $1 for update", lettre)
    if ligne is None or ligne["fichier"] is not None:
        return
    dossier = await sql1("select * from dossier where id = $1", ligne["dossier"])
    assert dossier is not None
    gabarit, donnees = await _donnees(ligne, dossier)
    pdf = await papers.pdf_async(gabarit, donnees, moment=ligne["cree_le"])
    fichier = await ranger(
        pdf, f"{ligne['genre']}-{dossier['numero']}.pdf", TAILLE_MAX, types={"pdf"}
    )
    await executer("update lettre set fichier = $2 where id = $1", lettre, fichier.cle)


async def _donnees(lettre: dict[str, Any], dossier: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if lettre["genre"] == "accuse":
        return "recu", await _accuse(dossier)
    return "courrier", {
        **await _enveloppe(lettre, dossier),
        **await {"accord": _accord, "refus": _refus, "relance": _relance}[lettre["genre"]](
            lettre, dossier
        ),
    }


async def _accuse(dossier: dict[str, Any]) -> dict[str, Any]:
    dispositif = du_registre(dossier["dispositif"])
    entite = await queries.entite(dossier)
    presents = await queries.documents(dossier["id"])
    libelles = {p.code: p.libelle for p in dispositif.pieces}
    return {
        "titre": "Accusé de réception",
        "sous_titre": f"Dossier {dossier['numero']}",
        "paires": [
            ["Dispositif", dispositif.libelle],
            ["Entreprise", entite.denomination],
            ["SIRET", dossier["siret"]],
            ["Intitulé", dossier["intitule"]],
            ["Dates", _dates(dossier)],
            ["Personnes", str(dossier["nb_personnes"])],
            ["Transmis le", date_longue(dossier["transmis_jour"])],
        ],
        "encadre": {"libelle": "Montant demandé", "valeur": euros(dossier["demande_centimes"])},
        "sections": [
            {
                "titre": "Documents reçus",
                "paragraphes": [
                    f"{libelles.get(d['piece'], 'Document')}\u00a0: {d['nom']}" for d in presents
                ],
            }
        ]
        if presents
        else [],
        "mention": "Cet accusé atteste la réception du dossier, pas son accord. "
        "Vous serez prévenu de chaque étape par la cloche de Mon Espace.",
    }


async def _enveloppe(lettre: dict[str, Any], dossier: dict[str, Any]) -> dict[str, Any]:
    entite = await queries.entite(dossier)
    contact = await queries.contact(dossier)
    jour = lettre["jour"] or lettre["cree_le"].date()
    donnees: dict[str, Any] = {
        "destinataire": [entite.denomination, *entite.adresse],
        "lieu_date": f"Le {date_longue(jour)}",
        "references": [["Dossier", dossier["numero"]], ["SIRET", dossier["siret"]]],
    }
    if contact:
        donnees["signature"] = {
            "nom": contact["nom"],
            "fonction": "Gestionnaire de votre dossier",
            "telephone": contact["telephone"] or "",
            "courriel": contact["email"],
        }
    return donnees


async def _decision(lettre: dict[str, Any]) -> dict[str, Any]:
    decision = await sql1("select * from decision where id = $1", lettre["cause"])
    assert decision is not None
    return decision


async def _accord(lettre: dict[str, Any], dossier: dict[str, Any]) -> dict[str, Any]:
    decision = await _decision(lettre)
    dispositif = du_registre(dossier["dispositif"])
    return {
        "objet": f"Accord de prise en charge\u00a0: {dossier['intitule']}",
        "paragraphes": [
            f"Nous avons examiné votre demande «\u00a0{dossier['intitule']}\u00a0», {_dates(dossier)}, "
            f"pour {dossier['nb_personnes']} personne(s), et nous l’acceptons."
        ],
        "encadre": {"libelle": "Montant accordé", "valeur": euros(dossier["accorde_centimes"])},
        "tableau": {
            "colonnes": ["Poste", "D’où vient le montant", "Demandé", "Accordé"],
            "numeriques": 2,
            "lignes": [
                [
                    li["libelle"],
                    ". ".join(t for t in (li["calcul"], li["source"], li["motif"]) if t),
                    euros(li["demande"]),
                    euros(li["accorde"]),
                ]
                for li in decision["lignes"]
            ],
            "totaux": [
                ["Total demandé", euros(sum(li["demande"] for li in decision["lignes"]))],
                ["Total accordé", euros(sum(li["accorde"] for li in decision["lignes"]))],
            ],
        },
        "suite": [t for t in (decision["texte"], *dispositif.paragraphes_accord) if t],
    }


async def _refus(lettre: dict[str, Any], dossier: dict[str, Any]) -> dict[str, Any]:
    decision = await _decision(lettre)
    motif = next(
        m
        for m in du_registre(dossier["dispositif"]).motifs_refus
        if m.code == decision["motif_code"]
    )
    return {
        "objet": f"Refus de prise en charge\u00a0: {dossier['intitule']}",
        "paragraphes": [
            f"Nous avons examiné votre demande «\u00a0{dossier['intitule']}\u00a0», {_dates(dossier)}. "
            "Nous ne pouvons pas la prendre en charge.",
            f"Motif\u00a0: {motif.libelle}.",
            *([decision["texte"]] if decision["texte"] else []),
            f"Ce que vous pouvez faire\u00a0: {motif.suite}",
        ],
    }


async def _relance(lettre: dict[str, Any], dossier: dict[str, Any]) -> dict[str, Any]:
    complement = await sql1("select * from complement where id = $1", lettre["cause"])
    assert complement is not None
    libelles = {p.code: p.libelle for p in du_registre(dossier["dispositif"]).pieces}
    return {
        "objet": f"Il manque un élément à votre dossier {dossier['numero']}",
        "paragraphes": [
            complement["message"],
            *(f"Document attendu\u00a0: {libelles.get(p, p)}." for p in complement["pieces"]),
            f"Répondez dans Mon Espace avant le {date_longue(complement['echeance'])}, depuis la page "
            "du dossier. Sans réponse, la demande pourra être refusée.",
        ],
    }


def _dates(dossier: dict[str, Any]) -> str:
    if not dossier["debut"]:
        return "dates à préciser"
    if dossier["debut"] == dossier["fin"]:
        return f"le {date_longue(dossier['debut'])}"
    return f"du {date_longue(dossier['debut'])} au {date_longue(dossier['fin'])}"
