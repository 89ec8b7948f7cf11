"""K02, decision 6: dated values, the most specific one, kept as a dossier was judged by them."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.branches import operations, queries, semis
from portal.branches.dates import ParametresDates, Valeur
from portal.branches.operations import Refuse
from portal.infra.base import sql
from portal.kit import Parametres, ValeurInitiale

JOUR = date(2026, 5, 1)


def _v(valeur: str, idcc: str | None = None, **criteres: str) -> Valeur:
    return Valeur("essai.a", valeur, date(2026, 1, 1), None, "Accord", idcc, criteres)


@pytest.mark.parametrize(
    ("criteres", "attendu"),
    [
        ({}, "branche"),
        ({"tranche": "<11"}, "branche <11"),
        ({"tranche": "11-49"}, "branche"),
        ({"tranche": "<11", "territoire": "outre-mer"}, "branche <11 outre-mer"),
        ({"territoire": "outre-mer"}, "branche"),
    ],
)
def test_k02_la_valeur_la_plus_precise(criteres: dict[str, str], attendu: str) -> None:
    lus = ParametresDates(
        "1516",
        JOUR,
        [
            _v("toutes outre-mer", territoire="outre-mer"),
            _v("branche", "1516"),
            _v("toutes"),
            _v("branche <11 outre-mer", "1516", tranche="<11", territoire="outre-mer"),
            _v("branche <11", "1516", tranche="<11"),
        ],
    )
    trouvee = lus.lire("essai.a", **criteres)
    assert trouvee is not None
    assert trouvee.valeur == attendu
    assert lus.lire("essai.b") is None


def _respecte(p: Parametres) -> Parametres:
    return p


def test_k01_les_parametres_se_gardent_et_se_relisent() -> None:
    lus = ParametresDates("1516", JOUR, [_v("12.50", "1516", tranche="<11"), _v("10")])
    garde = json.loads(json.dumps(lus.en_json()))
    relus = _respecte(ParametresDates.depuis_json(garde))
    assert relus.lire("essai.a", tranche="<11") == lus.lire("essai.a", tranche="<11")
    assert relus.lire("essai.a") == lus.lire("essai.a")


async def _valeurs(cle: str) -> list[tuple[str, date, date | None]]:
    lignes = await sql(
        "select valeur, lower(periode) as du, upper(periode) - 1 as au from parametre"
        " where cle = $1 and remplacee_le is null order by periode",
        cle,
    )
    return [(v["valeur"], v["du"], v["au"]) for v in lignes]


def _cle() -> str:
    return f"essai.{uuid.uuid4().hex}"


async def test_k02_poser_ferme_la_valeur_precedente_la_veille() -> None:
    cle = _cle()
    await operations.poser(cle, "10", date(2026, 1, 1), "Accord 1", acteur=None, idcc="1516")
    await operations.poser(cle, "12", date(2026, 7, 1), "Accord 2", acteur=None, idcc="1516")
    assert await _valeurs(cle) == [
        ("10", date(2026, 1, 1), date(2026, 6, 30)),
        ("12", date(2026, 7, 1), None),
    ]
    assert (await queries.parametres("1516", date(2026, 6, 30))).lire(cle).valeur == "10"
    assert (await queries.parametres("1516", date(2026, 7, 1))).lire(cle).valeur == "12"
    assert (await queries.parametres("0573", date(2026, 7, 1))).lire(cle) is None
    lignes = await sql("select details from journal where details->>'cle' = $1 order by id", cle)
    assert [(x["details"]["ancienne"], x["details"]["valeur"]) for x in lignes] == [
        (None, "10"),
        ("10", "12"),
    ]


async def test_k02_poser_avant_une_valeur_a_venir_s_arrete_a_elle() -> None:
    cle = _cle()
    await operations.poser(cle, "12", date(2026, 7, 1), "Accord", acteur=None)
    await operations.poser(cle, "10", date(2026, 1, 1), "Accord", acteur=None)
    assert await _valeurs(cle) == [
        ("10", date(2026, 1, 1), date(2026, 6, 30)),
        ("12", date(2026, 7, 1), None),
    ]


async def test_k02_corriger_du_meme_jour_garde_l_ancienne_dans_l_historique() -> None:
    cle = _cle()
    await operations.poser(cle, "10", JOUR, "Accord", acteur=None)
    await operations.poser(cle, "11", JOUR, "Accord corrigé", acteur=None)
    assert await _valeurs(cle) == [("11", JOUR, None)]
    historique = await queries.historique(cle, None)
    assert [(v.valeur, v.etat(JOUR)) for v in historique] == [
        ("11", "En vigueur"),
        ("10", "Remplacée"),
    ]
    with pytest.raises(Refuse):
        await operations.poser(cle, "11", JOUR, "Accord corrigé", acteur=None)


async def test_k02_deux_personnes_posent_en_meme_temps() -> None:
    cle = _cle()
    await asyncio.gather(
        *(
            operations.poser(cle, str(n), JOUR + timedelta(days=n), "Accord", acteur=None)
            for n in range(4)
        )
    )
    assert [v for v, _, _ in await _valeurs(cle)] == ["0", "1", "2", "3"]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6, unique=True))
def test_k02_les_periodes_se_suivent_sans_trou(decalages: list[int]) -> None:
    """The pure part of `poser`: where a value ends is where the next begins."""
    voisines = [{"du": JOUR + timedelta(days=d)} for d in decalages]
    for d in decalages:
        du = JOUR + timedelta(days=d)
        fin = operations.suivant(voisines, du)
        apres = sorted(x for x in decalages if x > d)
        assert fin == (JOUR + timedelta(days=apres[0]) if apres else None)


def _initiale(cle: str, valeur: str, du: date, **options: object) -> ValeurInitiale:
    return ValeurInitiale(cle=cle, valeur=valeur, du=du, source="Plugin", **options)


async def test_k02_semer_deux_fois_est_semer_une_fois() -> None:
    cle = _cle()
    graines = [
        _initiale(cle, "1", date(2025, 1, 1)),
        _initiale(cle, "2", date(2026, 1, 1)),
        _initiale(cle, "3", date(2026, 1, 1), criteres={"tranche": "<11"}),
        _initiale(cle, "4", date(2026, 1, 1), idcc="1516", au=date(2026, 12, 31)),
    ]
    assert await semis.semer(graines) == 4
    assert await semis.semer(graines) == 0
    lus = await queries.parametres("1516", JOUR)
    assert lus.lire(cle).valeur == "4"
    assert lus.lire(cle).au == date(2026, 12, 31)
    ailleurs = await queries.parametres("0573", JOUR)
    assert ailleurs.lire(cle).valeur == "2"
    assert ailleurs.lire(cle, tranche="<11").valeur == "3"
    assert (await queries.parametres("0573", date(2025, 6, 1))).lire(cle).valeur == "1"


async def test_k02_semer_ne_touche_pas_a_ce_qu_une_branche_a_pose() -> None:
    from tests.core.comptes_aides import personne

    cle = _cle()
    compte = await personne()
    acteur = SimpleNamespace(compte_id=compte.id, nom_affiche="Branche")
    await semis.semer([_initiale(cle, "1", date(2026, 1, 1))])
    await operations.poser(cle, "5", date(2026, 3, 1), "Accord", acteur=acteur)
    assert await semis.semer([_initiale(cle, "2", date(2026, 6, 1))]) == 0
    assert [v for v, _, _ in await _valeurs(cle)] == ["1", "5"]


async def test_d01_limite_de_personnes_par_dossier_semee() -> None:
    lus = await queries.parametres("1516", JOUR)
    assert lus.lire("dossier.personnes_max").valeur == "30"
