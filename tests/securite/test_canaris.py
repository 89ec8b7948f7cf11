"""Canaries: one NIR, one IBAN, a password, a session, codes go through a whole scenario; then
everything that the portal keeps or says is searched for them. And another company's name.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from pypdf import PdfReader

from portal.core.rattachements import codes
from portal.dossiers import papiers
from portal.infra.base import sql
from portal.settings import get_settings
from portal.testing.navigateur import Navigateur
from tests.core.comptes_aides import code_recu, lien_recu, oublier_limites
from tests.core.rattachements_aides import Societe as Rattachable
from tests.core.rattachements_aides import poser_code
from tests.reglements.fabrique import iban_neuf
from tests.securite import fabrique as f
from tests.securite.exploration import departs, est_html, explorer
from tests.securite.monde import Monde

MOT_DE_PASSE = "Zq-Passerelle-7bis-canari"
MEME = {"Sec-Fetch-Site": "same-origin"}
REGISTRE = ("/entreprises", "/rattachements", "/demo", "/notifications", "/accueil")
"""Pages that name any company of the public register, or what is told to the person."""


@dataclass
class Scenario:
    """What went in, and where it might have come out."""

    chez: f.Societe
    dossier: str
    canaris: dict[str, str] = field(default_factory=dict)
    journaux: io.StringIO = field(default_factory=io.StringIO)
    adresses: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def journaux() -> Iterator[io.StringIO]:
    """All that is logged, as the processes write it."""
    sortie, avant = io.StringIO(), structlog.get_config()
    structlog.configure(
        processors=avant["processors"], logger_factory=structlog.PrintLoggerFactory(sortie)
    )
    guetteur = logging.StreamHandler(sortie)
    racine, niveau = logging.getLogger(), logging.getLogger().level
    racine.addHandler(guetteur)
    racine.setLevel(logging.DEBUG)
    yield sortie
    racine.removeHandler(guetteur)
    racine.setLevel(niveau)
    structlog.configure(**avant)


@pytest.fixture(scope="module")
async def vecu(monde: Monde, application: Any, journaux: io.StringIO) -> Scenario:
    await oublier_limites()
    chez = await f.societe()
    s = Scenario(chez, "", journaux=journaux)
    s.canaris = {
        "mot de passe": MOT_DE_PASSE,
        "nir": f.nir(777_123),
        "nir faux": "299037512398799",
        "iban": iban_neuf(),
        "code d’activation": await poser_code(Rattachable(chez.siren)),
    }
    nav = Navigateur(application)
    nav.client.event_hooks["request"] = [_noter_adresse(s)]
    email = await _s_inscrire(nav, s)
    await _activer(nav, s)
    await _saisir(nav, s)
    await _tomber_en_panne(nav, s)
    await _reprendre(nav, s, email)
    await nav.fermer()
    return s


def _noter_adresse(s: Scenario) -> Any:
    async def noter(requete: Any) -> None:
        s.adresses.append(str(requete.url))

    return noter


async def _poster(nav: Navigateur, chemin: str, **champs: str) -> Any:
    return await nav.client.post(chemin, data={"_cle": uuid.uuid4().hex, **champs}, headers=MEME)


async def _s_inscrire(nav: Navigateur, s: Scenario) -> str:
    email = f"{uuid.uuid4().hex}@essai.example"
    await _poster(nav, "/compte/creer", email=email)
    s.canaris["code du courriel"] = await code_recu(email)
    await _poster(nav, "/compte/code", code=s.canaris["code du courriel"])
    secret = {"mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE}
    faux = await _poster(nav, "/compte/finaliser", **secret, nom="1")
    assert faux.status_code == 422
    assert MOT_DE_PASSE not in faux.text
    fait = await _poster(
        nav, "/compte/finaliser", **secret, civilite="Mme", nom="Roy", prenom="Lise"
    )
    assert fait.status_code == 303
    await _poster(nav, "/connexion", email=email, mot_de_passe=MOT_DE_PASSE + "x")
    s.canaris["session"] = nav.client.cookies["session"]
    return email


async def _activer(nav: Navigateur, s: Scenario) -> None:
    code = codes.afficher(s.canaris["code d’activation"])
    reponse = await _poster(
        nav, "/rattachements/code", siren=s.chez.siren, profil="adherent", code=code
    )
    assert reponse.status_code == 303, reponse.text


async def _ouvrir(nav: Navigateur, etape: str) -> dict[str, str]:
    """What the step's page holds: which version it shows, and its own mark."""
    page = await nav.get(etape)
    return {
        n: page.html.xpath(f"string(//input[@name='{n}']/@value)") for n in ("_version", "_page")
    }


