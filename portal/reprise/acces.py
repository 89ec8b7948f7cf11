"""Former users, administrators, rights: they wait for their person, who signs up with the same e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from portal.core.rattachements import annonces, repris
from portal.core.rattachements.repris import AccesRepris
from portal.dossiers.registre import DISPOSITIFS
from portal.infra import clock
from portal.infra.base import sql
from portal.reprise.lignes import Ligne
from portal.web.erreurs import Conflit
from portal.web.garde import DROITS

INCONNUE = "Cette entreprise n’est pas dans le registre du portail. Importez-la d’abord."


async def utilisateurs(lignes: Sequence[Ligne], essai: bool) -> None:
    """Known by e-mail alone."""
    poses = await sql(
        "insert into utilisateur_repris (source, email, nom, prenom, repris_le)"
        " select v.*, $5 from unnest($1::text[], $2::text[], $3::text[], $4::text[]) v"
        " on conflict do nothing returning id, source, email",
        [ligne.source for ligne in lignes],
        [ligne["email"] for ligne in lignes],
        [ligne["nom"] for ligne in lignes],
        [ligne["prenom"] for ligne in lignes],
        clock.instant(),
    )
    ids = {(p["source"], p["email"]): p["id"] for p in poses}
    for ligne in lignes:
        ligne.accepter("utilisateur", ids.get((ligne.source, ligne["email"])))


async def administrateurs(lignes: Sequence[Ligne], essai: bool) -> None:
    """Active at their sign-up, or now, when validated; the others ask. Those in place stay."""
    await verifier_entreprises(lignes)
    gardees = [ligne for ligne in lignes if ligne.a_juger]
    designes = {
        (a["email"], a["siren"], a["profil"])
        for a in await sql(
            "select email, siren, profil from administrateur_annonce where retire_le is null"
            " and siren = any($1::text[]) union all select c.email, r.siren, r.profil"
            " from rattachement r join compte c on c.id = r.compte where r.etat = 'actif'"
            " and r.administrateur and r.siren = any($1::text[])",
            [ligne["siren"] for ligne in gardees],
        )
    }
    ecartes = await repris.ecartes({ligne["email"] for ligne in gardees})
    demandes = []
    for ligne in sorted(gardees, key=lambda li: (li["siren"], li["profil"])):
        qui = (ligne["email"], ligne["siren"], ligne["profil"])
        if qui in designes:
            ligne.reconnaitre("Cette personne est déjà administrateur, ou désignée.")
            continue
        designes.add(qui)
        if not _valide(ligne) or ligne["tiers"] or qui in ecartes:
            demandes.append(ligne)
            continue
        if not essai:
            await _annoncer(ligne)
        if ligne.a_juger:
            ligne.accepter("administrateur")
    await _deposer({id(ligne): _administration(ligne) for ligne in demandes}, demandes, essai)


def _valide(ligne: Ligne) -> bool:
    """Active at once: by the rule of its source, or validated with the conseiller."""
    assert ligne.regle is not None
    return bool(ligne.regle.acces_valides or ligne["valide"])


async def _annoncer(ligne: Ligne) -> None:
    try:
        await annonces.annoncer(
            None, ligne["siren"], ligne["profil"], email=ligne["email"], nom=ligne["nom"],
            prenom=ligne["prenom"],
        )  # fmt: skip
    except Conflit as conflit:
        ligne.reconnaitre(str(conflit))


async def habilitations(lignes: Sequence[Ligne], essai: bool) -> None:
    """Rights on a company. Who has an account gets hers at once, or asks for them."""
    await verifier_entreprises(lignes)
    await _verifier_lieux(lignes)
    gardees = [ligne for ligne in lignes if ligne.a_juger]
    await _deposer({id(ligne): _acces(ligne) for ligne in gardees}, gardees, essai)


async def _deposer(acces: dict[int, AccesRepris], lignes: Sequence[Ligne], essai: bool) -> None:
    """Keep what these rows give; people who have an account get theirs, or ask."""
    ids = await repris.deposer(list(acces.values()))
    for ligne in lignes:
        ligne.accepter("acces_repris", ids.get(acces[id(ligne)].cle))
    if not essai:
        await repris.appliquer_connus({a.email for a in acces.values()})


def _acces(ligne: Ligne) -> AccesRepris:
    return AccesRepris(
        source=ligne.source, email=ligne["email"], siren=ligne["siren"], siret=ligne["siret"],
        profil=ligne["profil"], dispositif=ligne["dispositif"], droits=ligne["droits"],
        valide=_valide(ligne), tiers=ligne["tiers"],
    )  # fmt: skip


def _administration(ligne: Ligne) -> AccesRepris:
    return AccesRepris(
        source=ligne.source, email=ligne["email"], siren=ligne["siren"], siret=None,
        profil=ligne["profil"], dispositif=None, droits=tuple(sorted(DROITS)), valide=_valide(ligne),
        tiers=ligne["tiers"], administrateur=True,
    )  # fmt: skip


async def verifier_entreprises(lignes: Iterable[Ligne], colonne: str = "siren") -> None:
    """Reject the rows of companies that are unknown, or not under this profile; `colonne` holds
    their SIREN, or a SIRET."""
    a_voir = [ligne for ligne in lignes if ligne.a_juger]
    connues: dict[str, dict[str, Any]] = {
        e["siren"]: e
        for e in await sql(
            "select siren, est_adherent as adherent, est_prestataire as prestataire"
            " from entreprise where siren = any($1::text[])",
            [ligne[colonne][:9] for ligne in a_voir],
        )
    }
    for ligne in a_voir:
        entreprise = connues.get(ligne[colonne][:9])
        if entreprise is None:
            ligne.rejeter(colonne, INCONNUE)
        elif not entreprise[ligne["profil"]]:
            ligne.rejeter("profil", "Cette entreprise n’est pas connue sous ce profil.")


async def _verifier_lieux(lignes: Iterable[Ligne]) -> None:
    a_voir = [ligne for ligne in lignes if ligne.a_juger]
    connus = {
        e["siret"]
        for e in await sql(
            "select siret from etablissement where siret = any($1::text[])",
            [ligne["siret"] for ligne in a_voir if ligne["siret"]],
        )
    }
    for ligne in a_voir:
        siret, dispositif = ligne["siret"], ligne["dispositif"]
        if siret and siret[:9] != ligne["siren"]:
            ligne.rejeter("siret", "Ce SIRET n’est pas un établissement de ce SIREN.")
        elif siret and siret not in connus:
            ligne.rejeter("siret", "Cet établissement n’est pas dans le registre du portail.")
        elif dispositif and dispositif not in DISPOSITIFS:
            ligne.rejeter(
                "dispositif", f"Dispositif inconnu. Attendus\u00a0: {', '.join(DISPOSITIFS)}."
            )
