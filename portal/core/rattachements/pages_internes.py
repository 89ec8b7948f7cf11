"""The OPCO's staff: a company's administrators, codes and letters; the print batches."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from portal.core.entreprises import queries as entreprises
from portal.core.entreprises.fiche import Fiche
from portal.core.journal.operations import noter
from portal.core.rattachements import annonces, premier_envoi, queries_internes
from portal.core.rattachements.file_courriers import ATTESTENT, demander_nouveau_code, refaire_lot
from portal.core.rattachements.formulaires import AdministrateurDesigne, LotARefaire, NouveauCode
from portal.infra.jobs import planifier
from portal.kit.formulaire import ChampVu, Saisie, lire, lire_formulaire
from portal.web.erreurs import Introuvable
from portal.web.identite import Moi, Personne
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
Page = Response[Any]
LIRE = "interne:conseiller,aef,gestionnaire,administrateur"
AGIR = "interne:conseiller,aef,administrateur"
DIRIGER = "interne:administrateur"
ROLES_AGIR = frozenset({"conseiller", "aef", "administrateur"})


async def _fiche(moi: Personne, siren: str, droit: str) -> Fiche:
    """The company, if it lies within the branches and regions of the roles that `droit` names."""
    roles = droit.partition(":")[2].split(",")
    fiche = await entreprises.par_siren(siren)
    if fiche is None or not await queries_internes.a_portee(moi, fiche, roles):
        raise Introuvable()
    return fiche


async def _fiche_et_profil(moi: Personne, siren: str, profil: str) -> Fiche:
    fiche = await _fiche(moi, siren, AGIR)
    if profil not in fiche.profils:
        raise Introuvable()
    return fiche


@get("/entreprises/{siren:str}", droit=LIRE)
async def fiche(request: Requete, moi: Moi, siren: FromPath[str]) -> Page:
    """A company: register, administrators, state of its codes (never a code), letters."""
    return await _page_fiche(request, moi, await _fiche(moi, siren, LIRE))


async def _page_fiche(
    request: Requete,
    moi: Personne,
    entreprise: Fiche,
    *,
    saisies: dict[str, Saisie] | None = None,
    raisons: dict[str, Saisie] | None = None,
    statut: int = 200,
) -> Page:
    toutes = {p: lire(AdministrateurDesigne, {}) for p in entreprise.profils} | (saisies or {})
    champs = {p: _nommer(s.champs(), p) for p, s in toutes.items()}
    codes = {p: lire(NouveauCode, {}) for p in entreprise.profils} | (raisons or {})
    codes_vus = {p: _nommer(s.champs(), p) for p, s in codes.items()}
    suivis = await queries_internes.suivre(entreprise)
    atteste = bool(moi.roles & ATTESTENT)
    demandent = {
        p.profil for p in suivis if not p.courrier_attend and (atteste or not p.quelqu_un)
    }  # where the form for a code is shown, hence its errors
    tous_vus = [
        vu
        for p in entreprise.profils
        for vu in (*(codes_vus[p] if p in demandent else ()), *champs[p])
    ]
    return rendre(
        request,
        "rattachements/fiche.html",
        statut=statut,
        fiche=entreprise,
        profils=suivis,
        conseiller=await entreprises.conseiller_de(entreprise.siren),
        lieux=await entreprises.etablissements(entreprise.siren, limite=20),
        formulaires=champs,
        raisons=codes_vus,
        erreurs=[(c.id, c.libelle, c.erreur) for c in tous_vus if c.erreur],
        atteste=atteste,
        en_erreur=set(saisies or {}),
        agit=bool(moi.roles & ROLES_AGIR),
        motifs=queries_internes.MOTIFS,
        genres=queries_internes.GENRES,
        etats=queries_internes.ETATS,
    )


def _nommer(champs: list[ChampVu], profil: str) -> list[ChampVu]:
    """The same form stands once per profile: its fields take the profile as prefix."""
    for vu in champs:
        vu.nom = f"{profil}.{vu.nom}"
    return champs


async def _poste(request: Requete, profil: str) -> dict[str, Any]:
    """The form of one profile, without its prefix."""
    return {nom.removeprefix(f"{profil}."): v for nom, v in (await request.form()).items()}


@post("/entreprises/{siren:str}/{profil:str}/code", droit=AGIR, status_code=200)
async def nouveau_code(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str]
) -> Page:
    """« Envoyer un nouveau code »: queues a letter to the head office."""
    entreprise = await _fiche_et_profil(moi, siren, profil)
    poste = await _poste(request, profil)
    saisie = lire_formulaire(NouveauCode, poste)
    if not saisie.complete:
        return await _page_fiche(request, moi, entreprise, raisons={profil: saisie}, statut=422)
    await demander_nouveau_code(
        moi, siren, profil, raison=saisie.valides["raison"],
        plus_aucun=poste.get("plus_aucun") == "oui",
    )  # fmt: skip
    return rediriger(
        request,
        f"/entreprises/{siren}",
        "Un courrier avec un nouveau code partira avec le prochain lot. L’ancien code vaut jusque-là.",
    )


@post(
    "/entreprises/{siren:str}/{profil:str}/administrateurs",
    droit=AGIR,
    renfort=True,
    status_code=200,
)
async def designer(request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str]) -> Page:
    """Record an administrator whom the company named."""
    entreprise = await _fiche_et_profil(moi, siren, profil)
    saisie = lire_formulaire(AdministrateurDesigne, await _poste(request, profil))
    if not saisie.complete:
        return await _page_fiche(request, moi, entreprise, saisies={profil: saisie}, statut=422)
    lus = saisie.valides
    await annonces.annoncer(
        moi, siren, profil, email=lus["email"], nom=lus["nom"], prenom=lus["prenom"]
    )
    return rediriger(
        request,
        f"/entreprises/{siren}",
        f"{lus['prenom']} {lus['nom']} est enregistré comme administrateur désigné.",
    )


@post("/entreprises/{siren:str}/{profil:str}/administrateurs/{id:int}/retirer", droit=AGIR)
async def retirer_designe(
    request: Requete, moi: Moi, siren: FromPath[str], profil: FromPath[str], id: FromPath[int]
) -> Page:
    """Take a named administrator off, who has no account yet."""
    await _fiche_et_profil(moi, siren, profil)
    await annonces.retirer(moi, siren, profil, id)
    return rediriger(request, f"/entreprises/{siren}", "Cette personne n’est plus désignée.")


@get("/courriers", droit=AGIR)
async def courriers(
    request: Requete, moi: Moi, apres: Annotated[str | None, QueryParameter(max_length=400)] = None
) -> Page:
    """Letters that wait, and the batches that were produced."""
    return await _page_courriers(request, moi, lire(LotARefaire, {}), apres)


async def _page_courriers(
    request: Requete, moi: Personne, refaire: Saisie, apres: str | None = None, statut: int = 200
) -> Page:
    page = await queries_internes.file(apres)
    if statut == 200:
        refaire.erreurs.clear()
    dirige = "administrateur" in moi.roles
    return rendre(
        request,
        "rattachements/courriers.html",
        statut=statut,
        refaire=refaire,
        dirige=dirige,
        premier_envoi=await premier_envoi.avancement() if dirige else None,
        file=page.lignes,
        total=page.total or 0,
        suivant=f"/courriers?apres={page.suivant}" if page.suivant else None,
        premier="/courriers" if apres else None,
        lots=await queries_internes.lots(),
        motifs=queries_internes.MOTIFS,
        genres=queries_internes.GENRES,
    )


@post("/courriers/premier-envoi", droit=DIRIGER)
async def lancer_premier_envoi(request: Requete, moi: Moi) -> Page:
    """Queue a first letter for each company that has had none: a job, for there are many."""
    await planifier("rattachements.premier_envoi", cle="tous")
    await noter("courrier.premier_envoi_demande", acteur=moi)
    return rediriger(
        request,
        "/courriers",
        "Le premier envoi se prépare\u00a0: les courriers s’ajoutent à la file, puis partent par lots.",
    )


@post("/courriers/refaire", droit=DIRIGER, status_code=200)
async def refaire(request: Requete, moi: Moi) -> Page:
    """A batch was lost: new letters, new codes."""
    saisie = lire_formulaire(LotARefaire, dict((await request.form()).items()))
    if not saisie.complete:
        return await _page_courriers(request, moi, saisie, statut=422)
    lus = saisie.valides
    try:
        nombre = await refaire_lot(moi, lus["lot"], lus["raison"])
    except Introuvable:
        saisie.refuser("lot", f"Aucun lot ne porte le numéro {lus['lot']}.")
        return await _page_courriers(request, moi, saisie, statut=422)
    return rediriger(
        request,
        "/courriers",
        f"{nombre}\u00a0courrier{'s' if nombre > 1 else ''} à refaire, avec de nouveaux codes\u00a0: les "
        "anciens ne vaudront plus dès que le nouveau lot est produit.",
    )


GESTIONNAIRES = [
    fiche, nouveau_code, designer, retirer_designe, courriers, lancer_premier_envoi, refaire,
]  # fmt: skip
