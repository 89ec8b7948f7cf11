"""Formation: actions of the plan de développement des compétences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from portal.kit import (
    Dispositif,
    Donnees,
    Echeance,
    Etape,
    Exemple,
    MotifRefus,
    ParametreDeclare,
    Piece,
    Resume,
    ValeurInitiale,
    hookimpl,
)

from . import demonstration as exemples
from . import formulaire, regles, valeurs
from .financement import financer

ETAPES = (
    Etape(
        code="entreprise",
        libelle="Entreprise",
        modele=formulaire.Entreprise,
        aide="La personne à joindre au sujet de ce dossier, et l’effectif de l’entreprise. Ce que "
        "nous savons déjà est repris\u00a0: corrigez-le si besoin.",
    ),
    Etape(
        code="organisme",
        libelle="Organisme de formation",
        modele=formulaire.Organisme,
        aide="Le SIRET suffit pour retrouver son nom.",
    ),
    Etape(code="formation", libelle="Formation", modele=formulaire.Formation),
    Etape(
        code="stagiaires",
        libelle="Stagiaires",
        modele=formulaire.Stagiaires,
        aide="Nom et prénom s’écrivent comme sur l’attestation de droits à l’assurance maladie.",
    ),
    Etape(
        code="couts",
        libelle="Coûts",
        modele=formulaire.Couts,
        aide="Les montants sont hors taxes.",
    ),
)

PIECES = (
    Piece(
        code="convention",
        libelle="Convention de formation",
        contenu="Signée par l’entreprise et l’organisme\u00a0; elle détaille tous les coûts pédagogiques.",
    ),
    Piece(
        code="programme",
        libelle="Programme de la formation",
        contenu="Objectifs, contenu, durée et méthodes.",
    ),
    Piece(
        code="certificat",
        libelle="Certificat de réalisation",
        contenu="Établi par l’organisme après la formation, avec les heures suivies par chacun.",
        moment="realisation",
    ),
)

MOTIFS = (
    MotifRefus(
        code="hors-delai",
        libelle="Le dossier a été déposé après le début de la formation",
        suite="Déposez vos prochaines demandes avant le début\u00a0; ce dossier ne peut pas être repris.",
    ),
    MotifRefus(
        code="non-eligible",
        libelle="La formation ne relève pas des actions que la branche finance",
        suite="Consultez les règles de prise en charge, ou voyez avec votre conseiller.",
    ),
    MotifRefus(
        code="organisme",
        libelle="L’organisme de formation ne remplit pas les conditions (déclaration, Qualiopi)",
        suite="Choisissez un organisme certifié et déposez une nouvelle demande.",
    ),
    MotifRefus(
        code="budget",
        libelle="Le plafond annuel de l’entreprise est atteint",
        suite="Vous pourrez déposer une demande sur le budget de l’année suivante.",
    ),
    MotifRefus(
        code="incomplet",
        libelle="Le dossier est resté incomplet malgré nos demandes",
        suite="Dupliquez le dossier, complétez-le, puis transmettez-le à nouveau.",
    ),
)


def resumer(donnees: Donnees) -> Resume:
    return Resume(
        intitule=donnees.lire("formation.intitule", ""),
        debut=donnees.lire("formation.debut"),
        fin=donnees.lire("formation.fin"),
        personnes=tuple(
            f"{p.get('prenom', '')} {p.get('nom', '')}".strip()
            for p in donnees.lignes("stagiaires.personnes")
        ),
        organisme_siret=donnees.lire("organisme.siret"),
        organisme_nom=donnees.lire("organisme.denomination", ""),
        paye_organisme=donnees.lire("couts.payeur") == "opco",
    )


def echeancier(resume: Resume, accorde: Decimal) -> tuple[Echeance, ...]:
    """One instalment, once the training is over."""
    lendemain = resume.fin + timedelta(days=1) if resume.fin else None
    return (Echeance("Après la fin de la formation", lendemain, accorde),)


ACTION_DE_FORMATION = Dispositif(
    code="action_formation",
    libelle="Action de formation",
    resume="Former vos salariés dans le cadre du plan de développement des compétences.",
    prefixe="AF",
    etapes=ETAPES,
    pieces=PIECES,
    controles=regles.CONTROLES,
    financer=financer,
    echeancier=echeancier,
    resumer=resumer,
    motifs_refus=MOTIFS,
    subrogation=True,
    paragraphes_accord=(
        "La formation doit se dérouler comme décrit dans votre demande. Signalez tout changement "
        "avant le début, depuis la page du dossier.",
        "Après la fin de la formation, demandez le remboursement depuis le dossier et joignez le "
        "certificat de réalisation.",
    ),
    guide="Remplissez les étapes dans l’ordre qui vous convient\u00a0: chacune est enregistrée. "
    "Gardez sous la main la convention, le programme, et le NIR de chaque stagiaire. Une fois le "
    "dossier transmis, vous suivez sa vie ici, et la cloche vous prévient de chaque étape.",
)


@hookimpl
def dispositifs() -> Sequence[Dispositif]:
    return (ACTION_DE_FORMATION,)


@hookimpl
def parametres() -> Sequence[ParametreDeclare]:
    return valeurs.PARAMETRES


@hookimpl
def valeurs_initiales() -> Sequence[ValeurInitiale]:
    return valeurs.VALEURS


@hookimpl
def demonstration() -> Sequence[Exemple]:
    return (Exemple(dispositif=ACTION_DE_FORMATION.code, faire=exemples.faire),)
