"""A dossier in words: every answer by step, every control with what it found."""

from __future__ import annotations

from typing import Any

from portal.core.entreprises.fiche import espacer
from portal.dossiers.saisie.verification import Examen
from portal.infra import coffre
from portal.infra.money import en_cents, euros
from portal.kit.formulaire import ChampVu, Saisie
from portal.kit.identifiants import lire_siret
from portal.kit.types import lire_montant


def recapituler(examen: Examen) -> list[tuple[str, list[tuple[str, str]]]]:
    """(step, [(label, answer)]); people on one line each, their numbers masked."""
    sections = []
    for etape in examen.dispositif.etapes:
        paires: list[tuple[str, str]] = []
        for vu in examen.contenu.donnees[etape.code].champs():
            if vu.widget != "groupe":
                paires.append((vu.libelle, en_mots(vu)))
            for ligne in vu.lignes:
                paires.append(
                    (ligne.titre, ", ".join(m for c in ligne.champs if (m := en_mots(c))))
                )
        sections.append((etape.libelle, paires))
    return sections


def ecarts(enregistree: Saisie, saisie: Saisie) -> list[dict[str, str]]:
    """What differs between a step as kept and as somebody else typed it, in the step's order."""
    gardes, saisis = _par_nom(enregistree), _par_nom(saisie)
    return [
        {"champ": libelle, "enregistre": avant, "saisi": apres}
        for nom in dict.fromkeys((*gardes, *saisis))
        for libelle in [(saisis.get(nom) or gardes[nom])[0]]
        for avant, apres in [(gardes.get(nom, ("", ""))[1], saisis.get(nom, ("", ""))[1])]
        if avant != apres
    ]


def _par_nom(saisie: Saisie) -> dict[str, tuple[str, str]]:
    """(label, value in words) of every field by HTML name; numbers of people masked."""
    trouves = {}
    for vu in saisie.champs():
        if vu.widget != "groupe":
            trouves[vu.nom] = (vu.libelle, _sans_secret(vu))
        for ligne in vu.lignes:
            for sous in ligne.champs:
                trouves[sous.nom] = (f"{ligne.titre}, {sous.libelle}", _sans_secret(sous))
    return trouves


def _sans_secret(vu: ChampVu) -> str:
    if vu.widget in coffre.GENRES and "*" not in str(vu.valeur):
        return coffre.masquer(vu.widget, str(vu.valeur))
    if vu.widget == "case":
        return "Coché" if vu.valeur == "oui" else "Non coché"
    return en_mots(vu)


def en_mots(vu: ChampVu) -> str:
    """A field's value as a person reads it: the label of a choice, oui or non."""
    if vu.options:
        return dict(vu.options).get(vu.valeur, "")
    if vu.widget == "case":
        return ""
    if vu.widget == "oui_non":
        return {"oui": "Oui", "non": "Non"}.get(vu.valeur, "")
    if not vu.valeur:
        return ""
    return _mis_en_forme(vu.widget, str(vu.valeur)) or f"{vu.valeur} {vu.suffixe}".strip()


def _mis_en_forme(widget: str, valeur: str) -> str:
    """« 1 400,00 € », « 356 000 000 00048 », or nothing for what is shown as it was typed."""
    try:
        if widget == "montant":
            return euros(en_cents(lire_montant(valeur)))
        return espacer(lire_siret(valeur)) if widget == "siret" else ""
    except ValueError:
        return ""


def verifications(examen: Examen) -> list[dict[str, Any]]:
    """The controls, for the component that lists them: failed ones first."""
    lignes = [
        {
            "libelle": r.controle.libelle,
            "etat": r.etat,
            "message": " ".join(p.message for p in r.points),
            "source": r.controle.source,
            "url": r.points[0].url if r.points and examen.modifiable else None,
        }
        for r in examen.resultats
    ]
    return sorted(lignes, key=lambda li: ("Bloquant", "À vérifier", "Conforme").index(li["etat"]))
