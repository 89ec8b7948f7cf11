"""Change habilitations line by line, or of many people at once. Administrators alone, never for
oneself; one transaction, one audit line a person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from portal.core.journal.operations import noter
from portal.core.rattachements import perimetre
from portal.core.rattachements.droits import ecrire_habilitations, verifier_etablissements
from portal.core.rattachements.entites import verrouiller
from portal.core.rattachements.matrice import lieux as etablissements
from portal.core.rattachements.matrice.regles import (
    Regle,
    Retrait,
    ajouter,
    completer,
    composer,
    regrouper,
    retirer,
)
from portal.core.rattachements.modeles import ADMINISTRER, PERSONNALISE, Ligne, ranger
from portal.infra.base import executer, sql, transaction
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from portal.web.identite import Personne

LIGNES_MAX = 60_000
"""Habilitations that one person may end with: beyond, the whole company says it better."""
CITES = 50
"""Establishments that an audit line names; it says how many there are."""


@dataclass(frozen=True)
class Changement:
    """Rights to add or to take, at some establishments (None: the whole company), for some
    dispositifs (None: all)."""

    droits: tuple[str, ...]
    lieux: tuple[str, ...] | None = None
    dispositifs: tuple[str, ...] | None = None
    retire: bool = False


@dataclass(frozen=True)
class Effet:
    """What a change does to somebody: lines before and after."""

    uid: UUID
    nom: str
    avant: list[Regle]
    apres: list[Regle]

    @property
    def change(self) -> bool:
        return self.avant != self.apres


@dataclass(frozen=True)
class Apercu:
    """A preview: what would change for each, and a mark of what it was computed from."""

    effets: list[Effet]
    ecartes: list[str]
    marque: str

    @property
    def changes(self) -> list[Effet]:
        return [e for e in self.effets if e.change]


async def ajouter_regle(moi: Personne, uid: UUID, changement: Changement) -> None:
    """Give somebody rights beside those that she has. To take some, there are the line's button
    and the preview (`appliquer`)."""
    if changement.retire:
        raise Refus("Cette page ajoute des droits. Pour en retirer, passez par l’aperçu.")
    await _un(moi, uid, changement)


async def retirer_regle(moi: Personne, uid: UUID, cle: str) -> None:
    """Take one line (`Regle.cle`) of somebody's habilitations.

    Raises `Conflit` when it is not there any more: her rights have changed meanwhile.
    """
    async with transaction():
        acces = await _saisir(moi, uid)
        lignes = await _lignes(acces)
        regle = next((r for r in regrouper(lignes) if r.cle == cle), None)
        if regle is None:
            raise Conflit(
                "Droits déjà changés",
                f"Les droits de {acces['nom']} ont changé entre-temps. Relisez-les.",
            )
        otees = set(regle.lignes())
        await _ecrire(acces, [ligne for ligne in lignes if ligne not in otees])
        await _noter(
            moi, acces, Changement(regle.droits, regle.lieux, regle.dispositifs, retire=True)
        )


async def _un(moi: Personne, uid: UUID, changement: Changement) -> None:
    async with transaction():
        acces = await _saisir(moi, uid)
        calcul = await _Calcul.preparer(moi, acces["siren"], changement)
        lignes = await _lignes(acces)
        apres = calcul.appliquer(lignes)
        if set(apres) == set(lignes):
            return
        await _ecrire(acces, apres)
        await _noter(moi, acces, changement)


async def apercevoir(
    moi: Personne,
    siren: str,
    profil: str,
    uids: Collection[UUID],
    changement: Changement,
    dispositifs: Collection[str],
) -> Apercu:
    """What this change would do to these people. `dispositifs`: all that exist. Changes nothing."""
    await perimetre.exiger(moi, ADMINISTRER, siren, None, profil)
    calcul = await _Calcul.preparer(moi, siren, changement, dispositifs)
    return (await _calculer(moi, siren, profil, uids, calcul))[0]


async def appliquer(
    moi: Personne,
    siren: str,
    profil: str,
    uids: Collection[UUID],
    changement: Changement,
    dispositifs: Collection[str],
    marque: str,
) -> int:
    """Do what `apercevoir` showed; returns how many people's rights changed.

    Raises `Conflit` when somebody's rights have changed since (`marque`).
    """
    async with transaction():
        await perimetre.exiger(moi, ADMINISTRER, siren, None, profil)
        await verrouiller(siren, profil)
        calcul = await _Calcul.preparer(moi, siren, changement, dispositifs)
        apercu, acces = await _calculer(moi, siren, profil, uids, calcul)
        if apercu.marque != marque:
            raise Conflit(
                "Droits changés entre-temps",
                "Les droits d’une des personnes, ou les établissements, ont changé depuis votre "
                "aperçu. Refaites-le avant d’appliquer.",
            )
        for effet in apercu.changes:
            un = acces[effet.uid]
            await _ecrire(un, [ligne for r in effet.apres for ligne in r.lignes()])
            await _noter(moi, un, changement, ensemble=len(apercu.changes))
        return len(apercu.changes)


@dataclass(frozen=True)
class _Calcul:
    """A change with what is needed to reckon it: today's establishments, all dispositifs."""

    changement: Changement
    etablissements: list[str]
    dispositifs: tuple[str, ...]

    @classmethod
    async def preparer(
        cls, moi: Personne, siren: str, changement: Changement, dispositifs: Collection[str] = ()
    ) -> _Calcul:
        if not changement.droits:
            raise Refus("Cochez au moins un droit.")
        if changement.lieux is not None:
            if not changement.lieux:
                raise Refus("Choisissez au moins un établissement, ou toute l’entreprise.")
            await verifier_etablissements(siren, changement.lieux)
        ouverts = [lieu.siret for lieu in await etablissements.ouverts(moi, siren)]
        return cls(changement, ouverts, tuple(dispositifs))

    def appliquer(self, lignes: list[Ligne]) -> list[Ligne]:
        c = self.changement
        if c.retire:
            apres = retirer(
                lignes,
                Retrait(
                    c.droits,
                    None if c.lieux is None else frozenset(c.lieux),
                    frozenset(c.dispositifs) if c.dispositifs else None,
                ),
                etablissements=self.etablissements,
                dispositifs=self.dispositifs,
            )
        else:
            apres = ajouter(lignes, composer(c.lieux, c.dispositifs, completer(c.droits)))
        siret, rangees = ranger(apres)
        if len(rangees) > LIGNES_MAX:
            raise Refus(
                "Cela ferait trop de droits pour une personne. Donnez-les plutôt sur toute "
                "l’entreprise, ou pour tous les dispositifs."
            )
        return [(s or siret, d, droit) for s, d, droit in rangees]


