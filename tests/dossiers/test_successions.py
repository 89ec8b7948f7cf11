"""A company that moved to a new SIRET keeps its rights and its dossiers."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal.core.entreprises import queries as entreprises
from portal.core.entreprises.evenements import EtablissementRemplace
from portal.core.entreprises.registre.bilan import Bilan
from portal.core.entreprises.registre.lecture import FichierIllisible
from portal.core.entreprises.registre.successions import COLONNES, importer
from portal.core.rattachements import successions as acces
from portal.core.rattachements.perimetre import voit
from portal.dossiers import queries, registre, successions
from portal.infra import evenements
from portal.infra.base import executer, sql, valeur
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from tests.core.numeros import siret_de
from tests.dossiers.aides import Societe, quelqu_un, rempli, societe
from tests.dossiers.dispositif_essai import CODE, ESSAI

pytestmark = pytest.mark.usefixtures("essai")
HANDLERS = (acces.sur_etablissement_remplace, successions.sur_etablissement_remplace)
ENTETE = ",".join((*COLONNES, "dateDernierTraitementLienSuccession"))


@pytest.fixture
def essai() -> Any:
    registre.DISPOSITIFS[CODE] = ESSAI
    for handler in HANDLERS:
        evenements.sur(EtablissementRemplace, handler)
    yield
    registre.DISPOSITIFS.pop(CODE, None)


def lien(
    ancien: str, nouveau: str, effet: str = "2026-03-01", siege: str = "true", suite: str = "true"
) -> str:
    return f"{ancien},{nouveau},{effet},{siege},{suite},2026-03-02T08:00:00"


async def suivre(dossier: Path, *lignes: str, **options: Any) -> Bilan:
    fichier = dossier / "liens.csv.gz"
    fichier.write_bytes(gzip.compress("\n".join([ENTETE, *lignes, ""]).encode()))
    return await importer(fichier, **options)


async def fermer(siret: str, le: date = date(2026, 3, 1)) -> None:
    await executer("update etablissement set ferme_le = $2 where siret = $1", siret, le)


async def voit_dossiers(moi: Personne, siret: str) -> bool:
    return await voit(moi, "dossiers.consulter", siret[:9], siret, "adherent", CODE)


async def demenagement() -> tuple[Societe, str, str]:
    """A company whose first establishment has closed, and its second."""
    chez = await societe(etablissements=3)
    await fermer(chez.siret)
    return chez, chez.siret, siret_de(chez.siren, 2)


async def test_b04_rights_bounded_to_the_former_siret_follow(tmp_path: Path) -> None:
    chez, ancien, nouveau = await demenagement()
    borne, _ = await quelqu_un(chez, siret=ancien)
    voisin, _ = await quelqu_un(chez, siret=siret_de(chez.siren, 3))
    assert (await voit_dossiers(borne, ancien), await voit_dossiers(borne, nouveau)) == (
        True,
        False,
    )
    bilan = await suivre(tmp_path, lien(ancien, nouveau))
    assert (bilan.ajouts, bilan.suivies, bilan.rejets) == (1, 1, 0)
    assert await voit_dossiers(borne, nouveau)
    assert not await voit_dossiers(borne, ancien)
    assert not await voit_dossiers(voisin, nouveau)
    traces = await sql(
        "select details from journal where action = 'rattachement.etablissement_remplace'"
        " and siren = $1",
        chez.siren,
    )
    assert [t["details"]["nouveau"] for t in traces] == [nouveau]


async def test_b04_dossiers_are_reached_under_the_new_siret_and_tell_why(tmp_path: Path) -> None:
    chez = await societe(etablissements=2)
    ancien, nouveau = chez.siret, siret_de(chez.siren, 2)
    moi, _ = await quelqu_un(chez, administrateur=True)
    brouillon = await rempli(moi, chez, piece=False)
    await fermer(ancien)
    nouvelle, _ = await quelqu_un(chez, siret=nouveau)
    with pytest.raises(Introuvable):
        await queries.exiger(nouvelle, brouillon["uid"])
    await suivre(tmp_path, lien(ancien, nouveau))
    assert await valeur("select siret from dossier where id = $1", brouillon["id"]) == nouveau
    assert (await queries.exiger(nouvelle, brouillon["uid"]))["id"] == brouillon["id"]
    textes = await sql(
        "select texte from dossier_evenement where dossier = $1 and genre = 'etablissement_remplace'",
        brouillon["id"],
    )
    assert len(textes) == 1
    assert "a changé de SIRET" in textes[0]["texte"]


async def test_b04_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    chez, ancien, nouveau = await demenagement()
    await quelqu_un(chez, siret=ancien)
    await suivre(tmp_path, lien(ancien, nouveau))
    avant = await valeur("select count(*) from journal")
    encore = await suivre(tmp_path, lien(ancien, nouveau))
    assert (encore.ajouts, encore.suivies, encore.rejets) == (0, 0, 0)
    assert await valeur("select count(*) from journal") == avant


@pytest.mark.parametrize("ordre", [(0, 1), (1, 0)])
@pytest.mark.parametrize("taille", [1, 10])
async def test_b04_a_chain_leads_to_its_end_whatever_the_order(
    tmp_path: Path, ordre: tuple[int, int], taille: int
) -> None:
    chez, premier, deuxieme = await demenagement()
    dernier = siret_de(chez.siren, 3)
    await fermer(deuxieme, date(2026, 6, 1))
    borne, _ = await quelqu_un(chez, siret=premier)
    liens = (lien(premier, deuxieme), lien(deuxieme, dernier, "2026-06-01"))
    await suivre(tmp_path, *[liens[i] for i in ordre], taille=taille)
    assert await voit_dossiers(borne, dernier)
    reponse = await entreprises.identifier(deuxieme)
    assert reponse.successeur is not None


async def test_b04_a_takeover_by_another_company_gives_nobody_rights_there(tmp_path: Path) -> None:
    chez, ancien, _ = await demenagement()
    autre = await societe()
    borne, _ = await quelqu_un(chez, siret=ancien)
    bilan = await suivre(tmp_path, lien(ancien, autre.siret))
    assert (bilan.ajouts, bilan.suivies) == (1, 0)
    assert await voit_dossiers(borne, ancien)
    assert not await voit_dossiers(borne, autre.siret)
    reponse = await entreprises.identifier(ancien)
    assert reponse.successeur is not None
    assert reponse.successeur.siren == autre.siren


async def test_b04_links_that_can_t_be_followed_are_told_by_line(tmp_path: Path) -> None:
    chez, ancien, nouveau = await demenagement()
    ouvert, inconnu = siret_de(chez.siren, 3), siret_de(chez.siren, 9)
    rejets = tmp_path / "rejets.csv"
    bilan = await suivre(
        tmp_path,
        lien(ancien, inconnu),
        lien(ouvert, nouveau),
        lien(ancien, ancien),
        lien(ancien, nouveau, "demain"),
        lien(ancien, nouveau, siege="peut-être"),
        lien("123", nouveau),
        lien(ancien, nouveau, "2099-01-01"),
        lien(ancien, nouveau, siege="false", suite="false"),
        rejets=rejets,
    )
    assert (bilan.lignes, bilan.ajouts, bilan.rejets) == (8, 0, 6)
    dits = {d.split(";")[0]: d for d in rejets.read_text("utf-8-sig").splitlines()}
    assert "copie du registre" in dits["2"]
    assert "encore ouvert" in dits["3"]
    assert set(dits) == {"ligne", "2", "3", "4", "5", "6", "7"}
    assert not await valeur("select 1 from succession where predecesseur = $1", ancien)


async def test_b04_a_circle_is_refused(tmp_path: Path) -> None:
    _chez, ancien, nouveau = await demenagement()
    await fermer(nouveau)
    bilan = await suivre(tmp_path, lien(ancien, nouveau), lien(nouveau, ancien, "2026-04-01"))
    assert (bilan.suivies, bilan.rejets) == (1, 1)
    assert "tournent en rond" in str(bilan)


@pytest.mark.usefixtures("litestar")
async def test_b04_the_application_listens() -> None:
    assert set(HANDLERS) <= set(evenements.abonnes(EtablissementRemplace))


async def test_b04_a_wrong_file_gets_a_sentence(tmp_path: Path) -> None:
    fichier = tmp_path / "liens.csv"
    fichier.write_text("siret,autre\n1,2\n")
    with pytest.raises(FichierIllisible, match="Aucune des colonnes"):
        await importer(fichier)
