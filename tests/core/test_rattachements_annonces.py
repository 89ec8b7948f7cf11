"""C03: administrators named to the conseiller, whose address is proven sooner or later."""

from __future__ import annotations

import uuid

from portal.core.comptes.evenements import AdresseProuvee
from portal.core.rattachements.annonces import annoncer
from portal.core.rattachements.modeles import PERSONNALISE, octroi
from portal.core.rattachements.operations import accepter, supprimer
from portal.infra import evenements
from portal.infra.base import sql1, transaction
from portal.web.identite import Personne
from tests.core.rattachements_aides import administrateur, en_attente, personne, societe


async def _prouver(moi: Personne, email: str) -> None:
    async with transaction():
        await evenements.publier(AdresseProuvee(moi.compte_id, email))


async def _administre(moi: Personne, siren: str) -> bool:
    ligne = await sql1(
        "select 1 from rattachement where compte = $1 and siren = $2 and etat = 'actif'"
        " and administrateur",
        moi.compte_id,
        siren,
    )
    return ligne is not None


async def test_c03_named_then_proven_later_is_active(application: object) -> None:
    s, moi, email = await societe(), await personne(), f"{uuid.uuid4().hex}@exemple.fr"
    await annoncer(None, s.siren, s.profil, email=email, nom="Roux", prenom="Léa")
    assert not await _administre(moi, s.siren)
    await _prouver(moi, email)
    assert await _administre(moi, s.siren)


async def test_c12_whom_the_company_removed_since_is_not_let_in_again(application: object) -> None:
    s, moi, email = await societe(), await personne(), f"{uuid.uuid4().hex}@exemple.fr"
    chef = await administrateur(s)
    await annoncer(None, s.siren, s.profil, email=email, nom="Roux", prenom="Léa")
    acces = await en_attente(moi, s)
    await accepter(chef, acces, octroi(PERSONNALISE, {"dossiers.consulter"}))
    await supprimer(chef, acces)
    await _prouver(moi, email)
    assert not await _administre(moi, s.siren)
