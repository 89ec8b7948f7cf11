"""The copy of the register: written in bulk, found by number or by words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.entreprises import queries
from portal.core.entreprises.fiche import Fiche
from portal.core.entreprises.geographie import departement_de, region_de
from portal.core.entreprises.operations import (
    EtablissementSaisi,
    FicheSaisie,
    enregistrer,
    enregistrer_conseiller,
    enregistrer_lots,
)  # fmt: skip
from portal.infra import clock
from portal.infra.base import valeur
from portal.infra.texte import mots, plier
from tests.core.numeros import siren_neuf, siret_de


def fiche(siren: str, nom: str, **plus: object) -> FicheSaisie:
    siege = EtablissementSaisi(
        siret_de(siren), adresse_ligne1="12 rue du Port", code_postal="44000", commune="Nantes"
    )
    return FicheSaisie(siren, nom, (siege,), **plus)  # type: ignore[arg-type]


async def test_b02_fiche_written_twice_is_there_once() -> None:
    siren = siren_neuf()
    await enregistrer(fiche(siren, "Boulangerie du Port", idcc="0843", effectif=12))
    await enregistrer(fiche(siren, "Boulangerie du Port et fils", idcc="0843", effectif=13))
    lue = await queries.par_siren(siren)
    assert lue is not None
    assert lue.siege is not None
    assert (lue.denomination, lue.effectif, lue.profils) == (
        "Boulangerie du Port et fils", 13, ["adherent"],
    )  # fmt: skip
    assert (lue.region, lue.departement) == ("Pays de la Loire", "44")
    assert lue.siege.adresse == ["12 rue du Port", "44000 Nantes"]
    assert len(await queries.etablissements(siren)) == 1


async def test_b02_training_bodies_have_both_profiles() -> None:
    siren = siren_neuf()
    await enregistrer(fiche(siren, "Institut Horizon", idcc="1516"))
    lue = await queries.par_siren(siren)
    assert lue is not None
    assert lue.profils == ["adherent", "prestataire"]


async def test_b04_found_by_siret_with_spaces_pasted() -> None:
    siren = siren_neuf()
    await enregistrer(fiche(siren, "Atelier Vasseur"))
    siret = siret_de(siren)
    colle = f" {siret[:3]} {siret[3:6]}\u00a0{siret[6:9]} {siret[9:]} "
    reponse = await queries.consulter(colle)
    assert reponse.etat == "trouvee"
    assert reponse.fiche is not None
    assert reponse.fiche.etablissement is not None
    assert reponse.fiche.etablissement.siret == siret


async def test_b04_la_poste_establishment_is_accepted() -> None:
    siret = "35600000000048"
    poste = FicheSaisie("356000000", "La Poste", (EtablissementSaisi(siret, commune="Paris"),))
    await enregistrer(poste)
    assert (await queries.consulter(siret)).etat == "trouvee"
    somme_multiple_de_cinq = "35600000049837"
    assert (await queries.consulter(somme_multiple_de_cinq)).etat == "inconnue"


async def test_b04_wrong_unknown_and_empty_numbers_are_told_apart() -> None:
    siren = siren_neuf()
    assert (await queries.consulter("  ")).etat == "vide"
    faux = await queries.consulter(siren[:8])
    assert faux.etat == "invalide"
    assert "9\u00a0chiffres" in faux.message.replace("9 c", "9\u00a0c")
    inconnu = await queries.consulter(siren)
    assert inconnu.etat == "inconnue"
    assert "registre" in inconnu.message
    await enregistrer(fiche(siren, "Scierie Moreau"))
    autre = await queries.consulter(siret_de(siren, 7))
    assert autre.etat == "inconnue"
    assert "Scierie Moreau" in autre.message


async def test_b04_closed_establishment_offers_its_successor() -> None:
    siren, jour = siren_neuf(), await clock.aujourd_hui()
    ancien, nouveau = siret_de(siren, 1), siret_de(siren, 2)
    fermee = EtablissementSaisi(ancien, ferme_le=jour - timedelta(30), successeur=nouveau)
    await enregistrer(FicheSaisie(siren, "Transports Aubin", (EtablissementSaisi(nouveau), fermee)))
    reponse = await queries.consulter(ancien)
    assert reponse.etat == "fermee"
    assert "fermé depuis le" in reponse.message
    assert reponse.successeur is not None
    assert reponse.successeur.etablissement is not None
    assert reponse.successeur.etablissement.siret == nouveau


async def test_b04_closing_counts_from_its_day_on_the_business_clock(horloge: object) -> None:
    siren = siren_neuf()
    await enregistrer(fiche(siren, "Garage Perrin", fermee_le=date(2027, 3, 1)))
    await horloge(datetime(2027, 2, 28, 12))  # type: ignore[operator]
    assert (await queries.consulter(siren)).etat == "trouvee"
    await horloge(datetime(2027, 3, 1, 0, 1))  # type: ignore[operator]
    assert (await queries.consulter(siren)).etat == "fermee"


async def test_b04_name_and_town_by_beginnings_of_words_without_accents() -> None:
    siren = siren_neuf()
    await enregistrer(fiche(siren, "L’Œuvre d’Élise Zyxomma"))
    for saisi in ("zyxo", "ELISE zyxomma nan", "oeuvre zyxomma 44000"):
        reponse = await queries.consulter(saisi)
        assert [f.siren for f in reponse.fiches] == [siren], saisi
    assert (await queries.consulter("zyxomma marseille")).etat == "inconnue"


@pytest.mark.parametrize(
    "saisi", ["'", "a' | b", ":*", "\\", "&!()<->", "李", "' or 1=1 --", "\x00"]
)
async def test_b04_hostile_words_find_nothing_and_break_nothing(saisi: str) -> None:
    assert (await queries.consulter(saisi)).etat in ("vide", "inconnue", "liste")


async def test_b02_batches_in_constant_memory_with_one_audit_line_each() -> None:
    avant = await valeur("select count(*) from journal where action = 'entreprises.enregistrees'")
    total = await enregistrer_lots((fiche(siren_neuf(), "Lot") for _ in range(25)), taille=10)
    apres = await valeur("select count(*) from journal where action = 'entreprises.enregistrees'")
    assert (total, apres - avant) == (25, 3)


async def test_b05_a_company_may_have_its_own_conseiller() -> None:
    siren, autre = siren_neuf(), siren_neuf()
    await enregistrer(fiche(siren, "Imprimerie Roux"), fiche(autre, "Imprimerie Noir"))
    await enregistrer_conseiller(
        "Claire Denis", "0240000000", f"c{siren}@opco.example", entreprises=[siren]
    )
    lui = await queries.conseiller_de(siren)
    assert lui is not None
    assert lui.nom == "Claire Denis"
    assert await queries.conseiller_de(autre) is None


@pytest.mark.parametrize(
    ("code", "departement", "region"),
    [
        ("75011", "75", "Île-de-France"), ("20000", "2A", "Corse"), ("20200", "2B", "Corse"),
        ("97400", "974", "La Réunion"), ("", "", ""), ("7501", "", ""), ("AB123", "", ""),
    ],
)  # fmt: skip
async def test_b02_departement_and_region_of_a_postcode(
    code: str, departement: str, region: str
) -> None:
    assert (departement_de(code), region_de(departement)) == (departement, region)


@given(st.text(max_size=60))
async def test_b04_folding_is_idempotent(texte: str) -> None:
    assert plier(plier(texte)) == plier(texte)
    assert " ".join(mots(texte)) == " ".join(dict.fromkeys(plier(texte).split()))


async def test_b02_a_company_without_head_office_has_no_region() -> None:
    assert Fiche("732829320", "Sans siège").region == ""
