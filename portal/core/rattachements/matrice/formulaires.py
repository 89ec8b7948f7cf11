"""Forms of habilitations: which rights, where, for which dispositifs; no box per establishment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.core.rattachements.matrice import lieux as etablissements
from portal.core.rattachements.matrice.lieux import Lieu
from portal.core.rattachements.matrice.operations import Changement
from portal.core.rattachements.modeles import (
    ADMINISTRATEUR,
    ENTREPRISE,
    ETABLISSEMENTS,
    MODELES,
    PAR_CODE,
    PERSONNALISE,
    completer,
)  # fmt: skip
from portal.web.erreurs import Refus
from portal.web.garde import DROITS
from portal.web.identite import Personne

REGION = "region"
SANS_RECHERCHE = 20
"""Up to so many establishments are all shown; beyond, they are searched for."""
TROUVES_MAX = 25


@dataclass
class ChoixLieux:
    """« Où »: the whole company, a région, or establishments found and pasted."""

    portee: str = ""
    region: str = ""
    q: str = ""
    colle: str = ""
    coches: list[Lieu] = field(default_factory=list)
    trouves: list[Lieu] = field(default_factory=list)
    reste: int = 0
    regions: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0
    tous: list[Lieu] = field(default_factory=list, repr=False)

    @property
    def peu(self) -> bool:
        return self.total <= SANS_RECHERCHE

    def sirets(self) -> tuple[str, ...] | None:
        """What was chosen: None for the whole company. Raises `Refus` with what to mend."""
        if self.portee == ENTREPRISE:
            return None
        if self.portee == REGION:
            la = tuple(lieu.siret for lieu in self.tous if lieu.region == self.region)
            if not self.region or not la:
                raise Refus("Choisissez une région dans la liste.")
            return la
        if self.portee != ETABLISSEMENTS:
            raise Refus("Dites où\u00a0: toute l’entreprise, une région ou des établissements.")
        colles, mauvais = etablissements.lire_sirets(self.colle)
        if mauvais:
            raise Refus(
                f"«\u00a0{mauvais[0][:40]}\u00a0» n’est pas un SIRET\u00a0: un SIRET comporte 14\u00a0chiffres."
            )
        connus = {lieu.siret for lieu in self.tous}
        inconnus = [s for s in colles if s not in connus]
        if inconnus:
            suite = f" ni {len(inconnus) - 1}\u00a0autres de la liste" if len(inconnus) > 1 else ""
            raise Refus(
                f"Le SIRET {inconnus[0]}{suite} n’est pas un établissement ouvert de cette entreprise."
            )
        choisis = tuple(dict.fromkeys([*(lieu.siret for lieu in self.coches), *colles]))
        if not choisis:
            raise Refus("Choisissez au moins un établissement, ou toute l’entreprise.")
        return choisis


async def lire_lieux(
    moi: Personne, siren: str, poste: Any = None, *, initiale: str = ""
) -> ChoixLieux:
    """The choice as posted (or as first shown), with what the search finds."""
    tous = await etablissements.ouverts(moi, siren)
    choix = ChoixLieux(initiale, total=len(tous), tous=tous, regions=etablissements.regions(tous))
    if poste is not None:
        choix.portee = str(poste.get("portee", ""))
        choix.region = str(poste.get("region", ""))
        choix.q = str(poste.get("q_lieux", ""))[:100]
        choix.colle = str(poste.get("sirets_colles", ""))
        voulus = {str(s) for s in poste.getall("sirets", [])}
        choix.coches = [lieu for lieu in tous if lieu.siret in voulus]
    coches = {lieu.siret for lieu in choix.coches}
    if choix.peu:
        choix.trouves = [lieu for lieu in tous if lieu.siret not in coches]
    elif choix.q:
        trouves = [t for t in etablissements.filtrer(tous, choix.q) if t.siret not in coches]
        choix.trouves, choix.reste = trouves[:TROUVES_MAX], max(0, len(trouves) - TROUVES_MAX)
    return choix


@dataclass
class RegleVue:
    """The form of a line, or of a change of many: as drawn, as typed."""

    lieux: ChoixLieux
    dispositifs_connus: list[tuple[str, str]]
    modele: str = "consultation"
    droits: set[str] = field(default_factory=set)
    dispositifs: set[str] = field(default_factory=set)
    retire: bool = False
    erreur: str = ""

    @property
    def modeles(self) -> list[Any]:
        """Templates that bound people may have: administration is given otherwise."""
        return [m for m in MODELES if m.code != ADMINISTRATEUR]

    def changement(self) -> Changement:
        """What the form asks for. Raises `Refus` with what to mend."""
        if self.modele not in PAR_CODE or self.modele == ADMINISTRATEUR:
            raise Refus("Choisissez un modèle de droits.")
        donnes = self.droits if self.modele == PERSONNALISE else set(PAR_CODE[self.modele].droits)
        droits = tuple(d for d in DROITS if d in donnes) if self.retire else completer(donnes)
        if not droits:
            raise Refus("Cochez au moins un droit.")
        codes = tuple(code for code, _ in self.dispositifs_connus if code in self.dispositifs)
        return Changement(droits, self.lieux.sirets(), codes or None, self.retire)


async def lire_regle(
    moi: Personne,
    siren: str,
    connus: list[tuple[str, str]],
    poste: Any = None,
    *,
    initiale: str = "",
) -> RegleVue:
    """The form as posted, or empty: least rights."""
    vue = RegleVue(await lire_lieux(moi, siren, poste, initiale=initiale), connus)
    if poste is not None:
        vue.modele = str(poste.get("modele", ""))
        vue.droits = {str(d) for d in poste.getall("droits", [])}
        codes = {code for code, _ in connus}
        vue.dispositifs = {str(d) for d in poste.getall("dispositifs", [])} & codes
        vue.retire = poste.get("sens") == "retirer"
    return vue
