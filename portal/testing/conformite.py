"""What every dispositif must keep, whatever it is: `assert fautes(dispositif) == []`."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from portal.kit import Cadre, Dispositif, Donnees, Entreprise, Financement, Resume
from portal.kit.financement import ValeurDatee
from portal.kit.formulaire import lire, meta_de, modele_de_groupe


class SansParametre:
    """A branch that has set nothing: rules and funding must cope."""

    def lire(self, cle: str, **criteres: str) -> ValeurDatee | None:
        return None


def cadre_nu() -> Cadre:
    return Cadre(
        aujourd_hui=date(2026, 3, 2),
        entreprise=Entreprise("732829320", "Entreprise d’essai", "9999", 10, "75"),
        siret="73282932000074",
        parametres=SansParametre(),
    )


def donnees_vides(dispositif: Dispositif) -> Donnees:
    return Donnees({etape.code: lire(etape.modele, {}) for etape in dispositif.etapes})


def fautes(dispositif: Dispositif) -> list[str]:
    """Sentences, one per broken rule; none when the declaration conforms."""
    return [
        *_identite(dispositif),
        *_etapes(dispositif),
        *_doubles("pièce", (p.code for p in dispositif.pieces)),
        *_doubles("contrôle", (c.code for c in dispositif.controles)),
        *_doubles("motif", (m.code for m in dispositif.motifs_refus)),
        *_sources(dispositif),
        *_fonctions(dispositif),
    ]


def _identite(d: Dispositif) -> Iterable[str]:
    if not d.code.replace("_", "").isalnum() or not d.code.isascii() or d.code != d.code.lower():
        yield f"code {d.code!r} : minuscules sans accent, chiffres et _ seulement"
    if not (2 <= len(d.prefixe) <= 4 and d.prefixe.isalpha() and d.prefixe.isupper()):
        yield f"préfixe {d.prefixe!r} : 2 à 4 majuscules"
    if not d.motifs_refus:
        yield "aucun motif de refus"
    if not d.resume or not d.guide:
        yield "le résumé et le guide sont à écrire"


def _etapes(d: Dispositif) -> Iterable[str]:
    yield from _doubles("étape", (e.code for e in d.etapes))
    for etape in d.etapes:
        for nom, info in etape.modele.model_fields.items():
            if not meta_de(info).libelle:
                yield f"{etape.code}.{nom} : sans libellé"
            ligne = modele_de_groupe(info)
            for sous, sous_info in (ligne.model_fields if ligne else {}).items():
                if not meta_de(sous_info).libelle:
                    yield f"{etape.code}.{nom}.{sous} : sans libellé"


def _doubles(quoi: str, codes: Iterable[str]) -> Iterable[str]:
    yield from (f"{quoi} {c} en double" for c, n in Counter(codes).items() if n > 1)


def _sources(d: Dispositif) -> Iterable[str]:
    yield from (f"contrôle {c.code} : sans source" for c in d.controles if not c.source)
    yield from (f"pièce {p.code} : dire ce qu’elle contient" for p in d.pieces if not p.contenu)
    yield from (f"motif {m.code} : dire la suite" for m in d.motifs_refus if not m.suite)


def _fonctions(d: Dispositif) -> Iterable[str]:
    """Rules and funding bear an empty form, change nothing, and agree with themselves."""
    donnees, cadre = donnees_vides(d), cadre_nu()
    avant = copy.deepcopy({k: s.valides for k, s in donnees.items()})
    for controle in d.controles:
        list(controle.verifier(donnees, cadre))
    premier, second = d.financer(donnees, cadre), d.financer(donnees, cadre)
    if not isinstance(premier, Financement) or premier != second:
        yield "financer : doit rendre deux fois le même Financement"
    if not isinstance(d.resumer(donnees), Resume):
        yield "resumer : doit rendre un Resume"
    accorde = Decimal("1000.01")
    if sum(e.montant for e in d.echeancier(Resume(fin=date(2026, 6, 1)), accorde)) != accorde:
        yield "echeancier : la somme des échéances doit être le montant accordé"
    for piece in d.pieces:
        piece.si(donnees)
    d.public(donnees)
    if {k: s.valides for k, s in donnees.items()} != avant:
        yield "une fonction modifie les données : elles doivent être pures"
