"""A lookup that finds nothing never blocks: typed by hand, held against the register later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.core.entreprises import queries, saisies, verification
from portal.core.entreprises.registre.sirene import importer
from portal.core.rattachements.demandes import demander
from portal.core.rattachements.matrice import lieux
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, valeur
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from tests.core.numeros import siren_neuf, siret_de
from tests.core.rattachements_aides import (
    administrateur,
    imprimer,
    lettres_de,
    personne,
    societe,
)
from tests.core.test_entreprises_import import deposer, ligne

ADRESSE = {"adresse_ligne1": "3 rue Neuve", "code_postal": "44000", "commune": "Nantes"}


def saisie(siren: str, nom: str = "Atelier Neuf", **plus: str) -> dict[str, str]:
    return {"siret": siret_de(siren), "denomination": nom, "profil": "adherent", **ADRESSE, **plus}


async def interne(
    idcc: str | None = None, region: str | None = None, role: str = "conseiller"
) -> Personne:
    moi = await personne("Claire", "Denis", roles=(role,))
    await executer(
        "insert into role_interne (compte, role, idcc, region) values ($1, $2, $3, $4)",
        moi.compte_id, role, idcc, region,
    )  # fmt: skip
    return moi


async def etat_de(siren: str) -> dict[str, Any]:
    lue = await sql1("select * from entreprise_saisie where siren = $1", siren)
    assert lue is not None
    return lue


async def test_b04_a_typed_company_can_be_asked_for_at_once() -> None:
    moi, siren = await personne(), siren_neuf()
    assert (await queries.consulter(siret_de(siren))).a_saisir
    await saisies.saisir(moi, saisie(siren, idcc="0843"))
    reponse = await queries.consulter(siret_de(siren))
    assert reponse.etat == "trouvee"
    assert reponse.fiche is not None
    assert reponse.fiche.saisie_a_verifier
    assert (reponse.fiche.idcc, reponse.fiche.region) == ("0843", "Pays de la Loire")
    await demander(moi, siret_de(siren), "adherent")
    with pytest.raises(saisies.DejaConnue):
        await saisies.saisir(moi, saisie(siren))


async def test_b04_no_code_is_posted_to_an_address_that_somebody_typed(tmp_path: Path) -> None:
    moi, siren = await personne(), siren_neuf()
    await saisies.saisir(moi, saisie(siren))
    await demander(moi, siren, "adherent")
    await imprimer(tmp_path / "lots")
    assert lettres_de(tmp_path / "lots", siren) == []
    await importer(deposer(tmp_path, ligne(siret_de(siren), "Atelier Neuf")))
    await imprimer(tmp_path / "lots")
    (lettre,) = lettres_de(tmp_path / "lots", siren)
    assert "NANTES" in lettre


async def test_b04_the_register_confirms_or_corrects_and_staff_see_the_difference(
    tmp_path: Path,
) -> None:
    moi, juste, faux = await personne(), siren_neuf(), siren_neuf()
    await saisies.saisir(moi, saisie(juste, "Crêperie de l’Île"))
    await saisies.saisir(moi, saisie(faux, "Mauvais Nom"))
    await importer(
        deposer(
            tmp_path, ligne(siret_de(juste), "CREPERIE DE L ILE"), ligne(siret_de(faux), "Vrai nom")
        )
    )
    assert (await etat_de(juste))["etat"] == "conforme"
    vue = await etat_de(faux)
    assert (vue["etat"], vue["ecarts"]) == ("different", ["denomination"])
    lue = await queries.par_siren(faux)
    assert lue is not None
    assert (lue.denomination, lue.a_verifier) == ("Vrai nom", False)
    assert lue.siege is not None
    chargee = await interne()
    montrees = {s.siren: s for s in await saisies.lister(chargee, 1000)}
    assert juste not in montrees
    assert ("Dénomination", "Mauvais Nom", "Vrai nom", True) in montrees[faux].comparaison
    await saisies.classer(chargee, vue["uid"])
    assert (await etat_de(faux))["etat"] == "classee"
    with pytest.raises(Introuvable):
        await saisies.classer(chargee, vue["uid"])


async def test_b04_what_the_register_never_confirms_is_told_after_a_while(
    tmp_path: Path, horloge: Callable[..., Any]
) -> None:
    moi, siren = await personne(), siren_neuf()
    await saisies.saisir(moi, saisie(siren))
    await horloge(await clock.maintenant() + timedelta(days=61))
    await executer("delete from import_registre")
    await verification.reverifier()
    assert (await etat_de(siren))["etat"] == "a_verifier"
    await importer(deposer(tmp_path, ligne(siret_de(siren_neuf()), "Autre")))
    await verification.reverifier()
    assert (await etat_de(siren))["etat"] == "introuvable"


async def test_b04_a_known_company_keeps_its_name_when_an_establishment_is_typed() -> None:
    moi, s = await personne(), await societe("Maison connue")
    await saisies.saisir(moi, saisie(s.siren, "Autre nom") | {"siret": s.siret(4)})
    lue = await queries.par_siret(s.siret(4))
    assert lue is not None
    assert (lue.denomination, lue.a_verifier, lue.saisie_a_verifier) == (
        "Maison connue",
        False,
        True,
    )
    (trace,) = await sql(
        "select acteur_id from journal where action = 'entreprise.saisie' and siren = $1", s.siren
    )
    assert trace["acteur_id"] == moi.compte_id


async def test_b04_hand_typing_is_slowed(horloge: Callable[..., Any]) -> None:
    moi = await personne()
    for _ in range(saisies.SAISIES.libres):
        await saisies.SAISIES.noter(str(moi.compte_id))
    assert await saisies.SAISIES.attente(str(moi.compte_id)) > 0
    assert await valeur("select count(*) from tentative where genre = 'entreprise.saisie'")


async def test_b04_an_establishment_that_somebody_typed_is_offered_to_that_person_alone(
    tmp_path: Path,
) -> None:
    s, moi = await societe("Maison connue"), await personne()
    chef = await administrateur(s)
    await saisies.saisir(moi, saisie(s.siren) | {"siret": s.siret(4)})
    assert [lieu.siret for lieu in await lieux.ouverts(chef, s.siren)] == [s.siret(1)]
    assert [lieu.siret for lieu in await lieux.ouverts(moi, s.siren)] == [s.siret(1), s.siret(4)]
    assert [lieu.siret for lieu in await lieux.de(s.siren, [s.siret(4)])] == [s.siret(4)]
    await importer(deposer(tmp_path, ligne(s.siret(4), "Maison connue")))
    assert len(await lieux.ouverts(chef, s.siren)) == 2


async def test_b04_of_a_company_typed_whole_nothing_is_hidden() -> None:
    moi, autre, siren = await personne(), await personne(), siren_neuf()
    await saisies.saisir(moi, saisie(siren))
    assert [lieu.siret for lieu in await lieux.ouverts(autre, siren)] == [siret_de(siren)]


async def test_b04_staff_see_and_put_away_what_their_branch_and_region_hold() -> None:
    siren = siren_neuf()
    await saisies.saisir(await personne(), saisie(siren, idcc="0843"))
    uid = (await etat_de(siren))["uid"]
    await executer("update entreprise_saisie set etat = 'different' where siren = $1", siren)
    ici = ("0843", "Pays de la Loire")
    for idcc, region in [("1979", None), (None, "Bretagne"), ("0843", "Bretagne")]:
        dehors = await interne(idcc, region)
        assert siren not in {s.siren for s in await saisies.lister(dehors, 1000)}
        with pytest.raises(Introuvable):
            await saisies.classer(dehors, uid)
    assert siren not in {s.siren for s in await saisies.lister(await interne(role="comptable"))}
    for idcc, region in [(None, None), (ici[0], None), (None, ici[1]), ici]:
        dedans = await interne(idcc, region)
        avant = await saisies.compter_a_traiter(dedans)
        assert siren in {s.siren for s in await saisies.lister(dedans, 1000)}
    await saisies.classer(dedans, uid)
    assert await saisies.compter_a_traiter(dedans) == avant - 1
