"""Gestures on accesses, for the state machine of `test_acces_etats.py`: requests, answers, removals."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from portal.core.rattachements.demandes import DemandeImpossible, demander
from portal.core.rattachements.mandats import operations as mandats
from portal.core.rattachements.modeles import ADMINISTRATEUR, PERSONNALISE, octroi
from portal.core.rattachements.operations import (
    accepter,
    habiliter,
    nommer,
    quitter,
    refuser,
    supprimer,
)
from portal.infra import clock
from portal.infra.base import executer, transaction, valeur
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from portal.web.identite import Personne
from tests.core import rattachements_aides as aides
from tests.core import regles_acces as r
from tests.core.regles_acces import ADMINISTRER, DROITS, Acces, Chez, Ligne, Point, Regles

T = TypeVar("T")
GENS = 5
DISPOSITIFS = ("action_formation", "autre_chose")
REFUS = (Conflit, Interdit, Introuvable, Refus, DemandeImpossible, mandats.MandatImpossible)
NUMERO = st.integers(0, 60)
PRISE_DE_DROITS = st.frozensets(
    st.sampled_from([d for d in DROITS if not d.endswith("supprimer")] + ["rattachements.supprimer"]),
    min_size=1, max_size=4,
)  # fmt: skip
PORTEES = st.sampled_from(("demandee", "entreprise", "etablissement"))
BORNES = st.sampled_from(((), (), DISPOSITIFS[:1]))


class Base(RuleBasedStateMachine):
    """People, two companies (the second trains too), and a clock."""

    pont: ClassVar[Callable[[Coroutine[Any, Any, Any]], Any]]

    def faire(self, geste: Coroutine[Any, Any, T]) -> T:
        return type(self).pont(geste)  # type: ignore[no-any-return]

    @initialize()
    def monde(self) -> None:
        self.faire(self._batir())

    async def _batir(self) -> None:
        self.lettres = Path(tempfile.mkdtemp(prefix="me-lettres-"))
        await executer("delete from horloge")
        await executer("update courrier set etat = 'annule' where etat = 'a_produire'")
        self.a = await aides.societe("Scierie", lieux=2)
        self.b = await aides.societe("École", lieux=2, est_prestataire=True)
        self.gens: list[Personne] = [await aides.personne(f"P{n}") for n in range(GENS)]
        self.interne = await aides.personne("Interne", roles=("conseiller",))
        self.numeros = [p.compte_id for p in self.gens]
        self.regles = Regles(await clock.aujourd_hui())
        self.chez: list[Chez] = [
            (self.a.siren, "adherent"), (self.b.siren, "adherent"), (self.b.siren, "prestataire"),
        ]  # fmt: skip
        self.points = self._grille()
        self.eu_administrateur: set[Chez] = set()
        for moi, chez in zip(self.gens, (self.chez[0], self.chez[2]), strict=False):
            async with transaction():
                uid = await nommer(*chez, moi.compte_id, "essai", None)
            self.regles.nommer(uid, moi.compte_id, chez)

    def _grille(self) -> list[Point]:
        return [
            (droit, s.siren, siret, profil, dispositif)
            for droit in (*DROITS, ADMINISTRER)
            for s in (self.a, self.b)
            for siret in (None, s.siret(1), s.siret(2))
            for profil in ("adherent", "prestataire")
            for dispositif in (None, *DISPOSITIFS)
        ]

    def personne(self, n: int) -> Personne:
        return self.gens[n % len(self.gens)]

    def tenter(self, geste: Coroutine[Any, Any, T], permis: bool) -> T | None:
        """Done when the rules allow it, refused when they don't; a refusal writes nothing in the
        journal, a deed at least one line."""
        avant = self.faire(_journal())
        fait, refus = self.faire(_issue(geste))
        ecrites = self.faire(_journal()) - avant
        assert permis == (refus is None), (
            f"refusé à tort : {refus!r}" if refus else "fait sans droit"
        )
        assert (ecrites > 0) == permis
        return fait

    # Requests and answers

    @rule(n=NUMERO, ou=NUMERO, lieu=st.sampled_from((0, 1, 2)))
    def demander(self, n: int, ou: int, lieu: int) -> None:
        qui, chez = self.personne(n), self.chez[ou % 3]
        siret = aides.siret_de(chez[0], lieu) if lieu else None
        permis = self.regles.peut_demander(qui.compte_id, chez, siret)
        fait = self.tenter(demander(qui, siret or chez[0], chez[1]), permis)
        if fait is not None:
            self.regles.acces.append(Acces(fait.uid, qui.compte_id, chez, siret))

    def _un(self, n: int, *etats: str) -> Acces:
        choix = [a for a in self.regles.acces if a.etat in etats] or self.regles.acces
        return choix[n % len(choix)]

    def _lignes(
        self, acces: Acces, droits: frozenset[str], portee: str, bornes: tuple[str, ...]
    ) -> frozenset[Ligne]:
        lieux = {
            "demandee": (acces.siret,),
            "entreprise": (None,),
            "etablissement": (aides.siret_de(acces.chez[0], 1),),
        }[portee]
        return r.lignes(droits, lieux, bornes)

    def _octroi(
        self, acces: Acces, droits: frozenset[str], portee: str, bornes: tuple[str, ...]
    ) -> Any:
        return octroi(
            PERSONNALISE,
            droits,
            portee="etablissements" if portee == "etablissement" else portee,
            sirets=[aides.siret_de(acces.chez[0], 1)] if portee == "etablissement" else [],
            dispositifs=bornes,
        )

    @precondition(lambda self: self.regles.acces)
    @rule(n=NUMERO, par=NUMERO, droits=PRISE_DE_DROITS, portee=PORTEES, bornes=BORNES)
    def accepter(
        self, n: int, par: int, droits: frozenset[str], portee: str, bornes: tuple[str, ...]
    ) -> None:
        demande, moi = self._un(n, "en_attente"), self.personne(par)
        lignes = self._lignes(demande, droits, portee, bornes)
        permis = self.regles.peut_decider(moi.compte_id, demande) and self.regles.peut_donner(
            moi.compte_id, demande.chez, False, lignes
        )
        self.tenter(
            accepter(moi, demande.uid, self._octroi(demande, droits, portee, bornes)), permis
        )
        if permis:
            self.regles.accepter(demande, False, lignes)

    @precondition(lambda self: self.regles.acces)
    @rule(n=NUMERO, par=NUMERO)
    def accepter_administrateur(self, n: int, par: int) -> None:
        demande, moi = self._un(n, "en_attente"), self.personne(par)
        permis = self.regles.peut_decider(moi.compte_id, demande) and self.regles.peut_donner(
            moi.compte_id, demande.chez, True, frozenset()
        )
        self.tenter(accepter(moi, demande.uid, octroi(ADMINISTRATEUR)), permis)
        if permis:
            self.regles.accepter(demande, True, frozenset())

    @precondition(lambda self: self.regles.acces)
    @rule(n=NUMERO, par=NUMERO)
    def refuser(self, n: int, par: int) -> None:
        demande, moi = self._un(n, "en_attente"), self.personne(par)
        permis = self.regles.peut_decider(moi.compte_id, demande)
        self.tenter(refuser(moi, demande.uid, "Inconnu"), permis)
        if permis:
            demande.etat = "refuse"

    @precondition(lambda self: self.regles.acces)
    @rule(n=NUMERO, par=NUMERO, droits=PRISE_DE_DROITS, portee=PORTEES, bornes=BORNES)
    def habiliter(
        self, n: int, par: int, droits: frozenset[str], portee: str, bornes: tuple[str, ...]
    ) -> None:
        acces, moi = self._un(n, "actif"), self.personne(par)
        permis = self.regles.peut_habiliter(moi.compte_id, acces)
        lignes = self._lignes(acces, droits, portee, bornes)
        self.tenter(habiliter(moi, acces.uid, self._octroi(acces, droits, portee, bornes)), permis)
        if permis:
            self.regles.habiliter(acces, False, lignes)

    @precondition(lambda self: self.regles.acces)
    @rule(n=NUMERO, par=NUMERO)
    def supprimer(self, n: int, par: int) -> None:
        acces, moi = self._un(n, "actif", "en_attente"), self.personne(par)
        if acces.qui == moi.compte_id:
            return
        permis = self.regles.peut_retirer(moi.compte_id, acces)
        self.tenter(supprimer(moi, acces.uid), permis)
        if permis:
            acces.etat = "supprime"

    @precondition(lambda self: self.regles.acces)
    @rule(n=NUMERO, autrui=st.booleans())
    def quitter(self, n: int, autrui: bool) -> None:
        acces = self._un(n, "actif", "en_attente")
        moi = next(p for p in self.gens if (p.compte_id == acces.qui) != autrui)
        permis = not autrui and self.regles.peut_retirer(moi.compte_id, acces)
        self.tenter(quitter(moi, acces.uid), permis)
        if permis:
            acces.etat = "supprime"


async def _issue(geste: Coroutine[Any, Any, T]) -> tuple[T | None, Exception | None]:
    """What a gesture gives, or why it is refused."""
    try:
        return await geste, None
    except REFUS as refus:
        return None, refus


async def _journal() -> int:
    return int(await valeur("select count(*) from journal"))
