"""Change the rights of many people, or over many establishments, at once: choose, preview, apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from portal.core.rattachements.matrice import mots, operations, queries
from portal.core.rattachements.matrice.formulaires import RegleVue, lire_regle
from portal.core.rattachements.matrice.operations import Apercu, Changement
from portal.core.rattachements.matrice.pages import noms_des_lieux
from portal.core.rattachements.matrice.regles import Regle
from portal.core.rattachements.modeles import ADMINISTRER, ENTREPRISE, PAR_CODE
from portal.core.rattachements.page_entreprise import RACINE, SAISIR, Connus, communs
from portal.core.rattachements.perimetre import exiger
from portal.web.erreurs import Refus
from portal.web.formulaires import lire_uid
from portal.web.garde import DROITS
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
CHANGER = f"{RACINE}/habilitations/changer"
MONTRES = 25
CITES = 100
"""People whose change the preview tells line by line; it counts them all."""


@dataclass
class ChoixGens:
    """« Qui »: people ticked, or all who have a template."""

    modele: str = ""
    q: str = ""
    coches: list[dict[str, Any]] = field(default_factory=list)
    trouves: list[dict[str, Any]] = field(default_factory=list)
    reste: int = 0
    modeles: list[tuple[str, str]] = field(default_factory=list)
    tous: list[dict[str, Any]] = field(default_factory=list, repr=False)

    def uids(self) -> list[UUID]:
        """Who was chosen. Raises `Refus` when nobody was."""
        par_modele = [p for p in self.tous if self.modele and p["modele"] == self.modele]
        choisis = list(dict.fromkeys(p["uid"] for p in [*self.coches, *par_modele]))
        if not choisis:
            raise Refus("Choisissez au moins une personne, ou un modèle de droits.")
        return choisis


async def _lire_gens(moi: Personne, siren: str, profil: str, poste: Any = None) -> ChoixGens:
    tous = [
        p
        for p in await queries.gens(moi, siren, profil)
        if not p["administrateur"] and p["compte"] != moi.compte_id
    ]
    presents = {p["modele"] for p in tous if p["modele"] in PAR_CODE}
    choix = ChoixGens(tous=tous, modeles=[
        (m.code, f"{m.libelle} ({sum(p['modele'] == m.code for p in tous)})")
        for m in PAR_CODE.values() if m.code in presents
    ])  # fmt: skip
    if poste is not None:
        choix.modele = str(poste.get("gens_modele", ""))
        choix.q = str(poste.get("q_gens", ""))[:100]
        voulus = {str(u) for u in poste.getall("gens", [])}
        choix.coches = [p for p in tous if str(p["uid"]) in voulus]
    coches = {p["uid"] for p in choix.coches}
    filtres = await queries.gens(moi, siren, profil, choix.q) if choix.q else tous
    trouves = [p for p in tous if p["uid"] in {f["uid"] for f in filtres} - coches]
    choix.trouves, choix.reste = trouves[:MONTRES], max(0, len(trouves) - MONTRES)
    return choix


@get(CHANGER, droit=SAISIR)
async def voir(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    dispositifs_connus: Connus,
) -> Page:
    """Choose people, rights and places."""
    await exiger(moi, ADMINISTRER, siren, None, profil)
    gens = await _lire_gens(moi, siren, profil)
    vue = await lire_regle(moi, siren, dispositifs_connus, initiale=ENTREPRISE)
    return await _page(request, moi, siren, profil, gens, vue)


@post(CHANGER, droit=SAISIR, status_code=200)
async def poster(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    dispositifs_connus: Connus,
) -> Page:
    """What would change, person by person; « Chercher » only searches. Nothing is changed here."""
    await exiger(moi, ADMINISTRER, siren, None, profil)
    poste = await request.form()
    gens = await _lire_gens(moi, siren, profil, poste)
    vue = await lire_regle(moi, siren, dispositifs_connus, poste)
    if poste.get("_action") in ("chercher", "corriger"):
        return await _page(request, moi, siren, profil, gens, vue)
    codes = [code for code, _ in dispositifs_connus]
    try:
        uids, changement = gens.uids(), vue.changement()
        apercu = await operations.apercevoir(moi, siren, profil, uids, changement, codes)
    except Refus as refus:
        vue.erreur = refus.message
        return await _page(request, moi, siren, profil, gens, vue, 422)
    regles = [r for e in apercu.changes[:CITES] for r in (*e.avant, *e.apres)]
    noms, libelles = await noms_des_lieux(siren, regles), dict(dispositifs_connus)
    return rendre(
        request,
        "rattachements/habilitations_apercu.html",
        apercu=apercu,
        cites=CITES,
        effets=[
            (e.nom, _dire(e.avant, noms, libelles), _dire(e.apres, noms, libelles))
            for e in apercu.changes[:CITES]
        ],
        resume=_resume(changement, libelles),
        pose=_pose(uids, changement, apercu),
        **await communs(moi, siren, profil),
    )


def _dire(regles: list[Regle], noms: dict[str, str], libelles: dict[str, str]) -> list[str]:
    return [f"{r.en_mots}. {mots.ou(r, noms)}. {mots.pour(r, libelles)}." for r in regles] or [
        "Aucun droit."
    ]


def _resume(c: Changement, libelles: dict[str, str]) -> list[tuple[str, str]]:
    regle = Regle(c.lieux, c.dispositifs, c.droits)
    ou = (
        "Toute l’entreprise"
        if c.lieux is None
        else f"{len(c.lieux)}\u00a0établissement" + ("s" if len(c.lieux) > 1 else "")
    )
    return [
        ("Retirer" if c.retire else "Donner", regle.en_mots),
        ("Où", ou),
        ("Dispositifs", mots.pour(regle, libelles)),
    ]


def _pose(uids: list[UUID], c: Changement, apercu: Apercu) -> dict[str, str]:
    """The choice, to be posted again as it was previewed."""
    return {
        "uids": " ".join(map(str, uids)),
        "droits": " ".join(c.droits),
        "lieux": "*" if c.lieux is None else " ".join(c.lieux),
        "dispositifs": " ".join(c.dispositifs or ()),
        "sens": "retirer" if c.retire else "ajouter",
        "marque": apercu.marque,
    }


@post(f"{CHANGER}/appliquer", droit=SAISIR)
async def appliquer(
    request: Requete,
    moi: Moi,
    siren: FromPath[str],
    profil: FromPath[str],
    dispositifs_connus: Connus,
) -> Page:
    """Do what the preview showed, or nothing."""
    await exiger(moi, ADMINISTRER, siren, None, profil)
    poste = {nom: str(valeur) for nom, valeur in (await request.form()).items()}
    codes = [code for code, _ in dispositifs_connus]
    lieux = poste.get("lieux", "")
    changement = Changement(
        tuple(d for d in poste.get("droits", "").split() if d in DROITS),
        None if lieux == "*" else tuple(lieux.split()),
        tuple(c for c in poste.get("dispositifs", "").split() if c in codes) or None,
        poste.get("sens") == "retirer",
    )
    nombre = await operations.appliquer(
        moi, siren, profil, _uids(poste.get("uids", "")), changement, codes,
        poste.get("marque", ""),
    )  # fmt: skip
    return rediriger(
        request,
        f"/entreprise/{siren}/{profil}/habilitations",
        f"Les droits de {nombre}\u00a0personne{'s' if nombre > 1 else ''} sont changés\u00a0; "
        "ils valent dès maintenant.",
    )


def _uids(texte: str) -> list[UUID]:
    """Whom the preview was of. Raises `Refus` when the list was altered: nothing is half done."""
    uids = [lire_uid(morceau) for morceau in texte.split()]
    if None in uids:
        raise Refus("La liste des personnes n’est pas lisible. Refaites l’aperçu.")
    return [uid for uid in uids if uid is not None]


async def _page(
    request: Requete, moi: Personne, siren: str, profil: str,
    gens: ChoixGens, vue: RegleVue, statut: int = 200,
) -> Page:  # fmt: skip
    return rendre(
        request,
        "rattachements/habilitations_changer.html",
        statut=statut,
        gens=gens,
        vue=vue,
        **await communs(moi, siren, profil),
    )


GESTIONNAIRES = [voir, poster, appliquer]
