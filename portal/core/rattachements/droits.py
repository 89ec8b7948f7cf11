"""What may be granted, by whom: nobody gives more than she has."""

from __future__ import annotations

from typing import Any

from portal.core.rattachements import perimetre
from portal.core.rattachements.modeles import ADMINISTRER, ETABLISSEMENTS, Ligne, Octroi
from portal.infra.base import executer, sql1
from portal.web.erreurs import Interdit, Refus
from portal.web.identite import Personne


async def borner(moi: Personne, acces: dict[str, Any], octroi: Octroi) -> list[Ligne]:
    """The habilitations that `octroi` means for this access, or a refusal.

    An administrator grants anything within the company; whoever holds `rattachements.saisir` only
    grants rights that are her own, and never administration.
    """
    siren, profil = acces["siren"], acces["profil"]
    administre = await perimetre.voit(moi, ADMINISTRER, siren, None, profil)
    if octroi.administrateur:
        if not administre:
            raise Interdit("Seul un administrateur nomme un autre administrateur.")
        return []
    if octroi.portee == ETABLISSEMENTS and not octroi.sirets:
        raise Refus("Choisissez au moins un établissement, ou toute l’entreprise.")
    lignes = octroi.lignes(acces["siret"])
    if not lignes:
        raise Refus("Cochez au moins un droit.")
    await verifier_etablissements(siren, octroi.sirets)
    if not administre:
        await _verifier_siens(moi, siren, profil, lignes)
    return lignes


async def verifier_etablissements(siren: str, sirets: tuple[str, ...]) -> None:
    """Refuse an establishment that is not of this company."""
    ligne = await sql1(
        "select count(*) as nombre from etablissement where siren = $1 and siret = any($2::text[])",
        siren,
        list(sirets),
    )
    if ligne is None or ligne["nombre"] != len(sirets):
        raise Refus("Un des établissements choisis n’appartient pas à cette entreprise.")


async def _verifier_siens(moi: Personne, siren: str, profil: str, lignes: list[Ligne]) -> None:
    ligne = await sql1(
        "select exists (select 1 from unnest($4::text[], $5::text[], $6::text[])"
        " as l (siret, dispositif, droit)"
        " where not voit($1, l.droit, $2, l.siret, $3, l.dispositif)) as exces",
        moi.compte_id,
        siren,
        profil,
        [siret for siret, _, _ in lignes],
        [dispositif for _, dispositif, _ in lignes],
        [droit for _, _, droit in lignes],
    )
    if ligne is None or ligne["exces"]:
        raise Interdit("Vous ne pouvez donner que des droits que vous avez vous-même.")


async def ecrire_habilitations(rattachement: int, lignes: list[Ligne]) -> None:
    """Make these the habilitations of a rattachement, whatever it had."""
    await executer("delete from habilitation where rattachement = $1", rattachement)
    await executer(
        "insert into habilitation (rattachement, siret, dispositif, droit)"
        " select $1, l.siret, l.dispositif, l.droit"
        " from unnest($2::text[], $3::text[], $4::text[]) as l (siret, dispositif, droit)",
        rattachement,
        [siret for siret, _, _ in lignes],
        [dispositif for _, dispositif, _ in lignes],
        [droit for _, _, droit in lignes],
    )
