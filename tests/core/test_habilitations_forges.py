"""Forms of habilitations that were altered on their way change nothing (C09)."""

from __future__ import annotations

from portal.core.rattachements.matrice import operations
from portal.core.rattachements.matrice.operations import Changement
from portal.core.rattachements.modeles import PERSONNALISE
from tests.core.rattachements_aides import administrateur, societe
from tests.core.test_habilitations import habilite, voit
from tests.core.test_rattachements_pages import Ouvrir, ouvrir

__all__ = ["ouvrir"]


async def test_c09_a_forged_form_that_adds_takes_nothing(ouvrir: Ouvrir) -> None:
    s = await societe()
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s, "dossiers.saisir")
    nav, base = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/utilisateurs/{uid}"
    page = await nav.post(
        f"{base}/ajouter",
        {"_cle": "forge", "sens": "retirer", "modele": PERSONNALISE, "portee": "entreprise",
         "droits": "dossiers.saisir"},
    )  # fmt: skip
    assert page.statut == 422
    assert "Pour en retirer" in page.texte
    assert await voit(moi, "dossiers.saisir", s)


async def test_c09_a_list_of_people_that_was_altered_is_refused_whole(ouvrir: Ouvrir) -> None:
    s = await societe()
    chef = await administrateur(s)
    moi, uid = await habilite(chef, s)
    c = Changement(("rib.consulter",))
    nav, url = await ouvrir(chef), f"/entreprise/{s.siren}/adherent/habilitations/changer/appliquer"
    marque = (await operations.apercevoir(chef, s.siren, s.profil, [uid], c, ())).marque
    page = await nav.post(
        url, {"_cle": "forge2", "uids": f"{uid} pas-un-uid", "droits": "rib.consulter", "lieux": "*",
              "sens": "ajouter", "marque": marque},
    )  # fmt: skip
    assert page.statut == 422
    assert "Refaites l’aperçu" in page.texte
    assert not await voit(moi, "rib.consulter", s)
