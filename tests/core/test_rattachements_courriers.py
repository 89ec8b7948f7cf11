"""The print batch: what is printed is live, what is live was printed."""

from __future__ import annotations

import csv
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from portal.core.rattachements import courriers, lots
from portal.core.rattachements.activation import Echec, utiliser
from portal.core.rattachements.codes import ajouter_mois
from portal.core.rattachements.file_courriers import demander_nouveau_code
from portal.core.rattachements.premier_envoi import premier_envoi
from portal.infra import base, clock
from portal.infra.base import executer, sql, sql1
from portal.web.erreurs import Conflit, Refus
from tests.core.rattachements_aides import (
    activer,
    administrateur,
    code_lu,
    en_attente,
    imprimer,
    lettres_de,
    personne,
    poser_code,
    societe,
)  # fmt: skip


@pytest.fixture
async def seule(base_neuve: str) -> None:
    """A queue of its own: the batch takes all that waits."""


async def vivants(siren: str) -> int:
    ligne = await sql1(
        "select count(*) as n from code_activation where siren = $1 and etat = 'actif'", siren
    )
    assert ligne is not None
    return int(ligne["n"])


async def test_c02_letter_has_header_window_address_and_last_valid_day(
    seule: None, tmp_path: Path, horloge: Any
) -> None:
    await horloge(datetime(2026, 12, 1, 10))
    s = await societe("Menuiserie Kerbrat & Fils #1 *gras*")
    await en_attente(await personne(), s)
    resultat = await imprimer(tmp_path)
    assert (resultat.codes, len(resultat.lots)) == (1, 1)
    (lettre,) = lettres_de(tmp_path, s.siren)
    assert "SIREN – adhérent" in lettre
    assert "Menuiserie Kerbrat & Fils #1 *gras*" in lettre
    assert "44000 Nantes" in lettre
    assert "Dernier jour de validité : 6 mars 2027" in lettre
    await activer(await personne(), s, code_lu(lettre))


async def test_c02_only_a_hash_is_stored(seule: None, tmp_path: Path) -> None:
    s = await societe()
    await en_attente(await personne(), s)
    await imprimer(tmp_path)
    code = code_lu(lettres_de(tmp_path, s.siren)[0])
    for table in ("code_activation", "courrier", "lot_courriers", "journal", "essai_code"):
        for ligne in await sql(f"select t::text as texte from {table} t"):
            assert code not in ligne["texte"].replace("-", "").upper()
    assert code not in (next(tmp_path.glob("lot-*")) / lots.ADRESSES).read_text()


async def test_c02_manifest_counts_and_sums(seule: None, tmp_path: Path) -> None:
    for _ in range(5):
        await en_attente(await personne(), await societe())
    resultat = await imprimer(tmp_path, par_fichier=2, par_lot=3)
    assert (len(resultat.lots), resultat.codes) == (2, 5)
    for numero in resultat.lots:
        dossier = tmp_path / f"lot-{numero}"
        assert dossier.stat().st_mode & 0o077 == 0
        with (dossier / lots.MANIFESTE).open() as flux:
            *fichiers, total = list(csv.DictReader(flux, delimiter=";"))
        assert int(total["lettres"]) == sum(int(f["lettres"]) for f in fichiers)
        for f in fichiers:
            contenu = (dossier / f["fichier"]).read_bytes()
            assert hashlib.sha256(contenu).hexdigest() == f["sha256"]
    assert (await imprimer(tmp_path)).lots == []


async def test_c01_two_profiles_two_codes(seule: None, tmp_path: Path) -> None:
    s = await societe("Institut Horizon", idcc="1516")
    assert await premier_envoi() == 2
    await imprimer(tmp_path)
    lettres = lettres_de(tmp_path, s.siren)
    assert sorted("prestataire" in x.split("Objet")[0] for x in lettres) == [False, True]
    assert len({code_lu(x) for x in lettres}) == 2


async def test_c03_list_letter_where_administrators_are_known_never_both(
    seule: None, tmp_path: Path
) -> None:
    connue, autre = await societe("Connue"), await societe("Autre")
    await administrateur(connue, "Anne", "Le Goff")
    assert await premier_envoi() == 2
    assert await premier_envoi() == 0
    resultat = await imprimer(tmp_path)
    assert (resultat.codes, resultat.listes) == (1, 1)
    (liste,) = lettres_de(tmp_path, connue.siren)
    assert "Anne Le Goff" in liste
    assert "Code d’activation" not in liste
    assert await vivants(connue.siren) == 0
    assert await vivants(autre.siren) == 1


async def test_c05_earlier_code_lives_until_the_new_letter_is_made(
    seule: None, tmp_path: Path
) -> None:
    s, conseiller = await societe(), await personne(roles=("conseiller",))
    ancien = await poser_code(s)
    await demander_nouveau_code(conseiller, s.siren, s.profil, raison="Code périmé")
    with pytest.raises(Conflit):
        await demander_nouveau_code(conseiller, s.siren, s.profil, raison="Code périmé")
    await activer(await personne(), s, ancien)
    await imprimer(tmp_path)
    refus = await utiliser(await personne(), s.siren, s.profil, ancien)
    assert isinstance(refus, Echec)
    assert refus.genre == "remplace"
    await activer(await personne(), s, code_lu(lettres_de(tmp_path, s.siren)[0]))


