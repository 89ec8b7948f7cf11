"""`--clore`: closed dossiers of a source give back what they never invoiced, once all its invoices are in.

What is given back can't be invoiced any more: so it is asked for, source by source, and refused while
an invoice of that source is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.infra.base import transaction
from portal.infra.texte import plier
from portal.reprise import argent
from portal.reprise.lignes import REJETE, Ligne
from portal.reprise.regles import Regle


class SourceInconnue(Exception):
    """A source that no rule names; the message says which are."""


@dataclass
class Cloture:
    """The sources to close, and what this run saw of their invoices."""

    sources: tuple[Regle, ...]
    lues: Counter[str] = field(default_factory=Counter)
    rejetees: Counter[str] = field(default_factory=Counter)
    illisible: bool = False

    def voir(self, factures: Iterable[Ligne]) -> None:
        """Rows of invoices, once judged. One of an unknown source may be of any."""
        for ligne in factures:
            self.lues[ligne.source] += 1
            self.rejetees[ligne.source] += ligne.resultat == REJETE

    async def faire(self) -> list[str]:
        """Close what may be; the refusals."""
        refus = []
        for regle in self.sources:
            if motif := self._refuser(regle):
                refus.append(f"{regle.libelle}\u00a0: non clos. {motif}")
                continue
            while await _liberer(regle.source):
                pass
        return refus

    def _refuser(self, regle: Regle) -> str:
        if self.illisible:
            return "Un fichier de factures n’a pas été lu jusqu’au bout. Corrigez-le et relancez."
        if not self.lues[regle.source]:
            return "Aucune facture de cette source n’est dans ce dossier. Donnez-les toutes."
        rejetees = self.rejetees[regle.source] + self.rejetees[""]
        if rejetees:
            return f"Lignes de factures rejetées\u00a0: {rejetees}. Corrigez-les, ou ôtez-les, et relancez."
        return ""


async def _liberer(source: str) -> int:
    async with transaction():
        return await argent.liberer_clos(source)


def preparer(noms: Sequence[str], connues: dict[str, Regle]) -> Cloture:
    """From the words that name the sources; raises `SourceInconnue`."""
    trouvees = {nom: connues.get(plier(nom.replace("_", " "))) for nom in noms}
    inconnues = [nom for nom, regle in trouvees.items() if regle is None]
    if inconnues:
        attendues = ", ".join(dict.fromkeys(r.source for r in connues.values()))
        raise SourceInconnue(
            f"Source inconnue\u00a0: {', '.join(inconnues)}. Attendues\u00a0: {attendues}."
        )
    return Cloture(tuple({r.source: r for r in trouvees.values() if r}.values()))
