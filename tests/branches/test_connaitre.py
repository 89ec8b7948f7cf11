"""« Connaître mon OPCO » (B01): the three answers, for every convention of the reference table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.branches import connaitre
from portal.branches.referentiel import conventions, de_l_opco, en_vigueur, opcos
from portal.core.entreprises.operations import EtablissementSaisi, FicheSaisie, enregistrer
from portal.settings import get_settings
from portal.testing.navigateur import Navigateur
from tests.core.numeros import siren_neuf, siret_de

Navigateurs = Callable[..., Navigateur]
PAGE = "/connaitre-mon-opco"


async def entreprise(idcc: str | None, nom: str = "Maison d’Essai") -> str:
    siren = siren_neuf()
    lieu = EtablissementSaisi(siret_de(siren), code_postal="44000", commune="Nantes")
    await enregistrer(FicheSaisie(siren, nom, (lieu,), idcc=idcc))
    return siren


def test_b01_every_convention_of_the_table_has_its_answer() -> None:
    assert len(conventions()) == 337
    notres = set(get_settings().opco_idcc)
    for idcc, convention in conventions().items():
        reponse = connaitre.selon_idcc(idcc)
        finale = en_vigueur(idcc)
        assert finale is not None
        assert finale.cible is None, idcc
        if {idcc, finale.idcc} & notres:
            assert reponse.genre == "adherente", idcc
        elif convention.opco:
            assert reponse.genre == "ailleurs", idcc
            assert reponse.competent is opcos()[finale.opco], idcc
        else:
            assert reponse.genre == "sans_convention", idcc
    assert connaitre.selon_idcc("0000").genre == "ailleurs"


@pytest.mark.parametrize(
    ("idcc", "suivi", "genre"),
    [("0635", "0573", "adherente"), ("0087", "3249", "ailleurs"), ("1044", "3251", "ailleurs")],
)
def test_b01_merged_codes_are_followed(idcc: str, suivi: str, genre: str) -> None:
    reponse = connaitre.selon_idcc(idcc)
    assert (reponse.genre, reponse.remplacee) == (genre, True)
    assert reponse.convention is not None
    assert reponse.convention.idcc == suivi


async def test_b01_by_siren_the_right_place_with_its_idcc(navigateur: Navigateurs) -> None:
    siren = await entreprise("1979", "Auberge de l’Essai")
    page = await navigateur().get(PAGE, params={"siren": f"{siren[:3]} {siren[3:6]} {siren[6:]}"})
    assert page.statut == 200
    assert "Vous êtes au bon endroit" in page.texte
    assert "Auberge de l’Essai : votre entreprise est bien adhérente d’OPCO Démo." in page.texte
    assert "Code IDCC : 1979" in page.texte
    assert "/aide?region=Pays%20de%20la%20Loire#contact" in page.liens()


async def test_b01_unknown_siren_points_to_the_other_way(navigateur: Navigateurs) -> None:
    page = await navigateur().get(PAGE, params={"siren": siren_neuf()})
    assert "Aucun résultat ne correspond à votre recherche" in page.texte
    assert (
        "Nous n’avons trouvé aucun résultat pour ce numéro SIREN. Vous pouvez rechercher via votre"
        " département ainsi que votre numéro de convention collective." in page.texte
    )
    sans = await navigateur().get(PAGE, params={"siren": await entreprise(None, "Sans convention")})
    assert "Nous connaissons Sans convention, mais pas sa convention" in sans.texte


async def test_b01_convention_of_another_opco_is_named_with_our_sectors(
    navigateur: Navigateurs,
) -> None:
    page = await navigateur().get(PAGE, params={"departement": "59", "idcc": "16"})
    assert "Désolé, votre IDCC n’est pas référencé chez OPCO Démo." in page.texte
    assert "OPCO Mobilités" in page.texte
    assert "#secteurs" in page.liens("Voir les secteurs d’activités")
    secteurs = " ".join(page.html.xpath("//*[@id='secteurs']")[0].text_content().split())
    assert all(f"IDCC {c.idcc}" in secteurs for c in de_l_opco())
    fusion = await navigateur().get(PAGE, params={"departement": "2A", "idcc": "0635"})
    assert "L’IDCC 0635" in fusion.texte
    assert "a été remplacé par l’IDCC 0573" in fusion.texte
    aucune = await navigateur().get(PAGE, params={"departement": "75", "idcc": "9999"})
    assert "c’est l’activité principale de l’entreprise qui en décide" in aucune.texte
    inconnue = await navigateur().get(PAGE, params={"departement": "75", "idcc": "0001"})
    assert "ne figure pas dans la table" in inconnue.texte


@pytest.mark.parametrize(
    ("demande", "champ", "dit"),
    [
        ({"siren": ""}, "siren", "Saisissez votre numéro SIREN"),
        ({"siren": "12"}, "siren", "9 chiffres"),
        ({"siren": "<script>"}, "siren", "que des chiffres"),
        ({"departement": "75", "idcc": ""}, "idcc", "Saisissez le numéro"),
        ({"departement": "99", "idcc": "1979"}, "departement", "Choisissez une valeur"),
        ({"departement": "75", "idcc": "12345"}, "idcc", "4 chiffres"),
        ({"departement": "75", "idcc": "١٩٧٩"}, "idcc", "4 chiffres"),
    ],
)
async def test_b01_a_wrong_entry_is_told_beside_its_field(
    navigateur: Navigateurs, demande: dict[str, str], champ: str, dit: str
) -> None:
    page = await navigateur().get(PAGE, params=demande)
    assert page.statut == 422
    assert dit in page.erreur(champ)


async def test_b01_the_fragment_is_the_same_part_of_the_page(navigateur: Navigateurs) -> None:
    demande = {"departement": "44", "idcc": "1979"}
    entiere = await navigateur().get(PAGE, params=demande)
    partie = await navigateur(entetes={"HX-Request": "true"}).get(PAGE, params=demande)
    (voulue,) = entiere.html.xpath("//*[@id='connaitre']")
    assert voulue.text_content().split() == partie.html.text_content().split()
