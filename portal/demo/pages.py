"""Pages of the demonstration: its e-mails, its clock, its components. Not wired outside it."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from markupsafe import Markup, escape
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from portal.demo.composants import exemples
from portal.infra import clock
from portal.infra.base import sql, sql1
from portal.infra.jobs import planifier
from portal.infra.money import date_courte, date_longue, heure
from portal.kit.formulaire import Saisie, champ, lire, lire_formulaire
from portal.kit.types import DateFr, Texte
from portal.settings import Settings
from portal.web.erreurs import Introuvable
from portal.web.pagination import TAILLE, decoder, encoder
from portal.web.rendu import rediriger, rendre

Requete = Request[Any, Any, Any]
ETATS = {"a_envoyer": "À envoyer", "envoye": "Envoyé", "abandonne": "Abandonné"}
_ADRESSE = re.compile(r"https?://[^\s<>\"«»]+[^\s<>\"«».,;:!?)]")


@get("/demo/courriels", droit="public")
async def courriels(
    request: Requete, apres: FromQuery[str | None] = None, q: FromQuery[str] = ""
) -> Response[Any]:
    """E-mails that the portal would have sent, newest first; `q` looks in addresses."""
    curseur = decoder(apres, 1)
    lignes = await sql(
        "select id, uid, a, sujet, etat, cree_le from courriel"
        " where ($1::bigint is null or id < $1) and ($2 = '' or strpos(lower(a), $2) > 0)"
        " order by id desc limit $3",
        curseur[0] if curseur and isinstance(curseur[0], int) else None,
        q.strip().lower(),
        TAILLE + 1,
    )
    montrees = lignes[:TAILLE]
    suite = f"/demo/courriels?apres={encoder(montrees[-1]['id'])}" if len(lignes) > TAILLE else None
    return rendre(
        request,
        "demo/courriels.html",
        fragment="demo/_courriels.html",
        courriels=[
            {
                "sujet": ligne["sujet"],
                "url": f"/demo/courriels/{ligne['uid']}",
                "a": ligne["a"],
                "le": f"{date_courte(ligne['cree_le'])} à {heure(ligne['cree_le'])}",
                "etat": ETATS[ligne["etat"]],
            }
            for ligne in montrees
        ],
        q=q,
        suivant=f"{suite}&q={q}" if suite and q else suite,
    )


@get("/demo/courriels/{uid:uuid}", droit="public")
async def courriel(request: Requete, uid: FromPath[UUID]) -> Response[Any]:
    """One e-mail, its links clickable."""
    ligne = await sql1("select a, sujet, texte, etat, cree_le from courriel where uid = $1", uid)
    if ligne is None:
        raise Introuvable()
    settings: Settings = request.app.state.settings
    return rendre(
        request,
        "demo/courriel.html",
        courriel=ligne,
        etat=ETATS[ligne["etat"]],
        expediteur=settings.mail_from,
        corps=lier(ligne["texte"], settings.url),
    )


def lier(texte: str, racine: str) -> Markup:
    """The text escaped, its web addresses as links; those of the portal as paths."""
    morceaux, fin = [], 0
    for trouve in _ADRESSE.finditer(texte):
        adresse = trouve.group()
        cible = adresse.removeprefix(racine) if adresse.startswith(f"{racine}/") else adresse
        morceaux += [
            escape(texte[fin : trouve.start()]),
            Markup('<a href="{}">{}</a>').format(cible, adresse),
        ]
        fin = trouve.end()
    return Markup("").join([*morceaux, escape(texte[fin:])])


def lire_heure(saisi: str) -> str:
    """14:32, 14h32, 14 h, 9:05 → « 14:32 »."""
    lue = re.fullmatch(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?", saisi.strip(), re.ASCII)
    if not lue or int(lue[1]) > 23 or int(lue[2] or 0) > 59:
        raise PydanticCustomError(
            "saisie", "Saisissez l’heure sous la forme HH:MM, par exemple 14:32."
        )
    return f"{int(lue[1]):02d}:{int(lue[2] or 0):02d}"


class Horloge(BaseModel):
    """Where the business clock is to stand."""

    jour: DateFr = champ("Date", widget="date")
    heure: Annotated[Texte, AfterValidator(lire_heure)] = champ(
        "Heure", exemple="14:32", longueur_max=8, inputmode="text", autocomplete="off"
    )


@get("/demo/horloge", droit="public")
async def horloge(request: Requete) -> Response[Any]:
    """The business date and the form that moves it."""
    maintenant = await clock.maintenant()
    return await _horloge(
        request, lire(Horloge, {"jour": date_courte(maintenant), "heure": heure(maintenant)})
    )


@post("/demo/horloge", droit="public", status_code=200)
async def deplacer(request: Requete) -> Response[Any]:
    """Move the business clock, or put it back."""
    formulaire = dict((await request.form()).items())
    if formulaire.get("_action") == "remettre":
        await clock.remettre()
        return rediriger(request, "/demo/horloge", "L’horloge suit de nouveau l’heure réelle.")
    saisie = lire_formulaire(Horloge, formulaire)
    if saisie.erreurs:
        return await _horloge(request, saisie, 422)
    moment = datetime.combine(
        saisie.valides["jour"], time.fromisoformat(saisie.valides["heure"]), clock.PARIS
    )
    await clock.deplacer(moment)
    # What a night would have done: requests without an answer are looked at on the new day.
    await planifier("rattachements.relancer", cle="horloge")
    return rediriger(
        request,
        "/demo/horloge",
        f"Nous sommes maintenant le {date_longue(moment)} à {heure(moment)}.",
    )


async def _horloge(request: Requete, saisie: Saisie, statut: int = 200) -> Response[Any]:
    return rendre(
        request,
        "demo/horloge.html",
        statut=statut,
        maintenant=await clock.maintenant(),
        reel=clock.instant(),
        saisie=saisie,
        erreurs_titre=statut == 422,
    )


@get("/demo/composants", droit="public")
async def composants(request: Requete) -> Response[Any]:
    """Every shared component once."""
    return rendre(request, "demo/composants.html", **exemples())
