"""The accountants' pages: what waits, runs, their second signature, the bank's file and its return."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery

from portal.core.entreprises.fiche import espacer
from portal.factures.registre import cible
from portal.infra.money import euros
from portal.reglements import preparation, queries, retour, validation
from portal.reglements.etats import LOTS, PAIEMENTS
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

DROIT = "interne:comptable"
RETOUR_MAX = 20_000_000
Requete = Request[Any, Any, Any]


@get("/reglements/lots", droit=DROIT)
async def lister(request: Requete, moi: Moi, apres: FromQuery[str | None] = None) -> Response[Any]:
    """What the next run would take, what it would leave and why; the runs."""
    return await _page_liste(request, apres)


async def _page_liste(
    request: Requete, apres: str | None = None, *, erreur: str | None = None
) -> Response[Any]:
    attente = await preparation.en_attente()
    page = await queries.lots(apres)
    return rendre(
        request,
        "reglements/lots.html",
        statut=422 if erreur else 200,
        nombre=attente.nombre,
        totaux=[(cible(code).nom, total) for code, total in attente.totaux.items()],
        ecartees=[
            {
                "numero": c.numero,
                "url": f"/factures/{c.uid}",
                "nom": c.nom,
                "montant": c.montant,
                "raison": c.raison,
            }
            for c in attente.ecartees
        ],
        lots=[_lot(lot) for lot in page.lignes],
        suivant=f"/reglements/lots?apres={page.suivant}" if page.suivant else None,
        premier="/reglements/lots" if apres else None,
        erreur=erreur,
        erreurs_titre=erreur is not None,
    )


def _lot(lot: dict[str, Any]) -> dict[str, Any]:
    mot, ton = LOTS[lot["etat"]]
    return {
        "numero": lot["numero"],
        "url": f"/reglements/lots/{lot['uid']}",
        "jour": lot["jour"],
        "cible": cible(lot["cible"]).nom,
        "nombre": lot["nombre"],
        "total": lot["total"],
        "preparateur": lot["preparateur"],
        "validateur": lot["validateur"],
        "etat": {"texte": mot, "ton": ton},
    }


@post("/reglements/lots/preparer", droit=DROIT, status_code=200)
async def preparer(request: Requete, moi: Moi) -> Response[Any]:
    """« Préparer un règlement »."""
    lots = await preparation.preparer(moi)
    if len(lots) > 1:
        return rediriger(
            request, "/reglements/lots", f"{len(lots)} règlements préparés, un par financeur."
        )
    (seul,) = lots
    return rediriger(
        request,
        f"/reglements/lots/{seul.uid}",
        f"Règlement {seul.numero} préparé\u00a0: {euros(seul.total)}.",
    )


@get("/reglements/lots/{uid:uuid}", droit=DROIT)
async def montrer(
    request: Requete, moi: Moi, uid: FromPath[UUID], apres: FromQuery[str | None] = None
) -> Response[Any]:
    """One run: who signed, its transfers, what the bank said."""
    return await _page_lot(request, moi, uid, apres)


async def _page_lot(
    request: Requete,
    moi: Personne,
    uid: UUID,
    apres: str | None = None,
    *,
    erreur: str | None = None,
) -> Response[Any]:
    lot = await queries.lot(uid)
    if lot is None:
        raise Introuvable()
    page = await queries.virements(lot["id"], apres)
    ici = f"/reglements/lots/{uid}"
    return rendre(
        request,
        "reglements/lot.html",
        statut=422 if erreur else 200,
        lot=lot,
        etat=LOTS[lot["etat"]],
        cible=cible(lot["cible"]).nom,
        virements=[_virement(v) for v in page.lignes],
        suivant=f"{ici}?apres={page.suivant}" if page.suivant else None,
        premier=ici if apres else None,
        retours=[_retour(r) for r in await queries.retours(lot["id"])],
        signatures=_signatures(lot),
        le_mien=lot["prepare_par"] == moi.compte_id,
        demo=request.app.state.settings.demo,
        erreur=erreur,
        erreurs_titre=erreur is not None,
    )


def _signatures(lot: dict[str, Any]) -> list[dict[str, Any]]:
    """Who did what, for the run's timeline."""
    faits = [{"titre": "Règlement préparé", "quand": lot["prepare_le"], "qui": lot["preparateur"]}]
    if lot["valide_le"]:
        faits.append(
            {"titre": "Règlement validé", "quand": lot["valide_le"], "qui": lot["validateur"]}
        )
    if lot["transmis_le"]:
        faits.append({"titre": "Fichier transmis à la banque", "quand": lot["transmis_le"]})
    return faits


