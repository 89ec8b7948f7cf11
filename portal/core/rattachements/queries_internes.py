"""What the OPCO's staff follows: administrators, codes and letters of a company; the batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.core.entreprises.fiche import Fiche
from portal.core.rattachements.entites import (
    ADRESSE_CONNUE,
    Administrateur,
    administrateurs,
)  # fmt: skip
from portal.core.rattachements.queries import CodeVivant, code_vivant
from portal.infra.base import sql, sql1
from portal.web.identite import Personne
from portal.web.pagination import TAILLE, PageDe, decoder, encoder

MOTIFS = {
    "premier_envoi": "Premier envoi",
    "demande": "Demande de rattachement",
    "interne": "Demandé par l’OPCO",
    "relance": "Demande restée sans réponse",
    "perdu": "Lot perdu, refait",
}
GENRES = {"code": "Code d’activation", "administrateurs": "Liste des administrateurs"}
ETATS = {"a_produire": "À produire", "produit": "Posté", "annule": "Devenu inutile"}


async def a_portee(moi: Personne, fiche: Fiche, roles: Iterable[str]) -> bool:
    """Whether one of these roles reaches the company: its branch, and a region where it stands."""
    return await sql1(_A_PORTEE, moi.compte_id, list(roles), fiche.siren, fiche.idcc) is not None


_A_PORTEE = """
select 1 as oui from unnest($2::text[]) r (role), perimetre_interne($1, r.role) p
where (p.idcc is null or p.idcc = $4::text) and (p.region is null
    or exists (select 1 from etablissement e where e.siren = $3 and e.region = p.region))
limit 1"""


@dataclass(frozen=True)
class Annonce:
    """An administrator named to a conseiller."""

    id: int
    nom: str
    prenom: str
    email: str
    annonce_le: datetime
    active_le: datetime | None


@dataclass(frozen=True)
class CourrierVu:
    """A letter, waiting or posted."""

    uid: UUID
    genre: str
    siren: str
    profil: str
    denomination: str
    etat: str
    motif: str
    raison: str
    cree_le: datetime
    lot: str | None
    poste_le: date | None
    sans_adresse: bool


@dataclass(frozen=True)
class ProfilSuivi:
    """A company under one profile, as the staff sees it."""

    profil: str
    administrateurs: list[Administrateur]
    annonces: list[Annonce]
    code: CodeVivant | None
    courriers: list[CourrierVu]
    en_attente: int

    @property
    def courrier_attend(self) -> bool:
        return any(c.etat == "a_produire" and c.genre == "code" for c in self.courriers)

    @property
    def quelqu_un(self) -> bool:
        return bool(self.administrateurs or any(a.active_le is None for a in self.annonces))


_COURRIER = (
    "c.uid, c.genre, c.siren, c.profil, e.denomination, c.etat, c.motif, c.raison, c.cree_le,"
    " l.numero as lot, l.poste_le, (" + ADRESSE_CONNUE + ") is not true as sans_adresse"
    " from courrier c join entreprise e on e.siren = c.siren"
    " left join etablissement s on s.siret = e.siege"
    " left join lot_courriers l on l.id = c.lot"
)


async def suivre(fiche: Fiche) -> list[ProfilSuivi]:
    """Each profile of a company."""
    return [await _profil(fiche.siren, profil) for profil in fiche.profils]


async def _profil(siren: str, profil: str) -> ProfilSuivi:
    annonces = await sql(
        "select id, nom, prenom, email, annonce_le, active_le from administrateur_annonce"
        " where siren = $1 and profil = $2 and retire_le is null order by nom, prenom, id",
        siren,
        profil,
    )
    courriers = await sql(
        f"select {_COURRIER} where c.siren = $1 and c.profil = $2 order by c.id desc limit 20",
        siren,
        profil,
    )
    attente = await sql1(
        "select count(*) as nombre from rattachement"
        " where siren = $1 and profil = $2 and etat = 'en_attente'",
        siren,
        profil,
    )
    return ProfilSuivi(
        profil,
        await administrateurs(siren, profil),
        [Annonce(**a) for a in annonces],
        await code_vivant(siren, profil),
        [CourrierVu(**c) for c in courriers],
        attente["nombre"] if attente else 0,
    )


@dataclass(frozen=True)
class Lot:
    """A print batch."""

    numero: str
    produit_le: datetime
    poste_le: date
    nombre: int
    empreinte: str

    @property
    def controle(self) -> str:
        """The beginning of the manifest's SHA-256, to compare with the printer's."""
        return f"SHA-256 {self.empreinte[:16]}…"


async def lots(limite: int = 50) -> list[Lot]:
    """The latest batches."""
    lignes = await sql(
        "select numero, produit_le, poste_le, nombre, empreinte from lot_courriers"
        " order by id desc limit $1",
        limite,
    )
    return [Lot(**ligne) for ligne in lignes]


async def file(apres: str | None = None, taille: int = TAILLE) -> PageDe[CourrierVu]:
    """Letters that wait for the next batch, the oldest first."""
    curseur = decoder(apres, 1)
    depuis = curseur[0] if curseur and isinstance(curseur[0], int) else 0
    lignes = await sql(
        f"select c.id, {_COURRIER} where c.etat = 'a_produire' and c.id > $1 order by c.id limit $2",
        depuis,
        taille + 1,
    )
    montrees = lignes[:taille]
    suivant = encoder(montrees[-1]["id"]) if len(lignes) > taille else None
    total = await sql1("select count(*) as nombre from courrier where etat = 'a_produire'")
    return PageDe(
        [CourrierVu(**{k: v for k, v in ligne.items() if k != "id"}) for ligne in montrees],
        suivant,
        total["nombre"] if total else 0,
    )
