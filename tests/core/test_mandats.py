"""Mandats de gestion (C11): who gives, what they open, that they close when said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from portal.core.notifications.queries import destinataires
from portal.core.rattachements import perimetre
from portal.core.rattachements.mandats import operations, queries
from portal.core.rattachements.mandats.operations import (
    MANDANT,
    MANDATAIRE,
    MandatImpossible,
    Offre,
)
from portal.core.rattachements.mandats.registre import ACCEPTES
from portal.core.rattachements.modeles import PERSONNALISE, octroi
from portal.core.rattachements.operations import accepter, supprimer
from portal.infra import clock
from portal.infra.base import executer, sql, valeur
from portal.web.erreurs import Conflit, Interdit, Introuvable
from portal.web.identite import Personne
from tests.core.rattachements_aides import (
    Societe,
    administrateur,
    en_attente,
    personne,
    societe,
)  # fmt: skip

PLAN = "plan_essai"


@pytest.fixture(autouse=True)
def _accepte(litestar: object) -> Iterator[None]:
    """The application is made first: it says which dispositifs accept one."""
    ACCEPTES[PLAN] = "Plan d’essai"
    yield
    ACCEPTES.pop(PLAN, None)


async def parties() -> tuple[Societe, Personne, Societe, Personne]:
    """A company and a training body, each with its administrator."""
    s = await societe("Menuiserie Le Dantec")
    o = await societe("Centre Avenir", lieux=2, est_prestataire=True)
    o = Societe(o.siren, "prestataire")
    return s, await administrateur(s), o, await administrateur(o)


async def offre(autre: Societe, *, duree: int = 30, dans: int = 0, siret: str = "") -> Offre:
    jour = await clock.aujourd_hui()
    return Offre(
        siret or autre.siren,
        (PLAN,),
        jour + timedelta(days=dans),
        jour + timedelta(days=dans + duree),
    )


async def voit(moi: Personne, droit: str, s: Societe, dispositif: str = PLAN) -> bool:
    return await perimetre.voit(moi, droit, s.siren, s.siret(), "adherent", dispositif)


async def habilite(chef: Personne, o: Societe, *droits: str, **ou: object) -> Personne:
    """Somebody of the body with these rights there."""
    moi = await personne("Nora", "Ba")
    uid = await en_attente(moi, o)
    await accepter(chef, uid, octroi(PERSONNALISE, droits, **ou))  # type: ignore[arg-type]
    return moi


async def test_c11_given_at_once_for_named_dispositifs_and_dossiers_alone() -> None:
    s, chef, o, autre = await parties()
    assert not await voit(autre, "dossiers.saisir", s)
    await operations.donner(chef, s.siren, await offre(o))
    for droit in ("dossiers.consulter", "dossiers.saisir", "dossiers.supprimer"):
        assert await voit(autre, droit, s), droit
    assert not await voit(autre, "dossiers.saisir", s, "autre_dispositif")
    for droit in ("rib.consulter", "factures.consulter", "rattachements.consulter",
                  "contributions.consulter", "administrer"):  # fmt: skip
        assert not await voit(autre, droit, s), droit
    with pytest.raises(Introuvable):
        await perimetre.exiger_entreprise(autre, "rib.consulter", s.siren, "adherent")
    with pytest.raises(Introuvable):
        await perimetre.exiger(autre, "rib.consulter", s.siren, None, "adherent")
    assert not await voit(chef, "dossiers.saisir", o), "un mandat n’ouvre rien dans l’autre sens"


async def test_c11_people_of_the_body_have_their_own_rights_and_no_more() -> None:
    s, chef, o, autre = await parties()
    lit = await habilite(autre, o, "dossiers.consulter")
    saisit = await habilite(autre, o, "dossiers.saisir")
    facture = await habilite(autre, o, "factures.saisir")
    ailleurs = await habilite(autre, o, "dossiers.saisir", dispositifs=["autre_dispositif"])
    un_lieu = await habilite(
        autre, o, "dossiers.saisir", portee="etablissements", sirets=[o.siret(2)]
    )
    await operations.donner(chef, s.siren, await offre(o))
    assert await voit(lit, "dossiers.consulter", s)
    assert not await voit(lit, "dossiers.saisir", s)
    assert await voit(saisit, "dossiers.saisir", s)
    assert not await voit(saisit, "dossiers.supprimer", s)
    for dehors in (facture, ailleurs, un_lieu):
        assert not await voit(dehors, "dossiers.consulter", s)
    autre_s = await societe()
    await operations.donner(
        await administrateur(autre_s), autre_s.siren, await offre(o, siret=o.siret(2))
    )
    assert await voit(un_lieu, "dossiers.saisir", autre_s), (
        "un SIRET du prestataire borne le mandat"
    )
    assert await voit(saisit, "dossiers.saisir", autre_s)


async def test_c11_asked_by_the_body_opens_nothing_before_the_company_accepts() -> None:
    s, chef, o, autre = await parties()
    uid = await operations.demander(autre, o.siren, await offre(s))
    assert not await voit(autre, "dossiers.consulter", s)
    assert [m.uid for m in await queries.en_attente(chef)] == [uid]
    with pytest.raises(Introuvable):
        await operations.accepter(autre, uid)
    await operations.accepter(chef, uid)
    assert await voit(autre, "dossiers.saisir", s)
    with pytest.raises(Conflit):
        await operations.accepter(chef, uid)
    with pytest.raises(Conflit):
        await operations.refuser(chef, uid, "Trop tard")
    assert await queries.en_attente(chef) == []


async def test_c11_refused_or_withdrawn_never_opens() -> None:
    s, chef, o, autre = await parties()
    refuse = await operations.demander(autre, o.siren, await offre(s))
    await operations.refuser(chef, refuse, "Inconnu chez nous")
    retire = await operations.demander(autre, o.siren, await offre(s))
    with pytest.raises(MandatImpossible, match="attend déjà"):
        await operations.demander(autre, o.siren, await offre(s))
    assert await operations.terminer(autre, retire, MANDATAIRE) == "retire"
    with pytest.raises(Conflit):
        await operations.accepter(chef, retire)
    assert not await voit(autre, "dossiers.consulter", s)
    assert {m.mot for m in await queries.de(s.siren, "adherent")} == {"Refusé", "Retiré"}


@pytest.mark.parametrize("cote", [MANDANT, MANDATAIRE])
async def test_c11_revoked_or_renounced_is_gone_at_once(cote: str) -> None:
    s, chef, o, autre = await parties()
    uid = await operations.donner(chef, s.siren, await offre(o))
    assert await voit(autre, "dossiers.saisir", s)
    qui, contre = (chef, autre) if cote == MANDANT else (autre, chef)
    with pytest.raises(Introuvable):
        await operations.terminer(contre, uid, cote)
    assert await operations.terminer(qui, uid, cote) in ("revoque", "renonce")
    assert not await voit(autre, "dossiers.consulter", s)
    with pytest.raises(Conflit):
        await operations.terminer(qui, uid, cote)


async def test_c11_holds_from_its_first_day_to_the_end_of_its_last(
    horloge: Callable[[datetime], Awaitable[None]],
) -> None:
    s, chef, o, autre = await parties()
    jour = await clock.aujourd_hui()
    futur = await offre(o, dans=10, duree=5)
    await operations.donner(chef, s.siren, futur)

    async def au(j: int, h: int, m: int) -> bool:
        moment = datetime.combine(jour + timedelta(days=j), datetime.min.time())
        await horloge(moment.replace(hour=h, minute=m))
        assert await valeur("select jour_metier()") == await clock.aujourd_hui()
        return await voit(autre, "dossiers.saisir", s)

    assert not await au(0, 12, 0)
    assert not await au(9, 23, 58)
    assert await au(10, 0, 1)
    assert await au(15, 23, 58)
    assert not await au(16, 0, 1)
    (mandat,) = await queries.de(o.siren, "prestataire")
    assert mandat.mot == "Échu"


async def test_c11_access_of_the_body_removed_ends_the_mandate_s_too() -> None:
    s, chef, o, autre = await parties()
    moi = await habilite(autre, o, "dossiers.saisir")
    await operations.donner(chef, s.siren, await offre(o))
    assert await voit(moi, "dossiers.saisir", s)
    uid = await valeur("select uid from rattachement where compte = $1", moi.compte_id)
    await supprimer(autre, uid)
    assert not await voit(moi, "dossiers.consulter", s)


async def test_c11_only_an_administrator_gives_asks_or_ends() -> None:
    s, chef, o, autre = await parties()
    droits = ["rattachements.consulter", "rattachements.saisir", "rattachements.supprimer"]
    moi = await habilite(autre, o, *droits)
    rh = await personne()
    await accepter(chef, await en_attente(rh, s), octroi(PERSONNALISE, droits))
    with pytest.raises(Interdit):
        await operations.demander(moi, o.siren, await offre(s))
    with pytest.raises(Interdit):
        await operations.donner(rh, s.siren, await offre(o))
    uid = await operations.donner(chef, s.siren, await offre(o))
    with pytest.raises(Interdit):
        await operations.terminer(rh, uid, MANDANT)
    etranger = await administrateur(await societe())
    for faire in (
        operations.donner(etranger, s.siren, await offre(o)),
        operations.terminer(etranger, uid, MANDANT),
        operations.terminer(etranger, uid, "personne"),
        operations.accepter(chef, UUID(int=7)),
    ):
        with pytest.raises(Introuvable):
            await faire


async def test_c11_what_can_t_be_is_told_beside_its_field() -> None:
    s, chef, o, _ = await parties()
    simple = await societe()
    jour = await clock.aujourd_hui()
    bon = await offre(o)
    cas = [
        ("numero", Offre(s.siren, bon.dispositifs, bon.du, bon.au)),
        ("numero", Offre(simple.siren, bon.dispositifs, bon.du, bon.au)),
        ("dispositifs", Offre(o.siren, (), bon.du, bon.au)),
        ("dispositifs", Offre(o.siren, ("sans_mandat",), bon.du, bon.au)),
        ("du", Offre(o.siren, bon.dispositifs, jour - timedelta(days=1), bon.au)),
        ("au", Offre(o.siren, bon.dispositifs, bon.au, bon.du)),
    ]
    for champ, fausse in cas:
        with pytest.raises(MandatImpossible) as refus:
            await operations.donner(chef, s.siren, fausse)
        assert refus.value.champ == champ
    await operations.donner(chef, s.siren, bon)
    with pytest.raises(MandatImpossible, match="couvre déjà"):
        await operations.donner(chef, s.siren, bon)
    suivant = await offre(o, dans=31)
    await operations.donner(chef, s.siren, suivant)


async def test_c11_two_clicks_at_once_answer_once() -> None:
    s, chef, o, autre = await parties()
    uid = await operations.demander(autre, o.siren, await offre(s))
    issues = await asyncio.gather(
        operations.accepter(chef, uid),
        operations.terminer(autre, uid, MANDATAIRE),
        operations.refuser(chef, uid, "Non"),
        return_exceptions=True,
    )
    # The withdrawal may come after the acceptance: it is then a renunciation.
    assert sum(i is None or i == "retire" for i in issues) == 1 or "renonce" in issues
    assert await valeur("select etat from mandat where uid = $1", uid) in (
        "actif", "refuse", "retire", "renonce",
    )  # fmt: skip


async def test_c11_both_journals_and_both_bells_tell_it(litestar: object) -> None:
    s, chef, o, autre = await parties()
    uid = await operations.demander(autre, o.siren, await offre(s))
    await operations.accepter(chef, uid)
    await operations.terminer(chef, uid, MANDANT, "Fin de collaboration")
    for siren in (s.siren, o.siren):
        actions = await sql("select action from journal where siren = $1 and objet_uid = $2"
                            " order by id", siren, uid)  # fmt: skip
        assert [a["action"] for a in actions] == [
            "mandat.demande", "mandat.accepte", "mandat.revoque",
        ]  # fmt: skip
    recus = []
    for qui in (chef, autre):
        lignes = await sql(
            "select titre from notification where compte = $1 and genre = 'mandat' order by id",
            qui.compte_id,
        )
        recus.append([ligne["titre"] for ligne in lignes])
    assert recus == [
        ["Centre Avenir demande un mandat de gestion à Menuiserie Le Dantec"],
        [
            "Menuiserie Le Dantec vous donne un mandat de gestion",
            "Menuiserie Le Dantec révoque votre mandat de gestion",
        ],
    ]


async def test_c11_clause_perimeter_and_function_say_the_same() -> None:
    s, chef, o, autre = await parties()
    lit = await habilite(autre, o, "dossiers.consulter")
    un_lieu = await habilite(
        autre, o, "dossiers.consulter", portee="etablissements", sirets=[o.siret(2)]
    )
    borne = await habilite(autre, o, "dossiers.consulter", dispositifs=["autre"])
    futur = await societe("Autre maison")
    await operations.donner(chef, s.siren, await offre(o))
    await operations.donner(
        await administrateur(futur), futur.siren, await offre(o, dans=3, siret=o.siret(2))
    )
    texte = perimetre.clause("dossiers.consulter", "d")
    for qui in (chef, autre, lit, un_lieu, borne):
        differences = await sql(
            "with d as (select t.siren, t.siret, p.profil, q.dispositif from etablissement t,"
            " unnest(array['adherent', 'prestataire']) p (profil),"
            " unnest(array[$3, 'autre']) q (dispositif) where t.siren = any($2::text[]))"
            f" select d.* from d where {texte} is distinct from"
            " voit($1, 'dossiers.consulter', d.siren, d.siret, d.profil, d.dispositif)",
            qui.compte_id,
            [s.siren, o.siren, futur.siren],
            PLAN,
        )
        assert differences == []
    ici = (s.siren, s.siret(), PLAN)
    assert await queries.au_titre_de(autre, *ici) == "Centre Avenir"
    assert await queries.au_titre_de(lit, *ici) is None, "elle ne peut que lire"
    assert await queries.au_titre_de(lit, *ici, droit="dossiers.consulter") == "Centre Avenir"
    assert await queries.au_titre_de(chef, *ici) is None
    await executer("update mandat set etat = 'revoque' where mandant = $1", s.siren)
    assert await queries.au_titre_de(autre, *ici) is None


async def test_c11_the_body_s_people_are_told_of_the_dossiers_that_they_may_enter() -> None:
    s, chef, o, autre = await parties()
    lit = await habilite(autre, o, "factures.consulter")
    await operations.donner(chef, s.siren, await offre(o))

    async def avertis(droit: str, dispositif: str = PLAN) -> list[int]:
        return await destinataires(s.siren, "adherent", droit, s.siret(), dispositif)

    assert await avertis("dossiers.saisir") == sorted([chef.compte_id, autre.compte_id])
    assert lit.compte_id not in await avertis("dossiers.consulter")
    assert await avertis("dossiers.saisir", "autre") == [chef.compte_id]
    assert await avertis("factures.consulter") == [chef.compte_id]