async def _saisir(nav: Navigateur, s: Scenario) -> None:
    """The NIR by autosave, by the button, by a stale page, and a wrong one; the IBAN by its form."""
    cree = await _poster(
        nav, "/dossiers/nouveau", choix=f.CODE, lieu=f"{s.chez.siret}|adherent", confirme="oui"
    )
    s.dossier = cree.headers["location"].split("/etapes/")[0]
    etape, nom = f"{s.dossier}/etapes/stagiaires", "personnes.0000000a.nir"
    for saisi in ("nir faux", "nir"):
        page = await _ouvrir(nav, etape)
        for suite in ("/champ", "/valider", "/redessiner"):
            tenu = page | {"_champ": nom, nom: s.canaris[saisi]}
            reponse = await _poster(nav, etape + suite, **tenu)
            assert reponse.status_code == 200, f"{suite} {reponse.status_code}"
        await _poster(nav, etape, **page, **{nom: s.canaris[saisi]})
        perime = await _poster(nav, etape, _version="999", **{nom: s.canaris[saisi]})
        assert perime.status_code == 409
    faux = {"titulaire": "Roy", "certifie": "", "iban": s.canaris["iban"]}
    await _poster(nav, f"/rib/{s.chez.siren}/adherent", **faux)
    pose = await _poster(nav, f"/rib/{s.chez.siren}/adherent", **{**faux, "certifie": "oui"})
    assert pose.status_code == 303, pose.text


async def _tomber_en_panne(nav: Navigateur, s: Scenario) -> None:
    """The portal breaks with secrets in hand: its log tells where, not what."""

    async def casser(*secrets: Any, **autres: Any) -> None:
        raise RuntimeError("panne voulue")

    with pytest.MonkeyPatch.context() as mp:
        mp.setattr("portal.dossiers.saisie.operations.ranger", casser)
        nom = "personnes.0000000a.nir"
        tenu = await _ouvrir(nav, f"{s.dossier}/etapes/stagiaires") | {nom: s.canaris["nir"]}
        reponse = await _poster(nav, f"{s.dossier}/etapes/stagiaires", **tenu)
        assert reponse.status_code == 500
        assert s.canaris["nir"] not in reponse.text
    with pytest.MonkeyPatch.context() as mp:
        mp.setattr("portal.core.comptes.motdepasse.verifier", casser)
        reponse = await _poster(nav, "/connexion", email="a@b.example", mot_de_passe=MOT_DE_PASSE)
        assert reponse.status_code == 500


async def _reprendre(nav: Navigateur, s: Scenario, email: str) -> None:
    """A form parked with an ended session; a password forgotten, its page broken too."""
    cookie = nav.client.cookies["session"]
    await _poster(nav, "/deconnexion")
    nav.client.cookies.set("session", cookie, domain="127.0.0.1")
    nom = "personnes.0000000a.nir"
    tenu = {"_version": "1", nom: s.canaris["nir"]}
    parque = await _poster(nav, f"{s.dossier}/etapes/stagiaires", **tenu)
    assert "reprise=" in parque.headers["location"]
    await _poster(nav, "/mot-de-passe/oublie", email=email)
    lien = await lien_recu(email)
    s.canaris["jeton"] = lien.rpartition("/")[2]
    chemin = f"/mot-de-passe/nouveau/{s.canaris['jeton']}"

    async def casser(*_: Any) -> None:
        raise RuntimeError("panne voulue")

    with pytest.MonkeyPatch.context() as mp:
        mp.setattr("portal.core.comptes.reinitialisation.reinitialiser", casser)
        secret = {"mot_de_passe": MOT_DE_PASSE + "2", "confirmation": MOT_DE_PASSE + "2"}
        assert (await _poster(nav, chemin, **secret)).status_code == 500


def formes(canari: str) -> list[str]:
    """How it might hide: as it is, spaced out, in hexadecimal, in base 64."""
    octets = canari.encode()
    return [canari, octets.hex(), base64.b64encode(octets).decode().rstrip("=")[:-1]]


def trouver(texte: str, canaris: dict[str, str]) -> list[str]:
    serre = re.sub(r"[\s\u00a0\u202f-]", "", texte)
    return [
        nom
        for nom, canari in canaris.items()
        for forme in formes(canari)
        if forme in texte or re.sub(r"[\s-]", "", forme) in serre
    ]


def sauf(s: Scenario, *noms: str) -> dict[str, str]:
    return {n: c for n, c in s.canaris.items() if n not in noms}


def test_un_canari_cache_se_trouve() -> None:
    """The search finds what it must: else it proves nothing."""
    canari = {"iban": "FR7630006000011234567890189"}
    for texte in (
        "compte FR76 3000 6000 0112 3456 7890 189.",
        "\\x" + canari["iban"].encode().hex(),
        base64.b64encode(canari["iban"].encode()).decode(),
    ):
        assert trouver(texte, canari) == ["iban"], texte


async def test_la_base_ne_garde_aucun_secret_en_clair(vecu: Scenario) -> None:
    """Every row of every table. A code and a link stand in the mail to their person alone; six
    digits prove nothing by their absence: the code is looked for as a column's whole value."""
    tables = await sql("select tablename as t from pg_tables where schemaname = 'public'")
    fautes = []
    for nom in (ligne["t"] for ligne in tables):
        permis = ("code du courriel", "jeton") if nom == "courriel" else ("code du courriel",)
        lignes = await sql(f'select to_jsonb(x)::text as t from "{nom}" x')
        texte = "\n".join(ligne["t"] for ligne in lignes)
        fautes += [f"{nom} : {c}" for c in trouver(texte, sauf(vecu, *permis))]
        if nom != "courriel" and f'"{vecu.canaris["code du courriel"]}"' in texte:
            fautes.append(f"{nom} : code du courriel")
    assert not fautes, fautes


