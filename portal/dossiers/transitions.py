"""The life of a dossier: one table of transitions, and the one function that makes them.

Every transition is a dated event, signed, never erased; timeline, notifications and audit read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.core.journal import operations as journal
from portal.dossiers.mandataires import au_titre_de, signature
from portal.infra import clock, evenements
from portal.infra.base import executer, sql1, transaction
from portal.web.erreurs import Conflit
from portal.web.identite import Personne

LIBELLES = {
    "brouillon": "Brouillon",
    "transmis": "Transmis",
    "en_instruction": "En instruction",
    "a_completer": "À compléter",
    "accorde": "Accordé",
    "refuse": "Refusé",
    "en_cours": "En cours",
    "solde": "Soldé",
    "annule": "Annulé",
}
GROUPES = {"en_attente": ("En attente de réponse", ("transmis", "en_instruction"))}
"""Several states that a company sees as one: what a list may be asked for, beside each state."""
SUITES = {
    "brouillon": "À vous de le compléter, puis de le transmettre. Rien n’est envoyé pour l’instant.",
    "transmis": "Un gestionnaire va le prendre en charge. Vous n’avez rien à faire.",
    "en_instruction": "Votre gestionnaire l’examine. Vous n’avez rien à faire.",
    "a_completer": "À vous de répondre à la demande de complément.",
    "accorde": "La prise en charge est accordée. La suite vient après le début de la réalisation.",
    "en_cours": "La réalisation est en cours. Le remboursement se demande ensuite, depuis cette page.",
    "refuse": "La demande est refusée\u00a0; le motif et ce que vous pouvez faire sont ci-dessous.",
    "solde": "Tout est payé. Ce dossier est terminé.",
    "annule": "Ce dossier est annulé. Vous pouvez le dupliquer pour recommencer.",
}
"""Where a dossier stands and who must act, said to the company."""
ENTREPRISE, GESTIONNAIRE, PORTAIL = "entreprise", "gestionnaire", "portail"


@dataclass(frozen=True)
class Transition:
    """One arrow: from, to, who may, and the words of its event."""

    de: str
    vers: str
    qui: str
    genre: str
    texte: str


TRANSITIONS = (
    Transition("brouillon", "transmis", ENTREPRISE, "transmission", "Dossier transmis"),
    Transition(
        "transmis", "en_instruction", GESTIONNAIRE, "prise_en_charge", "Dossier pris en charge"
    ),
    Transition("en_instruction", "a_completer", GESTIONNAIRE, "relance", "Complément demandé"),
    Transition("a_completer", "en_instruction", ENTREPRISE, "reponse", "Complément envoyé"),
    Transition("en_instruction", "accorde", GESTIONNAIRE, "accord", "Prise en charge accordée"),
    Transition("en_instruction", "refuse", GESTIONNAIRE, "refus", "Prise en charge refusée"),
    Transition("accorde", "en_cours", PORTAIL, "debut", "Réalisation commencée"),
    Transition("accorde", "solde", PORTAIL, "solde", "Dossier soldé"),
    Transition("en_cours", "solde", PORTAIL, "solde", "Dossier soldé"),
    *(
        Transition(de, "annule", ENTREPRISE, "annulation", "Dossier annulé")
        for de in ("transmis", "en_instruction", "a_completer", "accorde", "en_cours")
    ),
)
_PAR_FLECHE = {(t.de, t.vers): t for t in TRANSITIONS}


@dataclass(frozen=True)
class DossierTransite:
    """Published in the transition's transaction."""

    dossier: dict[str, Any]
    transition: Transition
    acteur: Personne | None
    details: dict[str, Any] = field(default_factory=dict)


def possible(de: str, vers: str) -> bool:
    return (de, vers) in _PAR_FLECHE


async def verrouiller(dossier_id: int) -> dict[str, Any]:
    """The dossier's row, locked to the end of the transaction."""
    ligne = await sql1("select * from dossier where id = $1 for update", dossier_id)
    assert ligne is not None
    return ligne


def exiger_version(dossier: dict[str, Any], version: int | None) -> None:
    """Refuse a change made from an outdated page."""
    if version is not None and dossier["version"] != version:
        raise Conflit(
            "Ce dossier a changé entre-temps",
            "Quelqu’un l’a modifié depuis que vous avez ouvert cette page. Rouvrez-le pour voir "
            "où il en est, puis recommencez si c’est encore utile.",
        )


def exiger_ne_ici(dossier: dict[str, Any]) -> None:
    """Refuse to change what a former portal held: its content is there to be read."""
    if dossier["origine"]:
        raise Conflit(
            "Ce dossier vient de l’ancien portail",
            "Il est repris pour être consulté. Pour le faire évoluer, écrivez à votre conseiller.",
        )


async def transiter(
    dossier_id: int,
    vers: str,
    acteur: Personne | None,
    *,
    version: int | None = None,
    texte: str | None = None,
    **details: Any,
) -> dict[str, Any]:
    """Make one transition; returns the dossier as it is afterwards.

    Raises `Conflit` when the page was outdated or the state does not allow it.
    """
    async with transaction():
        dossier = await verrouiller(dossier_id)
        exiger_version(dossier, version)
        transition = _PAR_FLECHE.get((dossier["etat"], vers))
        if transition is None:
            raise Conflit(
                "Ce n’est plus possible",
                f"Le dossier est à l’état «\u00a0{LIBELLES[dossier['etat']]}\u00a0»\u00a0: "
                "rouvrez-le pour voir ce qui peut être fait.",
            )
        if transition.qui != PORTAIL:
            exiger_ne_ici(dossier)
        await executer(
            "update dossier set etat = $2, version = version + 1, modifie_le = $3 where id = $1",
            dossier_id,
            vers,
            clock.instant(),
        )
        await noter(
            dossier, transition.genre, texte or transition.texte, acteur, vers=vers, **details
        )
        apres = await sql1("select * from dossier where id = $1", dossier_id)
        assert apres is not None
        await evenements.publier(DossierTransite(apres, transition, acteur, details))
        return apres


async def noter(
    dossier: dict[str, Any],
    genre: str,
    texte: str,
    acteur: Personne | None,
    *,
    vers: str | None = None,
    **details: Any,
) -> None:
    """An event of the timeline, and its audit line; both say in whose name, under a mandate."""
    titre = await au_titre_de(acteur, dossier)
    details |= titre
    await executer(
        "insert into dossier_evenement (dossier, genre, de, vers, acteur_id, acteur, instant, jour,"
        " texte, details) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        dossier["id"],
        genre,
        dossier["etat"] if vers else None,
        vers,
        acteur.compte_id if acteur else None,
        signature(acteur, titre),
        clock.instant(),
        await clock.aujourd_hui(),
        texte,
        details,
    )
    await journal.noter(
        f"dossier.{genre}",
        acteur=acteur,
        objet=("dossier", dossier["uid"]),
        siren=dossier["siren"],
        profil=dossier["profil"],
        **details,
    )