async def test_c03_code_beside_an_administrator_only_on_the_staffs_word(seule: None) -> None:
    s, conseiller = await societe(), await personne(roles=("conseiller",))
    await administrateur(s)
    with pytest.raises(Refus):
        await demander_nouveau_code(conseiller, s.siren, s.profil, raison="Code périmé")
    await demander_nouveau_code(
        conseiller, s.siren, s.profil, raison="Tous partis", plus_aucun=True
    )
    ligne = await sql1(
        "select count(*) as n from journal where siren = $1"
        " and action = 'courrier.sans_administrateur_atteste'",
        s.siren,
    )
    assert ligne is not None
    assert ligne["n"] == 1


async def test_c07_letter_is_dropped_when_an_administrator_came_meanwhile(
    seule: None, tmp_path: Path
) -> None:
    s = await societe()
    await en_attente(await personne(), s)
    await administrateur(s)
    resultat = await imprimer(tmp_path)
    assert (resultat.lots, resultat.annules) == ([], 1)


async def test_c02_letter_without_address_waits_and_is_told(seule: None, tmp_path: Path) -> None:
    s = await societe()
    await executer("update etablissement set commune = '' where siren = $1", s.siren)
    await en_attente(await personne(), s)
    resultat = await imprimer(tmp_path)
    assert (resultat.lots, resultat.sans_adresse) == ([], 1)
    assert "adresse de siège" in str(resultat)


@pytest.mark.parametrize("etape", ["composer", "deposer_manifeste", "_enregistrer"])
async def test_c02_crash_before_commit_leaves_no_live_code_and_no_batch(
    seule: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, etape: str
) -> None:
    s = await societe()
    await en_attente(await personne(), s)
    module = lots if etape == "deposer_manifeste" else courriers
    vrai = getattr(module, etape)

    def coupe(*_: Any, **__: Any) -> Any:
        raise OSError("coupure")

    monkeypatch.setattr(module, etape, coupe)
    with pytest.raises(OSError):
        await imprimer(tmp_path)
    assert await vivants(s.siren) == 0
    assert not list(tmp_path.glob(f"lot-*/{lots.MANIFESTE}"))
    monkeypatch.setattr(module, etape, vrai)
    resultat = await imprimer(tmp_path)
    assert resultat.codes == 1
    assert [d.name for d in tmp_path.iterdir()] == [f"lot-{resultat.lots[0]}"]
    await activer(await personne(), s, code_lu(lettres_de(tmp_path, s.siren)[0]))


async def test_c02_crash_after_commit_only_lacks_the_manifests_name(
    seule: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = await societe()
    await en_attente(await personne(), s)
    vrai = lots.publier

    def coupe(_: Path) -> None:
        raise OSError("coupure")

    monkeypatch.setattr(lots, "publier", coupe)
    with pytest.raises(OSError):
        await imprimer(tmp_path)
    assert await vivants(s.siren) == 1
    monkeypatch.setattr(lots, "publier", vrai)
    assert (await imprimer(tmp_path)).lots == []
    assert len(list(tmp_path.glob(f"lot-*/{lots.MANIFESTE}"))) == 1
    await activer(await personne(), s, code_lu(lettres_de(tmp_path, s.siren)[0]))


async def test_c02_queue_changed_while_setting_makes_the_batch_again(
    seule: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s, t = await societe(), await societe()
    await en_attente(await personne(), s)
    await en_attente(await personne(), t)
    vrai, appels = courriers._enregistrer, []

    async def pendant(*arguments: Any) -> None:
        if not appels:
            appels.append(1)
            await executer("update courrier set etat = 'annule' where siren = $1", t.siren)
        await vrai(*arguments)

    monkeypatch.setattr(courriers, "_enregistrer", pendant)
    resultat = await imprimer(tmp_path)
    assert resultat.codes in (1, 2)
    assert len(list(tmp_path.glob("lot-*"))) == 1
    assert await vivants(s.siren) == 1


async def test_c04_validity_is_printed_from_posting_plus_delay(
    seule: None, tmp_path: Path, horloge: Any
) -> None:
    await horloge(datetime(2026, 11, 25, 9))
    s = await societe()
    await en_attente(await personne(), s)
    await imprimer(tmp_path)
    ligne = await sql1(
        "select valable_du, valable_jusqu from code_activation where siren = $1", s.siren
    )
    assert ligne is not None
    jour = await clock.aujourd_hui()
    assert ligne["valable_du"] == jour
    assert ligne["valable_jusqu"] == ajouter_mois(jour.replace(day=30), 3)
    assert ligne["valable_jusqu"].isoformat() == "2027-02-28"
    assert base.en_transaction() is False
