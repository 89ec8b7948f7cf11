"""A row on its way: what was read of it, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from portal.infra import coffre
from portal.reprise.formats import Format
from portal.reprise.regles import Regle

ACCEPTE, DEJA, REJETE = "accepté", "déjà repris", "rejeté"
GENRE_EMPREINTE = "reprise"


@dataclass
class Ligne:
    """`devenu_id` is set by who took it over; `resultat` is empty until it is judged."""

    fichier: str
    numero: int
    format: Format
    regle: Regle | None = None
    valeurs: dict[str, Any] = field(default_factory=dict)
    resultat: str = ""
    colonne: str = ""
    motif: str = ""
    devenu: str = ""
    devenu_id: int | None = None

    @property
    def source(self) -> str:
        return self.regle.source if self.regle else ""

    def __getitem__(self, nom: str) -> Any:
        return self.valeurs[nom]

    def accepter(self, devenu: str, devenu_id: int | None = None) -> None:
        self.resultat, self.devenu, self.devenu_id = ACCEPTE, devenu, devenu_id

    def reconnaitre(self, motif: str = "") -> None:
        """It is there already, as it is."""
        self.resultat, self.motif = DEJA, motif

    def rejeter(self, colonne: str, motif: str) -> None:
        self.resultat, self.colonne, self.motif = REJETE, colonne, motif

    @property
    def a_juger(self) -> bool:
        return not self.resultat

    def cles(self) -> list[str]:
        """What makes it itself in its source, under each known key where it holds a secret."""
        valeurs = [self.valeurs[c] for c in self.format.cle]
        if "iban" not in self.format.cle:
            return ["|".join("" if v is None else str(v) for v in valeurs)]
        autres = "|".join(
            str(v) for c, v in zip(self.format.cle, valeurs, strict=True) if c != "iban"
        )
        return [f"{autres}|{e.hex()}" for e in coffre.empreintes("iban", self.valeurs["iban"])]

    def empreintes(self) -> list[bytes]:
        """Keyed digests of all it says, under each known key."""
        dit = json.dumps(self.valeurs, default=str, sort_keys=True, ensure_ascii=False)
        return coffre.empreintes(GENRE_EMPREINTE, sha256(dit.encode()).hexdigest())
