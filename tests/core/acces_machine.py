"""Gestures on accesses, for the state machine of `test_acces_etats.py`: requests, answers, removals."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Coroutine
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
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


UN_ACCES = attrgetter("regles.acces")


def _en_attente(machine: Any) -> bool:
    return any(a.etat == "en_attente" for a in machine.regles.acces)


def geste(
    si: Callable[[Any], Any] | None = None, poids: int = 1, **arguments: st.SearchStrategy[Any]
) -> Callable[[T], T]:
    """A gesture of the machine: when it makes sense, how often, with what."""

    def marquer(methode: T) -> T:
        methode.geste = (si, poids, st.fixed_dictionaries(arguments))  # type: ignore[attr-defined]
        return methode

    return marquer


class Base(RuleBasedStateMachine):
    """People, two companies (the second trains too), and a clock."""

    pont: ClassVar[Callable[[Coroutine[Any, Any, Any]], Any]]

    @rule(donnees=st.data())
    def un_geste(self, donnees: Any) -> None:
        """One of all: rules of their own would be left out, half of them, of each example."""
        possibles = [
            nom
            for nom in dir(type(self))
            for si, poids, _ in [getattr(getattr(type(self), nom), "geste", (None, 0, None))]
            if poids and (si is None or si(self))
            for _ in range(poids)
        ]
        nom = donnees.draw(st.sampled_from(possibles), label="geste")
        arguments = getattr(type(self), nom).geste[2]
        getattr(self, nom)(**donnees.draw(arguments, label=nom))

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
        await self._deleguer(2, None, ("rattachements.saisir", "rattachements.supprimer"))
        await self._deleguer(3, self.a.siret(1), ("rattachements.saisir", "dossiers.consulter"))
        for n, siret in ((2, self.a.siret(1)), (4, None)):
            await self._demander(self.gens[n], self.chez[0], siret)

    async def _demander(self, qui: Personne, chez: Chez, siret: str | None) -> Acces:
        fait = await demander(qui, siret or chez[0], chez[1])
        self.regles.acces.append(Acces(fait.uid, qui.compte_id, chez, siret))
        return self.regles.acces[-1]

    async def _deleguer(self, n: int, siret: str | None, droits: tuple[str, ...]) -> None:
        """Somebody who answers requests without being an administrator."""
        acces = await self._demander(self.gens[n], self.chez[0], siret)
        await accepter(self.gens[0], acces.uid, octroi(PERSONNALISE, droits))
        self.regles.accepter(acces, False, r.lignes(frozenset(droits), (siret,), ()))

    def _grille(self) -> list[Point]:
        return [
            (droit, s.siren, siret, profil, dispositif)
            for droit in (*DROITS, ADMINISTRER)
            for s in (self.a, self.b)
            for siret in (None, s.siret(1), s.siret(2))
            for profil in ("adherent", "prestataire")
            for dispositif in (None, *DISPOSITIFS)
        ]

    def personne(self, n: int, chez: Chez | None = None) -> Personne:
        """Anybody, somebody who has a say there, or an administrator: one time out of three each."""
        choix = list(self.gens)
        if chez is not None and n % 3:
            choix = [p for p in self.gens if self._pese(p.compte_id, chez, n % 3 == 2)] or choix
        return choix[n // 3 % len(choix)]

    def _pese(self, qui: int, chez: Chez, administre: bool) -> bool:
        return any(
            a.admin or (not administre and any(d.startswith("ratt") for _, _, d in a.lignes))
            for a in self.regles.vivants(qui, chez)
        )

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

    @geste(poids=3, n=NUMERO, ou=NUMERO, lieu=st.sampled_from((0, 1, 2)))
    def demander(self, n: int, ou: int, lieu: int) -> None:
        qui, chez = self.personne(n), self.chez[ou % 3]
        siret = aides.siret_de(chez[0], lieu) if lieu else None
        permis = self.regles.peut_demander(qui.compte_id, chez, siret)
        self.tenter(self._demander(qui, chez, siret), permis)

    def _un(self, n: int, *etats: str) -> Acces:
        choix = [a for a in self.regles.acces if a.etat in etats] or self.regles.acces
        return choix[-1 - n % len(choix)]

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

    @geste(
        si=_en_attente,
        poids=3,
        n=NUMERO,
        par=NUMERO,
        droits=PRISE_DE_DROITS,
        portee=PORTEES,
        bornes=BORNES,
    )
    def accepter(
        self, n: int, par: int, droits: frozenset[str], portee: str, bornes: tuple[str, ...]
    ) -> None:
        demande = self._un(n, "en_attente")
        moi = self.personne(par, demande.chez)
        lignes = self._lignes(demande, droits, portee, bornes)
        permis = self.regles.peut_accepter(moi.compte_id, demande, False, lignes)
        self.tenter(
            accepter(moi, demande.uid, self._octroi(demande, droits, portee, bornes)), permis
        )
        if permis:
            self.regles.accepter(demande, False, lignes)

    @geste(si=_en_attente, n=NUMERO, droits=PRISE_DE_DROITS, soi=st.booleans())
    def donner_trop(self, n: int, droits: frozenset[str], soi: bool) -> None:
        """By whoever answers requests without being an administrator: to herself, or more than
        she has."""
        demande = self._un(n, "en_attente")
        delegues = [
            p
            for p in self.gens
            if (p.compte_id == demande.qui) == soi
            and self._pese(p.compte_id, demande.chez, False)
            and not self.regles.administre(p.compte_id, demande.chez)
        ]
        if delegues:
            moi, lignes = delegues[n % len(delegues)], self._lignes(demande, droits, "demandee", ())
            permis = self.regles.peut_accepter(moi.compte_id, demande, False, lignes)
            self.tenter(
                accepter(moi, demande.uid, self._octroi(demande, droits, "demandee", ())), permis
            )
            if permis:
                self.regles.accepter(demande, False, lignes)

    @geste(si=UN_ACCES, n=NUMERO, par=NUMERO)
    def accepter_administrateur(self, n: int, par: int) -> None:
        demande = self._un(n, "en_attente")
        moi = self.personne(par, demande.chez)
        permis = self.regles.peut_accepter(moi.compte_id, demande, True, frozenset())
        self.tenter(accepter(moi, demande.uid, octroi(ADMINISTRATEUR)), permis)
        if permis:
            self.regles.accepter(demande, True, frozenset())

    @geste(si=UN_ACCES, n=NUMERO, par=NUMERO)
    def refuser(self, n: int, par: int) -> None:
        demande = self._un(n, "en_attente")
        moi = self.personne(par, demande.chez)
        permis = self.regles.peut_decider(moi.compte_id, demande)
        self.tenter(refuser(moi, demande.uid, "Inconnu"), permis)
        if permis:
            demande.etat = "refuse"

    @geste(
        si=UN_ACCES,
        poids=2,
        n=NUMERO,
        par=NUMERO,
        droits=PRISE_DE_DROITS,
        portee=PORTEES,
        bornes=BORNES,
    )
    def habiliter(
        self, n: int, par: int, droits: frozenset[str], portee: str, bornes: tuple[str, ...]
    ) -> None:
        acces = self._un(n, "actif")
        moi = self.personne(par, acces.chez)
        permis = self.regles.peut_habiliter(moi.compte_id, acces)
        lignes = self._lignes(acces, droits, portee, bornes)
        self.tenter(habiliter(moi, acces.uid, self._octroi(acces, droits, portee, bornes)), permis)
        if permis:
            self.regles.habiliter(acces, False, lignes)

    @geste(si=UN_ACCES, n=NUMERO, par=NUMERO)
    def supprimer(self, n: int, par: int) -> None:
        acces = self._un(n, "actif", "en_attente")
        moi = self.personne(par, acces.chez)
        if acces.qui == moi.compte_id:
            return
        permis = self.regles.peut_retirer(moi.compte_id, acces)
        self.tenter(supprimer(moi, acces.uid), permis)
        if permis:
            acces.etat = "supprime"

    @geste(si=UN_ACCES, n=NUMERO, autrui=st.booleans())
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
