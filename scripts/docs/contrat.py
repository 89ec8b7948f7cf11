"""Tables for plugin authors: hooks, the declaration of a dispositif, field options, field types."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any, get_args, get_origin

from pydantic import BeforeValidator

from portal import hookspecs
from portal.kit import dispositif, financement, formulaire, types
from portal.modele_plugin import ESSAI, PLUGIN
from scripts.docs.tableau import code, premiere_phrase, tableau

DECLARATION = {
    "code": "identifier: lower case, digits, `_`; never changes",
    "libelle": "what people read",
    "resume": "one sentence on what it is for",
    "prefixe": "letters in the number of a dossier (`2026-AF-000123`)",
    "etapes": "the form, one Pydantic model a step",
    "pieces": "documents, what each must contain, when it is asked for",
    "controles": "rules over several fields; pure, each with its source",
    "financer": "pure: what is asked and granted, line by line, with the reason",
    "echeancier": "pure: what may be invoiced, and from when; sums to the amount granted",
    "resumer": "pure: what lists, letters and invoices say",
    "motifs_refus": "coded reasons for refusal, each with what the company can do",
    "profils": "who may file: `adherent`, `prestataire`",
    "cible": "whom invoices are made out to (`opco`, or a code of the hook `cibles`)",
    "public": "permanent or temporary workers",
    "subrogation": "the training body may be paid directly",
    "paragraphes_accord": "text added to the letter of agreement",
    "guide": "what to have at hand, and what happens next",
    "mandat": "a company may let a training body enter its dossiers (mandat de gestion)",
}


def crochets() -> str:
    """Every hook, from `portal/hookspecs.py`."""
    lignes = []
    for nom in hookspecs.__all__:
        fonction = getattr(hookspecs, nom)
        doc = " ".join((inspect.getdoc(fonction) or "").split())
        appel = re.search(r"Called [^.]*\.", doc)
        assert appel, f"{nom} : dire quand il est appelé (« Called … »)"
        suite = doc[appel.end() :].strip()
        rend = str(inspect.get_annotations(fonction)["return"])
        lignes.append((code(nom), code(rend), premiere_phrase(doc), appel.group(), suite))
    return tableau(("hook", "returns", "what", "when", "how"), lignes)


def declaration() -> str:
    """The fields of `Dispositif`."""
    champs = {c.name: c for c in dataclasses.fields(dispositif.Dispositif)}
    ecart = champs.keys() ^ DECLARATION.keys()
    assert not ecart, f"scripts/docs/contrat.py et Dispositif ne disent pas la même chose : {ecart}"
    return tableau(
        ("field", "type", "needed", "what"),
        [
            (code(nom), code(_type(c.type)), "yes" if _exige(c) else "", DECLARATION[nom])
            for nom, c in champs.items()
        ],
    )


def options_de_champ() -> str:
    """What `champ(...)` takes."""
    lignes = [
        (code(c.name), code(_type(c.type)), "" if _exige(c) else code(repr(c.default)))
        for c in dataclasses.fields(formulaire.Meta)
    ]
    return tableau(
        ("option", "type", "default"), [*lignes, (code("longueur_max"), code("int"), "")]
    )


def types_de_champ() -> str:
    """The field types of `portal.kit.types`."""
    lignes = []
    for nom, alias in vars(types).items():
        if nom[0].isupper() and hasattr(alias, "__metadata__"):
            python = get_args(alias)[0].__name__
            lignes.append((code(nom), code(python), premiere_phrase(_doc_du_lecteur(alias))))
    return tableau(("type", "Python value", "reads"), sorted(lignes))


def objets() -> str:
    """The small objects that a declaration is made of."""
    vus = [getattr(dispositif, n) for n in ("Etape", "Piece", "Controle", "Constat", "MotifRefus")]
    vus += [dispositif.Resume, dispositif.Echeance, financement.LigneFinancement]
    vus += [dispositif.ParametreDeclare, dispositif.ValeurInitiale, dispositif.Cible]
    return tableau(
        ("object", "fields", "what"),
        [
            (
                code(o.__name__),
                ", ".join(code(c.name) for c in dataclasses.fields(o)),
                premiere_phrase(o.__doc__ or ""),
            )
            for o in vus
        ],
    )


def exemple() -> str:
    """What `portal plugin new covoiturage` writes."""
    mots = {"nom": "covoiturage", "libelle": "Covoiturage", "prefixe": "COV"}
    return (
        f"`plugins/covoiturage/plugin.py`\n\n```python\n{PLUGIN.substitute(mots).strip()}\n```\n\n"
        f"`plugins/covoiturage/test_covoiturage.py`\n\n"
        f"```python\n{ESSAI.substitute(mots).strip()}\n```\n"
    )


def _doc_du_lecteur(alias: Any) -> str:
    """A type's reader is kept by the validator that wraps it."""
    valideur = next(m for m in alias.__metadata__ if isinstance(m, BeforeValidator))
    lecteurs = [c.cell_contents for c in valideur.func.__closure__ or ()]
    return next((inspect.getdoc(lec) or "" for lec in lecteurs if callable(lec)), "")


def _exige(champ: dataclasses.Field[Any]) -> bool:
    vide = dataclasses.MISSING
    return champ.default is vide and champ.default_factory is vide


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else str(get_origin(annotation) or annotation)
