"""The canary: a NIR or an IBAN put into a dossier is nowhere else but in the safe, sealed."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from portal.dossiers.instruction import operations as instruction
from portal.infra import coffre, jobs
from portal.infra.base import sql
from portal.settings import get_settings
from tests.dossiers.aides import ouvrir_session, quelqu_un, rempli, societe
from tests.dossiers.dispositif_essai import nir

CANARI = nir(77)
IBAN = "FR7630006000011234567890189"


async def vider_la_base() -> str:
    """Every row of every table, as text."""
    tables = await sql(
        "select format('%I.%I', schemaname, tablename) as nom from pg_tables"
        " where schemaname not in ('pg_catalog', 'information_schema')"
    )
    morceaux = []
    for table in tables:
        lignes = await sql(f"select t::text as ligne from {table['nom']} t")
        morceaux += [ligne["ligne"] for ligne in lignes]
    return "\n".join(morceaux)


async def test_d04_canari_introuvable_hors_du_coffre(
    navigateur: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chez = await societe()
    moi, email = await quelqu_un(chez)
    nav = await ouvrir_session(navigateur, email)
    dossier = await rempli(moi, chez)
    page = await nav.get(f"/dossiers/{dossier['uid']}/etapes/personnes")
    nom = page.html.xpath("//input[contains(@name, '.nir')]/@name")[0]
    page = await nav.soumettre(page, contenant="_version", **{nom: CANARI})
    page = await nav.get(f"/dossiers/{dossier['uid']}/etapes/organisme")
    await nav.soumettre(page, contenant="iban", iban=IBAN)
    page = await nav.get(f"/dossiers/{dossier['uid']}/etapes/personnes")
    await nav.soumettre(page, contenant="_version", **{nom: CANARI + "9"})
    page = await nav.get(f"/dossiers/{dossier['uid']}/etapes/personnes")
    await nav.soumettre(page, contenant="_version", **{nom: CANARI})
    page = await nav.get(f"/dossiers/{dossier['uid']}/verifier")
    await nav.soumettre(page, f"/dossiers/{dossier['uid']}/transmettre")
    gestionnaire, _ = await quelqu_un(role="gestionnaire")
    await instruction.prendre_en_charge(gestionnaire, dossier["uid"], None)
    await instruction.accorder(gestionnaire, dossier["uid"], None, {}, {}, "")
    await jobs.vider(lever=False)
    sortie = capfd.readouterr()
    lieux = {
        "base": await vider_la_base(),
        "journaux": caplog.text + sortie.out + sortie.err,
        "fichiers": " ".join(
            f.read_bytes().decode("latin-1")
            for f in Path(get_settings().data_dir).rglob("*")
            if f.is_file()
        ),
    }
    for lieu, texte in lieux.items():
        for secret in (CANARI, IBAN, IBAN[4:]):
            assert secret not in texte, lieu
    assert "$secret" in lieux["base"]
    ids = [i for (i,) in [(s["id"],) for s in await sql("select id from secret")]]
    clairs = json.dumps(await coffre.reveler_plusieurs(ids[-50:]))
    assert CANARI in clairs
    assert IBAN in clairs
