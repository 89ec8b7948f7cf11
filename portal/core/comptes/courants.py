"""Makes `motdepasse_courants.txt`: passwords that people and guessing tools try first.

Built from habits (a word, then what a password rule asks for), not copied from anybody's list:
`python -m portal.core.comptes.courants` writes the file anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FICHIER = Path(__file__).with_name("motdepasse_courants.txt")

MOTS = """
    motdepasse password passe secret admin administrateur administrator root user utilisateur compte
    bonjour bonsoir salut bienvenue welcome hello merci azerty azertyuiop qwerty qwertyuiop qsdfgh
    wxcvbn qwertz abcdef abcdefgh iloveyou jetaime amour cheri cherie doudou loulou coeur soleil
    lune etoile sunshine princesse princess dragon monkey chocolat chouchou football marseille paris
    lyon toulouse bordeaux nantes lille nice strasbourg rennes france europe chaton chat chien
    lapin tigre panda dauphin papillon licorne nicolas julien thomas alexandre antoine pierre michel
    philippe daniel david martin camille marie julie sophie sandrine nathalie isabelle celine
    caroline charlotte emilie laurent olivier stephane sebastien vincent maxime lucas louis hugo
    leo emma lea chloe manon janvier fevrier mars avril juin juillet aout septembre octobre
    novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche printemps automne hiver
    ete noel summer winter spring autumn entreprise societe bureau travail service formation contrat facture
    comptable compta gestion espace monespace portail connexion internet ordinateur windows
    google facebook amazon superman batman starwars pokemon naruto minecraft naissance famille
    maman papa bebe maison jardin voiture liberte bonheur vacances champion letmein changeme
    changezmoi provisoire temporaire nouveau nouvelle test demo stage invite guest master
    p@ssword p@ssw0rd passw0rd pa$$word pa$$w0rd m0tdepasse motdep@sse adm1n @dmin b0njour @zerty
""".split()  # noqa: SIM905

NOMBRES = """
    1 2 3 01 12 10 11 123 1234 12345 123456 007 2020 2021 2022 2023 2024 2025 2026 2027
""".split()  # noqa: SIM905
SIGNES = ("!", "?", "*", ".", "@", "#", "$")
SUITES = """
    aze123! aze123* aze1234! azerty123! azer1234! qwer1234! qwe123!@# abc123! abc123!! abcd1234!
    a1b2c3d4! aa123456! aa123456@ aa1234567! p@55w0rd p@55word! 1q2w3e4r! 1qaz2wsx! 1qaz@wsx zaq12wsx!
    zaq1@wsx !qaz2wsx q1w2e3r4! q1w2e3r4t5! a1z2e3r4! a1z2e3r4t5! 1a2z3e4r! 123456aa! 1234abcd!
    12345678a! 123456789a! azerty1234! azertyuiop1! azertyuiop123! wxcvbn123! qsdfgh123!
""".split()  # noqa: SIM905


def generer() -> Iterator[str]:
    """Each entry in small letters: capitals are set aside when comparing."""
    for mot in MOTS:
        for nombre in NOMBRES:
            for signe in SIGNES:
                yield mot + nombre + signe
            for signe in ("!", "@", "-", "_"):
                yield mot + signe + nombre
    yield from SUITES


def entrees() -> list[str]:
    """What the file holds: sorted, once each, long enough to pass the rule."""
    return sorted({entree for entree in generer() if len(entree) >= 8})


if __name__ == "__main__":
    FICHIER.write_text("\n".join(entrees()) + "\n", encoding="utf-8")
