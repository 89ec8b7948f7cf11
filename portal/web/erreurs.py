"""Errors that become a page. Raise them anywhere under a request: the transaction rolls back."""

from __future__ import annotations

from typing import Any


class ErreurPage(Exception):
    """An answer in French: title, what happened, what to do next."""

    statut = 400

    def __init__(self, titre: str, message: str, **valeurs: Any) -> None:
        super().__init__(titre)
        self.titre = titre
        self.message = message
        self.valeurs = valeurs


class Introuvable(ErreurPage):
    """Does not exist, or lies out of the perimeter: both answer alike."""

    statut = 404

    def __init__(self) -> None:
        super().__init__(
            "Page introuvable",
            "Cette page n’existe pas, ou vous n’y avez pas accès. "
            "Vérifiez l’adresse, ou repartez de l’accueil.",
        )


class Interdit(ErreurPage):
    """Within the perimeter, without the right. `qui` says who can give it."""

    statut = 403

    def __init__(
        self, qui: str = "Un administrateur de votre entreprise peut vous le donner."
    ) -> None:
        super().__init__("Vous n’avez pas ce droit", qui)


class Conflit(ErreurPage):
    """Somebody changed it meanwhile, or the state no longer allows it."""

    statut = 409


class Refus(ErreurPage):
    """A request that makes no sense as posted; the message says how to mend it."""

    statut = 422

    def __init__(self, message: str) -> None:
        super().__init__("Demande refusée", message)


class TropDeTentatives(ErreurPage):
    """Rate limit reached. `secondes` until the next try."""

    statut = 429

    def __init__(self, message: str, secondes: int) -> None:
        super().__init__("Trop de tentatives", message)
        self.secondes = secondes


class NonConnecte(Exception):
    """A page that needs a signed-in person, asked for by nobody known.

    `reprise` names the posted form that was parked meanwhile, if it was.
    """

    def __init__(self, reprise: str | None = None) -> None:
        super().__init__()
        self.reprise = reprise


class RenfortExige(Exception):
    """A page that needs another proof of identity first, given at `ou` (portal.core.comptes.renfort).

    `reprise` names the posted form that was parked meanwhile, if it was.
    """

    def __init__(self, reprise: str | None = None, ou: str = "/connexion/confirmer") -> None:
        super().__init__()
        self.reprise = reprise
        self.ou = ou
