"""What the matrix must know of routes beyond their declared right: what their paths point to.

A route without a parameter needs nothing here. One whose parameter is not told of fails the matrix.
"""

from __future__ import annotations

import inspect
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.handlers.http_handlers import HTTPRouteHandler

from portal.web.sante import lister_routes
from tests.core.numeros import siren_neuf
from tests.securite import fabrique as f
from tests.securite.monde import Monde

A, PERSONNEL, INTERNE, TOUS = "entreprise A", "une personne", "OPCO entier", "tout le monde"
ENTREPRISE = {"siren": "@siren", "profil": "adherent"}
BRANCHE = {"idcc": f.IDCC}

# Prefix of the path, whose the object is, and what stands for its parameters: "@name" is an object
# of the world, anything else stands for itself. The longest prefix that fits counts.
OBJETS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("/dossiers/{uid:uuid}", A, {"uid": "@transmis"}),
    ("/dossiers/{uid:uuid}/annuler", A, {"uid": "@transmis"}),
    ("/dossiers/{uid:uuid}/documents", A, {"uid": "@transmis"}),
    ("/dossiers/{uid:uuid}/etapes", A, {"uid": "@brouillon", "code": "formation"}),
    ("/dossiers/{uid:uuid}/remboursement", A, {"uid": "@accorde"}),
    ("/dossiers/{uid:uuid}/repondre", A, {"uid": "@a_completer"}),
    ("/dossiers/{uid:uuid}/scinder", A, {"uid": "@brouillon"}),
    ("/dossiers/{uid:uuid}/supprimer", A, {"uid": "@brouillon"}),
    ("/dossiers/{uid:uuid}/transmettre", A, {"uid": "@brouillon"}),
    ("/dossiers/{uid:uuid}/verifier", A, {"uid": "@brouillon"}),
    ("/documents/{uid:uuid}", A, {"uid": "@piece"}),
    ("/documents/{uid:uuid}/retirer", A, {"uid": "@piece_brouillon"}),
    ("/lettres/{uid:uuid}", A, {"uid": "@lettre"}),
    ("/instruction/{uid:uuid}", A, {"uid": "@instruit"}),
    ("/remboursements/{uid:uuid}", A, {"uid": "@demande"}),
    ("/factures/{uid:uuid}", A, {"uid": "@facture"}),
    ("/factures/proforma/{uid:uuid}", A, {"uid": "@proforma"}),
    ("/reglements/avis/{uid:uuid}", A, {"uid": "@paiement"}),
    ("/reglements/lots/{uid:uuid}", INTERNE, {"uid": "@lot"}),
    ("/reglements/lots/{uid:uuid}/fichier", INTERNE, {"uid": "@lot_valide"}),
    ("/reglements/lots/{uid:uuid}/retour-simule", INTERNE, {"uid": "@lot_valide"}),
    ("/reglements/lots/{uid:uuid}/transmettre", INTERNE, {"uid": "@lot_valide"}),
    ("/rib/{siren:str}/{profil:str}", A, ENTREPRISE),
    ("/factures/historique/rib/{uid:uuid}", A, {"uid": "@rib_repris"}),
    ("/entreprise/{siren:str}/{profil:str}", A, ENTREPRISE),
    ("/entreprise/{siren:str}/{profil:str}/demandes", A, ENTREPRISE | {"uid": "@demande_acces"}),
    ("/entreprise/{siren:str}/{profil:str}/mandats", A, ENTREPRISE | {"uid": "@mandat"}),
    ("/entreprise/{siren:str}/{profil:str}/utilisateurs", A, ENTREPRISE | {"uid": "@acces"}),
    ("/entreprises/{siren:str}", A, ENTREPRISE | {"id": "1"}),
    ("/entreprises/a-verifier/{uid:uuid}", INTERNE, {"uid": "@saisie"}),
    ("/contacts/{uid:uuid}", INTERNE, {"uid": "@contact"}),
    ("/rattachements/{uid:uuid}", PERSONNEL, {"uid": "@rattachement"}),
    ("/notifications/{uid:uuid}", PERSONNEL, {"uid": "@notification"}),
    ("/exports/{uid:uuid}", PERSONNEL, {"uid": "@export"}),
    ("/compte/sessions/{uid:uuid}", PERSONNEL, {"uid": "@session"}),
    ("/compte/second-facteur/{uid:uuid}", PERSONNEL, {"uid": "@facteur"}),
    ("/reprise/{uid:str}", PERSONNEL, {"uid": "@parquee"}),
    ("/branches/{idcc:str}", INTERNE, BRANCHE),
    ("/branches/{idcc:str}/dispositifs/{code:str}", INTERNE,
     BRANCHE | {"code": f.CODE, "uid": "@ouverture"}),
    ("/branches/{idcc:str}/parametres/{cle:str}", INTERNE, BRANCHE | {"cle": "formation.repas"}),
    ("/dispositifs/{code:str}", TOUS, {"code": f.CODE}),
    ("/demo/courriels/{uid:uuid}", TOUS, {"uid": "@courriel"}),
    ("/mot-de-passe/nouveau/{jeton:str}", TOUS, {"jeton": "inconnu"}),
)  # fmt: skip

