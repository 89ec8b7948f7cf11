"""Second factors of an account: application and passkeys; adding, checking, removing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.core.comptes import courriels, defis, limites, secours, totp
from portal.core.comptes.sessions import affaiblir_autres, fermer_toutes
from portal.core.journal.operations import QuiAgit, noter
from portal.infra import clock, coffre
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.web.identite import Personne

NOM_TOTP = "Application d’authentification"
MOYENS = {
    "totp": "application d’authentification",
    "cle": "clé d’accès",
    "secours": "code de secours",
}
"""How they are named where one reads what was done."""


@dataclass(frozen=True)
class Facteur:
    """One of her factors, as it is listed."""

    uid: UUID
    genre: str
    nom: str
    cree_le: datetime
    utilise_le: datetime | None


@dataclass(frozen=True)
class Verdict:
    """How a proof went: `juste`, `faux`, `deja` (served before), or seconds to wait."""

    issue: str
    attente: int = 0

    @property
    def juste(self) -> bool:
        return self.issue == "juste"


async def lister(compte: int) -> list[Facteur]:
    """Her factors, the application first, passkeys in the order of their coming."""
    lignes = await sql(
        "select uid, genre, nom, cree_le, utilise_le from second_facteur where compte = $1"
        " order by genre desc, id",
        compte,
    )
    return [Facteur(**ligne) for ligne in lignes]


async def en_a(compte: int) -> bool:
    return bool(
        await valeur("select exists(select 1 from second_facteur where compte = $1)", compte)
    )


async def commencer_totp(moi: Personne) -> None:
    """A new secret, kept for this session until a code proves that the application has it."""
    await defis.poser(moi.session_id, "totp", totp.nouveau_secret().encode())


async def secret_en_attente(moi: Personne) -> str | None:
    attendu = await defis.lire(moi.session_id, "totp")
    return attendu.decode() if attendu else None


async def confirmer_totp(moi: Personne, code: str) -> Verdict:
    """Keep the secret that is waiting, once a right code is given. Replaces a former application."""
    async with transaction():
        attente = await limites.SECOND_FACTEUR.attente(str(moi.compte_id), verrou=True)
        if attente:
            return Verdict("faux", attente)
        secret = await secret_en_attente(moi)
        if secret is None:
            return Verdict("expire")
        issue, pas = totp.examiner(secret, code, clock.instant(), None)
        if issue != "juste":
            return Verdict("faux", await limites.SECOND_FACTEUR.noter(str(moi.compte_id)))
        await defis.prendre(moi.session_id, "totp")
        await installer_totp(moi.compte_id, secret, pas)
        await affaiblir_autres(moi)
        await noter(
            "second_facteur.ajoute", acteur=moi, objet=("compte", moi.uid), moyen=MOYENS["totp"]
        )
        await courriels.second_facteur(moi.email, "Une application d’authentification", True)
    return Verdict("juste")


async def installer_totp(compte: int, secret: str, pas: int | None = None) -> None:
    """Give an account this secret, in place of a former one."""
    async with transaction():
        await _oublier(
            await sql(
                "delete from second_facteur where compte = $1 and genre = 'totp' returning secret",
                compte,
            )
        )
        quand = clock.instant()
        await executer(
            "insert into second_facteur (compte, genre, nom, secret, dernier_pas, cree_le,"
            " utilise_le) values ($1, 'totp', $2, $3, $4, $5, $6)",
            compte,
            NOM_TOTP,
            await coffre.deposer("totp", secret, retention="compte"),
            pas,
            quand,
            quand if pas is not None else None,
        )


async def verifier_totp(moi: Personne, code: str) -> Verdict:
    """Check a code of her application. Each time step serves once; failures are slowed."""
    async with transaction():
        attente = await limites.SECOND_FACTEUR.attente(str(moi.compte_id), verrou=True)
        if attente:
            return Verdict("faux", attente)
        ligne = await sql1(
            "select id, secret, dernier_pas from second_facteur"
            " where compte = $1 and genre = 'totp' for update",
            moi.compte_id,
        )
        if ligne is None:
            return Verdict("faux")
        secret = await coffre.reveler(ligne["secret"])
        issue, pas = totp.examiner(secret, code, clock.instant(), ligne["dernier_pas"])
        if issue == "faux":
            return await echouer(moi)
        if issue == "juste":
            await executer(
                "update second_facteur set dernier_pas = $2, utilise_le = $3 where id = $1",
                ligne["id"],
                pas,
                clock.instant(),
            )
            await limites.SECOND_FACTEUR.oublier(str(moi.compte_id))
    return Verdict(issue)


async def verifier_secours(moi: Personne, code: str) -> Verdict:
    """Use a recovery code up; failures count with those of the application."""
    async with transaction():
        attente = await limites.SECOND_FACTEUR.attente(str(moi.compte_id), verrou=True)
        if attente:
            return Verdict("faux", attente)
        if not await secours.depenser(moi.compte_id, code):
            return await echouer(moi)
        await limites.SECOND_FACTEUR.oublier(str(moi.compte_id))
        reste = await secours.restants(moi.compte_id)
        await courriels.code_de_secours(moi.email, reste)
        await noter("second_facteur.secours", acteur=moi, objet=("compte", moi.uid), restants=reste)
    return Verdict("juste")


async def echouer(moi: Personne) -> Verdict:
    """Count a wrong proof; whoever owns the account is told when somebody keeps trying."""
    attente = await limites.SECOND_FACTEUR.noter(str(moi.compte_id))
    await noter(
        "second_facteur.refuse", acteur=moi, objet=("compte", moi.uid), personne=moi.nom_affiche
    )
    if attente:
        jour = clock.instant().date().isoformat()
        await courriels.essais_de_code(moi.email, cle=f"essais/{moi.compte_id}/{jour}")
    return Verdict("faux", attente)


async def retirer(moi: Personne, uid: UUID) -> str | None:
    """Remove a factor. Returns why not, or None when it is done; without factors, no codes either.

    Raises `LookupError` when it isn't one of hers.
    """
    async with transaction():
        siens = await sql(
            "select id, uid, genre, nom, secret from second_facteur where compte = $1 for update",
            moi.compte_id,
        )
        vise = next((f for f in siens if f["uid"] == uid), None)
        if vise is None:
            raise LookupError("second facteur inconnu")
        if moi.est_interne and len(siens) == 1:
            return (
                "C’est votre seul moyen de vérification, et les comptes de l’OPCO en demandent un."
                " Ajoutez-en d’abord un autre."
            )
        await executer("delete from second_facteur where id = $1", vise["id"])
        await affaiblir_autres(moi)
        await _oublier([vise])
        if len(siens) == 1:
            await secours.effacer(moi.compte_id)
        await noter(
            "second_facteur.retire",
            acteur=moi,
            objet=("compte", moi.uid),
            moyen=MOYENS[vise["genre"]],
        )
        await courriels.second_facteur(moi.email, f"«\u00a0{vise['nom']}\u00a0»", False)
    return None


async def retirer_tous(compte: int, uid: UUID, personne: str, *, acteur: QuiAgit | None) -> int:
    """For whoever has lost them all: the OPCO has made sure of the person. Her sessions end, she is
    told. Returns how many factors went."""
    async with transaction():
        retires = await sql("delete from second_facteur where compte = $1 returning secret", compte)
        await _oublier(retires)
        await secours.effacer(compte)
        await executer(
            "delete from defi where session in (select id from session where compte = $1)", compte
        )
        await fermer_toutes(compte)
        await courriels.seconds_facteurs_retires(
            str(await valeur("select email from compte where id = $1", compte))
        )
        await noter(
            "second_facteur.retires", acteur=acteur, objet=("compte", uid), personne=personne
        )
    return len(retires)


async def _oublier(retires: list[dict[str, Any]]) -> None:
    await coffre.oublier([f["secret"] for f in retires if f["secret"] is not None])


async def code_du_moment(compte: int) -> str | None:
    """A code that the application would show now, not used yet: for the demonstration alone."""
    ligne = await sql1(
        "select secret, dernier_pas from second_facteur where compte = $1 and genre = 'totp'",
        compte,
    )
    if ligne is None:
        return None
    present = totp.pas_de(clock.instant())
    pas = max(present, (ligne["dernier_pas"] or 0) + 1)
    if pas > present + totp.MARGE:
        return None
    return totp.code_du_pas(await coffre.reveler(ligne["secret"]), pas)


async def nouveaux_codes(moi: Personne) -> list[str]:
    """Ten recovery codes in place of the former ones, to be shown now and never again."""
    async with transaction():
        codes = await secours.renouveler(moi.compte_id)
        await noter("second_facteur.codes", acteur=moi, objet=("compte", moi.uid))
    return codes
