"""Use an activation code (C04): four failures told apart, and guesses slowed down."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.core.comptes.limites import en_mots
from portal.core.entreprises.fiche import PROFILS
from portal.core.journal.operations import noter
from portal.core.rattachements import perimetre
from portal.core.rattachements.entites import administrateurs, entite, verrouiller
from portal.core.rattachements.evenements import CodesRefuses, CodeUtilise
from portal.core.rattachements.modeles import ADMINISTRER
from portal.core.rattachements.operations import nommer
from portal.infra import clock, coffre, evenements
from portal.infra.base import executer, sql, sql1, transaction
from portal.infra.money import date_longue
from portal.web.erreurs import Conflit
from portal.web.identite import Personne

GENRE = "code-activation"
ESSAIS = 5
HEURE = timedelta(hours=1)
LIBRES_PAR_SIREN = 10
MEMOIRE = timedelta(days=1)  # whoever has waited once need not wait again the same day
DEPART, MAXIMUM = timedelta(seconds=30), timedelta(minutes=15)
ALERTES = frozenset({10, 50, 100, 500, 1000, 5000})
SUITE = (
    "Si le courrier est perdu ou le code ne fonctionne pas, votre conseiller ou le formulaire de "
    "contact peut en faire envoyer un nouveau au siège."
)
CONTACT = ("/aide#contact", "Faire envoyer un nouveau code")
LIENS = {
    "faux": CONTACT,
    "expire": CONTACT,
    "remplace": CONTACT,
    "ferme": ("/rattachements/demander", "Demander un rattachement"),
}


@dataclass(frozen=True)
class Reussite:
    """The person is administrator now."""

    denomination: str
    noms_autres: tuple[str, ...]
    en_attente: int


@dataclass(frozen=True)
class Echec:
    """`genre`: deja, limite, differe, faux, autre_profil, expire, remplace, ferme."""

    genre: str
    message: str
    etape: str = ""
    secondes: int = 0

    @property
    def lien(self) -> tuple[str, str] | None:
        """Where the next step is taken: address and words."""
        return LIENS.get(self.genre)


def empreintes(siren: str, code: str) -> list[bytes]:
    """Keyed hashes of a code, bound to its company, under each known key."""
    return coffre.empreintes(GENRE, siren + code)


async def utiliser(moi: Personne, siren: str, profil: str, code: str) -> Reussite | Echec:
    """Try a code (canonical form). A failure is an answer, not an error: the try must be kept."""
    async with transaction():
        # Tries of one person follow one another: a burst gets no more than its share.
        await executer("select pg_advisory_xact_lock(7404, $1::integer)", moi.compte_id % 2**31)
        if attente := await _attendre(moi, siren, profil):
            return attente
        await verrouiller(siren, profil)
        avant = await administrateurs(siren, profil)
        if any(a.compte_id == moi.compte_id for a in avant):
            return Echec("deja", "Vous êtes déjà administrateur de cette entreprise.")
        echec = _juger(await _candidats(siren, code), profil, await clock.aujourd_hui())
        if echec is not None:
            await _refuser(moi, siren, profil, echec)
            return echec
        return await _activer(moi, siren, profil, avant)


async def _candidats(siren: str, code: str) -> list[dict[str, Any]]:
    return await sql(
        "select profil, etat, valable_jusqu from code_activation"
        " where siren = $1 and empreinte = any($2::bytea[]) order by id desc for share",
        siren,
        empreintes(siren, code),
    )


def _juger(candidats: list[dict[str, Any]], profil: str, jour: date) -> Echec | None:
    """Why no living code of this company and profile is this one, or None when one is."""
    if not candidats:
        return Echec(
            "faux",
            "Ce code n’est pas celui de cette entreprise. Vérifiez chaque caractère, et le SIREN "
            "imprimé en tête du courrier.",
            SUITE,
        )
    bons = [c for c in candidats if c["profil"] == profil]
    if not bons:
        autre = candidats[0]["profil"]
        return Echec(
            "autre_profil",
            f"Ce code est celui du profil {PROFILS[autre]}, et vous avez choisi {PROFILS[profil]}.",
            f"Choisissez le profil {PROFILS[autre]} pour l’utiliser\u00a0; le profil est imprimé en tête "
            "du courrier.",
        )
    trouve = bons[0]
    if trouve["etat"] == "remplace":
        return Echec(
            "remplace",
            "Ce code a été remplacé par un plus récent, envoyé par courrier au siège.",
            "Utilisez le code du dernier courrier reçu. " + SUITE,
        )
    if trouve["etat"] == "ferme":
        return Echec(
            "ferme",
            "Un administrateur de l’entreprise a fermé ce code.",
            "Demandez un rattachement\u00a0: il recevra votre demande et pourra l’accepter.",
        )
    if trouve["valable_jusqu"] < jour:
        return Echec(
            "expire",
            f"Ce code n’est plus valable depuis le {date_longue(trouve['valable_jusqu'])}.",
            "Votre conseiller ou le formulaire de contact peut en faire envoyer un nouveau au siège.",
        )
    return None


def ralentissement(refus: int) -> timedelta:
    """The wait between two tries of one person on a SIREN where so many were refused lately."""
    if refus < LIBRES_PAR_SIREN:
        return timedelta()
    return min(DEPART * 2 ** min((refus - LIBRES_PAR_SIREN) // 10, 10), MAXIMUM)


async def _attendre(moi: Personne, siren: str, profil: str) -> Echec | None:
    """Limits: five refusals a person and hour; on a SIREN under attack a wait that is each
    person's own, so that no stranger's tries keep the company's people out."""
    quand = clock.instant()
    etat = await sql1(
        "select (select array_agg(e.instant order by e.instant) from essai_code e"
        " where e.compte = $1 and e.issue = 'refuse' and e.instant > $3) as miens,"
        " (select count(*) from essai_code e where e.siren = $2 and e.issue = 'refuse'"
        " and e.instant > $3) as refus,"
        " (select max(e.instant) from essai_code e where e.compte = $1 and e.siren = $2"
        " and e.issue <> 'accepte' and e.instant > $4) as dernier",
        moi.compte_id,
        siren,
        quand - HEURE,
        quand - MEMOIRE,
    )
    assert etat is not None
    miens: list[datetime] = etat["miens"] or []
    if len(miens) >= ESSAIS:
        reste = _secondes(miens[-ESSAIS] + HEURE - quand)
        return Echec(
            "limite",
            f"Vous avez saisi {ESSAIS}\u00a0codes refusés en une heure. Recommencez dans {en_mots(reste)}.",
            "Le code du courrier n’est pas perdu\u00a0: il reste valable jusqu’à la date imprimée.",
            reste,
        )
    delai = ralentissement(etat["refus"])
    if not delai:
        return None
    depuis = etat["dernier"] or quand
    reste = _secondes(depuis + delai - quand)
    if etat["dernier"] is None:
        await _tracer(moi, siren, profil, "differe")
    if reste <= 0:
        return None
    return Echec(
        "differe",
        "Beaucoup de codes faux ont été saisis pour cette entreprise. Par sécurité, patientez "
        f"{en_mots(reste)}, puis validez de nouveau.",
        "Votre code reste valable\u00a0; il sera examiné à ce moment-là.",
        reste,
    )


