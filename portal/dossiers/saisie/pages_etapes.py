"""Pages of one step: shown, saved whole or field by field, drawn again, compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.dossiers import queries
from portal.dossiers.lecture import ecarts
from portal.dossiers.pages import cadre_de_page
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie import concurrence, operations
from portal.dossiers.saisie.contenu import masques_en_clair
from portal.dossiers.saisie.fusion import fusionner
from portal.dossiers.saisie.prefill import prefiller
from portal.dossiers.saisie.verification import examiner
from portal.infra import clock
from portal.infra.coffre import SecretAbsent
from portal.infra.money import heure
from portal.kit.controles import PERSONNES_MAX
from portal.kit.formulaire import Saisie, lire
from portal.web.erreurs import Conflit, Introuvable
from portal.web.formulaires import lire_version
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

ETAPE = "/dossiers/{uid:uuid}/etapes/{code:str}"


@get(ETAPE, droit="dossiers.saisir")
async def etape(
    request: Request[Any, Any, Any], uid: FromPath[UUID], code: FromPath[str], moi: Moi
) -> Response[Any]:
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    if dossier["etat"] != "brouillon":
        return rediriger(request, f"/dossiers/{uid}")
    verifie = request.query_params.get("verifie") == "oui"
    return await _etape(request, moi, dossier, code, exiger=verifie)


@post(ETAPE, droit="dossiers.saisir")
async def enregistrer(
    request: Request[Any, Any, Any], uid: FromPath[UUID], code: FromPath[str], moi: Moi
) -> Response[Any]:
    """Keep the step whatever it holds; go on when it is in order, else show what is wrong."""
    poste = dict((await request.form()).items())
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    _exiger_etape(dossier, code)
    try:
        dossier, saisie = await operations.enregistrer_etape(
            moi, uid, code, poste, lire_version(poste), _page(poste)
        )
    except Conflit as conflit:
        return await _comparer(request, moi, dossier, code, poste, conflit)
    if poste.get("_ajouter") or poste.get("_retirer"):
        return rediriger(request, f"/dossiers/{uid}/etapes/{code}{_ancre(saisie, poste)}")
    if poste.get("_action") == "enregistrer":
        dit = f"Enregistré à {heure(await clock.maintenant())}. Ce brouillon vous attend ici."
        return rediriger(request, f"/dossiers/{uid}", dit)
    if saisie.erreurs or await _est_bloquee(dossier, code):
        return await _etape(request, moi, dossier, code, montrer_erreurs=True)
    return rediriger(request, _suite(dossier, code))


@post(ETAPE + "/champ", droit="dossiers.saisir", sans_cle=True)
async def autosauver(
    request: Request[Any, Any, Any], uid: FromPath[UUID], code: FromPath[str], moi: Moi
) -> Response[str]:
    """One field, as one types. Answers a sentence for the form's status line."""
    poste = dict((await request.form()).items())
    nom = str(poste.get("_champ", ""))
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    _exiger_etape(dossier, code)
    saisi = str(poste.get(nom, ""))
    try:
        dossier, _ = await operations.enregistrer_champ(
            moi, uid, code, nom, saisi, lire_version(poste), _page(poste)
        )
    except Conflit as conflit:
        return _dire(f"{conflit.titre}. Choisissez «\u00a0Enregistrer\u00a0» pour comparer.", 409)
    reponse = _dire(f"Enregistré à {heure(await clock.maintenant())}")
    reponse.headers["X-Version"] = str(concurrence.version(dossier, code))
    return reponse


@post(ETAPE + "/valider", droit="dossiers.saisir", sans_cle=True)
async def valider(
    request: Request[Any, Any, Any], uid: FromPath[UUID], code: FromPath[str], moi: Moi
) -> Response[Any]:
    """The field just left, drawn again with its error or without. Changes nothing."""
    poste = dict((await request.form()).items())
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    saisie = await _relire(dossier, code, poste)
    try:
        vu = saisie.champ(str(poste.get("_champ", "")))
    except KeyError:
        raise Introuvable() from None
    return rendre(
        request, "dossiers/_champ.html", statut=200, vu=vu, url=f"/dossiers/{uid}/etapes/{code}"
    )


@post(ETAPE + "/redessiner", droit="dossiers.saisir", sans_cle=True)
async def redessiner(
    request: Request[Any, Any, Any], uid: FromPath[UUID], code: FromPath[str], moi: Moi
) -> Response[Any]:
    """The step's fields again, after one that others depend on. Fills what the register knows."""
    poste = dict((await request.form()).items())
    dossier = await queries.exiger(moi, uid, "dossiers.saisir")
    saisie = await _relire(dossier, code, poste)
    ancien = dossier["donnees"].get(code) or {}
    rempli = await prefiller(saisie.modele, saisie.brut, ancien, str(poste.get("_champ", "")))
    if rempli:
        saisie = await _relire(dossier, code, {**poste, **rempli})
    return rendre(
        request, "dossiers/_champs.html", saisie=saisie, url=f"/dossiers/{uid}/etapes/{code}"
    )


