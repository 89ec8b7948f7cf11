"""Dossiers under a mandat de gestion (C11, E06): what the body may, what it leaves, what it can't."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.core.comptes.queries import personne_du_compte
from portal.core.rattachements.mandats.operations import MANDANT, Offre, donner, terminer
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.dossiers import queries, suites
from portal.dossiers.recherche.queries import Filtres, lister, tous
from portal.dossiers.saisie import brouillons, nouveau, operations
from portal.infra import clock
from portal.infra.base import sql
from portal.testing.navigateur import Navigateur
from portal.web.erreurs import Interdit, Introuvable
from portal.web.identite import Personne
from tests.core.comptes_aides import connecter
from tests.dossiers.aides import Societe, quelqu_un, rempli, societe
from tests.dossiers.dispositif_essai import CODE


@pytest.fixture(autouse=True)
def _accepte(litestar: object) -> Iterator[None]:
    ACCEPTES[CODE] = "Dispositif d’essai"
    yield
    ACCEPTES.pop(CODE, None)


async def mandat(chef: Personne, chez: Societe, corps: Societe) -> UUID:
    jour = await clock.aujourd_hui()
    offre = Offre(corps.siren, (CODE,), jour, jour + timedelta(days=60))
    return await donner(chef, chez.siren, offre)


async def relue(moi: Personne) -> Personne:
    personne = await personne_du_compte(moi.compte_id)
    assert personne is not None
    return personne


async def scene(**droits: Any) -> tuple[Societe, Personne, Societe, Personne, str, UUID]:
    """A company, its administrator; a body with a mandate, somebody there, her e-mail."""
    chez, corps = await societe(), await societe(prestataire=True)
    chef, _ = await quelqu_un(chez, administrateur=True)
    moi, email = await quelqu_un(corps, profil="prestataire", **droits)
    uid = await mandat(chef, chez, corps)
    return chez, chef, corps, await relue(moi), email, uid


async def test_e06_the_body_enters_and_sends_and_what_it_did_bears_its_name() -> None:
    chez, chef, corps, moi, _, uid = await scene()
    (lieu,) = [x for x in await nouveau.lieux(moi) if x.siren == chez.siren]
    assert lieu.par_mandat
    assert [d.code for d in lieu.dispositifs] == [CODE]
    await nouveau.exiger_lieu(moi, chez.siret, "adherent", CODE)
    dossier = await rempli(moi, chez)
    apres, _ = await operations.transmettre(moi, dossier["uid"], None)
    assert apres["etat"] == "transmis"
    assert [li["uid"] for li in (await lister(moi, Filtres())).lignes] == [dossier["uid"]]
    assert [li["uid"] for li in (await lister(chef, Filtres())).lignes] == [dossier["uid"]]
    evenements = await queries.evenements(dossier["id"])
    assert {e["acteur"] for e in evenements} == {f"{moi.nom_affiche}, pour {corps.denomination}"}
    lignes = await sql(
        "select acteur, details from journal where siren = $1 and objet_uid = $2"
        " and action in ('dossier.creation', 'dossier.saisie')", chez.siren, dossier["uid"],
    )  # fmt: skip
    assert len(lignes) > 2
    assert {li["acteur"] for li in lignes} == {moi.nom_affiche}
    assert {li["details"]["mandataire"] for li in lignes} == {corps.denomination}
    await terminer(chef, uid, MANDANT)
    assert (await lister(moi, Filtres())).lignes == []
    for droit in ("dossiers.consulter", "dossiers.saisir"):
        with pytest.raises(Introuvable):
            await queries.exiger(moi, dossier["uid"], droit)
    with pytest.raises(Introuvable):
        await nouveau.exiger_lieu(moi, chez.siret, "adherent", CODE)


async def test_c11_drafts_may_be_dropped_what_was_sent_not_cancelled() -> None:
    chez, chef, _, moi, _, _ = await scene()
    brouillon, envoye = await rempli(chef, chez), await rempli(moi, chez)
    await operations.transmettre(moi, envoye["uid"], None)
    await brouillons.supprimer(moi, brouillon["uid"])
    with pytest.raises(Interdit):
        await suites.annuler(moi, envoye["uid"])
    await suites.annuler(chef, envoye["uid"])


async def test_c11_export_under_a_mandate_tells_no_invoice() -> None:
    chez, chef, _, moi, _, _ = await scene()
    dossier = await rempli(chef, chez)
    await operations.transmettre(chef, dossier["uid"], None)
    par_mandat = [d async for d in tous(moi, Filtres())]
    siens = [d async for d in tous(await relue(chef), Filtres())]
    assert [d["argent"] for d in par_mandat] == [False]
    assert [d["argent"] for d in siens] == [True]
    lecteur, _ = await quelqu_un(chez, droits=("dossiers.consulter",))
    assert [d["argent"] async for d in tous(await relue(lecteur), Filtres())] == [False]


async def test_c11_who_may_only_read_there_only_reads_here() -> None:
    chez, chef, _, moi, _, _ = await scene(droits=("dossiers.consulter",))
    dossier = await rempli(chef, chez)
    await queries.exiger(moi, dossier["uid"])
    with pytest.raises(Interdit):
        await queries.exiger(moi, dossier["uid"], "dossiers.saisir")
    with pytest.raises(Interdit):
        await nouveau.exiger_lieu(moi, chez.siret, "adherent", CODE)


async def test_c11_revoked_while_typing_is_gone_at_the_next_request(
    navigateur: Callable[..., Navigateur],
) -> None:
    chez, chef, _, moi, email, uid = await scene()
    dossier = await rempli(chef, chez)
    nav = navigateur()
    await connecter(nav, email)
    base = f"/dossiers/{dossier['uid']}"
    assert (await nav.get(f"{base}/etapes/projet")).statut == 200
    assert "par mandat de gestion" in (await nav.get("/dossiers/nouveau")).texte
    for ferme in ("rib", "entreprise/{}/adherent/utilisateurs", "entreprise/{}/adherent/mandats"):
        page = await nav.get("/" + ferme.format(chez.siren))
        assert page.statut in (403, 404), ferme
    await terminer(chef, uid, MANDANT)
    assert (await nav.get(base)).statut == 404
    page = await nav.post(f"{base}/etapes/projet", {"_cle": "cle-de-l-essai-0001", "intitule": "x"})
    assert page.statut == 404
