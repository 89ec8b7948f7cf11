"""Any sequence of requests, grants, refusals, removals, departures, codes, named administrators and
mandates: nobody holds a right that no living grant explains, and every company keeps a way to an
administrator (C01 to C12). The rules are told a second time in `regles_acces.py`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pypdf import PdfReader

from portal.core.comptes.operations import creer_compte, desactiver
from portal.core.rattachements import activation, annonces, codes, courriers, suites
from portal.core.rattachements.activation import Reussite
from portal.core.rattachements.demandes import DemandeImpossible, demander
from portal.core.rattachements.file_courriers import demander_nouveau_code
from portal.core.rattachements.mandats import operations as mandats
from portal.core.rattachements.mandats import registre
from portal.core.rattachements.modeles import ADMINISTRATEUR, PERSONNALISE, octroi
from portal.core.rattachements.operations import (
    accepter,
    habiliter,
    nommer,
    quitter,
    refuser,
    supprimer,
)
from portal.core.rattachements.perimetre import clause
from portal.infra import clock
from portal.infra.base import executer, sql, sql1, transaction, valeur
from portal.infra.money import PARIS
from portal.web.erreurs import Conflit, Interdit, Introuvable, Refus
from portal.web.identite import Personne
from tests.core import rattachements_aides as aides
from tests.core import regles_acces as r
from tests.core.regles_acces import ADMINISTRER, DROITS, Acces, Chez, Ligne, Mandat, Point, Regles

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


class Retour(Exception):
    """Undoes what was tried."""


class Machine(RuleBasedStateMachine):
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

    # Codes and letters

    @rule(ou=NUMERO)
    def poster_un_code(self, ou: int) -> None:
        """The conseiller asks, the batch is printed, the code read off the paper."""
        chez = self.chez[ou % 3]

        async def geste() -> list[Path]:
            with suppress(Conflit):  # one waits already
                await demander_nouveau_code(
                    self.interne, *chez, raison="Courrier perdu", plus_aucun=True
                )
            faits = await courriers.produire(self.lettres)
            return [self.lettres / f"lot-{numero}" for numero in faits.lots]

        lus = [lu for lot in self.faire(geste()) for lu in _codes_du(lot, self.chez)]
        assert chez in dict(lus)
        for de_qui, lettres in lus:
            jusqu = codes.ajouter_mois(self.regles.jour + timedelta(days=5), 3)
            self.regles.codes[de_qui] = (lettres, jusqu, "actif")

    @precondition(lambda self: self.regles.codes)
    @rule(n=NUMERO, ou=NUMERO, de=NUMERO)
    def saisir_un_code(self, n: int, ou: int, de: int) -> None:
        """The code of one company, often another's, on this one."""
        moi, connus = self.personne(n), list(self.regles.codes.values())
        chez = self.chez[ou % 3]
        lettres = self.regles.codes.get(chez, connus[de % len(connus)])[0]
        if de % 3 == 0:
            lettres = connus[de % len(connus)][0]
        bon = lettres == self.regles.code_vivant(chez)
        permis = bon and not self.regles.administre(moi.compte_id, chez)
        self.faire(executer("delete from essai_code"))
        issue = self.faire(activation.utiliser(moi, *chez, lettres))
        assert isinstance(issue, Reussite) == permis, issue
        if permis:
            self._nommer(moi, chez)

    def _nommer(self, moi: Personne, chez: Chez) -> None:
        uid = self.faire(
            valeur(
                "select uid from rattachement where compte = $1 and siren = $2 and profil = $3"
                " and etat = 'actif'",
                moi.compte_id,
                *chez,
            )
        )
        self.regles.nommer(uid, moi.compte_id, chez)

    @precondition(lambda self: self.regles.codes)
    @rule(n=NUMERO, ou=NUMERO)
    def fermer_un_code(self, n: int, ou: int) -> None:
        moi, chez = self.personne(n), self.chez[ou % 3]
        lettres, jusqu, etat = self.regles.codes.get(chez, ("", self.regles.jour, ""))
        permis = self.regles.administre(moi.compte_id, chez) and etat == "actif"
        self.tenter(activation.fermer(moi, *chez), permis)
        if permis:
            self.regles.codes[chez] = (lettres, jusqu, "ferme")

    @rule(jours=st.sampled_from((1, 10, 40, 100)))
    def passer_le_temps(self, jours: int) -> None:
        self.regles.jour += timedelta(days=jours)
        jour = self.regles.jour
        self.faire(clock.deplacer(datetime(jour.year, jour.month, jour.day, 10, tzinfo=PARIS)))

    # Named administrators, closed accounts

    @rule(ou=NUMERO, n=NUMERO, nouveau=st.booleans())
    def annoncer(self, ou: int, n: int, nouveau: bool) -> None:
        """Named to the conseiller: at once for an account, else as soon as it is made."""
        chez = self.chez[ou % 3]
        moi = self.personne(n)
        email = f"nouveau{len(self.gens)}.{self.a.siren}@exemple.fr" if nouveau else moi.email
        if nouveau and len(self.gens) >= GENS + 3:
            return

        async def geste() -> Personne | None:
            await annonces.annoncer(self.interne, *chez, email=email, nom="Nommé", prenom="Alix")
            if not nouveau:
                return None
            compte = await creer_compte(email, "Motdepasse1!", civilite="Mme", nom="N", prenom="A")
            assert compte is not None
            return Personne(compte.id, str(compte.uid), email, "A N", 0)

        try:
            arrivee = self.faire(geste())
        except Conflit:
            return  # named already
        if arrivee is not None:
            self.gens.append(arrivee)
            self.numeros.append(arrivee.compte_id)
        if not self.regles.administre((arrivee or moi).compte_id, chez):
            self._nommer(arrivee or moi, chez)

    @precondition(lambda self: len(self.regles.acces) > 5)
    @rule(n=NUMERO)
    def fermer_un_compte(self, n: int) -> None:
        """Rarely: nobody acts with it any more; it counts for nobody's way in."""
        if n > 3 or len(self.gens) <= 3:
            return
        moi = self.personne(n)
        self.faire(desactiver(moi.compte_id, acteur=None))
        self.gens.remove(moi)
        self.regles.fermes.add(moi.compte_id)
        for chez in list(self.eu_administrateur):
            if not self.regles.administrateurs(chez):
                self.eu_administrateur.discard(chez)

    # Mandates

    @rule(n=NUMERO, donne=st.booleans(), lieu=st.booleans(), dispositif=st.sampled_from(DISPOSITIFS),
          dans=st.sampled_from((0, 0, 20)))  # fmt: skip
    def mandater(self, n: int, donne: bool, lieu: bool, dispositif: str, dans: int) -> None:
        moi, jour = self.personne(n), self.regles.jour
        siret = self.b.siret(1) if lieu and donne else None
        du = jour + timedelta(days=dans)
        numero = (siret or self.b.siren) if donne else self.a.siren
        offre = mandats.Offre(numero, (dispositif,), du, du + timedelta(days=60))
        chez = self.chez[0] if donne else self.chez[2]
        libre = not any(
            m.siret == siret
            and (
                m.etat == "propose"
                or (
                    m.etat == "actif"
                    and m.du <= offre.au
                    and m.au >= offre.du
                    and dispositif in m.dispositifs
                )
            )
            for m in self.regles.mandats
        )
        permis = self.regles.administre(moi.compte_id, chez) and libre
        verbe = mandats.donner if donne else mandats.demander
        uid = self.tenter(verbe(moi, chez[0], offre), permis)
        if uid is not None:
            self.regles.mandats.append(
                Mandat(uid, self.a.siren, self.b.siren, siret, frozenset({dispositif}), du,
                       offre.au, "actif" if donne else "propose")
            )  # fmt: skip

    @precondition(lambda self: self.regles.mandats)
    @rule(n=NUMERO, lequel=NUMERO, accepte=st.booleans())
    def repondre_au_mandat(self, n: int, lequel: int, accepte: bool) -> None:
        moi, mandat = self.personne(n), self.regles.mandats[lequel % len(self.regles.mandats)]
        permis = self.regles.administre(moi.compte_id, self.chez[0]) and mandat.etat == "propose"
        if accepte:
            permis = permis and mandat.au >= self.regles.jour
            self.tenter(mandats.accepter(moi, mandat.uid), permis)
        else:
            self.tenter(mandats.refuser(moi, mandat.uid, "Non"), permis)
        if permis:
            mandat.etat = "actif" if accepte else "refuse"

    @precondition(lambda self: self.regles.mandats)
    @rule(n=NUMERO, lequel=NUMERO, cote=st.sampled_from(("mandant", "mandataire")))
    def finir_le_mandat(self, n: int, lequel: int, cote: str) -> None:
        moi, mandat = self.personne(n), self.regles.mandats[lequel % len(self.regles.mandats)]
        finissables = {"mandant": ("actif",), "mandataire": ("actif", "propose")}[cote]
        chez = self.chez[0] if cote == "mandant" else self.chez[2]
        permis = self.regles.administre(moi.compte_id, chez) and mandat.etat in finissables
        self.tenter(mandats.terminer(moi, mandat.uid, cote), permis)
        if permis:
            mandat.etat = "fini"

    # What must hold after each gesture

    @invariant()
    def aucun_droit_sans_octroi_vivant(self) -> None:
        if not hasattr(self, "regles"):
            return
        lignes = self.faire(
            sql(
                "select g.compte, d.droit, p.* from unnest($1::bigint[]) g (compte),"
                " unnest($2::text[]) d (droit), lateral perimetre(g.compte, d.droit) p",
                self.numeros,
                [*DROITS, ADMINISTRER],
            )
        )
        for compte in self.numeros:
            siennes = [li for li in lignes if li["compte"] == compte]
            reels = {p for p in self.points if any(_couvre(li, p) for li in siennes)}
            voulus = {p for p in self.points if self.regles.peut(compte, p)}
            assert reels == voulus, f"de trop {reels - voulus}, en moins {voulus - reels}"

    @invariant()
    def un_chemin_vers_un_administrateur(self) -> None:
        if not hasattr(self, "regles"):
            return
        for chez in self.chez:
            actifs = self.regles.administrateurs(chez)
            if actifs:
                self.eu_administrateur.add(chez)
            assert actifs or chez not in self.eu_administrateur, "le dernier est parti"
            if not actifs:
                assert self.faire(_chemin(self.interne, chez, self.regles)), chez

    def teardown(self) -> None:
        """The other ways to ask the same: `voit`, the clause of lists, the rights of a request."""
        if hasattr(self, "regles"):
            shutil.rmtree(self.lettres, ignore_errors=True)
            self.faire(self._comparer_les_voies())

    async def _comparer_les_voies(self) -> None:
        droits, sirens, sirets, profils, dispositifs = (
            list(x) for x in zip(*self.points, strict=True)
        )
        grille = [droits, sirens, sirets, profils, dispositifs]
        unnest = (
            "unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])"
            " as x (droit, siren, siret, profil, dispositif)"
        )
        conditions = " or ".join(
            f"(x.droit = '{d}' and {clause(d, 'x', 1)})" for d in (*DROITS, ADMINISTRER)
        )
        for compte in self.numeros:
            voulus = {p for p in self.points if self.regles.peut(compte, p)}
            for condition in (
                "voit($1, x.droit, x.siren, x.siret, x.profil, x.dispositif)",
                conditions,
            ):
                vus = await sql(f"select x.* from {unnest} where {condition}", compte, *grille)
                reels = {tuple(li.values()) for li in vus}
                assert reels == voulus, (condition[:40], reels ^ voulus)
            dits = {li["droit"] for li in await sql("select droit from droits_de($1)", compte)}
            assert dits == {p[0] for p in voulus}


