"""Identifiers of the field: normalised, checked, refused with a sentence that says how to mend.

Each `lire_*` takes what a person typed or pasted and returns the canonical form, or raises
`ValueError` with a French sentence. No value is ever repeated in full in a message.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import luhn

LA_POSTE = "356000000"
NIR_SPECIMEN = "269054958815780"
_NIR = re.compile(
    r"^[123478]\d{2}(0[1-9]|1[0-2]|2\d|3\d|4[0-2]|[5-9]\d)(\d{2}|2[AB])\d{3}\d{3}\d{2}$"
)
_INVISIBLES = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""What a copied text may carry and nobody sees."""
_COURRIEL = re.compile(r"^[^@\s]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


def _chiffres(saisi: str) -> str:
    return re.sub(r"[\s.\-\u00a0\u202f]", "", saisi)


def _exiger_chiffres(nom: str, valeur: str, longueur: int) -> None:
    if not (valeur.isascii() and valeur.isdigit()):
        raise ValueError(f"{nom} ne comporte que des chiffres.")
    if len(valeur) != longueur:
        raise ValueError(
            f"{nom} comporte {longueur} chiffres\u00a0; vous en avez saisi {len(valeur)}."
        )


def lire_siren(saisi: str) -> str:
    """SIREN: 9 digits, Luhn. Spaces are dropped."""
    siren = _chiffres(saisi)
    _exiger_chiffres("Le SIREN", siren, 9)
    if not luhn.is_valid(siren):
        raise ValueError("Ce SIREN n’existe pas\u00a0: sa clé est fausse. Vérifiez chaque chiffre.")
    return siren


def lire_siret(saisi: str) -> str:
    """SIRET: SIREN + 5 digits, Luhn; La Poste's establishments also by a digit sum divisible by 5."""
    siret = _chiffres(saisi)
    _exiger_chiffres("Le SIRET", siret, 14)
    poste = siret.startswith(LA_POSTE) and sum(map(int, siret)) % 5 == 0
    if not poste and not luhn.is_valid(siret):
        raise ValueError("Ce SIRET n’existe pas\u00a0: sa clé est fausse. Vérifiez chaque chiffre.")
    return siret


def lire_siren_ou_siret(saisi: str) -> str:
    """A SIREN (9 digits) or a SIRET (14)."""
    valeur = _chiffres(saisi)
    if valeur.isascii() and valeur.isdigit() and len(valeur) not in (9, 14):
        raise ValueError(
            "Saisissez un SIREN (9 chiffres) ou un SIRET (14 chiffres)\u00a0; "
            f"vous en avez saisi {len(valeur)}."
        )
    return lire_siren(saisi) if len(valeur) == 9 else lire_siret(saisi)


@dataclass(frozen=True)
class LectureNir:
    """What a NIR says of its holder. `provisoire`: NIA (3, 4) or temporary number (7, 8);
    `mois` is None for a fictitious month (20-42, 50-99), when the birth date was not known."""

    sexe: str
    annee: int
    mois: int | None
    provisoire: bool


def cle_nir(treize: str) -> int:
    """Control key of the first 13 characters; Corsica's 2A and 2B count as 19 and 18, at
    positions 6 and 7 only."""
    departement = {"2A": "19", "2B": "18"}.get(treize[5:7], treize[5:7])
    return 97 - int(treize[:5] + departement + treize[7:]) % 97


def lire_nir(saisi: str) -> str:
    """NIR: 13 characters and their key of 2, as on the « attestation de droits »."""
    nir = _chiffres(saisi).upper()
    if len(nir) == 13:
        raise ValueError(
            "Ajoutez la clé\u00a0: le NIR comporte 13 caractères suivis d’une clé de 2 chiffres."
        )
    if len(nir) != 15:
        raise ValueError(
            f"Le NIR comporte 15 caractères, clé comprise\u00a0; vous en avez saisi {len(nir)}."
        )
    if not (nir.isascii() and _NIR.match(nir)):
        raise ValueError("Ce NIR n’est pas bien formé. Recopiez-le depuis l’attestation de droits.")
    if nir == NIR_SPECIMEN:
        raise ValueError(
            "Ce NIR est celui du spécimen de carte Vitale. Saisissez celui de la personne."
        )
    if cle_nir(nir[:13]) != int(nir[13:]):
        raise ValueError(
            "La clé du NIR (les 2 derniers chiffres) ne correspond pas. Vérifiez chaque chiffre."
        )
    return nir


def decoder_nir(nir: str) -> LectureNir:
    """Read a valid NIR. Sex: 'F' for an even first digit (2, 4, 8), 'M' otherwise."""
    mois = int(nir[3:5])
    return LectureNir(
        sexe="F" if nir[0] in "248" else "M",
        annee=int(nir[1:3]),
        mois=mois if mois <= 12 else None,
        provisoire=nir[0] in "3478",
    )


def lire_iban(saisi: str) -> str:
    """IBAN of the SEPA zone, checked by country length and key."""
    valeur = _chiffres(saisi).upper()
    try:
        return str(IBAN(valeur, validate_bban=False))
    except SchwiftyException as erreur:
        raise ValueError(
            "Cet IBAN n’est pas valide. Recopiez-le depuis le RIB (27 caractères en France)."
        ) from erreur


def _autre_alphabet(lettre: str) -> bool:
    """A letter that is not of the Latin script."""
    return lettre.isalpha() and not unicodedata.name(lettre, "LATIN").startswith("LATIN")


def lire_courriel(saisi: str) -> str:
    """E-mail address, lower-cased, trimmed; ASCII only, so that look-alike letters can't stand in."""
    courriel = unicodedata.normalize("NFKC", saisi).translate(_INVISIBLES).strip().lower()
    etrangere = next((c for c in courriel if _autre_alphabet(c)), None)
    if etrangere:
        raise ValueError(
            f"Dans cette adresse e-mail, «\u00a0{etrangere}\u00a0» vient d’un autre alphabet, même si elle "
            "ressemble à une lettre latine. Saisissez l’adresse au clavier, sans la copier."
        )
    if not courriel.isascii():
        raise ValueError("L’adresse e-mail ne comporte ni accent ni caractère spécial.")
    if " " in courriel:
        raise ValueError("Une adresse e-mail ne comporte pas d’espace. Retirez-le.")
    if len(courriel) > 254 or not _COURRIEL.match(courriel):
        raise ValueError(
            "Cette adresse e-mail n’est pas complète. Exemple\u00a0: prenom.nom@entreprise.fr."
        )
    return courriel


def lire_telephone(saisi: str) -> str:
    """French or international number → E.164."""
    numero = re.sub(r"[\s.\-()/\u00a0\u202f]", "", saisi)
    numero = re.sub(r"^00", "+", numero)
    if re.fullmatch(r"0[1-9]\d{8}", numero):
        return "+33" + numero[1:]
    if re.fullmatch(r"\+33(0)?[1-9]\d{8}", numero):
        return "+33" + numero[-9:]
    if re.fullmatch(r"\+[1-9]\d{6,14}", numero):
        return numero
    raise ValueError(
        "Ce numéro n’est pas valide. Saisissez 10 chiffres, ou commencez par + et l’indicatif du pays."
    )


def dire_telephone(numero: str) -> str:
    """« 01 40 00 00 01 » for a French number in E.164; any other stays as it is."""
    if not re.fullmatch(r"\+33\d{9}", numero):
        return numero
    national = "0" + numero[3:]
    return "\u00a0".join(national[i : i + 2] for i in range(0, 10, 2))


def lire_nda(saisi: str) -> str:
    """Numéro de déclaration d'activité of a training body: 11 characters."""
    nda = _chiffres(saisi).upper()
    if not re.fullmatch(r"\d{2}(\d{2}|2[AB])\d{5}(\d{2}|2[AB])", nda):
        raise ValueError("Le numéro de déclaration d’activité comporte 11 chiffres. Vérifiez-le.")
    return nda
