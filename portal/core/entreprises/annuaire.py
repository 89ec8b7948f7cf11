"""Look a company up wherever it may be known: in the copy of the register, else at the register.

Nothing here blocks: an unknown company and a register that does not answer both lead to typing by
hand, each with its own sentence.
"""

from __future__ import annotations

from dataclasses import asdict, replace

from portal.core.entreprises import queries
from portal.core.entreprises.fiche import IDCC_DEUX_PROFILS, Etablissement, Fiche
from portal.core.entreprises.queries import Reponse
from portal.core.entreprises.registre import service
from portal.core.entreprises.registre.ecriture import Lieu, ecrire
from portal.core.entreprises.registre.lignes import Lu
from portal.core.entreprises.verification import verifier_lot
from portal.core.journal.operations import noter
from portal.infra import clock
from portal.infra.base import sql, transaction
from portal.infra.jobs import periodique
from portal.settings import get_settings

PAR_TOUR = 20
"""Typed companies asked for at a time: the service bears seven calls a second."""

PANNE = (
    "Ce numéro n’est pas dans notre copie du registre, et le registre ne répond pas pour l’instant."
    " Réessayez plus tard, ou saisissez l’entreprise à la main\u00a0: elle sera vérifiée ensuite."
)


async def consulter(saisi: str) -> Reponse:
    """As `queries.consulter`; what the copy lacks is asked of the register, and written nowhere."""
    reponse = await queries.consulter(saisi)
    if reponse.etat != "inconnue" or not reponse.numero:
        return reponse
    try:
        lus = await service.demander(reponse.numero)
    except service.RegistreMuet:
        return replace(reponse, etat="panne", message=PANNE)
    if lus is None:
        return reponse
    return await queries.juger(reponse.numero, _fiche(reponse.numero, lus))


async def rapatrier(numero: str) -> None:
    """Write into the copy what the register alone knows, for whoever goes on with it."""
    if await queries.par_identifiant(numero) is not None:
        return
    try:
        lus = await service.demander(numero)
    except service.RegistreMuet:
        return
    if lus:
        await ranger(lus)


async def ranger(lus: list[Lu]) -> None:
    """Write answers of the register; what was typed of these companies is judged by them."""
    unites = {}
    for lu in lus:
        if lu.siren not in unites or lu.unite.siege:
            unites[lu.siren] = lu.unite
    lieux = {lu.lieu.siret: lu.lieu for lu in lus}
    async with transaction():
        await verifier_lot(unites, lieux)
        venus, changes = await ecrire(list(unites.values()), list(lieux.values()))
        if venus or changes:
            await noter(
                "entreprises.enregistrees", acteur=None, nombre=len(unites), ajouts=venus,
                modifications=changes,
            )  # fmt: skip


def _fiche(numero: str, lus: list[Lu]) -> Fiche:
    unite = next((lu.unite for lu in lus if lu.unite.siege), lus[0].unite)
    lieux = {lu.lieu.siret: _etablissement(lu.lieu) for lu in lus}
    deux = unite.idcc in IDCC_DEUX_PROFILS
    return Fiche(
        unite.siren,
        unite.denomination,
        naf=unite.naf or None,
        idcc=unite.idcc,
        est_adherent=deux or unite.idcc in get_settings().opco_idcc,
        est_prestataire=deux,
        fermee_le=unite.fermee_le,
        tranche=unite.tranche or None,
        categorie=unite.categorie or None,
        siege=lieux.get(unite.siege or ""),
        etablissement=lieux.get(numero),
    )


def _etablissement(lieu: Lieu) -> Etablissement:
    return Etablissement(siren=lieu.siret[:9], **asdict(lieu))


@periodique("entreprises.interroger", "*/30 * * * *")
async def interroger() -> None:
    """Ask the register for what was typed by hand, those that were asked longest ago first."""
    if not get_settings().registre_url:
        return
    lignes = await sql(
        "update entreprise_saisie set verifiee_le = $2 where id in (select id"
        " from entreprise_saisie where etat = 'a_verifier'"
        " order by coalesce(verifiee_le, saisie_le), id limit $1) returning siret",
        PAR_TOUR,
        clock.instant(),
    )
    for ligne in lignes:
        try:
            lus = await service.demander(ligne["siret"])
        except service.RegistreMuet:
            return
        if lus:
            await ranger(lus)
