"""Whole drafts: found again, copied, split, dropped."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from portal.branches import queries as branches
from portal.core.journal import operations as journal
from portal.dossiers import queries
from portal.dossiers.documents import operations as documents
from portal.dossiers.registre import dispositif as du_registre
from portal.dossiers.saisie.contenu import lire_contenu, sceller, secrets_de
from portal.dossiers.saisie.operations import brouillon, creer, ranger
from portal.dossiers.transitions import exiger_ne_ici
from portal.infra import clock, coffre
from portal.infra.base import executer, sql, transaction
from portal.kit import Dispositif
from portal.kit.controles import CLE_PERSONNES_MAX
from portal.kit.formulaire import meta_de, modele_de_groupe
from portal.web.erreurs import Refus
from portal.web.identite import Personne

NON_REPRIS = ("date", "case")
"""Kinds of fields that a copy starts without: dates, and what somebody certifies."""


async def brouillons(moi: Personne, code: str, siret: str) -> list[dict[str, Any]]:
    """Drafts of this dispositif for this establishment: « Vous avez déjà un brouillon »."""
    return await sql(
        "select d.uid, d.intitule, d.modifie_le from dossier d where d.etat = 'brouillon'"
        f" and d.dispositif = $2 and d.siret = $3 and d.siren = left($3, 9) and {queries.portee(moi, 'dossiers.saisir')}"
        " order by d.modifie_le desc limit 5",
        moi.compte_id,
        code,
        siret,
    )


async def supprimer(moi: Personne, uid: UUID) -> None:
    """Drop a draft with its secrets and its files. Raises `Conflit` once it is transmitted."""
    async with transaction():
        dossier = await brouillon(moi, uid, "dossiers.supprimer")
        await documents.oublier(dossier["id"])
        await coffre.oublier(secrets_de(dossier["donnees"]))
        await executer("delete from dossier where id = $1", dossier["id"])
        await journal.noter(
            "dossier.suppression",
            acteur=moi,
            objet=("dossier", dossier["uid"]),
            siren=dossier["siren"],
            profil=dossier["profil"],
            dispositif=dossier["dispositif"],
        )


async def dupliquer(moi: Personne, uid: UUID) -> dict[str, Any]:
    """A new draft with what can be reused: no date, no attestation, no document, no decision."""
    async with transaction():
        source = await queries.exiger(moi, uid, "dossiers.saisir")
        exiger_ne_ici(source)
        dispositif = du_registre(source["dispositif"])
        copie = await _copier(dispositif, source["donnees"])
        for etape in dispositif.etapes:
            for nom, info in etape.modele.model_fields.items():
                if modele_de_groupe(info) is None and meta_de(info).widget in NON_REPRIS:
                    copie[etape.code][nom] = ""
        de = source["numero"] or "un brouillon"
        return await creer(
            moi, dispositif.code, source["siret"], source["profil"], copie,
            f"Brouillon créé à partir de\u00a0: {de}",
        )  # fmt: skip


async def scinder(moi: Personne, uid: UUID) -> dict[str, Any]:
    """Move the people beyond the limit to a second draft, all else and the documents being the same.

    Raises `Refus` when there is nobody beyond the limit.
    """
    async with transaction():
        dossier = await brouillon(moi, uid)
        dispositif = du_registre(dossier["dispositif"])
        etape, groupe, maximum = await _depassement(dossier, dispositif)
        lignes = dossier["donnees"][etape][groupe]
        suivantes = {li["cle"] for li in lignes[maximum:]}
        copie = await _copier(dispositif, dossier["donnees"], (groupe, suivantes))
        second = await creer(
            moi, dispositif.code, dossier["siret"], dossier["profil"], copie,
            "Brouillon créé en scindant un dossier",
        )  # fmt: skip
        await documents.recopier(dossier["id"], second["id"])
        garde = {**dossier["donnees"][etape], groupe: lignes[:maximum]}
        modele = dispositif.etape(etape).modele
        garde = await sceller(modele, garde, dossier["donnees"][etape])
        await ranger(dossier, dispositif, {**dossier["donnees"], etape: garde})
        await journal.noter(
            "dossier.scission",
            acteur=moi,
            objet=("dossier", dossier["uid"]),
            siren=dossier["siren"],
            profil=dossier["profil"],
            second=second["uid"],
        )
        return second


async def _depassement(dossier: dict[str, Any], dispositif: Dispositif) -> tuple[str, str, int]:
    """Step, group and limit of the list that has too many people."""
    parametres = await branches.parametres(dossier["idcc"], await clock.aujourd_hui())
    limite = parametres.lire(CLE_PERSONNES_MAX)
    for etape in dispositif.etapes if limite else ():
        for nom, info in etape.modele.model_fields.items():
            lignes = (dossier["donnees"].get(etape.code) or {}).get(nom) or []
            if modele_de_groupe(info) and limite and len(lignes) > int(limite.valeur):
                return etape.code, nom, int(limite.valeur)
    raise Refus("Ce dossier ne dépasse pas la limite\u00a0: il n’y a rien à scinder.")


async def _copier(
    dispositif: Dispositif,
    donnees: dict[str, Any],
    lignes: tuple[str, Collection[str]] | None = None,
) -> dict[str, Any]:
    """The steps with secrets of their own; of the group `lignes[0]`, only the rows named."""
    contenu = await lire_contenu(dispositif, donnees)
    copie = {}
    for etape in dispositif.etapes:
        brut = dict(contenu.donnees[etape.code].brut)
        if lignes and isinstance(brut.get(lignes[0]), list):
            brut[lignes[0]] = [li for li in brut[lignes[0]] if li["cle"] in lignes[1]]
        copie[etape.code] = await sceller(etape.modele, brut, {})
    return copie
