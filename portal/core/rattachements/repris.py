"""Accesses of a former portal (A07, G08): they wait for their person, who signs up with the former
e-mail. What was validated with the conseiller, or comes from a portal with its own administrators, is
active at once; the rest, third parties, and whoever somebody removed or refused here, becomes a
request that the company answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from portal.core.comptes.evenements import AdresseProuvee
from portal.core.journal.operations import noter
from portal.core.rattachements.demandes import DemandeImpossible, demander
from portal.core.rattachements.droits import ecrire_habilitations
from portal.core.rattachements.entites import administrateurs, entite, verrouiller
from portal.core.rattachements.evenements import Entite
from portal.core.rattachements.modeles import (
    DOMAINES_PAR_DISPOSITIF,
    PERSONNALISE,
    Ligne,
    en_mots,
    ranger,
)
from portal.infra import clock, evenements
from portal.infra.base import executer, sql, sql1, transaction
from portal.web.identite import Personne

MOTIF = "droits repris de l’ancien portail"
NOMMEES = 3
SUITE_IMPOSSIBLE = (
    "Demandez un rattachement depuis «\u00a0Mon entreprise\u00a0», ou écrivez-nous depuis "
    "«\u00a0Aide et contacts\u00a0»."
)

# Of a rattachement `f`: somebody ended it, and nothing was given since.
_ECARTE = (
    "f.etat in ('supprime', 'refuse') and f.decide_par is not null and not exists (select 1"
    " from rattachement v where v.compte = f.compte and v.siren = f.siren and v.profil = f.profil"
    " and v.etat = 'actif' and v.decide_le >= f.decide_le)"
)


@dataclass(frozen=True)
class AccesRendu:
    """A person has the rights of a former portal here. For the company's `administrateurs`."""

    compte_id: int
    nom: str
    entite: Entite
    droits: tuple[str, ...]
    administrateurs: tuple[int, ...]


@dataclass(frozen=True)
class AccesImpossible:
    """Rights of a former portal could not even be asked for. For their person (`compte_id`)."""

    compte_id: int
    entite: Entite
    motif: str


@dataclass(frozen=True)
class AccesRepris:
    """What one person could do in one company, for a former portal. `valide`: active at once.
    `administrateur`: administered it, which a company confirms."""

    source: str
    email: str
    siren: str
    siret: str | None
    profil: str
    dispositif: str | None
    droits: tuple[str, ...]
    valide: bool
    tiers: bool
    administrateur: bool = False

    @property
    def cle(self) -> tuple[str | bool, ...]:
        return _cle(vars(self))


def _cle(acces: dict[str, Any]) -> tuple[str | bool, ...]:
    return (
        acces["source"], acces["email"], acces["siren"], acces["siret"] or "", acces["profil"],
        acces["dispositif"] or "", acces["administrateur"],
    )  # fmt: skip


async def deposer(acces: Sequence[AccesRepris]) -> dict[tuple[str | bool, ...], int]:
    """Keep them until their person has an account; ids by `AccesRepris.cle`. One already known
    stays as it is and is left out of the answer."""
    lignes = await sql(
        "insert into acces_repris (source, email, siren, siret, profil, dispositif, droits, valide,"
        " tiers, administrateur, repris_le) select r.source, r.email, r.siren, r.siret, r.profil, r.dispositif,"
        " r.droits, r.valide, r.tiers, r.administrateur, $2 from jsonb_to_recordset($1::jsonb) as r (source text,"
        " email text, siren text, siret text, profil text, dispositif text, droits text[],"
        " valide boolean, tiers boolean, administrateur boolean) on conflict do nothing"
        " returning id, source, email, siren, siret, profil, dispositif, administrateur",
        [vars(a) | {"droits": list(a.droits)} for a in acces],
        clock.instant(),
    )
    return {_cle(li): li["id"] for li in lignes}


async def ecartes(emails: Collection[str]) -> set[tuple[str, str, str]]:
    """(e-mail, SIREN, profile) of accounts whose access somebody ended there."""
    lignes = await sql(
        "select distinct c.email, f.siren, f.profil from rattachement f"
        f" join compte c on c.id = f.compte where c.email = any($1::text[]) and {_ECARTE}",
        list(emails),
    )
    return {(li["email"], li["siren"], li["profil"]) for li in lignes}


