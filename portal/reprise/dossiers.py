"""Dossiers of former portals: to be read, with their number, state, dates and amounts; what was
granted is engaged in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from portal.dossiers.registre import DISPOSITIFS
from portal.grandlivre import reprise as livre
from portal.infra import clock
from portal.infra.base import executer, sql
from portal.infra.money import PARIS
from portal.infra.texte import plier
from portal.reprise.acces import verifier_entreprises
from portal.reprise.lignes import Ligne
from portal.reprise.regles import ENGAGES

_INSERER = """
insert into dossier (numero, dispositif, siren, siret, profil, idcc, region, departement, etat,
    intitule, debut, fin, nb_personnes, organisme_siret, organisme_nom, paye_organisme, cible, public,
    demande_centimes, accorde_centimes, cree_le, modifie_le, transmis_le, transmis_jour, decide_le,
    recherche, origine, repris_le)
select r.numero, r.dispositif, left(r.siret, 9), r.siret, r.profil, coalesce(e.idcc, ''),
    coalesce(s.region, ''), coalesce(s.departement, ''), r.etat, r.intitule, r.debut, r.fin,
    r.nb_personnes, r.organisme_siret, r.organisme_nom, r.paye_organisme, r.cible, r.public,
    r.demande, r.accorde, r.transmis_le, r.modifie_le, r.transmis_le, r.transmis_jour, r.decide_le,
    r.recherche, r.origine, $2
from jsonb_to_recordset($1::jsonb) as r (numero text, dispositif text, siret text, profil text,
    etat text, intitule text, debut date, fin date, nb_personnes integer, organisme_siret text,
    organisme_nom text, paye_organisme boolean, cible text, public text, demande bigint,
    accorde bigint, transmis_le timestamptz, modifie_le timestamptz, transmis_jour date,
    decide_le timestamptz, recherche text, origine text)
join etablissement s on s.siret = r.siret join entreprise e on e.siren = s.siren
returning id, uid, numero, siren, dispositif, cible
"""
_EVENEMENTS = """
insert into dossier_evenement (dossier, genre, vers, acteur, instant, jour, texte)
select v.dossier, 'reprise', v.etat, 'Le portail', $1, $2, v.texte
from unnest($3::bigint[], $4::text[], $5::text[]) v (dossier, etat, texte)
"""
_NUMEROTER = """
insert into numerotation (annee, prefixe, dernier)
select left(n, 4)::integer, split_part(n, '-', 2), max(split_part(n, '-', 3)::integer)
from unnest($1::text[]) n where n ~ '^20[0-9]{2}-[A-Z0-9]+-[0-9]{6}$' group by 1, 2
on conflict (annee, prefixe) do update
    set dernier = greatest(numerotation.dernier, excluded.dernier)
"""
"""Numbers that look like our own are never given again. Not tried: it locks, until the end of its
transaction, the row that numbers today's dossiers."""


SANS_ACCORD = ("transmis", "en_instruction", "a_completer", "refuse")


async def dossiers(lignes: Sequence[Ligne], essai: bool) -> None:
    for ligne in lignes:
        _juger(ligne)
    await _verifier_lieux(lignes)
    await _verifier_numeros(lignes)
    gardees = [ligne for ligne in lignes if ligne.a_juger]
    poses = {
        d["numero"]: d
        for d in await sql(_INSERER, [_colonnes(li) for li in gardees], clock.instant())
    }
    for ligne in gardees:
        ligne.accepter("dossier", poses[ligne["numero"]]["id"])
    await _raconter(gardees)
    if not essai:
        await executer(_NUMEROTER, [ligne["numero"] for ligne in gardees])
    await livre.engager([_engagement(li, poses[li["numero"]]) for li in gardees if li["accorde"]])


