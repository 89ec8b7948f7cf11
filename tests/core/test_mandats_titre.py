"""In whose name somebody acts who works for two bodies (C11, E06), by her rights in each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.core.journal.operations import noter
from portal.core.rattachements.mandats import operations
from portal.core.rattachements.mandats.queries import au_titre_de, tenus
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.core.rattachements.matrice.queries import par_mandat
from portal.core.rattachements.modeles import PERSONNALISE, octroi
from portal.core.rattachements.operations import accepter
from portal.infra.base import executer, sql, valeur
from portal.web.identite import Personne
from tests.core.rattachements_aides import (
    Societe,
    administrateur,
    en_attente,
    personne,
    societe,
)  # fmt: skip
from tests.core.test_mandats import PLAN, offre


@pytest.fixture(autouse=True)
def _accepte(litestar: object) -> Iterator[None]:
    ACCEPTES[PLAN] = "Plan d’essai"
    yield
    ACCEPTES.pop(PLAN, None)


async def corps(nom: str) -> tuple[Societe, Personne]:
    o = await societe(nom, lieux=2, est_prestataire=True)
    o = Societe(o.siren, "prestataire")
    return o, await administrateur(o)


async def habiliter(moi: Personne, chef: Personne, o: Societe, *droits: str, **ou: object) -> None:
    await accepter(chef, await en_attente(moi, o), octroi(PERSONNALISE, droits, **ou))  # type: ignore[arg-type]


async def test_c11_of_two_bodies_the_one_where_the_right_is_held_signs() -> None:
    s = await societe("Menuiserie Le Dantec")
    chef = await administrateur(s)
    lit, chef_lit = await corps("Centre où elle lit")
    lieu, chef_lieu = await corps("Centre d’un autre lieu")
    saisit, chef_saisit = await corps("Centre où elle saisit")
    moi = await personne("Nora", "Ba")
    await habiliter(moi, chef_lit, lit, "dossiers.consulter")
    await habiliter(
        moi, chef_lieu, lieu, "dossiers.saisir", portee="etablissements", sirets=[lieu.siret(2)]
    )
    await habiliter(moi, chef_saisit, saisit, "dossiers.saisir", dispositifs=[PLAN])
    for o in (lit, lieu):
        await operations.donner(chef, s.siren, await offre(o))
    assert await au_titre_de(moi, s.siren, s.siret(), PLAN) is None
    await operations.donner(chef, s.siren, await offre(saisit))
    assert await au_titre_de(moi, s.siren, s.siret(), PLAN) == "Centre où elle saisit"
    assert await par_mandat(moi.compte_id, lieu.siren) == []
    (la,) = await par_mandat(moi.compte_id, lit.siren)
    assert la.droits == ("dossiers.consulter",), "le droit de saisir lui vient de l’autre centre"
    (ici,) = await par_mandat(moi.compte_id, saisit.siren)
    assert "dossiers.saisir" in ici.droits
    await executer("update mandat set du = du - 60, au = au - 60 where mandataire = $1", lit.siren)
    assert await par_mandat(moi.compte_id, lit.siren) == [], "un mandat échu n’ouvre rien"


async def test_c11_of_two_bodies_with_the_same_right_the_first_to_act_on_the_dossier_signs() -> (
    None
):
    s = await societe("Menuiserie Le Dantec")
    chef = await administrateur(s)
    (a, chef_a), (b, chef_b) = await corps("Centre Avenir"), await corps("Centre Boréal")
    moi = await personne("Nora", "Ba")
    await habiliter(moi, chef_a, a, "dossiers.saisir")
    await habiliter(moi, chef_b, b, "dossiers.saisir")
    for o in (a, b):
        await operations.donner(chef, s.siren, await offre(o))
    await executer("update mandat set du = du - 5 where mandataire = $1", b.siren)
    dossier = await valeur("select uuidv7()")
    assert await au_titre_de(moi, s.siren, s.siret(), PLAN, dossier) == "Centre Boréal"
    await noter("dossier.creation", acteur=chef_a, objet=("dossier", dossier), siren=s.siren,
                profil="adherent", mandataire="Centre Avenir")  # fmt: skip
    assert await au_titre_de(moi, s.siren, s.siret(), PLAN, dossier) == "Centre Avenir"
    assert await au_titre_de(moi, s.siren, s.siret(), PLAN) == "Centre Boréal"


async def test_c11_who_signs_is_read_as_the_perimeter_is() -> None:
    s = await societe("Menuiserie Le Dantec")
    chef = await administrateur(s)
    o, chef_o = await corps("Centre Avenir")
    moi = await personne("Nora", "Ba")
    await habiliter(moi, chef_o, o, "dossiers.saisir", dispositifs=[PLAN, "autre"])
    await operations.donner(chef, s.siren, await offre(o))
    for compte in (moi.compte_id, chef_o.compte_id, chef.compte_id):
        for droit in ("dossiers.consulter", "dossiers.saisir", "dossiers.supprimer", "rib.saisir"):
            assert await sql(
                f"select mandant as siren, dispositif from {tenus('$1', '$2::text')} t order by 1, 2",
                compte, droit,
            ) == await sql(
                "select siren, dispositif from mandats_de($1, $2) order by 1, 2", compte, droit
            )  # fmt: skip
