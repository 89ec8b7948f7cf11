"""Makes `motdepasse_courants.txt`: the words that people's passwords are made of before anything else.

Ours, built from habits and not copied from anybody's list: everyday words, first names, towns, months,
walks along the keyboard. `motdepasse.est_courant` brings a password back to its word (capitals,
accents, « @ » for a, « 2026! » at its end set aside) and looks for it here.
`python -m portal.core.comptes.courants` writes the file anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FICHIER = Path(__file__).with_name("motdepasse_courants.txt")

MOTS = """
    motdepasse motpasse mdp password passwd pass passe secret secrete admin administrateur
    administrator root user utilisateur compte login identifiant acces access entrer ouvrir sesame
    bonjour bonsoir salut coucou bienvenue welcome hello merci aurevoir bisous bisou
    iloveyou jetaime tetaime teamo amour amours cheri cherie doudou loulou loulou coeur
    soleil lune etoile etoiles sunshine princesse princess dragon monkey master maitre shadow
    chocolat chouchou football foot rugby tennis basket judo marseille allezlom paris lyon toulouse
    bordeaux nantes lille nice strasbourg rennes montpellier grenoble dijon angers reims brest
    france francais europe bretagne corse reunion guadeloupe martinique
    chaton chat chats chien chiens minou felix medor rex lapin tigre panda dauphin papillon
    licorne cheval poney loup lion ours oiseau poisson tortue
    nicolas julien thomas alexandre alex antoine pierre michel philippe daniel david martin camille
    marie julie sophie sandrine nathalie isabelle celine caroline charlotte emilie laurent olivier
    stephane sebastien vincent maxime lucas louis hugo leo emma lea chloe manon jean jeanne paul
    jacques francois christophe patrick pascal bruno thierry frederic eric franck fabrice guillaume
    mathieu matthieu romain kevin jeremy jonathan anthony florian quentin clement benjamin arthur
    gabriel raphael nathan enzo tom theo adam noah jules mohamed karim mehdi sarah laura pauline
    marine elodie aurelie audrey virginie stephanie valerie catherine christine sylvie veronique
    brigitte monique martine anne annie claire helene cecile delphine melanie jessica vanessa alice
    lola jade louise ines zoe rose anna juliette clara
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche printemps automne hiver ete noel paques
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday summer winter spring autumn
    entreprise societe bureau travail service services formation formations formateur contrat
    facture factures comptable compta comptabilite gestion gestionnaire direction directeur
    directrice secretaire secretariat accueil espace monespace portail connexion internet ordinateur
    windows microsoft office outlook google gmail facebook instagram whatsapp orange amazon apple
    iphone samsung android superman batman spiderman starwars pokemon pikachu naruto minecraft
    fortnite zelda mario naissance famille maman papa mamie papi bebe enfant enfants fille garcon
    maison jardin voiture moto velo liberte egalite fraternite bonheur vacances champion soleil
    letmein changeme changezmoi changermoi provisoire temporaire temporary nouveau nouvelle new
    test tests essai essais demo exemple stage stagiaire invite guest default defaut
    opco salarie patron chef boss rouge bleu vert jaune noir blanc
    rose violet argent gold diamant rubis crystal freedom whatever trustno nothing qwertz
    azertyqwerty azeqsd azeqsdwxc poiuytreza qazwsx qazwsxedc zaqwsx zaqwsxcde aqwzsx aqwzsxedc
    wqaxsz nimportequoi aucun rien toto titi tata tutu lolo lulu momo nini coco jojo kiki
""".split()  # noqa: SIM905

RANGEES = (
    "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
    "yxcvbnm", "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip
MARCHE_MIN = 3


def marches() -> Iterator[str]:
    """Each walk along a row, forth and back."""
    for rangee in RANGEES:
        for sens in (rangee, rangee[::-1]):
            for debut in range(len(sens)):
                for fin in range(debut + MARCHE_MIN, len(sens) + 1):
                    yield sens[debut:fin]


def entrees() -> list[str]:
    """What the file holds: sorted, once each."""
    return sorted({*MOTS, *marches()})


if __name__ == "__main__":
    FICHIER.write_text("\n".join(entrees()) + "\n", encoding="utf-8")
