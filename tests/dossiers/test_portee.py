"""The reach of lists (C09, D15): by sets or row by row, the same dossiers; quick with thousands of
establishments."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.comptes.queries import personne_du_compte
from portal.core.rattachements import perimetre
from portal.dossiers import portee, queries
from portal.dossiers.recherche.queries import Filtres, compter, lister
from portal.infra import clock
from portal.infra.base import executer, sql, transaction, valeur
from portal.web.garde import DROITS
from portal.web.identite import Personne
from tests.core.numeros import siret_de
from tests.dossiers.aides import Societe, quelqu_un, societe
from tests.dossiers.dispositif_essai import CODE


async def poser(chez: Societe, siret: str, par: int, organisme: str | None, n: int = 1) -> None:
    """Dossiers at this establishment, drafts and others, of two dispositifs."""
    await executer(
        "insert into dossier (dispositif, siren, siret, profil, idcc, etat, donnees, cible,"
        " organisme_siret, cree_par, cree_le, modifie_le, transmis_le, numero)"
        " select q, $1, $2, 'adherent', '1516', e, '{}', 'opco', $4, $3, current_timestamp,"
        " current_timestamp - make_interval(secs => g), current_timestamp,"
        " case when e = 'transmis' then uuidv7()::text end from unnest(array[$5, 'autre']) q, unnest(array['brouillon', 'transmis']) e,"
        " generate_series(1, $6::int) g",
        chez.siren,
        siret,
        par,
        organisme,
        CODE,
        n,
    )


async def relu(moi: Personne) -> Personne:
    personne = await personne_du_compte(moi.compte_id)
    assert personne is not None
    return personne


async def habiliter(moi: Personne, chez: Societe, *lignes: tuple[str | None, str | None]) -> None:
    for siret, dispositif in lignes:
        await executer(
            "insert into habilitation (rattachement, siret, dispositif, droit) select id, $3, $4,"
            " 'dossiers.consulter' from rattachement where compte = $1 and siren = $2",
            moi.compte_id, chez.siren, siret, dispositif,
        )  # fmt: skip


@pytest.mark.parametrize("seuil", [0, 1, 200])
async def test_c09_lists_and_pages_reach_the_same_dossiers(
    monkeypatch: pytest.MonkeyPatch, seuil: int
) -> None:
    monkeypatch.setattr(portee, "LIEUX_MAX", seuil)
    a, b = await societe(etablissements=3), await societe(etablissements=2)
    corps = await societe(etablissements=2, prestataire=True)
    chef, _ = await quelqu_un(a, administrateur=True)
    for n in (1, 2, 3):
        await poser(a, siret_de(a.siren, n), chef.compte_id, siret_de(corps.siren, 1 + n % 2))
    for n in (1, 2):
        await poser(b, siret_de(b.siren, n), chef.compte_id, None)
    gens = [chef]
    for chez, profil, lignes in (
        (a, "adherent", [(None, None)]),
        (a, "adherent", [(siret_de(a.siren, 1), None), (siret_de(a.siren, 2), CODE), (None, "autre")]),
        (a, "adherent", [(None, CODE)]),
        (a, "adherent", []),
        (corps, "prestataire", [(None, None)]),
        (corps, "prestataire", [(siret_de(corps.siren, 2), None)]),
        (corps, "prestataire", [(siret_de(corps.siren, 2), None), (None, CODE)]),
    ):  # fmt: skip
        moi, _ = await quelqu_un(chez, profil=profil, droits=())
        await habiliter(moi, chez, *lignes)
        gens.append(moi)
    jour = await clock.aujourd_hui()
    await executer(
        "with m as (insert into mandat (mandant, mandataire, du, au, etat, initiative, propose_le,"
        " propose_par, decide_par) values ($1, $2, $3, $4, 'actif', 'mandant', current_timestamp,"
        " $5, $5) returning id) insert into mandat_dispositif select id, $6 from m",
        b.siren, corps.siren, jour, jour + timedelta(days=1), chef.compte_id, CODE,
    )  # fmt: skip
    vus = []
    for qui in gens:
        moi = await relu(qui)
        a_portee = await portee.de(moi)
        par_ensembles = await sql(a_portee.sql(), *a_portee.parametres)
        un_par_un = await sql(
            f"select d.id from dossier d where d.siren = any($2) and {queries.portee(moi)}",
            moi.compte_id,
            [a.siren, b.siren],
        )
        assert {li["id"] for li in par_ensembles if li["id"]} == {li["id"] for li in un_par_un}
        assert await compter(moi, Filtres()) == len(un_par_un)
        vus.append(len(un_par_un))
    # By mandate: two establishments × two states of one dispositif, for who may act for the body.
    assert vus == [12, 12, 10, 6, 0, 6 + 4, 4, 5 + 4]


async def test_c09_rights_of_a_request_are_those_of_the_perimeter() -> None:
    a, corps = await societe(etablissements=2), await societe(prestataire=True)
    for options in (
        {"administrateur": True},
        {"droits": ("rib.consulter", "dossiers.saisir")},
        {"droits": ("factures.consulter",), "siret": a.siret},
        {"droits": ("dossiers.consulter",), "dispositif": CODE},
        {"droits": ()},
    ):
        moi, _ = await quelqu_un(a, **options)
        await executer(
            "insert into rattachement (compte, siren, profil, etat, administrateur, demande_le,"
            " demande_jour) values ($1, $2, 'prestataire', 'actif', true, current_timestamp,"
            " current_date)", moi.compte_id, corps.siren,
        )  # fmt: skip
        dits = await sql("select droit, profil from droits_de($1)", moi.compte_id)
        vrais = await sql(
            "select distinct d.droit, p.profil from unnest($2::text[]) d (droit),"
            " perimetre($1, d.droit) p", moi.compte_id, [*DROITS, "administrer"],
        )  # fmt: skip
        assert sorted(map(tuple, map(dict.values, dits))) == sorted(
            map(tuple, map(dict.values, vrais))
        )


async def test_c09_five_thousand_establishments_cost_a_list_nothing() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez, droits=())
    await executer(
        "insert into etablissement (siret, siren, commune) select $1 || g, $1, 'Lille'"
        " from generate_series(20000, 24999) g", chez.siren,
    )  # fmt: skip
    await executer(
        "insert into habilitation (rattachement, siret, droit) select r.id, $2 || g,"
        " 'dossiers.consulter' from rattachement r, generate_series(20000, 24999) g"
        " where r.compte = $1", moi.compte_id, chez.siren,
    )  # fmt: skip
    await executer(
        "insert into dossier (dispositif, siren, siret, profil, idcc, etat, donnees, cible,"
        " cree_par, cree_le, modifie_le) select $3, $1, $1 || (20000 + g % 5000), 'adherent',"
        " '1516', 'brouillon', '{}', 'opco', $2, current_timestamp,"
        " current_timestamp - make_interval(secs => g) from generate_series(1, 20000) g",
        chez.siren, moi.compte_id, CODE,
    )  # fmt: skip
    personne = await relu(moi)
    etendues = await perimetre.etendue(personne, "dossiers.consulter", 201)
    assert [(e.siren, e.lieux, e.entiere) for e in etendues] == [(chez.siren, 201, False)]
    async with transaction():
        await executer("set local statement_timeout = '2s'")
        assert len((await lister(personne, Filtres())).lignes) == 50
        assert await compter(personne, Filtres(), 500) == 500
    await executer("delete from dossier where siren = $1", chez.siren)
    assert await valeur("select count(*) from perimetre($1, 'dossiers.consulter')",
                        moi.compte_id) == 5000  # fmt: skip
