"""Requests, decisions, removals: what follows for rights, and who may."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from portal.core.rattachements import perimetre, suites
from portal.core.rattachements.demandes import DemandeImpossible, demander
from portal.core.rattachements.evenements import (
    RattachementDecide,
    RattachementDemande,
    RattachementRetire,
)  # fmt: skip
from portal.core.rattachements.modeles import DROITS, ETABLISSEMENTS, PERSONNALISE, octroi
from portal.core.rattachements.operations import (
    accepter,
    habiliter,
    quitter,
    refuser,
    supprimer,
)  # fmt: skip
from portal.infra import clock, evenements
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from tests.core.numeros import siren_neuf
from tests.core.rattachements_aides import (
    administrateur,
    droits,
    en_attente,
    etat_de,
    personne,
    poser_code,
    societe,
)  # fmt: skip

RH = octroi("rh_etablissement")


async def courriers_de(siren: str) -> list[str]:
    lignes = await sql("select etat from courrier where siren = $1", siren)
    return [ligne["etat"] for ligne in lignes]


async def suite_de(siren: str, profil: str = "adherent") -> str:
    jour = await clock.aujourd_hui()
    return suites.suite(await suites.etat_entite(siren, profil, jour), 5).genre


async def test_c06_pending_gives_no_access() -> None:
    s, moi = await societe(), await personne()
    await en_attente(moi, s)
    assert await droits(moi) == set()
    assert not await perimetre.voit(moi, "dossiers.consulter", s.siren, s.siret(), s.profil)
    with pytest.raises(Introuvable):
        await perimetre.exiger(moi, "dossiers.consulter", s.siren, s.siret(), s.profil)


async def test_c07_without_administrator_one_letter_for_two_requests() -> None:
    s = await societe()
    await en_attente(await personne(), s)
    await en_attente(await personne(), s)
    assert await courriers_de(s.siren) == ["a_produire"]
    assert await suite_de(s.siren) == "courrier"


async def test_c07_two_first_requests_at_once_queue_one_letter() -> None:
    s = await societe()
    gens = [await personne() for _ in range(4)]
    await asyncio.gather(*(en_attente(moi, s) for moi in gens))
    assert await courriers_de(s.siren) == ["a_produire"]


async def test_c07_strangers_request_never_voids_a_living_code() -> None:
    s = await societe()
    await poser_code(s)
    await en_attente(await personne(), s)
    assert await courriers_de(s.siren) == []
    assert await suite_de(s.siren) == "code"
    etat = await valeur("select etat from code_activation where siren = $1", s.siren)
    assert etat == "actif"


async def test_c07_code_issued_less_than_three_months_ago_sends_no_letter() -> None:
    s = await societe()
    await poser_code(s, depuis=40)
    await executer("update code_activation set etat = 'ferme' where siren = $1", s.siren)
    await en_attente(await personne(), s)
    assert await courriers_de(s.siren) == []
    assert await suite_de(s.siren) == "recent"


async def test_c07_lapsed_code_of_long_ago_sends_a_letter() -> None:
    s = await societe()
    await poser_code(s, depuis=120)
    await en_attente(await personne(), s)
    assert await courriers_de(s.siren) == ["a_produire"]


async def test_c07_every_administrator_is_told_of_a_request() -> None:
    s = await societe()
    a, b = await administrateur(s), await administrateur(s)
    recus: list[RattachementDemande] = []

    async def entendre(evt: RattachementDemande) -> None:
        recus.append(evt)

    evenements.sur(RattachementDemande, entendre)
    uid = await en_attente(await personne(), s)
    assert [set(e.administrateurs) for e in recus] == [{a.compte_id, b.compte_id}]
    assert recus[0].url.endswith(f"/utilisateurs#demande-{uid}")
    assert await courriers_de(s.siren) == []


async def test_c07_accept_gives_what_was_chosen_and_tells_the_asker() -> None:
    s, moi = await societe(lieux=2), await personne()
    chef = await administrateur(s)
    uid = await en_attente(moi, s)
    recus: list[RattachementDecide] = []

    async def entendre(evt: RattachementDecide) -> None:
        recus.append(evt)

    evenements.sur(RattachementDecide, entendre)
    await accepter(
        chef, uid, octroi("rh_etablissement", portee=ETABLISSEMENTS, sirets=[s.siret(2)])
    )
    assert await droits(moi) == set(RH.droits)
    assert await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(2), s.profil, "x")
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(1), s.profil, "x")
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, None, s.profil)
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(2), "prestataire")
    assert [(e.compte_id, e.accepte, e.par) for e in recus] == [
        (moi.compte_id, True, "Anne Le Goff")
    ]
    ligne = await sql1("select action from journal where objet_uid = $1 order by id desc", uid)
    assert ligne is not None
    assert ligne["action"] == "rattachement.accepte"


async def test_c09_rights_bounded_to_a_dispositif() -> None:
    s, moi = await societe(), await personne()
    uid = await en_attente(moi, s)
    donne = octroi(PERSONNALISE, ["dossiers.saisir", "rib.consulter"], dispositifs=["plan"])
    assert donne.droits == ("dossiers.consulter", "dossiers.saisir", "rib.consulter")
    await accepter(await administrateur(s), uid, donne)
    assert await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(), s.profil, "plan")
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(), s.profil, "autre")
    assert await perimetre.voit(moi, "rib.consulter", s.siren, None, s.profil)


async def test_c09_request_to_one_siret_stays_within_it_unless_widened() -> None:
    s = await societe(lieux=2)
    chef, moi, autre = await administrateur(s), await personne(), await personne()
    await accepter(chef, await en_attente(moi, s, s.siret(2)), RH)
    await accepter(
        chef,
        await en_attente(autre, s, s.siret(2)),
        octroi("rh_etablissement", portee="entreprise"),
    )
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(1), s.profil)
    assert await perimetre.voit(autre, "dossiers.saisir", s.siren, s.siret(1), s.profil)
    with pytest.raises(Interdit):
        await perimetre.exiger(moi, "rib.consulter", s.siren, s.siret(2), s.profil)
    with pytest.raises(Introuvable):
        await perimetre.exiger(moi, "dossiers.consulter", s.siren, s.siret(1), s.profil)


async def test_c07_more_habilitations_are_asked_the_same_way_and_add_up() -> None:
    s = await societe(lieux=3)
    chef, moi = await administrateur(s), await personne()
    premiere = await en_attente(moi, s, s.siret(1))
    await accepter(chef, premiere, RH)
    seconde = await en_attente(moi, s, s.siret(2))
    assert await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(1), s.profil)
    await accepter(chef, seconde, octroi("consultation"))
    assert await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(1), s.profil)
    assert await perimetre.voit(moi, "dossiers.consulter", s.siren, s.siret(2), s.profil)
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(2), s.profil)
    assert (await etat_de(premiere), await etat_de(seconde)) == ("supprime", "actif")


async def test_c07_refuse_carries_the_reason() -> None:
    s, moi = await societe(), await personne()
    uid = await en_attente(moi, s)
    await refuser(await administrateur(s), uid, "Vous n’êtes pas de l’entreprise.")
    assert await etat_de(uid) == "refuse"
    assert await valeur("select motif from rattachement where uid = $1", uid) == (
        "Vous n’êtes pas de l’entreprise."
    )
    assert await droits(moi) == set()


async def test_c07_two_administrators_decide_at_once_one_gets_the_conflict_page() -> None:
    s = await societe()
    a, b = await administrateur(s, "Anne", "Un"), await administrateur(s, "Bruno", "Deux")
    uid = await en_attente(await personne(), s)
    issues = await asyncio.gather(
        accepter(a, uid, RH), refuser(b, uid, "non"), return_exceptions=True
    )
    assert sorted(type(i).__name__ for i in issues) == ["Conflit", "NoneType"]
    (perdu,) = (i for i in issues if isinstance(i, Conflit))
    assert "Anne Un" in perdu.message or "Bruno Deux" in perdu.message


async def test_c07_nobody_decides_of_oneself_nor_from_outside() -> None:
    s, autre = await societe(), await societe()
    moi, etranger = await personne(), await administrateur(autre)
    uid = await en_attente(moi, s)
    for qui in (moi, etranger):
        with pytest.raises(Introuvable):
            await accepter(qui, uid, RH)
    assert await etat_de(uid) == "en_attente"


async def test_c09_whoever_lacks_the_right_gets_403_and_cannot_decide() -> None:
    s = await societe()
    chef, rh, moi = await administrateur(s), await personne(), await personne()
    await accepter(chef, await en_attente(rh, s), RH)
    uid = await en_attente(moi, s)
    for essai in (accepter(rh, uid, RH), refuser(rh, uid, "x"), supprimer(rh, uid)):
        with pytest.raises(Interdit):
            await essai


async def test_c09_a_delegate_gives_only_what_is_hers_and_never_administration() -> None:
    s = await societe(lieux=2)
    chef, delegue = await administrateur(s), await personne()
    siens = octroi(
        PERSONNALISE, ["rattachements.saisir", "dossiers.consulter"], portee=ETABLISSEMENTS,
        sirets=[s.siret(1)],
    )  # fmt: skip
    await accepter(chef, await en_attente(delegue, s), siens)
    moi = await personne()
    partout = await en_attente(moi, s)
    with pytest.raises(Introuvable):
        await accepter(delegue, partout, octroi("consultation"))
    await quitter(moi, partout)
    ici = await en_attente(moi, s, s.siret(1))
    for trop in (
        RH,
        octroi("administrateur"),
        octroi(PERSONNALISE, ["dossiers.consulter"], portee="entreprise"),
        octroi(PERSONNALISE, ["dossiers.consulter"], portee=ETABLISSEMENTS, sirets=[s.siret(2)]),
    ):
        with pytest.raises(Interdit):
            await accepter(delegue, ici, trop)
    await accepter(delegue, ici, octroi(PERSONNALISE, ["dossiers.consulter"]))
    assert await droits(moi) == {"dossiers.consulter"}


async def test_c07_nothing_chosen_or_foreign_establishment_is_refused() -> None:
    s, autre = await societe(), await societe()
    chef, uid = await administrateur(s), await en_attente(await personne(), s)
    for vain in (
        octroi(PERSONNALISE, []),
        octroi(PERSONNALISE, ["inconnu.droit"]),
        octroi("consultation", portee=ETABLISSEMENTS),
        octroi("consultation", portee=ETABLISSEMENTS, sirets=[autre.siret()]),
    ):
        with pytest.raises(Refus):
            await accepter(chef, uid, vain)


async def test_c08_last_administrator_cannot_leave_without_a_successor() -> None:
    s = await societe()
    chef = await administrateur(s)
    uid = await valeur("select uid from rattachement where compte = $1", chef.compte_id)
    with pytest.raises(Conflit, match="Dernier administrateur"):
        await quitter(chef, uid)
    demande = await en_attente(await personne(), s)
    await accepter(chef, demande, octroi("administrateur"))
    await quitter(chef, uid)
    assert await droits(chef) == set()


async def test_c08_two_last_administrators_cannot_remove_each_other_at_once() -> None:
    s = await societe()
    a, b = await administrateur(s), await administrateur(s)
    uids: list[UUID] = [
        await valeur("select uid from rattachement where compte = $1", x.compte_id) for x in (a, b)
    ]
    issues = await asyncio.gather(
        supprimer(a, uids[1]), supprimer(b, uids[0]), return_exceptions=True
    )
    assert sum(i is None for i in issues) == 1
    reste = await valeur(
        "select count(*) from rattachement where siren = $1 and administrateur and etat = 'actif'",
        s.siren,
    )
    assert reste == 1


async def test_c08_two_last_administrators_leaving_at_once_leave_one() -> None:
    s = await societe()
    a, b = await administrateur(s), await administrateur(s)
    uids: list[UUID] = [
        await valeur("select uid from rattachement where compte = $1", x.compte_id) for x in (a, b)
    ]
    issues = await asyncio.gather(quitter(a, uids[0]), quitter(b, uids[1]), return_exceptions=True)
    assert sum(i is None for i in issues) == 1
    assert sum(isinstance(i, Conflit) for i in issues) == 1


async def test_c12_access_ends_at_once_and_the_person_is_told() -> None:
    s, moi = await societe(), await personne()
    chef = await administrateur(s)
    uid = await en_attente(moi, s)
    await accepter(chef, uid, RH)
    recus: list[RattachementRetire] = []

    async def entendre(evt: RattachementRetire) -> None:
        recus.append(evt)

    evenements.sur(RattachementRetire, entendre)
    assert await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(), s.profil)
    await supprimer(chef, uid, "A quitté l’entreprise")
    assert not await perimetre.voit(moi, "dossiers.saisir", s.siren, s.siret(), s.profil)
    assert [(e.compte_id, e.par) for e in recus] == [(moi.compte_id, "Anne Le Goff")]
    with pytest.raises(Conflit):
        await supprimer(chef, uid)


async def test_c09_habilitations_replaced_by_administrators_only_never_ones_own() -> None:
    s, moi = await societe(), await personne()
    chef = await administrateur(s)
    uid = await en_attente(moi, s)
    await accepter(chef, uid, RH)
    await habiliter(chef, uid, octroi("comptable"))
    assert "factures.saisir" in await droits(moi)
    assert "dossiers.saisir" not in await droits(moi)
    propre = await valeur("select uid from rattachement where compte = $1", chef.compte_id)
    with pytest.raises(Interdit):
        await habiliter(chef, propre, octroi("comptable"))
    with pytest.raises(Interdit):
        await habiliter(moi, uid, octroi("administrateur"))


async def test_c09_administrators_have_every_right() -> None:
    s = await societe()
    chef = await administrateur(s)
    assert await droits(chef) == {*DROITS, "administrer"}


async def test_c06_refused_requests_say_why() -> None:
    s, moi = await societe(), await personne()
    with pytest.raises(DemandeImpossible) as inconnu:
        await demander(moi, siren_neuf(), "adherent")
    assert inconnu.value.champ == "identifiant"
    with pytest.raises(DemandeImpossible) as profil:
        await demander(moi, s.siren, "prestataire")
    assert profil.value.champ == "profil"
    await en_attente(moi, s)
    for numero in (s.siren, s.siret()):
        with pytest.raises(DemandeImpossible, match="en attente"):
            await demander(moi, numero, "adherent")
    chef = await administrateur(s)
    with pytest.raises(DemandeImpossible, match="déjà administrateur"):
        await demander(chef, s.siren, "adherent")


async def test_c14_nothing_is_half_done_when_a_listener_fails() -> None:
    s, moi = await societe(), await personne()

    async def casser(evt: RattachementDemande) -> None:
        raise RuntimeError("cloche cassée")

    evenements.sur(RattachementDemande, casser)
    with pytest.raises(RuntimeError):
        await en_attente(moi, s)
    assert await courriers_de(s.siren) == []
    assert await valeur("select count(*) from rattachement where siren = $1", s.siren) == 0
    assert await valeur("select count(*) from journal where siren = $1", s.siren) == 0


async def test_c09_perimeter_function_is_taken_into_the_query_that_calls_it() -> None:
    async with transaction():
        await executer("set local enable_seqscan = off")
        plan = await sql(
            "explain select 1 from etablissement e where exists (select 1 from"
            " perimetre(1, 'dossiers.consulter') p where p.siren = e.siren"
            " and (p.siret is null or p.siret = e.siret) and p.profil = 'adherent')"
        )
    texte = "\n".join(ligne["QUERY PLAN"] for ligne in plan)
    assert "Function Scan" not in texte
    assert "rattachement_compte_ix" in texte or "rattachement_actif_uq" in texte
    assert "habilitation_uq" in texte


async def test_c09_clause_and_function_say_the_same() -> None:
    s = await societe(lieux=3, est_prestataire=True)
    chef, rh, un_lieu, un_dispositif, dehors = (
        await administrateur(s), *[await personne() for _ in range(4)],
    )  # fmt: skip
    for qui, quoi, ou in (
        (rh, RH, None),
        (un_lieu, RH, s.siret(2)),
        (un_dispositif, octroi(PERSONNALISE, ["dossiers.consulter"], dispositifs=["plan"]), None),
    ):
        await accepter(chef, await en_attente(qui, s, ou), quoi)
    trois = await en_attente(un_lieu, s, s.siret(3))
    await accepter(chef, trois, octroi("comptable"))
    texte = perimetre.clause("dossiers.consulter", "d")
    for qui in (chef, rh, un_lieu, un_dispositif, dehors):
        differences = await sql(
            "with d as (select $2::text as siren, t.siret, p.profil, q.dispositif"
            " from etablissement t, unnest(array['adherent', 'prestataire']) p (profil),"
            " unnest(array['plan', 'autre']) q (dispositif) where t.siren = $2)"
            f" select d.* from d where {texte} is distinct from"
            " voit($1, 'dossiers.consulter', d.siren, d.siret, d.profil, d.dispositif)",
            qui.compte_id,
            s.siren,
        )
        assert differences == []
    with pytest.raises(ValueError, match="inconnu"):
        perimetre.clause("dossiers.voler", "d")


async def test_c09_five_thousand_establishments_are_granted_and_read_quickly() -> None:
    s, moi = await societe(), await personne()
    await executer(
        "insert into etablissement (siret, siren, commune) select $1 || g, $1, 'Nantes'"
        " from generate_series(20000, 24999) g",
        s.siren,
    )
    tous = [f"{s.siren}{g}" for g in range(20000, 25000)]
    uid = await en_attente(moi, s)
    await accepter(
        await administrateur(s), uid, octroi("consultation", portee=ETABLISSEMENTS, sirets=tous)
    )
    async with transaction():
        await executer("set local statement_timeout = '5s'")
        vus = await valeur(
            "select count(*) from (select t.*, 'adherent' as profil, g as rang"
            " from etablissement t, generate_series(1, 4) g where t.siren = $2) d"
            f" where {perimetre.clause('dossiers.consulter', 'd', dispositif=None)}",
            moi.compte_id,
            s.siren,
        )
    assert vus == 4 * 5000
