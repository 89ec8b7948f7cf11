"""Bad input: every field of every form × hostile strings. Never a 5xx, never an element that we did
not write, and what is kept comes out as text for everybody who reads it.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from lxml import html

from portal.testing.navigateur import Navigateur
from tests.securite.base_figee import defait
from tests.securite.exploration import Formulaire, departs, est_html, explorer
from tests.securite.monde import Monde

BALISE = "zq-faux"
LONGUE = "é" * 5000
HOSTILES = {
    "html": f"<{BALISE}>gras</{BALISE}><script>zqalerte()</script>",
    "attribut": f'"><{BALISE} onfocus="zq()" autofocus>',
    "apostrophe": f"' onmouseover='zq()'><{BALISE}>",
    "commentaire": f"--><{BALISE}><!--",
    "textarea": f"</textarea></title></script><{BALISE}>",
    "gabarit": "zq{{7*7}}zq{% raise %}${7*7}#{7*7}",
    "format": "%s%n%d{0.__class__}{}%(x)s",
    "nul": "avant\x00après",
    "nul_seul": "\x00",
    "sens": "\u202egnp.exe\u200b\u2066",
    "emoji": "👩🏽‍⚕️🇫🇷\U0001f4a9",
    "decompose": "e\u0301\u0302\u0303" * 40,
    "longue": LONGUE,
    "lignes": "Nom\r\nBcc: victime@exemple.fr\r\n\r\nTexte",
    "sql": "'; drop table compte; --",
    "sql_like": "%_\\' or 1=1 /*",
    "chemin": "../../../../etc/passwd",
    "url": "javascript:zq()//https://mechant.example",
    "pleine_chasse": "１２３４５６７８９０",
    "exposant": "²³¼٣",
    "enorme": "9" * 400,
    "int64": "9223372036854775808",
    "negatif": "-1",
    "science": "1e999",
    "nan": "NaN",
    "espaces": "\u00a0\u2003\u3000 ",
    "point": ".",
    "date_fausse": "31/02/2026",
    "formule": "=HYPERLINK(\"http://mechant.example\")",
    "virgule": "0,001",
    "uid": "00000000-0000-0000-0000-000000000000",
    "controle": "a\x01\x08\x0b\x1b[31mb",
}  # fmt: skip
CACHES = ("html", "nul", "int64")
PAR_ROTATION = 4
"""Strings that each form gets in the suite, beside the worst; the next form gets the next ones."""
UN_PAR_UN = ("html", "nul", "longue", "int64", "emoji")
# Whoever, and how many forms there are at least to be found.
FORMULAIRES = {"anonyme": 5, "administrateur": 30, "gestionnaire": 20, "formateur": 10}


def fautes_de(reponse: httpx.Response, ou: str) -> list[str]:
    """What an answer to hostile input must not be."""
    if reponse.status_code >= 500:
        return [f"{ou} : {reponse.status_code}"]
    if not est_html(reponse) or not reponse.content:
        return []
    arbre = html.fromstring(reponse.text)
    fautes = []
    if arbre.xpath(f"//{BALISE}") or arbre.xpath("//script[contains(., 'zqalerte')]"):
        fautes.append(f"{ou} : un élément venu de la saisie")
    if arbre.xpath("//@onfocus | //@onmouseover | //@autofocus[. != '']"):
        fautes.append(f"{ou} : un attribut venu de la saisie")
    if any(u.strip().lower().startswith("javascript:") for u in arbre.xpath("//@href | //@src")):
        fautes.append(f"{ou} : une adresse venue de la saisie")
    if "zq49zq" in reponse.text:
        fautes.append(f"{ou} : un gabarit exécuté")
    return fautes


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def navs(application: Any, monde: Monde) -> AsyncIterator[dict[str, Navigateur]]:
    ouverts = {nom: qui.navigateur(application) for nom, qui in monde.gens.items()}
    ouverts["anonyme"] = Navigateur(application)
    yield ouverts
    for nav in ouverts.values():
        await nav.fermer()


@pytest.fixture(scope="module")
def deja() -> set[Any]:
    """Forms that somebody has tried: once is enough."""
    return set()


async def envoyer(nav: Navigateur, formulaire: Formulaire, **saisis: str) -> httpx.Response:
    donnees = formulaire.valeurs(**saisis)
    if formulaire.methode == "get":
        donnees = {n: [x[:1000] for x in v] if isinstance(v, list) else v[:1000]
                   for n, v in donnees.items()}  # fmt: skip
        cible = formulaire.action.partition("?")[0]
        return await nav.client.get(f"{cible}?{urlencode(donnees, doseq=True)}")
    donnees["_cle"] = uuid.uuid4().hex
    async with defait():
        return await nav.client.post(
            formulaire.action, data=donnees, headers={"Sec-Fetch-Site": "same-origin"}
        )


def a_tour_de_role(noms: Sequence[str], rang: int, nombre: int) -> list[str]:
    """So many of these names, from another one on for each rank."""
    debut = rang * nombre
    return [noms[(debut + i) % len(noms)] for i in range(min(nombre, len(noms)))]


def essais(formulaire: Formulaire, rang: int | None) -> list[tuple[str, dict[str, str]]]:
    """Each string in all fields at once; the worst ones in one field at a time too; and in what the
    page holds hidden. `rang`: the forms share the strings among them; None: each gets all."""
    if rang is None:
        partout, un_par_un, caches_par = list(HOSTILES), list(UN_PAR_UN), list(CACHES)
    else:
        autres = [nom for nom in HOSTILES if nom not in UN_PAR_UN]
        partout = [*UN_PAR_UN, *a_tour_de_role(autres, rang, PAR_ROTATION)]
        un_par_un = a_tour_de_role(UN_PAR_UN, rang, 2)
        caches_par = a_tour_de_role(CACHES, rang, 1)
    tous = [(nom, dict.fromkeys(formulaire.saisissables, HOSTILES[nom])) for nom in partout]
    caches = [n for n, _ in formulaire.champs if n not in (*formulaire.saisissables, "_cle")]
    montres = formulaire.saisissables if len(formulaire.saisissables) > 1 else ()
    seuls = [
        (f"{nom} dans {champ}", {champ: HOSTILES[nom]})
        for champs, noms in ((montres, un_par_un), (dict.fromkeys(caches), caches_par))
        for champ in champs
        for nom in noms
    ]
    return (tous if formulaire.saisissables else []) + seuls


@pytest.mark.parametrize("tout", [False, pytest.param(True, marks=pytest.mark.preuve)])
@pytest.mark.parametrize("qui", FORMULAIRES)
async def test_chaque_champ_de_chaque_formulaire(
    qui: str,
    tout: bool,
    navs: dict[str, Navigateur],
    monde: Monde,
    deja: set[Any],
) -> None:
    vu = await explorer(navs[qui], departs(monde, qui))
    assert len(vu.formulaires) >= FORMULAIRES[qui], f"{len(vu.formulaires)} formulaires seulement"
    fautes = [faute for url, r in vu.pages.items() for faute in fautes_de(r, f"GET {url}")]
    nombre = 0
    for rang, (cle, formulaire) in enumerate(vu.formulaires.items()):
        if (cle, tout) in deja:
            continue
        deja.add((cle, tout))
        for nom, saisis in essais(formulaire, None if tout else rang):
            reponse = await envoyer(navs[qui], formulaire, **saisis)
            fautes += fautes_de(reponse, f"{formulaire.methode} {formulaire.action}, {nom}")
            nombre += 1
    print(qui, len(vu.pages), len(vu.formulaires), nombre)
    assert not fautes, "\n".join(fautes)
