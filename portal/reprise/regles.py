"""What comes in, by source (C13): rules read from the database, then pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.infra import clock
from portal.infra.base import sql
from portal.infra.money import date_longue
from portal.infra.texte import plier

ENGAGES = ("accorde", "en_cours", "solde")
CLOS = ("solde", "refuse", "annule")


@dataclass(frozen=True)
class Regle:
    """The rule of one source, as it holds today."""

    source: str
    libelle: str
    engages: bool
    clos_apres: date | None
    acces_valides: bool
    reference: str

    def refuser_dossier(self, v: Mapping[str, Any]) -> tuple[str, str] | None:
        """(column, why) when this dossier does not come over."""
        if v["etat"] == "brouillon":
            return "etat", "Les brouillons ne sont jamais repris."
        engage = v["etat"] in ENGAGES or (v["etat"] == "annule" and bool(v["accorde"]))
        if self.engages and not engage:
            return (
                "etat",
                f"De {self.libelle} viennent les dossiers engagés\u00a0; celui-ci ne l’est pas.",
            )
        if self.clos_apres is None or v["etat"] not in CLOS:
            return None
        depuis = f"après le {date_longue(self.clos_apres)}"
        if v["mouvement_le"] is None:
            return "mouvement_le", (
                f"De {self.libelle} viennent les dossiers clos qui ont eu un mouvement {depuis}."
                " Renseignez la date du dernier mouvement."
            )
        if v["mouvement_le"] <= self.clos_apres:
            return "mouvement_le", (
                f"Dossier clos sans mouvement {depuis}\u00a0: il n’est pas repris de {self.libelle}."
            )
        return None


async def charger() -> dict[str, Regle]:
    """The rules that hold today, by each word that names their source, folded."""
    lignes = await sql(
        "select distinct on (source) source, libelle, alias, engages, clos_apres, acces_valides,"
        " reference from regle_reprise where du <= $1 order by source, du desc",
        await clock.aujourd_hui(),
    )
    trouvees: dict[str, Regle] = {}
    for ligne in lignes:
        alias = ligne.pop("alias")
        regle = Regle(**ligne)
        trouvees |= {plier(nom.replace("_", " ")): regle for nom in (*alias, regle.source)}
    return trouvees