def test_les_journaux_ne_disent_aucun_secret(vecu: Scenario) -> None:
    texte = vecu.journaux.getvalue()
    assert texte.count("panne voulue") >= 3, "les pannes ne sont pas journalisées"
    # httpx, the test's own client, logs the addresses that it asks for.
    siennes = "\n".join(li for li in texte.splitlines() if "HTTP Request:" not in li)
    assert trouver(siennes, sauf(vecu, "code du courriel")) == []


def test_les_adresses_ne_portent_aucun_secret(vecu: Scenario) -> None:
    """But the link that was mailed, which is one."""
    assert len(vecu.adresses) > 20
    assert trouver("\n".join(vecu.adresses), sauf(vecu, "jeton", "code du courriel")) == []


async def test_les_fichiers_ne_portent_aucun_secret(vecu: Scenario) -> None:
    """Data folder, workbooks opened, papers read."""
    uid = uuid.UUID(vecu.dossier.rpartition("/")[2])
    for lettre in await sql(
        "select l.id from lettre l join dossier d on d.id = l.dossier where d.uid = $1", uid
    ):
        await papiers.produire(lettre["id"])
    for chemin in (p for p in Path(get_settings().data_dir).rglob("*") if p.is_file()):
        texte = _texte_du_fichier(chemin.read_bytes())
        assert trouver(texte, sauf(vecu, "code du courriel")) == [], chemin


def _texte_du_fichier(contenu: bytes) -> str:
    textes = [contenu.decode("latin-1")]
    if contenu.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            textes += [archive.read(n).decode("utf-8", "replace") for n in archive.namelist()]
    if contenu.startswith(b"%PDF"):
        textes += [page.extract_text() for page in PdfReader(io.BytesIO(contenu)).pages]
    return "\n".join(textes)


async def test_aucune_page_ne_montre_un_secret(
    vecu: Scenario, monde: Monde, application: Any
) -> None:
    """Nobody reads a kept NIR or IBAN, whatever their rights; the steps show a mask."""
    chez = await f.acteur()
    await f.rattacher(chez, vecu.chez)
    propres = [f"{vecu.dossier}/etapes/stagiaires", vecu.dossier, f"{vecu.dossier}/verifier", "/rib",
               f"/rib/{vecu.chez.siren}/adherent", "/dossiers", "/dossiers/export", "/accueil",
               f"/entreprise/{vecu.chez.siren}/adherent/utilisateurs", "/demo/courriels",
               f"/entreprises/{vecu.chez.siren}", "/notifications"]  # fmt: skip
    vues = 0
    for qui in (chez, monde["gestionnaire"], monde["voisin"]):
        nav = qui.navigateur(application)
        for url in propres:
            reponse = await nav.client.get(url)
            texte = _texte_du_fichier(reponse.content) if not est_html(reponse) else reponse.text
            permis = ("code du courriel", "jeton")
            assert trouver(texte, sauf(vecu, *permis)) == [], f"{qui.email} {url}"
            vues += reponse.status_code == 200
        await nav.fermer()
    assert vues > 15


@pytest.mark.parametrize("qui", ["voisin", "formateur", "demandeur", "ailleurs"])
async def test_le_nom_d_une_autre_entreprise_n_est_nulle_part(
    qui: str, monde: Monde, application: Any
) -> None:
    """Lists, searches, counts, exports of those out of reach. The public register apart; a body that
    A's dossier names sees that one, not the others."""
    nav = monde[qui].navigateur(application)
    marque = monde.a.marque
    starts = [u for u in departs(monde, "administrateur") if "/demo/" not in u]
    recherches = [f"{liste}?q={mot}" for liste in ("/dossiers", "/factures", "/reglements", "/recherche")
                  for mot in (marque, monde.a.siren, "Vente")]  # fmt: skip
    autres = [f"/dossiers?siren={monde.a.siren}", f"/dossiers/export?q={marque}", "/dossiers/export",
              f"/factures/deposer?emetteur={monde.a.siren}-adherent"]  # fmt: skip
    vu = await explorer(nav, [*recherches, *autres, *starts])
    permis = {f"/dossiers/{monde.objets['transmis']}"} if qui == "formateur" else set()
    fautes = []
    for url, reponse in vu.pages.items():
        tout_l_opco = qui == "ailleurs" and "/reglements/" in url
        if url.startswith(REGISTRE) or tout_l_opco:
            continue
        texte = _texte_du_fichier(reponse.content) if not est_html(reponse) else reponse.text
        sans = re.sub(r'(value|href|content)="[^"]*"|Recherche\s*:[^<]*', "", texte)
        if qui == "formateur":
            autre = [monde.objets[o] for o in ("brouillon", "accorde", "a_completer")]
            fautes += [url for uid in autre if uid in texte and uid not in url]
        elif marque in sans and not any(url.startswith(p) for p in permis):
            fautes.append(url)
    assert not fautes, fautes
    await nav.fermer()
