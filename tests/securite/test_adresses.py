"""Bad addresses and bodies: cursors, filters, parameters, cookies, encodings. Never a 5xx."""

from __future__ import annotations

import base64
import json
import re
import uuid
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from portal.testing.navigateur import ORIGINE, Navigateur
from portal.web.pagination import encoder
from tests.securite.base_figee import defait
from tests.securite.monde import Monde
from tests.securite.routes import routes
from tests.securite.test_entrees import HOSTILES, UN_PAR_UN, a_tour_de_role, fautes_de

CURSEURS = {
    "vide": "",
    "n’importe quoi": "zzzz",
    "pas du JSON": base64.urlsafe_b64encode(b"\xff\xfe{").decode(),
    "trop profond": base64.urlsafe_b64encode(b"[" * 200).decode(),
    "objet": base64.urlsafe_b64encode(b'{"a": 1}').decode(),
    "entier énorme": encoder(10**30),
    "négatif": encoder(-(10**18)),
    "booléen": encoder(True),
    "infini": base64.urlsafe_b64encode(b"[1e999]").decode(),
    "NaN": base64.urlsafe_b64encode(b"[NaN]").decode(),
    "nul": encoder("\x00"),
    "deux nuls": encoder(None, None),
    "date et entier énorme": encoder("2026-01-01T00:00:00+00:00", 10**30),
    "date extrême": encoder("0001-01-01T00:00:00+23:59", 1),
    "date sans fuseau": encoder("2026-01-01T00:00:00", 1),
    "date fausse": encoder("31/02/2026", 1),
    "trois": encoder(1, 2, 3),
    "listes": encoder([1], [2]),
    "long": "A" * 5000,
}
FILTRES = ("q", "etat", "vue", "filtre", "dispositif", "siren", "du", "au", "identifiant", "profil",
           "suite", "reprise", "emetteur", "proforma", "corrige", "les_miens")  # fmt: skip
PIRES = ("html", "attribut", "gabarit", "nul", "emoji", "longue", "lignes", "sql_like", "chemin",
         "pleine_chasse", "exposant", "enorme", "int64", "negatif", "uid")  # fmt: skip


@pytest.mark.parametrize("tout", [False, pytest.param(True, marks=pytest.mark.preuve)])
async def test_chaque_liste_supporte_tout_curseur_et_tout_filtre(
    litestar: Any, monde: Monde, application: Any, tout: bool
) -> None:
    """In the suite the lists share the strings among them; each gets the worst."""
    nav = monde["administrateur"].navigateur(application)
    interne = monde["gestionnaire"].navigateur(application)
    fautes = []
    for rang, route in enumerate(routes(litestar)[0]):
        noms = HOSTILES if tout else {*UN_PAR_UN, *a_tour_de_role(list(HOSTILES), rang, 3)}
        lus = [filtre for filtre in FILTRES if route.method == "GET" and route.lit(filtre)]
        requetes = [urlencode(dict.fromkeys(lus, HOSTILES[nom][:500])) for nom in noms]
        if route.method == "GET" and route.lit("apres"):
            requetes += [urlencode({"apres": curseur}) for curseur in CURSEURS.values()]
        for requete in requetes if lus or len(requetes) > len(noms) else ():
            qui = interne if route.droit.startswith("interne") or route.internes else nav
            reponse = await qui.client.get(f"{route.url(monde)}?{requete}")
            fautes += fautes_de(reponse, f"{route.path}?{requete[:200]}")
    assert not fautes, "\n".join(fautes)
    await nav.fermer()
    await interne.fermer()


async def test_chaque_parametre_de_chemin_supporte_tout(
    litestar: Any, monde: Monde, application: Any
) -> None:
    nav = monde["administrateur"].navigateur(application)
    interne = monde["gestionnaire"].navigateur(application)
    fautes = []
    for route in routes(litestar)[0]:
        qui = interne if route.droit.startswith("interne") else nav
        for nom in re.findall(r"\{(\w+):(?:str|int)\}", route.path):
            for quoi in PIRES:
                async with defait():
                    reponse = await qui.client.request(
                        route.method,
                        route.avec(monde, nom, quote(HOSTILES[quoi][:300], safe="")),
                        headers={"Sec-Fetch-Site": "same-origin"},
                        data={"_cle": uuid.uuid4().hex} if route.method == "POST" else None,
                    )
                fautes += fautes_de(reponse, f"{route.nom} {nom} = {quoi}")
    assert not fautes, "\n".join(fautes)
    await nav.fermer()
    await interne.fermer()


