"""Habilitations as people read them: the company's overview; one person's lines, matrix, words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery

from portal.core.rattachements.matrice import lieux, mots, operations, queries
from portal.core.rattachements.matrice.formulaires import RegleVue, lire_regle
from portal.core.rattachements.matrice.regles import Regle
from portal.core.rattachements.modeles import ADMINISTRER, ETABLISSEMENTS
from portal.core.rattachements.page_entreprise import (
    CONSULTER,
    RACINE,
    SAISIR,
    UTILISATEUR,
    Connus,
    acces_visible,
    communs,
)
from portal.core.rattachements.perimetre import exiger, exiger_entreprise
from portal.core.rattachements.queries import Acces
from portal.web.erreurs import Refus
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
VUES = {"dossiers": "Dossiers", "factures": "Factures"}


async def lignes_vues(
    siren: str, regles: list[Regle], connus: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Lines for a template: where, for what, rights in words, the key to take it."""
    noms = await noms_des_lieux(siren, regles)
    return [
        {
            "ou": mots.ou(r, noms),
            "pour": mots.pour(r, dict(connus)),
            "droits": r.en_mots,
            "cle": r.cle,
        }
        for r in regles
    ]


async def noms_des_lieux(siren: str, regles: list[Regle]) -> dict[str, str]:
    """Names of the establishments that will be cited, and of no more."""
    cites = {siret for r in regles for siret in (r.lieux or ())[: mots.CITES]}
    trouves = await lieux.de(siren, cites) if cites else []
    return {lieu.siret: lieu.libelle for lieu in trouves}


@get(f"{RACINE}/habilitations", droit=CONSULTER)
async def voir_habilitations(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    q: FromQuery[str] = "",
    page: FromQuery[str] = "1",
) -> Page:
    """People × rights."""
    await exiger_entreprise(moi, CONSULTER, siren, profil)
    q = q.strip()[:100]
    return rendre(
        request,
        "rattachements/habilitations.html",
        vue=await queries.apercu(moi, siren, profil, q, page),
        q=q,
        modele_page=f"?{urlencode({'q': q})}&page={{n}}" if q else "?page={n}",
        **await communs(moi, siren, profil),
    )


@get(f"{UTILISATEUR}/matrice", droit=CONSULTER)
async def voir_matrice(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
    q: FromQuery[str] = "",
    domaine: FromQuery[str] = "dossiers",
    page: FromQuery[str] = "1",
) -> Page:
    """Establishments × dispositifs of one person, from her perimeter; a page of them at a time."""
    acces = await acces_visible(moi, siren, profil, uid)
    domaine = domaine if domaine in VUES else "dossiers"
    tous = await lieux.ouverts(moi, siren)
    vue = lieux.paginer(lieux.filtrer(tous, q[:100]), page)
    grille = queries.Grille(
        await queries.perimetre_de(acces.compte, siren, profil, [lieu.siret for lieu in vue.lieux])
    )
    suite = {cle: v for cle, v in (("q", q[:100]), ("domaine", domaine)) if v}
    return rendre(
        request,
        "rattachements/matrice.html",
        acces=acces,
        vue=vue,
        q=q[:100],
        domaine=domaine,
        vues=VUES,
        colonnes=dispositifs_connus,
        rangees=[
            (lieu, [grille.mots(domaine, lieu.siret, code) for code, _ in dispositifs_connus])
            for lieu in vue.lieux
        ],
        entiere=[grille.mots(domaine, None, code) for code, _ in dispositifs_connus],
        etendues=await queries.etendues(acces.compte, siren, profil),
        modele_page=f"?{urlencode(suite)}&page={{n}}",
        **await communs(moi, siren, profil),
    )


@get(f"{UTILISATEUR}/voir-comme", droit=CONSULTER)
async def voir_comme(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """What this person sees and can do, in words, from the perimeter that every page asks."""
    acces = await acces_visible(moi, siren, profil, uid)
    regles = await queries.regles_de(acces.compte, siren, profil)
    noms = await noms_des_lieux(siren, regles)
    libelles = dict(dispositifs_connus)
    mandants = await queries.par_mandat(acces.compte, siren) if profil == "prestataire" else []
    return rendre(
        request,
        "rattachements/voir_comme.html",
        acces=acces,
        passages=mots.passages(regles, noms, libelles),
        absences=mots.absences(regles),
        mandants=[
            (m, ", ".join(libelles.get(c, c) for c in m.dispositifs), mots.actions(m.droits))
            for m in mandants
        ],
        **await communs(moi, siren, profil),
    )


@get(f"{UTILISATEUR}/ajouter", droit=SAISIR)
async def voir_ajout(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """Add a line to somebody's rights."""
    acces = await acces_visible(moi, siren, profil, uid)
    await exiger(moi, ADMINISTRER, siren, None, profil)
    vue = await lire_regle(moi, siren, dispositifs_connus, initiale=ETABLISSEMENTS)
    return await _page_ajout(request, moi, acces, vue)


@post(f"{UTILISATEUR}/ajouter", droit=SAISIR, status_code=200)
async def poster_ajout(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    uid: FromPath[UUID],
    dispositifs_connus: Connus,
) -> Page:
    """Add it; the button « Chercher » only looks for establishments."""
    acces = await acces_visible(moi, siren, profil, uid)
    await exiger(moi, ADMINISTRER, siren, None, profil)
    poste = await request.form()
    vue = await lire_regle(moi, siren, dispositifs_connus, poste)
    if poste.get("_action") == "chercher":
        return await _page_ajout(request, moi, acces, vue)
    try:
        await operations.ajouter_regle(moi, uid, vue.changement())
    except Refus as refus:
        vue.erreur = refus.message
        return await _page_ajout(request, moi, acces, vue, 422)
    return rediriger(
        request,
        f"/entreprise/{siren}/{profil}/utilisateurs/{uid}",
        f"Les droits de {acces.nom} sont changés\u00a0; ils valent dès maintenant.",
    )


async def _page_ajout(
    request: Requete, moi: Personne, acces: Acces, vue: RegleVue, statut: int = 200
) -> Page:
    return rendre(
        request,
        "rattachements/droits_ajouter.html",
        statut=statut,
        acces=acces,
        vue=vue,
        **await communs(moi, acces.siren, acces.profil),
    )


@post(f"{UTILISATEUR}/retirer", droit=SAISIR)
async def retirer(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str], uid: FromPath[UUID]
) -> Page:
    """Take one line."""
    acces = await acces_visible(moi, siren, profil, uid)
    await operations.retirer_regle(moi, uid, str((await request.form()).get("regle", "")))
    return rediriger(
        request,
        f"/entreprise/{siren}/{profil}/utilisateurs/{uid}",
        f"La ligne est retirée des droits de {acces.nom}.",
    )


GESTIONNAIRES = [
    voir_habilitations, voir_matrice, voir_comme, voir_ajout, poster_ajout, retirer,
]  # fmt: skip