def _juger(ligne: Ligne) -> None:
    """What the row says alone, and the rule of its source."""
    v = ligne.valeurs
    dispositif = DISPOSITIFS.get(v["dispositif"])
    assert ligne.regle is not None
    if refus := ligne.regle.refuser_dossier(v):
        ligne.rejeter(*refus)
    elif dispositif is None:
        ligne.rejeter(
            "dispositif", f"Dispositif inconnu. Attendus\u00a0: {', '.join(DISPOSITIFS)}."
        )
    elif v["profil"] not in dispositif.profils:
        ligne.rejeter("profil", "Ce dispositif ne se demande pas sous ce profil.")
    elif v["fin"] < v["debut"]:
        ligne.rejeter("fin", "La fin précède le début. Corrigez l’une des deux dates.")
    elif v["etat"] in ENGAGES and v["accorde"] is None:
        ligne.rejeter("accorde", "Un dossier accordé a un montant accordé. Renseignez-le.")
    elif v["etat"] in SANS_ACCORD and v["accorde"]:
        ligne.rejeter("accorde", "Ce dossier n’est pas accordé\u00a0: laissez cette cellule vide.")
    elif not 0 <= v["nb_personnes"] < 100_000:
        ligne.rejeter("nb_personnes", "Ce nombre de personnes n’est pas plausible.")
    elif v["paye_organisme"] and not (dispositif.subrogation and v["organisme_siret"]):
        ligne.rejeter(
            "paye_organisme", "Payer l’organisme demande son SIRET, et un dispositif qui le permet."
        )


async def _verifier_lieux(lignes: Sequence[Ligne]) -> None:
    a_voir = [ligne for ligne in lignes if ligne.a_juger]
    connus = {
        e["siret"]
        for e in await sql(
            "select siret from etablissement where siret = any($1::text[])",
            [ligne["siret"] for ligne in a_voir],
        )
    }
    for ligne in a_voir:
        if ligne["siret"] not in connus:
            ligne.rejeter("siret", "Cet établissement n’est pas dans le registre du portail.")
    await verifier_entreprises(lignes, "siret")


async def _verifier_numeros(lignes: Sequence[Ligne]) -> None:
    a_voir = [ligne for ligne in lignes if ligne.a_juger]
    pris = {
        d["numero"]
        for d in await sql(
            "select numero from dossier where numero = any($1::text[])",
            [ligne["numero"] for ligne in a_voir],
        )
    }
    for ligne in a_voir:
        if ligne["numero"] in pris:
            ligne.rejeter("numero", "Un autre dossier du portail porte déjà ce numéro.")
        pris.add(ligne["numero"])


def _colonnes(ligne: Ligne) -> dict[str, Any]:
    v = ligne.valeurs
    mouvement = v["mouvement_le"] or v["transmis_le"]
    return {
        **{n: v[n] for n in ("numero", "dispositif", "siret", "profil", "etat", "intitule", "debut",
            "fin", "nb_personnes", "organisme_siret", "organisme_nom", "paye_organisme", "public",
            "demande")},
        "accorde": None if v["etat"] in SANS_ACCORD else v["accorde"],
        "cible": DISPOSITIFS[v["dispositif"]].cible,
        "transmis_le": _midi(v["transmis_le"]), "modifie_le": _midi(mouvement),
        "transmis_jour": v["transmis_le"],
        "decide_le": _midi(mouvement) if v["accorde"] is not None or v["etat"] == "refuse" else None,
        "recherche": plier(f"{v['intitule']} {v['organisme_nom']} {v['numero']}")[:4000],
        "origine": ligne.source,
    }  # fmt: skip


def _midi(jour: date) -> datetime:
    """A day without its hour, as an instant of that day in Paris."""
    return datetime.combine(jour, time(12), PARIS)


async def _raconter(lignes: Sequence[Ligne]) -> None:
    await executer(
        _EVENEMENTS,
        clock.instant(),
        await clock.aujourd_hui(),
        [ligne.devenu_id for ligne in lignes],
        [ligne["etat"] for ligne in lignes],
        [f"Dossier repris de {ligne.regle.libelle}" for ligne in lignes if ligne.regle],
    )


def _engagement(ligne: Ligne, pose: dict[str, Any]) -> livre.AEngager:
    return livre.AEngager(
        pose["uid"], pose["siren"], pose["dispositif"], pose["cible"], ligne["accorde"],
        ligne["mouvement_le"] or ligne["transmis_le"],
    )  # fmt: skip
