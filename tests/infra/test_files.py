"""Only honest files are kept, under keys and names that can do no harm (d05)."""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from portal.infra import files, sheets
from portal.infra.files import examen, magasin
from portal.infra.files.noms import nom_sur

MEGA = 1_000_000
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 100 + b"\xff\xd9"
XML = b'<?xml version="1.0" encoding="UTF-8"?><facture><total>12</total></facture>'


def pdf(mot_de_passe: str | None = None) -> bytes:
    ecrivain, flux = PdfWriter(), io.BytesIO()
    ecrivain.add_blank_page(200, 200)
    if mot_de_passe is not None:
        ecrivain.encrypt(mot_de_passe, algorithm="AES-256")
    ecrivain.write(flux)
    return flux.getvalue()


def archive(**entrees: bytes) -> bytes:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom, contenu)
    return flux.getvalue()


XLSX = sheets.octets([sheets.Feuille("A", [sheets.Colonne("T")], [("x",)])])


@pytest.fixture(autouse=True)
def dossier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data = tmp_path / "données du portail"
    monkeypatch.setattr(
        magasin, "get_settings", lambda: SimpleNamespace(data_dir=data, files_url=None)
    )
    return data


def tout(dossier: Path) -> list[Path]:
    return [p for p in dossier.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("contenu", "nom", "mime", "garde"),
    [
        (pdf(), "Devis.PDF", "application/pdf", "Devis.pdf"),
        (PNG, "logo.png", "image/png", "logo.png"),
        (JPEG, "photo.jpeg", "image/jpeg", "photo.jpg"),
        (XML, "facture.xml", "application/xml", "facture.xml"),
        (XLSX, "liste.xlsx", files.TYPES["xlsx"].mime, "liste.xlsx"),
        (pdf(), "sans extension", "application/pdf", "sans extension.pdf"),
    ],
)
async def test_each_accepted_type_is_told_from_its_content(contenu, nom, mime, garde) -> None:
    fichier = await files.ranger(contenu, nom, MEGA)
    assert (fichier.type_mime, fichier.nom_sur) == (mime, garde)
    assert fichier.taille == len(contenu)
    assert fichier.sha256 == hashlib.sha256(contenu).hexdigest()
    assert await files.octets(fichier.cle) == contenu
    assert nom.split(".")[0] not in fichier.cle


