"""Large exports: prepared by a job, kept for a day, announced by the bell."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from portal.core.comptes.queries import personne_du_compte
from portal.core.notifications import operations as notifications
from portal.dossiers.export.classeur import fabriquer
from portal.dossiers.recherche.queries import Filtres
from portal.infra import clock, files, jobs
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.web.identite import Personne

TACHE = "dossiers.export"
GARDE = timedelta(hours=24)
TAILLE_MAX = 500_000_000
_PORTEE = """
select md5(coalesce(string_agg(x.t, '|' order by x.t), '')) from (
    select d || p::text as t
    from unnest(array['dossiers.consulter', 'factures.consulter']) d, perimetre($1, d) p
    union all
    select r::text from (select role, idcc, region from role_interne where compte = $1) r
) x"""


async def demander(moi: Personne, filtres: Filtres) -> UUID:
    """Plan the export; the address of its page is its uid."""
    async with transaction():
        export = await sql1(
            "insert into export (compte, filtres, cree_le, expire_le) values ($1, $2, $3, $4)"
            " returning id, uid",
            moi.compte_id,
            filtres.en_json(),
            clock.instant(),
            clock.instant() + GARDE,
        )
        assert export is not None
        await jobs.planifier(TACHE, export=export["id"])
        return export["uid"]


async def portee_de(moi: Personne) -> str:
    """A mark that changes with what this person may see: an export is worth no more than that."""
    return str(await valeur(_PORTEE, moi.compte_id))


@jobs.tache(TACHE, essais=2, transactionnelle=False)
async def preparer(export: int) -> None:
    """Write the workbook with the rights that the person has now."""
    ligne = await sql1("select * from export where id = $1 and etat = 'demande'", export)
    if ligne is None:
        return
    moi = await personne_du_compte(ligne["compte"])
    if moi is None:
        await executer("update export set etat = 'echec' where id = $1", export)
        return

    portee = await portee_de(moi)
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "export.xlsx"
        lignes = await fabriquer(moi, Filtres.lire(ligne["filtres"]), chemin)
        with chemin.open("rb") as flux:
            fichier = await files.ranger(flux, "export.xlsx", TAILLE_MAX, types={"xlsx"})
    async with transaction():
        await executer(
            "update export set etat = 'pret', progression = $2, fichier = $3, portee = $4"
            " where id = $1",
            export,
            lignes,
            fichier.cle,
            portee,
        )
        await notifications.notifier(
            [ligne["compte"]],
            "export",
            "Votre export Excel est prêt",
            f"/exports/{ligne['uid']}",
            f"{lignes} lignes, gardées 24 heures",
            courriel=False,
            cle=f"export:{ligne['uid']}",
        )


@jobs.periodique("dossiers.purger_exports", "17 * * * *")
async def purger() -> None:
    """Delete exports past their day, file first."""
    for perime in await sql("select id, fichier from export where expire_le < $1", clock.instant()):
        if perime["fichier"]:
            await files.supprimer(perime["fichier"])
        await executer("delete from export where id = $1", perime["id"])
