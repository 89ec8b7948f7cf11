"""What may be asked for of a dossier, line by line, and what may be billed of each request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.dossiers.queries import derniere_decision
from portal.dossiers.registre import dispositif as du_registre
from portal.factures.perimetre import SAISIR, emission
from portal.grandlivre import queries as grandlivre
from portal.infra import clock
from portal.infra.base import sql
from portal.infra.money import de_cents, en_cents
from portal.kit import Echeance, Resume
from portal.web.identite import Personne

REPRISE = "reprise"
VIVANTES = ("transmise", "validee", "payee")
OUVERTS = ("accorde", "en_cours")
"""States of a dossier in which money may be asked for."""


@dataclass(frozen=True)
class LigneAccordee:
    """A line of the agreement: granted, asked for so far, left. Cents."""

    code: str
    libelle: str
    accorde: int
    demande: int

    @property
    def reste(self) -> int:
        return max(self.accorde - self.demande, 0)


@dataclass(frozen=True)
class Situation:
    """Where a dossier stands: `ouvert` is what the schedule lets ask for to this day."""

    lignes: tuple[LigneAccordee, ...]
    engage: int
    ouvert: int
    demande: int
    prochaine: date | None

    @property
    def possible(self) -> int:
        """What a new request may ask for at most."""
        return max(min(self.ouvert, self.engage) - self.demande, 0)

    @property
    def reste(self) -> int:
        """Engaged and not asked for yet, due or not."""
        return max(self.engage - self.demande, 0)


def resume(dossier: dict[str, Any]) -> Resume:
    return Resume(
        intitule=dossier["intitule"],
        debut=dossier["debut"],
        fin=dossier["fin"],
        organisme_siret=dossier["organisme_siret"],
        organisme_nom=dossier["organisme_nom"],
        paye_organisme=dossier["paye_organisme"],
    )


def echeances(dossier: dict[str, Any]) -> tuple[Echeance, ...]:
    """The schedule of what was granted."""
    accorde = de_cents(dossier["accorde_centimes"] or 0)
    return du_registre(dossier["dispositif"]).echeancier(resume(dossier), accorde)


def premier_jour(dossier: dict[str, Any]) -> date | None:
    """From when the first instalment may be billed."""
    jours = [e.a_partir_du for e in echeances(dossier) if e.a_partir_du is not None]
    return min(jours, default=None)


async def situation(dossier: dict[str, Any], *, hors: int | None = None) -> Situation:
    """Without the request `hors`, when it is being filled in."""
    jour = await clock.aujourd_hui()
    demandes = await sql(
        "select lignes, montant_centimes from demande where dossier = $1 and etat = any($2)"
        " and id is distinct from $3",
        dossier["id"],
        list(VIVANTES),
        hors,
    )
    par_ligne: dict[str, int] = {}
    for demande in demandes:
        for ligne in demande["lignes"]:
            par_ligne[ligne["code"]] = par_ligne.get(ligne["code"], 0) + ligne["montant"]
    engage = (await grandlivre.solde(dossier["uid"])).engage
    accordees, avant = await _accordees(dossier, engage)
    par_ligne[REPRISE] = par_ligne.get(REPRISE, 0) + avant
    calendrier = echeances(dossier)
    dues = [e for e in calendrier if e.a_partir_du is not None and e.a_partir_du <= jour]
    a_venir = [e.a_partir_du for e in calendrier if e.a_partir_du and e.a_partir_du > jour]
    return Situation(
        lignes=tuple(
            LigneAccordee(li["code"], li["libelle"], li["accorde"], par_ligne.get(li["code"], 0))
            for li in accordees
            if li["accorde"] > 0
        ),
        engage=engage,
        ouvert=sum(en_cents(e.montant) for e in dues),
        demande=avant + sum(d["montant_centimes"] for d in demandes),
        prochaine=min(a_venir, default=None),
    )


async def _accordees(dossier: dict[str, Any], engage: int) -> tuple[list[dict[str, Any]], int]:
    """The lines of the agreement, and what a former portal had invoiced already: of what it held
    there is one line, the whole."""
    if dossier["origine"]:
        ligne = {"code": REPRISE, "libelle": "Prise en charge reprise", "accorde": engage}
        return [ligne], await grandlivre.facture_repris(dossier["uid"])
    decision = await derniere_decision(dossier["id"])
    return (decision["lignes"] if decision and decision["sens"] == "accord" else []), 0


FACTURE = """coalesce((select sum(l.montant_centimes) from facture_ligne l
    join facture f on f.id = l.facture where l.demande = q.id and f.etat <> 'refusee'), 0)::bigint"""
"""SQL: what is billed of the request `q`, refused invoices apart."""


EMETTEURS = f"array(select p.siren from etendue($1, '{SAISIR}', 1) p)"
"""SQL: companies for which a person may bill, to start from an index."""


@dataclass(frozen=True)
class Du:
    """A validated request of which something is left to bill."""

    demande: int
    demande_uid: UUID
    numero: str
    dossier: int
    dossier_uid: UUID
    dossier_numero: str
    siren: str
    denomination: str
    intitule: str
    debut: date | None
    fin: date | None
    nb_personnes: int
    dispositif: str
    cible: str
    public: str
    emetteur_siren: str
    emetteur_profil: str
    reste: int
    validee_le: Any

    @property
    def cle(self) -> str:
        """Key of its row in a form."""
        return self.demande_uid.hex

    @property
    def groupe(self) -> Groupe:
        return Groupe(
            self.emetteur_siren, self.emetteur_profil, self.cible, self.dispositif, self.public
        )


@dataclass(frozen=True, order=True)
class Groupe:
    """What one proforma may hold: one issuer, one target, one dispositif, one public."""

    emetteur_siren: str
    emetteur_profil: str
    cible: str
    dispositif: str
    public: str


async def dus(
    moi: Personne,
    *,
    emetteur: tuple[str, str] | None = None,
    demandes: Iterable[UUID] | None = None,
    plus: Iterable[int] = (),
    limite: int = 500,
) -> list[Du]:
    """What this person may bill, oldest first. `demandes` narrows it to these requests; requests in
    `plus` stay even when nothing is left of them (an invoice is being corrected)."""
    lignes = await sql(
        "select q.id as demande, q.uid as demande_uid, q.numero, d.id as dossier,"
        " d.uid as dossier_uid, d.numero as dossier_numero, d.siren,"
        " coalesce(e.denomination, d.siren) as denomination, d.intitule, d.debut, d.fin,"
        " d.nb_personnes, d.dispositif, d.cible, d.public, q.emetteur_siren, q.emetteur_profil,"
        f" q.montant_centimes - {FACTURE} as reste, q.decidee_le as validee_le"
        " from demande q join dossier d on d.id = q.dossier"
        " left join entreprise e on e.siren = d.siren"
        f" where q.etat = 'validee' and q.emetteur_siren = any({EMETTEURS})"
        f" and d.etat = any($2) and {emission(moi, SAISIR)}"
        " and ($3::text is null or (q.emetteur_siren = $3 and q.emetteur_profil = $4))"
        " and ($5::uuid[] is null or q.uid = any($5))"
        f" and (q.montant_centimes > {FACTURE} or q.id = any($6::bigint[]))"
        " order by q.decidee_le, q.id limit $7",
        moi.compte_id,
        list(OUVERTS),
        emetteur[0] if emetteur else None,
        emetteur[1] if emetteur else None,
        None if demandes is None else list(demandes),
        list(plus),
        limite,
    )
    return [Du(**ligne) for ligne in lignes]


def grouper(tous: Iterable[Du]) -> list[tuple[Groupe, list[Du]]]:
    """By what one proforma may hold, in a steady order."""
    groupes: dict[Groupe, list[Du]] = {}
    for du in tous:
        groupes.setdefault(du.groupe, []).append(du)
    return sorted(groupes.items())