def _secondes(duree: timedelta) -> int:
    return max(0, math.ceil(duree.total_seconds()))


async def _tracer(moi: Personne, siren: str, profil: str, issue: str) -> None:
    await executer(
        "insert into essai_code (compte, siren, profil, instant, issue) values ($1, $2, $3, $4, $5)",
        moi.compte_id,
        siren,
        profil,
        clock.instant(),
        issue,
    )


async def _refuser(moi: Personne, siren: str, profil: str, echec: Echec) -> None:
    await _tracer(moi, siren, profil, "refuse")
    await noter("code.refuse", acteur=moi, siren=siren, profil=profil, raison=echec.genre)
    ligne = await sql1(
        "select count(*) as nombre from essai_code where siren = $1 and issue = 'refuse'"
        " and instant > $2",
        siren,
        clock.instant() - HEURE,
    )
    nombre = ligne["nombre"] if ligne else 0
    connue = await sql1("select 1 from entreprise where siren = $1", siren)
    if nombre in ALERTES and connue:
        qui = tuple(a.compte_id for a in await administrateurs(siren, profil))
        conseillers = () if qui else await _conseillers(siren)
        await evenements.publier(
            CodesRefuses(await entite(siren, profil), nombre, qui, conseillers)
        )


async def _conseillers(siren: str) -> tuple[int, ...]:
    lignes = await sql(
        "select c.compte from conseiller_entreprise x join conseiller c on c.id = x.conseiller"
        " join compte p on p.id = c.compte and p.actif where x.siren = $1 order by 1",
        siren,
    )
    return tuple(ligne["compte"] for ligne in lignes)


async def _activer(moi: Personne, siren: str, profil: str, avant: list[Any]) -> Reussite:
    qui = await entite(siren, profil)
    uid = await nommer(siren, profil, moi.compte_id, "code d’activation", moi)
    await _tracer(moi, siren, profil, "accepte")
    ligne = await sql1(
        "select count(*) as nombre from rattachement"
        " where siren = $1 and profil = $2 and etat = 'en_attente'",
        siren,
        profil,
    )
    en_attente = ligne["nombre"] if ligne else 0
    await noter(
        "code.utilise", acteur=moi, objet=("rattachement", uid), siren=siren, profil=profil,
        personne=moi.nom_affiche,
    )  # fmt: skip
    noms = tuple(a.nom for a in avant)
    await evenements.publier(
        CodeUtilise(
            moi.compte_id, moi.nom_affiche, qui, tuple(a.compte_id for a in avant), noms, en_attente
        )
    )
    return Reussite(qui.denomination, noms, en_attente)


async def fermer(moi: Personne, siren: str, profil: str) -> None:
    """An administrator closes the live code: nobody can use it any more."""
    async with transaction():
        await perimetre.exiger_entreprise(moi, ADMINISTRER, siren, profil)
        await verrouiller(siren, profil)
        ferme = await executer(
            "update code_activation set etat = 'ferme', fin_le = $3"
            " where siren = $1 and profil = $2 and etat = 'actif'",
            siren,
            profil,
            clock.instant(),
        )
        if not ferme:
            raise Conflit("Aucun code à fermer", "Ce code n’est plus valable, ou a déjà été fermé.")
        await noter("code.ferme", acteur=moi, siren=siren, profil=profil)