async def _calculer(
    moi: Personne, siren: str, profil: str, uids: Collection[UUID], calcul: _Calcul
) -> tuple[Apercu, dict[UUID, dict[str, Any]]]:
    gens = await sql(
        f"select {_COLONNES} where r.siren = $1 and r.profil = $2 and r.etat = 'actif'"
        " and r.uid = any($3::uuid[]) order by lower(c.nom), lower(c.prenom), r.id",
        siren,
        profil,
        list(uids),
    )
    effets, ecartes, ouverts = [], [], {}
    marque = blake2b(repr((calcul.changement, calcul.dispositifs)).encode(), digest_size=16)
    for acces in gens:
        if acces["administrateur"] or acces["compte"] == moi.compte_id:
            ecartes.append(acces["nom"])
            continue
        lignes = await _lignes(acces)
        effet = Effet(
            acces["uid"], acces["nom"], regrouper(lignes), regrouper(calcul.appliquer(lignes))
        )
        marque.update(repr((acces["uid"], effet.avant, effet.apres)).encode())
        effets.append(effet)
        ouverts[acces["uid"]] = acces
    if not effets:
        raise Refus(
            "Choisissez au moins une personne qui n’est pas administrateur\u00a0: un administrateur a "
            "déjà tous les droits."
        )
    return Apercu(effets, ecartes, marque.hexdigest()), ouverts


_COLONNES = (
    "r.id, r.uid, r.compte, r.siren, r.siret, r.profil, r.etat, r.administrateur,"
    " c.prenom || ' ' || c.nom as nom from rattachement r join compte c on c.id = r.compte"
)


async def _saisir(moi: Personne, uid: UUID) -> dict[str, Any]:
    """Lock the living access of another person who is no administrator; else 404, 403 or 409."""
    trouves = await sql(f"select {_COLONNES} where r.uid = $1", uid)
    if not trouves:
        raise Introuvable()
    siren, profil = trouves[0]["siren"], trouves[0]["profil"]
    await perimetre.exiger(moi, ADMINISTRER, siren, None, profil)
    await verrouiller(siren, profil)
    (acces,) = await sql(f"select {_COLONNES} where r.uid = $1 for update of r", uid)
    if acces["compte"] == moi.compte_id:
        raise Interdit("Un autre administrateur doit changer vos propres droits.")
    if acces["etat"] != "actif":
        raise Conflit("Accès retiré", f"{acces['nom']} n’a plus accès à cette entreprise.")
    if acces["administrateur"]:
        raise Conflit("Administrateur", f"{acces['nom']} est administrateur et a tous les droits.")
    return acces


async def _lignes(acces: dict[str, Any]) -> list[Ligne]:
    lignes = await sql(
        "select siret, dispositif, droit from habilitation where rattachement = $1 order by id",
        acces["id"],
    )
    return [(li["siret"] or acces["siret"], li["dispositif"], li["droit"]) for li in lignes]


async def _ecrire(acces: dict[str, Any], lignes: list[Ligne]) -> None:
    siret, habilitations = ranger(lignes)
    await executer(
        "update rattachement set siret = $2, modele = $3 where id = $1",
        acces["id"],
        siret,
        PERSONNALISE,
    )
    await ecrire_habilitations(acces["id"], habilitations)


async def _noter(
    moi: Personne, acces: dict[str, Any], changement: Changement, ensemble: int = 1
) -> None:
    lieux = changement.lieux
    details: dict[str, Any] = {"personnes": ensemble} if ensemble > 1 else {}
    if lieux is not None:
        details |= {"etablissements": lieux[:CITES], "nombre_etablissements": len(lieux)}
    await noter(
        "rattachement.droits_retires" if changement.retire else "rattachement.droits_ajoutes",
        acteur=moi, objet=("rattachement", acces["uid"]), siren=acces["siren"],
        profil=acces["profil"], personne=acces["nom"], droits=changement.droits,
        dispositifs=changement.dispositifs or (), **details,
    )  # fmt: skip
