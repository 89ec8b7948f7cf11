"""A change of SIRET: what it ends and moves is dated, explained and in the journal (B04, C11)."""

from __future__ import annotations

from datetime import date

from portal.core.entreprises.evenements import EtablissementRemplace
from portal.core.journal import phrases
from portal.core.rattachements.journal_entreprise import FORMES
from portal.core.rattachements.successions import sur_etablissement_remplace
from portal.infra.base import executer, sql, sql1, transaction
from tests.core.rattachements_aides import (
    Societe,
    administrateur,
    en_attente,
    personne,
    societe,
)  # fmt: skip


async def suivre(s: Societe) -> None:
    async with transaction():
        await sur_etablissement_remplace(
            EtablissementRemplace(s.siren, s.siret(1), s.siret(2), date(2026, 3, 1))
        )


async def test_b04_of_two_requests_the_one_that_ends_says_why() -> None:
    s = await societe(lieux=2)
    deux, un = await personne("Jeanne", "Martin"), await personne("Nora", "Ba")
    finie = await en_attente(deux, s, s.siret(1))
    await en_attente(deux, s, s.siret(2))
    suivie = await en_attente(un, s, s.siret(1))
    await suivre(s)
    lue = await sql1("select etat, decide_le, motif from rattachement where uid = $1", finie)
    assert lue is not None
    assert (lue["etat"], lue["decide_le"] is not None) == ("supprime", True)
    assert "qui lui succède" in lue["motif"]
    lue = await sql1("select etat, decide_le, siret from rattachement where uid = $1", suivie)
    assert lue == {"etat": "en_attente", "decide_le": None, "siret": s.siret(2)}
    lignes = await sql(
        "select objet_uid, action, details from journal where siren = $1"
        " and action = 'rattachement.etablissement_remplace' order by id",
        s.siren,
    )
    dites = {
        li["objet_uid"]: phrases.dire(li["action"], None, li["details"], FORMES) for li in lignes
    }
    assert "a retiré la demande de Jeanne Martin" in dites[finie]
    assert "a reporté les droits de Nora Ba" in dites[suivie]


async def test_c11_mandates_that_live_follow_the_siret_and_both_journals_say_so() -> None:
    s, o = await societe("Menuiserie Le Dantec"), await societe("Centre Avenir", lieux=2)
    chef = await administrateur(s)
    for n, etat in enumerate(("actif", "revoque", "propose")):
        await executer(
            "insert into mandat (mandant, mandataire, mandataire_siret, du, au, etat, initiative,"
            " propose_le, propose_par, decide_par) values ($1, $2, $3, jour_metier(),"
            " jour_metier() + $4::int, $5, 'mandant', now(), $6, $6)",
            s.siren, o.siren, o.siret(1), 30 + n, etat, chef.compte_id,
        )  # fmt: skip
    await suivre(o)
    lieux = await sql("select etat, mandataire_siret from mandat where mandant = $1", s.siren)
    assert {x["etat"]: x["mandataire_siret"] for x in lieux} == {
        "actif": o.siret(2), "revoque": o.siret(1), "propose": o.siret(2),
    }  # fmt: skip
    lignes = await sql(
        "select siren, profil, details from journal where action = 'mandat.etablissement_remplace'"
        " and siren = any($1::text[]) order by id",
        [s.siren, o.siren],
    )
    assert sorted((li["siren"], li["profil"]) for li in lignes) == sorted(
        [(s.siren, "adherent"), (o.siren, "prestataire")] * 2
    )
    assert {li["details"]["nouveau"] for li in lignes} == {o.siret(2)}