@get("/dossiers/{uid:uuid}/financement", droit="dossiers.consulter")
async def financement(
    request: Request[Any, Any, Any], uid: FromPath[UUID], moi: Moi
) -> Response[Any]:
    """The amount explained, alone: drawn again each time that a field is saved."""
    dossier = await queries.exiger(moi, uid)
    if request.headers.get("hx-request") != "true":
        return rediriger(request, f"/dossiers/{uid}")
    return rendre(
        request,
        "dossiers/_financement.html",
        examen=await examiner(dossier),
        base=f"/dossiers/{uid}",
    )


async def _etape(
    request: Request[Any, Any, Any],
    moi: Personne,
    dossier: dict[str, Any],
    code: str,
    *,
    montrer_erreurs: bool = False,
    exiger: bool = False,
) -> Response[Any]:
    _exiger_etape(dossier, code)
    examen = await examiner(dossier)
    saisie = examen.contenu.donnees[code]
    for point in examen.bloquants:
        if point.etape == code and (nom := _nom_du_champ(point.url)):
            for vu_nom in _noms_vus(saisie):
                if vu_nom.replace(".", "-") == nom and vu_nom not in saisie.erreurs:
                    saisie.refuser(vu_nom, point.message)
    if exiger:
        saisie.exiger()
    return rendre(
        request,
        "dossiers/etape.html",
        statut=422 if montrer_erreurs else 200,
        **await cadre_de_page(moi, dossier, examen, actuelle=code),
        etape=examen.dispositif.etape(code),
        saisie=saisie,
        url=f"/dossiers/{dossier['uid']}/etapes/{code}",
        version_etape=concurrence.version(dossier, code),
        cette_page=concurrence.nouvelle_page(),
        montrer_erreurs=montrer_erreurs or exiger,
        erreurs_titre=montrer_erreurs,
        a_savoir=[p.message for p in examen.avertissements if p.etape == code],
        trop=any(r.controle.code == PERSONNES_MAX and r.points for r in examen.resultats),
    )


async def _comparer(
    request: Request[Any, Any, Any],
    moi: Personne,
    dossier: dict[str, Any],
    code: str,
    poste: dict[str, Any],
    conflit: Conflit,
) -> Response[Any]:
    """Two pages changed the same step: both versions side by side, nothing typed is lost."""
    dossier = await queries.exiger(moi, dossier["uid"], "dossiers.saisir")
    if dossier["etat"] != "brouillon":
        raise conflit
    examen = await examiner(dossier)
    mienne = await _relire(dossier, code, poste)
    return rendre(
        request,
        "dossiers/comparer.html",
        statut=409,
        **await cadre_de_page(moi, dossier, examen, actuelle=code),
        etape=examen.dispositif.etape(code),
        mienne=mienne,
        ecarts=ecarts(examen.contenu.donnees[code], mienne),
        url=f"/dossiers/{dossier['uid']}/etapes/{code}",
        version_etape=concurrence.version(dossier, code),
        cette_page=concurrence.nouvelle_page(),
        message=conflit.message,
    )


async def _relire(dossier: dict[str, Any], code: str, poste: dict[str, Any]) -> Saisie:
    """What a page holds now, read without keeping it; untouched secrets stay masked."""
    _exiger_etape(dossier, code)
    modele = du_registre(dossier["dispositif"]).etape(code).modele
    ancien = dossier["donnees"].get(code) or {}
    try:
        brut, masques = await masques_en_clair(modele, fusionner(modele, poste, ancien), ancien)
    except SecretAbsent:  # replaced by an autosave since the row was read
        frais = await queries.relu(dossier)
        return await _relire(frais, code, poste)
    saisie = lire(modele, brut)
    saisie.masques = masques
    return saisie


async def _est_bloquee(dossier: dict[str, Any], code: str) -> bool:
    """Whether a control holds against a field of this step: said here and now, not at the end."""
    examen = await examiner(dossier)
    return any(point.etape == code and _nom_du_champ(point.url) for point in examen.bloquants)


def _exiger_etape(dossier: dict[str, Any], code: str) -> None:
    if code not in {e.code for e in du_registre(dossier["dispositif"]).etapes}:
        raise Introuvable()


def _suite(dossier: dict[str, Any], code: str) -> str:
    codes = [e.code for e in du_registre(dossier["dispositif"]).etapes]
    rang = codes.index(code) + 1
    base = f"/dossiers/{dossier['uid']}"
    return f"{base}/etapes/{codes[rang]}" if rang < len(codes) else f"{base}/documents"


def _ancre(saisie: Saisie, poste: dict[str, Any]) -> str:
    """Where to go on after a row came or went: the new one, or the group."""
    groupe = str(poste.get("_ajouter", ""))
    lignes = saisie.brut.get(groupe)
    if isinstance(lignes, list) and lignes:
        return f"#ligne-{lignes[-1]['cle']}"
    return next((f"#{vu.id}" for vu in saisie.champs() if vu.widget == "groupe"), "")


def _page(poste: dict[str, Any]) -> str:
    return str(poste.get("_page", ""))


def _nom_du_champ(url: str) -> str:
    return url.partition("#c-")[2]


def _noms_vus(saisie: Saisie) -> list[str]:
    return [
        nom
        for vu in saisie.champs()
        for nom in [vu.nom, *(c.nom for li in vu.lignes for c in li.champs)]
    ]


def _dire(texte: str, statut: int = 200) -> Response[str]:
    return Response(texte, status_code=statut, media_type="text/plain; charset=utf-8")


GESTIONNAIRES = [etape, enregistrer, autosauver, valider, redessiner, financement]
