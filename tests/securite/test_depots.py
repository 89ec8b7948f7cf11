"""Files and kept texts: what people send is examined, what they wrote comes out as text, everywhere."""

from __future__ import annotations

import gc
import io
import re
import resource
import uuid
import zipfile
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from lxml import html
from pypdf import PdfReader, PdfWriter

from portal.dossiers import papiers
from portal.dossiers.documents.operations import ajouter
from portal.dossiers.instruction import operations as instruction
from portal.dossiers.suites import repondre
from portal.infra import clock, files
from portal.infra.base import executer, sql
from portal.settings import get_settings
from portal.testing.navigateur import Navigateur
from tests.securite import fabrique as f
from tests.securite.base_figee import compter, defait
from tests.securite.monde import Monde
from tests.securite.test_entrees import BALISE, HOSTILES, fautes_de

MO = 1_000_000
POLYGLOTTE = f"<{BALISE}><script>zqalerte()</script></{BALISE}>".encode() + f.PDF
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="zq()"><script/></svg>'
PAGE = f"<!DOCTYPE html><html><body><{BALISE}>x</{BALISE}></body></html>".encode()


def _chiffre() -> bytes:
    flux, redacteur = io.BytesIO(), PdfWriter(clone_from=PdfReader(io.BytesIO(f.PDF)))
    redacteur.encrypt("secret", algorithm="RC4-128")
    redacteur.write(flux)
    return flux.getvalue()


def _bombe() -> bytes:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"\0" * (40 * MO))
        archive.writestr("xl/workbook.xml", b"\0" * (40 * MO))
    return flux.getvalue()


