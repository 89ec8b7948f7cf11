"""« Nouveau dossier » offers no establishment that a stranger typed (D01, B04)."""

from __future__ import annotations

import pytest

from portal.core.entreprises import saisies
from portal.dossiers.saisie import nouveau
from portal.web.erreurs import Introuvable
from portal.web.identite import Personne
from tests.core.numeros import siret_de
from tests.dossiers.aides import quelqu_un, societe
from tests.dossiers.dispositif_essai import CODE


async def test_d01_an_establishment_typed_by_hand_is_offered_to_who_typed_it_or_was_let_in() -> (
    None
):
    chez = await societe()
    inventeur, _ = await quelqu_un()
    chef, _ = await quelqu_un(chez, administrateur=True)
    invente = siret_de(chez.siren, 7)

    async def sirets(moi: Personne) -> list[str]:
        return [lieu.siret for lieu in await nouveau.lieux(moi)]

    adresse = {"adresse_ligne1": "3 rue", "code_postal": "44000", "commune": "Nantes"}
    valeurs = {"siret": invente, "denomination": "X", "profil": "adherent", **adresse}
    await saisies.saisir(inventeur, valeurs)
    assert await sirets(chef) == [chez.siret]
    with pytest.raises(Introuvable):
        await nouveau.exiger_lieu(chef, invente, "adherent", CODE)
    borne, _ = await quelqu_un(chez, siret=invente)
    assert await sirets(borne) == [invente]
    await nouveau.exiger_lieu(borne, invente, "adherent", CODE)
    sien = siret_de(chez.siren, 8)
    await saisies.saisir(chef, valeurs | {"siret": sien})
    assert await sirets(chef) == [chez.siret, sien]