async def _issue(geste: Coroutine[Any, Any, T]) -> tuple[T | None, Exception | None]:
    """What a gesture gives, or why it is refused."""
    try:
        return await geste, None
    except REFUS as refus:
        return None, refus


async def _journal() -> int:
    return int(await valeur("select count(*) from journal"))


def _couvre(ligne: dict[str, Any], point: Point) -> bool:
    droit, siren, siret, profil, dispositif = point
    return (
        (ligne["droit"], ligne["siren"], ligne["profil"]) == (droit, siren, profil)
        and ligne["siret"] in (None, siret)
        and ligne["dispositif"] in (None, dispositif)
    )


def _codes_du(lot: Path, de: list[Chez]) -> list[tuple[Chez, str]]:
    """The codes that a batch's letters to these companies bear: all are printed together."""
    mots = {"adherent": "adhérent", "prestataire": "prestataire"}
    lus = []
    for fichier in sorted(lot.glob("*.pdf")):
        for page in PdfReader(fichier).pages:
            texte = re.sub(r"[\u202f\u00a0]", " ", page.extract_text())
            trouve = re.search(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b", texte)
            for siren, profil in de if trouve else ():
                tete = f"SIREN {siren[:3]} {siren[3:6]} {siren[6:]}"
                if trouve and tete in texte and f"SIREN – {mots[profil]}" in texte:
                    lus.append(((siren, profil), codes.lire(trouve[0])))
    return lus


async def _chemin(interne: Personne, chez: Chez, regles: Regles) -> bool:
    """A live code, a letter, a name, or else the conseiller, who can send one. What people are told
    agrees."""
    etat = await suites.etat_entite(*chez, regles.jour)
    assert bool(etat["code_jusqu"]) == (regles.code_vivant(chez) is not None)
    if etat["code_jusqu"] or etat["courrier"] or etat["annonces"]:
        return True
    try:
        async with transaction():
            await demander_nouveau_code(interne, *chez, raison="Plus personne")
            attend = await sql1(
                "select 1 as oui from courrier where siren = $1 and profil = $2"
                " and etat = 'a_produire'",
                *chez,
            )
            raise Retour(attend is not None)
    except Retour as retour:
        return bool(retour.args[0])


@pytest.fixture
def dispositifs_sous_mandat(monkeypatch: pytest.MonkeyPatch) -> None:
    for code in DISPOSITIFS:
        monkeypatch.setitem(registre.ACCEPTES, code, code)


async def _derouler(reglages: settings) -> None:
    boucle = asyncio.get_running_loop()

    class EnBoucle(Machine):
        pass

    EnBoucle.pont = staticmethod(
        lambda geste: asyncio.run_coroutine_threadsafe(geste, boucle).result(60)
    )
    await asyncio.to_thread(run_state_machine_as_test, EnBoucle, settings=reglages)


@pytest.mark.usefixtures("base_neuve", "litestar", "dispositifs_sous_mandat")
async def test_c09_aucune_suite_de_gestes_ne_donne_un_droit_sans_octroi() -> None:
    await _derouler(
        settings(
            max_examples=8,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        )
    )


@pytest.mark.preuve
@pytest.mark.usefixtures("base_neuve", "litestar", "dispositifs_sous_mandat")
async def test_c09_ni_une_tres_longue() -> None:
    await _derouler(settings(max_examples=150, stateful_step_count=60, print_blob=True))