async def appliquer_connus(emails: Collection[str]) -> int:
    """People who have an account already get theirs without doing anything; returns how many."""
    connus = await sql(
        "select id from compte where email = any($1::text[]) and actif order by id", list(emails)
    )
    for compte in connus:
        await appliquer(compte["id"])
    return len(connus)


async def sur_adresse_prouvee(evt: AdresseProuvee) -> None:
    """The former e-mail is proven: what it could do is given, or asked for."""
    await appliquer(evt.compte_id)


async def appliquer(compte_id: int) -> None:
    """Give or ask for what waits for this account, company by company."""
    async with transaction():
        lignes = await sql(
            "select a.* from acces_repris a join compte c on c.email = a.email and c.actif"
            " where c.id = $1 and a.applique_le is null order by a.siren, a.profil, a.id"
            " for update of a",
            compte_id,
        )
        for (siren, profil), groupe in groupby(lignes, lambda a: (a["siren"], a["profil"])):
            await _appliquer_entreprise(compte_id, siren, profil, list(groupe))


async def _appliquer_entreprise(
    compte_id: int, siren: str, profil: str, lignes: list[dict[str, Any]]
) -> None:
    await verrouiller(siren, profil)
    ecarte = await sql1(
        f"select 1 from rattachement f where f.compte = $1 and f.siren = $2 and f.profil = $3"
        f" and {_ECARTE} limit 1",
        compte_id,
        siren,
        profil,
    )
    surs = [] if ecarte else [a for a in lignes if _est_sur(a)]
    if surs:
        await _clore(surs, await _accorder(compte_id, siren, profil, surs))
    autres = [a for a in lignes if a not in surs]
    if autres:
        await _clore(autres, *await _demander(compte_id, siren, profil, autres))


def _est_sur(acces: dict[str, Any]) -> bool:
    return acces["valide"] and not acces["tiers"] and not acces["administrateur"]


async def _accorder(compte_id: int, siren: str, profil: str, lignes: list[dict[str, Any]]) -> str:
    """Give these rights on top of what the person has; an administrator has them all."""
    ancien = await sql1(
        "select id, siret, administrateur from rattachement where compte = $1 and siren = $2"
        " and profil = $3 and etat = 'actif' for update",
        compte_id,
        siren,
        profil,
    )
    if ancien and ancien["administrateur"]:
        return "deja"
    habilitations = [li for a in lignes for li in _habilitations(a)]
    if ancien:
        habilitations += [
            (h["siret"] or ancien["siret"], h["dispositif"], h["droit"])
            for h in await sql(
                "select siret, dispositif, droit from habilitation where rattachement = $1",
                ancien["id"],
            )
        ]
    siret, utiles = ranger(habilitations)
    acces = await _rattacher(compte_id, siren, profil, siret, ancien)
    await ecrire_habilitations(acces["id"], utiles)
    await noter(
        "rattachement.repris", acteur=None, objet=("rattachement", acces["uid"]), siren=siren,
        profil=profil, personne=acces["nom"], droits=sorted({droit for _, _, droit in utiles}),
        source=lignes[0]["source"],
    )  # fmt: skip
    await evenements.publier(
        AccesRendu(
            compte_id, acces["nom"], await entite(siren, profil),
            tuple(sorted({droit for _, _, droit in utiles})),
            tuple(a.compte_id for a in await administrateurs(siren, profil)),
        )
    )  # fmt: skip
    return "actif"


def _habilitations(acces: dict[str, Any]) -> list[Ligne]:
    """A right that no dispositif bounds is not bounded here either."""
    return [
        (
            acces["siret"],
            acces["dispositif"] if droit.partition(".")[0] in DOMAINES_PAR_DISPOSITIF else None,
            droit,
        )
        for droit in acces["droits"]
    ]