@pytest.mark.parametrize(
    ("contenu", "nom", "raison"),
    [
        (b"", "vide.pdf", "vide"),
        (b"bonjour", "lettre.pdf", "n’est pas un PDF"),
        (b"%PDF-1.7\nrien de plus", "lettre.pdf", "incomplet ou abîmé"),
        (pdf()[:200], "coupe.pdf", "incomplet ou abîmé"),
        (pdf("secret"), "protege.pdf", "mot de passe"),
        (pdf(""), "protege.pdf", "restrictions"),
        (b"MZ\x90\x00" * 20, "facture.pdf.exe", "n’est pas accepté"),
        (b"<html><script>alert(1)</script></html>", "page.pdf", "n’est pas un PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "dessin.xml", "n’est pas un XML"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "d.xml", "dessin"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "d.xml", "DOCTYPE"),
        (b"<?xml version='1.0'?><a>", "d.xml", "XML correct"),
        (JPEG[:-2], "p.jpg", "incomplète"),
        (PNG[:30], "p.png", "incomplète"),
        (archive(a=b"x"), "a.zip", "archive"),
        (archive(**{"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b""}),
         "m.xlsx", "macros"),
        (archive(**{"[Content_Types].xml": b"", "xl/workbook.xml": b"0" * 20_000_000}),
         "bombe.xlsx", "décompressé"),
    ],
)  # fmt: skip
async def test_a_file_that_is_not_what_it_should_be_is_refused_with_the_reason(
    contenu: bytes, nom: str, raison: str, dossier: Path
) -> None:
    with pytest.raises(files.FichierRefuse, match=raison):
        await files.ranger(contenu, nom, 30 * MEGA)
    assert tout(dossier) == []


async def test_the_limit_stops_the_stream_at_its_first_byte_too_many(dossier: Path) -> None:
    lus = 0

    async def flot():
        nonlocal lus
        for _ in range(60):
            lus += 1
            yield b"%PDF-" + b"x" * (MEGA - 5)

    with pytest.raises(files.FichierRefuse, match="20\u00a0Mo"):
        await files.ranger(flot(), "gros.pdf", 20 * MEGA)
    assert lus == 21
    assert tout(dossier) == []


async def test_a_file_just_at_the_limit_is_taken_from_any_kind_of_stream() -> None:
    class Televersement:
        def __init__(self, contenu: bytes) -> None:
            self.flux = io.BytesIO(contenu)

        async def read(self, taille: int = -1) -> bytes:
            return self.flux.read(taille)

    contenu = pdf()
    for source in (Televersement(contenu), io.BytesIO(contenu)):
        fichier = await files.ranger(source, "a.pdf", len(contenu))
        assert fichier.taille == len(contenu)
    with pytest.raises(files.FichierRefuse):
        await files.ranger(io.BytesIO(contenu), "a.pdf", len(contenu) - 1)


async def test_types_can_be_narrowed() -> None:
    with pytest.raises(files.FichierRefuse, match="PNG.*attendu.*PDF"):
        await files.ranger(PNG, "a.png", MEGA, types={"pdf"})


async def test_a_scanner_can_refuse_and_one_that_breaks_refuses_too(monkeypatch) -> None:
    async def virus(chemin: Path, type_) -> None:
        raise files.FichierRefuse("Virus trouvé.")

    async def panne(chemin: Path, type_) -> None:
        raise ConnectionError("scanner injoignable")

    monkeypatch.setattr(examen, "ANALYSEURS", [virus])
    with pytest.raises(files.FichierRefuse, match="Virus"):
        await files.ranger(pdf(), "a.pdf", MEGA)
    monkeypatch.setattr(examen, "ANALYSEURS", [panne])
    with pytest.raises(files.FichierRefuse, match="indisponible"):
        await files.ranger(pdf(), "a.pdf", MEGA)


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\moi\\Devis.pdf", "Devis.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("a\"b;c'.pdf", "a_b;c'.pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
    ],
)
def test_a_name_keeps_no_path_and_no_trick(brut: str, attendu: str) -> None:
    assert nom_sur(brut, "pdf") == attendu


@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one(brut: str) -> None:
    nom = nom_sur(brut, "pdf")
    assert nom.endswith(".pdf")
    assert 4 < len(nom) <= 150
    assert not set(nom) & set('/\\<>:"|?*\r\n\x00')
    assert nom_sur(nom, "pdf") == nom


@pytest.mark.parametrize("cle", ["../secret", "ab/../../etc", "ab/" + "0" * 32, ""])
async def test_a_key_that_is_not_ours_finds_nothing(cle: str) -> None:
    with pytest.raises(files.FichierAbsent):
        await files.lire(cle)


async def test_files_are_listed_deleted_and_deleting_twice_is_no_error() -> None:
    fichier = await files.ranger(pdf(), "a.pdf", MEGA)
    assert [cle async for cle in files.cles()] == [fichier.cle]
    await files.supprimer(fichier.cle)
    await files.supprimer(fichier.cle)
    with pytest.raises(files.FichierAbsent):
        await files.octets(fichier.cle)


def test_what_a_killed_process_left_is_swept_after_an_hour() -> None:
    ancien, recent = (magasin.dossier_temporaire() / nom for nom in ("depot-a", "depot-b"))
    ancien.write_bytes(b"x")
    recent.write_bytes(b"x")
    os.utime(ancien, (time.time() - 7200,) * 2)
    assert files.balayer() == 1
    assert not ancien.exists()
    assert recent.exists()
