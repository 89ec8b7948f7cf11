"""The algebra of habilitations (C09): lines and stored rows say the same; adding and taking too."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.core.rattachements.matrice.regles import (
    Retrait,
    ajouter,
    composer,
    regrouper,
    retirer,
)
from portal.core.rattachements.modeles import Ligne, ranger

LIEUX = ["10000000000001", "10000000000002", "10000000000003"]
DISPOSITIFS = ["plan", "contrat"]
DROITS = ["dossiers.consulter", "dossiers.saisir", "factures.consulter", "rib.consulter"]


def _ligne(siret: str | None, dispositif: str | None, droit: str) -> Ligne:
    return siret, (dispositif if droit[:3] != "rib" else None), droit


LIGNES = st.lists(
    st.builds(
        _ligne,
        st.sampled_from([None, *LIEUX]),
        st.sampled_from([None, *DISPOSITIFS]),
        st.sampled_from(DROITS),
    ),
    max_size=12,
)
RETRAITS = st.builds(
    Retrait,
    st.lists(st.sampled_from(DROITS), min_size=1, max_size=2, unique=True).map(tuple),
    st.none() | st.frozensets(st.sampled_from(LIEUX), min_size=1),
    st.none() | st.frozensets(st.sampled_from(DISPOSITIFS), min_size=1),
)
Point = tuple[str, str, str]


def points(lignes: list[Ligne]) -> set[Point]:
    """Each (place, dispositif, right) that these habilitations give."""
    return {
        (lieu, dispositif, droit)
        for s, d, droit in lignes
        for lieu in (LIEUX if s is None else [s])
        for dispositif in (DISPOSITIFS if d is None else [d])
    }


def pris(retrait: Retrait) -> set[Point]:
    droits = set(retrait.droits)
    droits |= {"dossiers.saisir"} if "dossiers.consulter" in droits else set()
    return {
        (lieu, dispositif, droit)
        for droit in droits
        for lieu in retrait.lieux or LIEUX
        for dispositif in (retrait.dispositifs if droit[:3] != "rib" else None) or DISPOSITIFS
    }


@given(LIGNES)
def test_c09_lines_say_what_the_habilitations_say(lignes: list[Ligne]) -> None:
    regles = regrouper(lignes)
    dites = [ligne for regle in regles for ligne in regle.lignes()]
    assert set(dites) == set(lignes)
    assert len({r.cle for r in regles}) == len(regles)
    assert len(regles) <= len(set(lignes))


@given(LIGNES, LIGNES)
def test_c09_stored_rows_give_what_was_granted(lignes: list[Ligne], plus: list[Ligne]) -> None:
    somme = ajouter(lignes, plus)
    siret, rangees = ranger(somme)
    assert points([(s or siret, d, droit) for s, d, droit in rangees]) == points(lignes) | points(
        plus
    )


@given(LIGNES, RETRAITS)
def test_c09_taking_takes_that_and_nothing_else(lignes: list[Ligne], retrait: Retrait) -> None:
    reste = retirer(lignes, retrait, etablissements=LIEUX, dispositifs=DISPOSITIFS)
    assert points(reste) == points(lignes) - pris(retrait)


def test_c09_a_right_on_the_company_taken_at_one_place_stays_on_the_others() -> None:
    reste = retirer(
        composer(None, None, ["dossiers.consulter", "dossiers.saisir"]),
        Retrait(("dossiers.saisir",), frozenset({LIEUX[0]})),
        etablissements=LIEUX,
        dispositifs=DISPOSITIFS,
    )
    entiere, partie = regrouper(reste)
    assert (entiere.lieux, entiere.droits) == (None, ("dossiers.consulter",))
    assert (partie.lieux, partie.droits) == (tuple(LIEUX[1:]), ("dossiers.saisir",))


def test_c09_five_thousand_places_with_the_same_rights_are_one_line() -> None:
    sirets = [f"1{n:013d}" for n in range(5000)]
    regles = regrouper(
        [
            *composer(sirets, None, ["dossiers.consulter"]),
            *composer(sirets[:10], ["plan"], ["dossiers.consulter", "dossiers.saisir"]),
        ]
    )
    assert [len(r.lieux or ()) for r in regles] == [5000, 10]