CORPS: dict[str, tuple[bytes, str]] = {
    "sans frontière": (b"--x\r\n", "multipart/form-data"),
    "frontière fausse": (b"rien", "multipart/form-data; boundary=x"),
    "coupé": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc',
              "multipart/form-data; boundary=x"),
    "trop de parties": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
                 for _ in range(1500)) + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "jeu de caractères": (b"a=\xff\xfe", "application/x-www-form-urlencoded; charset=utf-7"),
    "utf-8 faux": (b"_cle=%ff%fe&email=%c3%28", "application/x-www-form-urlencoded"),
    "pourcents": (b"_cle=%zz&%=%%&=&&;;a==b", "application/x-www-form-urlencoded"),
    "demi-codet": (b"_cle=k&email=%ed%a0%80", "application/x-www-form-urlencoded"),
    "JSON": (json.dumps({"_cle": ["a"], "email": {"$ne": 1}}).encode(), "application/json"),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
            "application/xml"),
    "type étrange": (b"abc", "zq/zq; boundary"),
    "type vide": (b"abc", ""),
    "mille champs": (b"&".join(b"a%d=1" % n for n in range(5000)),
                     "application/x-www-form-urlencoded"),
    "clé énorme": (b"_cle=" + b"k" * 100_000, "application/x-www-form-urlencoded"),
}  # fmt: skip


@pytest.mark.parametrize("corps", CORPS)
async def test_un_corps_mal_forme_est_refuse_en_francais(
    corps: str, monde: Monde, application: Any
) -> None:
    contenu, genre = CORPS[corps]
    nav = monde["administrateur"].navigateur(application)
    for chemin in ("/compte", "/connexion", f"/dossiers/{monde.objets['brouillon']}/documents"):
        async with defait():
            reponse = await nav.client.post(
                chemin,
                content=contenu,
                headers={"Content-Type": genre, "Sec-Fetch-Site": "same-origin"},
            )
        assert 400 <= reponse.status_code < 500, f"{chemin} : {reponse.status_code}"
        assert reponse.headers["content-type"].startswith("text/html")
        assert "Mon Espace" in reponse.text.replace("\u00a0", " ").replace("&nbsp;", " ")
    await nav.fermer()


@pytest.mark.parametrize(
    "cookie",
    ["session=" + "a" * 5000, "session=", "session=é", "session=%00", 'session="', "session=\x7f",
     "eclair=é.é", "eclair=" + "a" * 5000 + ".b", "eclair=.", "eclair=YQ.", "eclair=/w.0",
     "inscription=" + "b" * 5000, "inscription=é", ";;;=;,", "a" * 20_000],
)  # fmt: skip
async def test_un_cookie_faux_ne_casse_rien(cookie: str, application: Any) -> None:
    nav = Navigateur(application)
    for chemin in ("/", "/connexion", "/compte/code", "/compte/creer", "/accueil"):
        reponse = await nav.client.get(chemin, headers={"Cookie": cookie.encode()})
        assert reponse.status_code in (200, 303), f"{chemin} : {reponse.status_code}"
    await nav.fermer()


@pytest.mark.parametrize(
    ("nom", "valeur"),
    [("HX-Request", "é"), ("User-Agent", "\xff" * 3000), ("Idempotency-Key", "é" * 60),
     ("Idempotency-Key", "a" * 5000), ("Origin", "null"), ("Referer", "javascript:zq()"),
     ("X-Forwarded-For", "é, ::::, " * 300), ("Accept", "*/*;q=zq"), ("Range", "bytes=9-1"),
     ("If-None-Match", '"' * 500), ("Content-Length", "-1"), ("Accept-Language", "\x01")],
)  # fmt: skip
async def test_un_entete_faux_ne_casse_rien(nom: str, valeur: str, application: Any) -> None:
    nav = Navigateur(application)
    entetes = {"Sec-Fetch-Site": "same-origin", nom: valeur.encode("utf-8")}
    for chemin in ("/", "/connexion", "/static/css/base.css"):
        reponse = await nav.client.get(chemin, headers=entetes)
        assert reponse.status_code < 500, f"GET {chemin} : {reponse.status_code}"
    async with defait():
        reponse = await nav.client.post(
            "/connexion", data={"email": "a@b.fr", "mot_de_passe": "x"}, headers=entetes
        )
    assert reponse.status_code < 500, reponse.status_code
    await nav.fermer()


async def test_un_motif_de_recherche_ne_fait_pas_chercher_longtemps(
    monde: Monde, application: Any
) -> None:
    nav = monde["gestionnaire"].navigateur(application)
    for chemin in ("/dossiers?q=", "/entreprises?q=", "/factures?q=", "/recherche?q="):
        url = ORIGINE + chemin + quote("(((((a+)+)+)+$" * 6 + "%" * 40)
        reponse = await nav.client.get(url, follow_redirects=True)
        assert reponse.status_code == 200
        assert reponse.elapsed.total_seconds() < 5
    await nav.fermer()
