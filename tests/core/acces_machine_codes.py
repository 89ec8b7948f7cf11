"""The other gestures: codes and letters, time, named administrators, closed accounts, mandates."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path

from hypothesis import strategies as st
from pypdf import PdfReader

from portal.core.comptes.operations import creer_compte, desactiver
from portal.core.rattachements import activation, annonces, codes, courriers
from portal.core.rattachements.activation import Reussite
from portal.core.rattachements.file_courriers import demander_nouveau_code
from portal.core.rattachements.mandats import operations as mandats
from portal.infra import clock
from portal.infra.base import executer, valeur
from portal.infra.money import PARIS
from portal.web.erreurs import Conflit
from portal.web.identite import Personne
from tests.core.acces_machine import DISPOSITIFS, GENS, NUMERO, Base, geste
from tests.core.regles_acces import Chez, Mandat

UN_CODE, UN_MANDAT = attrgetter("regles.codes"), attrgetter("regles.mandats")


class AvecCodes(Base):
    """Everything that may happen."""

    # Codes and letters

    @geste(ou=NUMERO)
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

    @geste(si=UN_CODE, n=NUMERO, ou=NUMERO, de=NUMERO)
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

    @geste(si=UN_CODE, n=NUMERO, ou=NUMERO)
    def fermer_un_code(self, n: int, ou: int) -> None:
        chez = self.chez[ou % 3]
        moi = self.personne(n, chez)
        lettres, jusqu, etat = self.regles.codes.get(chez, ("", self.regles.jour, ""))
        permis = self.regles.administre(moi.compte_id, chez) and etat == "actif"
        self.tenter(activation.fermer(moi, *chez), permis)
        if permis:
            self.regles.codes[chez] = (lettres, jusqu, "ferme")

    @geste(jours=st.sampled_from((1, 10, 40, 100)))
    def passer_le_temps(self, jours: int) -> None:
        self.regles.jour += timedelta(days=jours)
        jour = self.regles.jour
        self.faire(clock.deplacer(datetime(jour.year, jour.month, jour.day, 10, tzinfo=PARIS)))

    # Named administrators, closed accounts

    @geste(ou=NUMERO, n=NUMERO, nouveau=st.booleans())
    def annoncer(self, ou: int, n: int, nouveau: bool) -> None:
        """Named to the conseiller: at once for an account, else as soon as it is made."""
        chez = self.chez[ou % 3]
        moi = self.personne(n)
        email = f"nouveau{len(self.numeros)}.{self.a.siren}@exemple.fr" if nouveau else moi.email
        if nouveau and len(self.numeros) >= GENS + 3:
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

    @geste(si=lambda self: len(self.regles.acces) > 5, n=NUMERO)
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

    @geste(n=NUMERO, donne=st.booleans(), lieu=st.booleans(), dispositif=st.sampled_from(DISPOSITIFS),
          dans=st.sampled_from((0, 0, 20)))  # fmt: skip
    def mandater(self, n: int, donne: bool, lieu: bool, dispositif: str, dans: int) -> None:
        chez, jour = self.chez[0] if donne else self.chez[2], self.regles.jour
        moi = self.personne(n, chez)
        siret = self.b.siret(1) if lieu and donne else None
        du = jour + timedelta(days=dans)
        numero = (siret or self.b.siren) if donne else self.a.siren
        offre = mandats.Offre(numero, (dispositif,), du, du + timedelta(days=60))
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

    @geste(si=UN_MANDAT, n=NUMERO, lequel=NUMERO, accepte=st.booleans())
    def repondre_au_mandat(self, n: int, lequel: int, accepte: bool) -> None:
        mandat = self.regles.mandats[lequel % len(self.regles.mandats)]
        moi = self.personne(n, self.chez[0])
        permis = self.regles.administre(moi.compte_id, self.chez[0]) and mandat.etat == "propose"
        if accepte:
            permis = permis and mandat.au >= self.regles.jour
            self.tenter(mandats.accepter(moi, mandat.uid), permis)
        else:
            self.tenter(mandats.refuser(moi, mandat.uid, "Non"), permis)
        if permis:
            mandat.etat = "actif" if accepte else "refuse"

    @geste(si=UN_MANDAT, n=NUMERO, lequel=NUMERO, cote=st.sampled_from(("mandant", "mandataire")))
    def finir_le_mandat(self, n: int, lequel: int, cote: str) -> None:
        mandat = self.regles.mandats[lequel % len(self.regles.mandats)]
        finissables = {"mandant": ("actif",), "mandataire": ("actif", "propose")}[cote]
        chez = self.chez[0] if cote == "mandant" else self.chez[2]
        moi = self.personne(n, chez)
        permis = self.regles.administre(moi.compte_id, chez) and mandat.etat in finissables
        self.tenter(mandats.terminer(moi, mandat.uid, cote), permis)
        if permis:
            mandat.etat = "fini"


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