REFUSES: dict[str, tuple[str, bytes]] = {
    "vide": ("convention.pdf", b""),
    "texte": ("convention.pdf", b"Ceci n'est pas un PDF."),
    "en-tête seul": ("convention.pdf", b"%PDF-1.7\n"),
    "coupé": ("convention.pdf", f.pdf(3)[: len(f.pdf(3)) // 2]),
    "chiffré": ("convention.pdf", _chiffre()),
    "polyglotte": ("convention.pdf", POLYGLOTTE),
    "page web": ("convention.pdf", PAGE),
    "page web nommée": ("convention.html", PAGE),
    "dessin": ("convention.svg", SVG),
    "dessin renommé": ("convention.pdf", SVG),
    "programme": ("convention.pdf", b"MZ\x90\x00" + b"\x00" * 2000),
    "archive": ("convention.pdf", _bombe()),
    "image tronquée": ("photo.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40),
    "double extension": ("convention.pdf.exe", b"MZ\x90\x00"),
}
NOMS = (
    "../../../../etc/passwd", "/etc/passwd", "C:\\Windows\\x.pdf", "a\x00b.pdf", "\u202efdp.exe",
    "é" * 300 + ".pdf", 'a";b=".pdf', "a\r\nSet-Cookie: zq=1.pdf", f"<{BALISE}>.pdf", ".", "..",
    ".htaccess", "con.pdf", "$(id).pdf", ";rm -rf *.pdf", "%2e%2e%2fa.pdf", "a.pdf.html",
)  # fmt: skip


@pytest.fixture
async def nav(application: Any, monde: Monde) -> AsyncIterator[Navigateur]:
    nav = monde["administrateur"].navigateur(application)
    yield nav
    await nav.fermer()


async def _deposer(nav: Navigateur, monde: Monde, nom: str, contenu: bytes) -> Any:
    return await nav.client.post(
        f"/dossiers/{monde.objets['brouillon']}/documents",
        data={"_cle": uuid.uuid4().hex, "piece": "convention"},
        files={"fichier": (nom, contenu, "application/pdf")},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def _fichiers() -> set[Path]:
    return {p for p in Path(get_settings().data_dir).rglob("*") if p.is_file()}


@pytest.mark.parametrize("quoi", REFUSES)
async def test_un_fichier_qui_n_est_pas_ce_qu_il_dit_est_refuse(
    quoi: str, nav: Navigateur, monde: Monde
) -> None:
    avant, fichiers = await compter("document"), _fichiers()
    reponse = await _deposer(nav, monde, *REFUSES[quoi])
    assert reponse.status_code == 422, reponse.status_code
    assert not fautes_de(reponse, quoi)
    assert "fichier" in html.fromstring(reponse.text).text_content().lower()
    assert await compter("document") == avant
    assert _fichiers() == fichiers, "un fichier refusé reste sur le disque"


# Litestar leaves the unfinished file to the garbage collector, which says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_soixante_megaoctets_sont_refuses_sans_les_garder_en_memoire(
    nav: Navigateur, monde: Monde
) -> None:
    """The answer comes while the body is still on its way: what is left is not even read."""
    lus = 0

    async def corps() -> AsyncIterator[bytes]:
        nonlocal lus
        yield (
            b'--x\r\nContent-Disposition: form-data; name="_cle"\r\n\r\n'
            + uuid.uuid4().hex.encode()
            + b'\r\n--x\r\nContent-Disposition: form-data; name="piece"\r\n\r\nconvention\r\n'
            b'--x\r\nContent-Disposition: form-data; name="fichier"; filename="a.pdf"\r\n\r\n%PDF-'
        )
        for _ in range(60):
            lus += MO
            yield b"0" * MO

    avant, fichiers = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, _fichiers()
    reponse = await nav.client.post(
        f"/dossiers/{monde.objets['brouillon']}/documents",
        content=corps(),
        headers={
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "multipart/form-data; boundary=x",
        },
    )
    assert reponse.status_code == 413
    assert "trop volumineux" in reponse.text
    assert lus <= get_settings().max_upload + 5 * MO
    apres = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert apres - avant < 60_000, f"{apres - avant} ko de plus"
    assert _fichiers() == fichiers
    del reponse
    gc.collect()


async def test_un_fichier_un_peu_trop_gros_est_refuse_dans_la_page(
    nav: Navigateur, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "max_upload", 500)
    reponse = await _deposer(nav, monde, "a.pdf", f.pdf(20))
    assert reponse.status_code == 422
    assert "dépasse" in reponse.text


@pytest.mark.parametrize("nom", NOMS)
async def test_un_nom_de_fichier_hostile_est_rendu_inoffensif(
    nom: str, nav: Navigateur, monde: Monde, application: Any
) -> None:
    """The name is only shown; the key in the store is ours."""
    moi = await monde["administrateur"].personne()
    avant = _fichiers()
    async with defait():
        document = await ajouter(
            moi,
            uuid.UUID(monde.objets["brouillon"]),
            "convention",
            f.Depose(nom=nom),  # type: ignore[arg-type]
        )
        garde = document["nom"]
        assert not re.search(r"[/\\\x00-\x1f<>\"\u202a-\u202e]", garde), garde
        assert garde.endswith(".pdf")
        assert len(garde) <= 150
        assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", document["cle_fichier"])
        page = await nav.client.get(f"/dossiers/{monde.objets['brouillon']}/documents")
        assert not fautes_de(page, nom)
        reponse = await nav.client.get(f"/documents/{document['uid']}")
        assert reponse.status_code == 200
        assert reponse.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert "zq" not in reponse.headers.get("set-cookie", "")
    (neuf,) = _fichiers() - avant
    assert Path(get_settings().data_dir).resolve() in neuf.resolve().parents


async def test_un_fichier_rendu_ne_s_execute_pas(nav: Navigateur, monde: Monde) -> None:
    for chemin in (f"/documents/{monde.objets['piece']}", f"/lettres/{monde.objets['lettre']}",
                   f"/factures/{monde.objets['facture']}/fichier",
                   f"/factures/proforma/{monde.objets['proforma']}/fichier", "/dossiers/export"):  # fmt: skip
        reponse = await nav.client.get(chemin)
        assert reponse.status_code == 200, chemin
        assert reponse.headers["content-disposition"].startswith("attachment"), chemin
        assert "sandbox" in reponse.headers["content-security-policy"], chemin
        assert reponse.headers["x-content-type-options"] == "nosniff", chemin
        assert "no-store" in reponse.headers["cache-control"], chemin


@pytest.mark.parametrize(
    "remplace", ["pas-un-uid", "@piece", "00000000-0000-0000-0000-000000000000"]
)
async def test_le_document_remplace_doit_etre_du_dossier(
    remplace: str, nav: Navigateur, monde: Monde
) -> None:
    """`@piece` belongs to another dossier of the same company."""
    cible = monde.objets.get(remplace[1:], remplace)
    avant = await sql("select uid, courant from document order by id")
    reponse = await nav.client.post(
        f"/dossiers/{monde.objets['brouillon']}/documents",
        data={"_cle": uuid.uuid4().hex, "piece": "convention", "remplace": cible},
        files={"fichier": ("a.pdf", f.PDF, "application/pdf")},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert reponse.status_code in (404, 422), reponse.status_code
    assert await sql("select uid, courant from document order by id") == avant


@pytest.fixture(scope="module")
async def hostile(monde: Monde, application: Any) -> dict[str, Any]:
    """A company, its people and a dossier whose every text is hostile, SIRENE's data included."""
    texte = HOSTILES["html"] + HOSTILES["attribut"] + HOSTILES["gabarit"]
    chez = await f.societe()
    await executer(
        "update entreprise set denomination = $2 where siren = $1", chez.siren, f"=1+1{texte}"
    )
    await executer(
        "update etablissement set enseigne = $2, adresse_ligne1 = $2, commune = $2 where siren = $1",
        chez.siren,
        texte,
    )
    qui = await f.acteur(nom=f"O'{BALISE}")
    await executer("update compte set nom = $2, prenom = $2 where id = $1", qui.compte, texte[:80])
    await f.rattacher(qui, chez)
    moi, par = await qui.personne(), await monde["gestionnaire"].personne()
    sienne = {
        "formation.intitule": f"=cmd|'/c calc'!A1{texte}"[:200],
        "formation.objectif": texte,
        "entreprise.contact_nom": texte[:80],
        "organisme.denomination": f"@SUM(1){texte}"[:120],
    }
    dossier = await f.instruit(
        moi, chez, par, monde.organisme, autres=sienne, stagiaire=f"+1{texte}"[:80]
    )
    echeance = (await clock.aujourd_hui()).replace(year=2100)
    await instruction.demander_complement(par, dossier["uid"], None, texte, ["programme"], echeance)
    await repondre(moi, dossier["uid"], texte)
    version = (await f.relire(dossier))["version"]
    accorde = await instruction.accorder(
        par, dossier["uid"], version, {"pedagogie": Decimal("1.00")}, {"pedagogie": texte}, texte
    )
    return {"chez": chez, "qui": qui, "dossier": accorde}


async def test_les_textes_gardes_sortent_en_texte_pour_tous(
    hostile: dict[str, Any], monde: Monde, application: Any
) -> None:
    base = f"/dossiers/{hostile['dossier']['uid']}"
    departs = {
        "": ["/accueil", "/notifications", "/compte", "/rattachements", "/dossiers", base,
             f"{base}/documents", f"{base}/remboursement",
             f"/entreprise/{hostile['chez'].siren}/adherent/utilisateurs",
             f"/rib/{hostile['chez'].siren}/adherent", "/dossiers/nouveau"],
        "gestionnaire": ["/accueil", "/dossiers", base, f"/instruction/{hostile['dossier']['uid']}",
                         "/instruction", f"/entreprises/{hostile['chez'].siren}", "/courriers",
                         f"/entreprises?q={hostile['chez'].siren}", "/demo/courriels"],
        "formateur": ["/accueil", "/dossiers", base],
    }  # fmt: skip
    fautes, vus = [], 0
    for qui, urls in departs.items():
        acteur = monde.gens.get(qui, hostile["qui"])
        for entetes in ({}, {"HX-Request": "true"}):
            nav = acteur.navigateur(application, **entetes)
            for url in urls:
                reponse = await nav.client.get(url)
                fautes += fautes_de(reponse, f"{qui} GET {url}")
                vus += f"&lt;{BALISE}" in reponse.text
            await nav.fermer()
    assert not fautes, "\n".join(fautes)
    assert vus > 15, f"les textes ne se voient que {vus} fois"


async def test_les_courriels_et_les_lettres_restent_du_texte(hostile: dict[str, Any]) -> None:
    courriels = await sql("select a, sujet, texte from courriel where a = $1", hostile["qui"].email)
    assert courriels
    for courriel in courriels:
        assert "\n" not in courriel["sujet"]
        assert "zq49zq" not in courriel["texte"]
    for lettre in await sql("select id from lettre where dossier = $1", hostile["dossier"]["id"]):
        await papiers.produire(lettre["id"])
    fichiers = await sql("select fichier from lettre where dossier = $1", hostile["dossier"]["id"])
    textes = [
        "".join(
            p.extract_text() for p in PdfReader(io.BytesIO(await files.octets(x["fichier"]))).pages
        )
        for x in fichiers
    ]
    assert any(BALISE in t for t in textes)
    assert not any("zq49zq" in t for t in textes)


async def test_les_cellules_d_un_export_ne_sont_jamais_des_formules(
    hostile: dict[str, Any], application: Any
) -> None:
    nav = hostile["qui"].navigateur(application)
    reponse = await nav.client.get("/dossiers/export")
    assert reponse.status_code == 200
    with zipfile.ZipFile(io.BytesIO(reponse.content)) as archive:
        for nom in archive.namelist():
            assert b"<f>" not in archive.read(nom), nom
            assert "externalLink" not in nom
            assert b"hyperlink" not in archive.read(nom), nom
    classeur = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(reponse.content))
    cellules = [c for ligne in classeur.get_sheet_by_index(0).to_python() for c in ligne]
    for debut in ("=1+1", "=cmd|", "@SUM"):
        assert any(isinstance(c, str) and c.startswith(debut) for c in cellules), debut
    await nav.fermer()