async def _rattacher(
    compte_id: int, siren: str, profil: str, siret: str | None, ancien: dict[str, Any] | None
) -> dict[str, Any]:
    """The person's living access to this company, with this reach: (id, uid, nom)."""
    if ancien:
        requete = (
            "update rattachement r set siret = $2, modele = $3 from compte c"
            " where r.id = $1 and c.id = r.compte returning r.id, r.uid, c.prenom || ' ' || c.nom as nom"
        )
        ligne = await sql1(requete, ancien["id"], siret, PERSONNALISE)
    else:
        requete = (
            "with r as (insert into rattachement (compte, siren, siret, profil, etat, modele, motif,"
            " demande_le, demande_jour, decide_le)"
            " values ($1, $2, $3, $4, 'actif', $5, $6, $7, $8, $7) returning id, uid, compte)"
            " select r.id, r.uid, c.prenom || ' ' || c.nom as nom from r join compte c on c.id = r.compte"
        )
        ligne = await sql1(
            requete, compte_id, siren, siret, profil, PERSONNALISE, MOTIF, clock.instant(),
            await clock.aujourd_hui(),
        )  # fmt: skip
    assert ligne is not None
    return ligne


async def _demander(
    compte_id: int, siren: str, profil: str, lignes: list[dict[str, Any]]
) -> tuple[str, str]:
    """Ask in the person's name, with what the former portal let her do: what came of it, and why
    when it can't be asked for."""
    qui = await sql1(
        "select id, uid, email, prenom || ' ' || nom as nom from compte where id = $1", compte_id
    )
    assert qui is not None
    moi = Personne(qui["id"], str(qui["uid"]), qui["email"], qui["nom"], 0)
    sirets = {a["siret"] for a in lignes}
    suite, motif = "impossible", ""
    for siret in [None] if None in sirets else sorted(sirets):
        try:
            await demander(moi, siret or siren, profil, _message(lignes))
            suite = "demande"
        except DemandeImpossible as refus:
            motif = refus.message
    if suite == "demande":
        return suite, ""
    await evenements.publier(AccesImpossible(compte_id, await entite(siren, profil), motif))
    return suite, motif


def _message(lignes: list[dict[str, Any]]) -> str:
    if any(a["administrateur"] for a in lignes):
        return "Administrateur dans l’ancien portail."
    return f"Droits dans l’ancien portail\u00a0: {en_mots(d for a in lignes for d in a['droits'])}."


async def _clore(lignes: list[dict[str, Any]], suite: str, motif: str = "") -> None:
    await executer(
        "update acces_repris set applique_le = $2, suite = $3, motif = $4"
        " where id = any($1::bigint[])",
        [a["id"] for a in lignes],
        clock.instant(),
        suite,
        motif,
    )


async def bienvenue(compte_id: int) -> str:
    """What a former user reads right after signing up: what is active, what awaits whom."""
    lignes = await sql(
        "select a.suite, e.denomination as nom from acces_repris a"
        " join compte c on c.email = a.email join entreprise e on e.siren = a.siren"
        " where c.id = $1 and a.suite in ('actif', 'demande')"
        " union select 'administrateur', e.denomination from administrateur_annonce n"
        " join compte c on c.email = n.email join entreprise e on e.siren = n.siren"
        " where c.id = $1 and n.active_le is not null order by nom",
        compte_id,
    )
    phrases = {
        "administrateur": "Vous êtes administrateur de {}.",
        "actif": "Vos droits de l’ancien portail sont actifs\u00a0: {}.",
        "demande": "Vos droits de l’ancien portail pour {} seront actifs quand un administrateur de "
        "l’entreprise, désigné par le code d’activation, les aura accordés.",
    }
    dites = []
    for suite, phrase in phrases.items():
        if noms := [li["nom"] for li in lignes if li["suite"] == suite]:
            dites.append(phrase.format(_enumerer(noms)))
    return " ".join([*dites, *await _impossibles(compte_id)])


async def _impossibles(compte_id: int) -> list[str]:
    """What could not be asked for, why, and what to do then."""
    lignes = await sql(
        "select e.denomination as nom, min(a.motif) as motif from acces_repris a"
        " join compte c on c.email = a.email join entreprise e on e.siren = a.siren"
        " where c.id = $1 and a.suite = 'impossible' group by 1 order by 1",
        compte_id,
    )
    return [
        f"Vos droits de l’ancien portail pour {li['nom']} ne peuvent pas être demandés\u00a0: "
        f"{li['motif']} {SUITE_IMPOSSIBLE}"
        for li in lignes[:NOMMEES]
    ]


def _enumerer(noms: list[str]) -> str:
    reste = len(noms) - NOMMEES
    montres = ", ".join(noms[:NOMMEES])
    return f"{montres} et {reste}\u00a0autre{'s' if reste > 1 else ''}" if reste > 0 else montres
