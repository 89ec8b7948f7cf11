"""A new draft begins with what is known already: nobody types it twice."""

from __future__ import annotations

from portal.dossiers.saisie import prefill
from portal.infra.base import executer
from portal.kit.formulaire import lire
from tests.dossiers.aides import quelqu_un, societe
from tests.plugins.formation.essais import DISPOSITIF


async def test_b01_le_contact_et_l_effectif_sont_repris() -> None:
    chez = await societe()
    moi, email = await quelqu_un(chez)
    await executer("update entreprise set effectif = 12 where siren = $1", chez.siren)
    depart = await prefill.depart(moi, DISPOSITIF, chez.siret)
    assert set(depart) == {"entreprise"}
    connu = depart["entreprise"]
    assert connu["contact_courriel"] == email
    assert connu["effectif"] == "12"
    assert moi.nom_affiche == connu["contact_nom"]
    assert not lire(DISPOSITIF.etape("entreprise").modele, connu).erreurs


async def test_b01_ce_qui_est_inconnu_reste_vide() -> None:
    chez = await societe()
    moi, _ = await quelqu_un(chez)
    await executer("update entreprise set effectif = 0 where siren = $1", chez.siren)
    connu = (await prefill.depart(moi, DISPOSITIF, chez.siret))["entreprise"]
    assert "effectif" not in connu
    assert "contact_telephone" not in connu