def _retour(r: dict[str, Any]) -> dict[str, Any]:
    """One report of the bank in words, with what an accountant must look at."""
    lu = r["resultat"]
    return {
        "titre": ", ".join(
            f"{lu[cle]} {mot}{'s' if lu[cle] > 1 and mot != 'en attente' else ''}"
            for cle, mot in (
                ("executes", "exécuté"),
                ("rejetes", "rejeté"),
                ("en_cours", "en attente"),
            )
            if lu[cle]
        )
        or "Rien de nouveau",
        "quand": r["lu_le"],
        "qui": r["lu_par"],
        "ton": "attention" if lu["anomalies"] else "neutre",
        "detail": " ".join(lu["anomalies"]),
    }


def _virement(v: dict[str, Any]) -> dict[str, Any]:
    mot, ton = PAIEMENTS[v["etat"]]
    nombre = v["factures"]
    return {
        "reference": v["reference"],
        "url": f"/reglements/avis/{v['uid']}",
        "nom": {"texte": v["nom"], "aide": f"SIREN\u00a0{espacer(v['siren'])}"},
        "compte": v["masque"],
        "factures": nombre,
        "montant": v["montant"],
        "etat": {"texte": mot, "ton": ton, "aide": v["motif"]},
    }


@post("/reglements/lots/{uid:uuid}/valider", droit=DROIT, status_code=200)
async def valider(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[Any]:
    """« Valider le règlement »: the second signature."""
    numero = await validation.valider(moi, uid)
    return rediriger(
        request,
        f"/reglements/lots/{uid}",
        f"Règlement {numero} validé. Téléchargez le fichier et transmettez-le à la banque.",
    )


@post("/reglements/lots/{uid:uuid}/annuler", droit=DROIT, status_code=200)
async def annuler(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[Any]:
    """Give its invoices back to the next run."""
    numero = await preparation.annuler(moi, uid)
    return rediriger(
        request,
        "/reglements/lots",
        f"Règlement {numero} annulé\u00a0: ses factures attendent le suivant.",
    )


@post("/reglements/lots/{uid:uuid}/transmettre", droit=DROIT, status_code=200)
async def transmettre(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[Any]:
    """The file was given to the bank."""
    numero = await validation.transmettre(moi, uid)
    return rediriger(
        request, f"/reglements/lots/{uid}", f"Règlement {numero} transmis à la banque."
    )


@get("/reglements/lots/{uid:uuid}/fichier", droit=DROIT)
async def fichier(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[bytes]:
    """The transfers as pain.001."""
    nom, contenu = await validation.fichier(moi, uid)
    return _xml(nom, contenu)


@post("/reglements/retours", droit=DROIT, status_code=200)
async def lire_retour(request: Requete, moi: Moi) -> Response[Any]:
    """Read the bank's report; the run that it answers is found from it."""
    depot = (await request.form()).get("fichier")
    try:
        bilan = await retour.lire(moi, await _contenu(depot))
    except retour.RetourRefuse as refus:
        return await _page_liste(request, erreur=str(refus))
    return rediriger(request, f"/reglements/lots/{bilan.lot}", bilan.en_mots())


async def _contenu(depot: Any) -> bytes:
    if not isinstance(depot, UploadFile) or not depot.filename:
        raise retour.RetourRefuse("Choisissez le compte rendu de la banque, puis envoyez-le.")
    contenu = await depot.read(RETOUR_MAX + 1)
    if len(contenu) > RETOUR_MAX:
        raise retour.RetourRefuse(
            "Ce fichier est trop volumineux pour un compte rendu de la banque."
        )
    if not contenu.strip():
        raise retour.RetourRefuse("Ce fichier est vide. Demandez-le de nouveau à la banque.")
    return contenu


@get("/reglements/lots/{uid:uuid}/retour-simule", droit=DROIT)
async def retour_simule(request: Requete, moi: Moi, uid: FromPath[UUID]) -> Response[bytes]:
    """Demonstration: the report that a bank could send, all transfers carried out."""
    lot = await queries.lot(uid)
    if lot is None:
        raise Introuvable()
    return _xml(f"retour-{lot['numero']}.xml", await retour.simuler(moi, uid, {}))


def _xml(nom: str, contenu: bytes) -> Response[bytes]:
    return Response(
        contenu,
        media_type="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{nom}"'},
    )


GESTIONNAIRES = [
    lister, preparer, montrer, valider, annuler, transmettre, fichier, lire_retour,
]  # fmt: skip