# Only an administrator of the company may, whatever rights others hold.
ADMINISTRATEURS = re.compile(
    r"/utilisateurs/\{uid:uuid\}/(habiliter|ajouter|retirer)$|/code/fermer$|/journal(/export)?$"
    r"|/habilitations/changer(/\w+)?$"
    r"|/mandats/(nouveau|\{uid:uuid\}/(accepter|refuser|terminer))$"
)
# Pages of the staff that show the whole OPCO to whoever has the role.
SANS_PERIMETRE = re.compile(r"^/(reglements/|courriers|entreprises/a-verifier$)")


# What a page of the portal would post, where the answer depends on it.
CORPS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("/champ", {"_champ": "intitule", "intitule": "Vente"}),
    ("/valider", {"_champ": "intitule", "intitule": "Vente"}),
    ("/redessiner", {"_champ": "intitule", "intitule": "Vente"}),
    ("/accepter", {"modele": "consultation"}),
    ("/habiliter", {"modele": "consultation"}),
    ("/refuser", {"motif": "Non", "attendu": "Rien", "points": "total"}),
    ("/dossiers/{uid:uuid}/documents", {"piece": "convention"}),
)
FICHIERS = ("/dossiers/{uid:uuid}/documents", "/reglements/retours", "/factures/deposer")


@dataclass(frozen=True)
class Route:
    """A route of the application, with its declared rights and what it points to."""

    method: str
    path: str
    droit: str
    internes: frozenset[str] | None
    de: str | None
    parametres: Mapping[str, str]
    source: str = ""
    avant_second: bool = False

    @property
    def nom(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def par_objet(self) -> bool:
        return self.de is not None

    def lit(self, nom: str) -> bool:
        """Whether the handler may read this name from the query, as its source tells."""
        return "query_params" in self.source or re.search(rf"\b{nom}\b", self.source) is not None

    def url(self, monde: Monde) -> str:
        return self._remplir(lambda nom, v: _objet(monde, v) if v.startswith("@") else v)

    def avec(self, monde: Monde, parametre: str, valeur: str) -> str:
        """The same path with another value for one parameter."""
        return self._remplir(
            lambda nom, v: (
                valeur if nom == parametre else (_objet(monde, v) if v.startswith("@") else v)
            )
        )

    def url_absente(self) -> str:
        """The same path to something that does not exist."""
        return self._remplir(_absent)

    @property
    def corps(self) -> dict[str, str]:
        return {
            nom: saisi
            for fin, champs in CORPS
            if self.path.endswith(fin)
            for nom, saisi in champs.items()
        }

    @property
    def fichiers(self) -> dict[str, tuple[str, bytes, str]] | None:
        return {"fichier": ("a.pdf", f.PDF, "application/pdf")} if self.path in FICHIERS else None

    def _remplir(self, par: Callable[[str, str], str]) -> str:
        def remplacer(trouve: re.Match[str]) -> str:
            return par(trouve[1], self.parametres[trouve[1]])

        return re.sub(r"\{(\w+):\w+\}", remplacer, self.path)


def _objet(monde: Monde, cle: str) -> str:
    return monde.a.siren if cle == "@siren" else monde.objets[cle[1:]]


def _absent(nom: str, valeur: str) -> str:
    if nom == "uid":
        return str(uuid.uuid7() if hasattr(uuid, "uuid7") else uuid.uuid4())
    return siren_neuf() if nom == "siren" else valeur


def parametres_de(path: str) -> set[str]:
    return set(re.findall(r"\{(\w+):\w+\}", path))


def routes(app: Litestar) -> tuple[list[Route], list[str]]:
    """Every route of the router; and those whose parameters nobody told of."""
    gestionnaires = {
        (methode, route.path): gestionnaire
        for route in app.routes
        for gestionnaire in getattr(route, "route_handlers", [])
        if isinstance(gestionnaire, HTTPRouteHandler)
        for methode in gestionnaire.http_methods
    }
    connues, inconnues = [], []
    for ligne in lister_routes(app):
        connue = _lire(ligne, gestionnaires[ligne["method"], ligne["path"]])
        if connue is None:
            inconnues.append(f"{ligne['method']} {ligne['path']}")
        else:
            connues.append(connue)
    return connues, inconnues


def _lire(ligne: dict[str, Any], gestionnaire: HTTPRouteHandler) -> Route | None:
    interne = gestionnaire.opt.get("interne")
    path, attendus = ligne["path"], parametres_de(ligne["path"])
    de: str | None = None
    valeurs: Mapping[str, str] = {}
    candidats = [o for o in OBJETS if path == o[0] or path.startswith((o[0] + "/", o[0] + "{"))]
    if candidats:
        _, de, valeurs = max(candidats, key=lambda o: len(o[0]))
    if attendus - valeurs.keys():
        return None
    if not attendus:
        de, valeurs = None, {}
    source = inspect.getsource(inspect.unwrap(gestionnaire.fn))
    internes = frozenset(interne.split(",")) if interne is not None else None
    avant_second = bool(gestionnaire.opt.get("avant_second"))
    return Route(ligne["method"], path, ligne["droit"], internes, de, valeurs, source, avant_second)
