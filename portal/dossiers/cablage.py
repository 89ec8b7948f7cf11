"""What the engine hands to the application."""

from __future__ import annotations

from portal.core.entreprises.evenements import EtablissementRemplace
from portal.dossiers import accueil, pages, papiers, registre, successions, vie
from portal.dossiers.annonces import sur_transition
from portal.dossiers.documents import pages as documents
from portal.dossiers.export import pages as export
from portal.dossiers.instruction import pages as instruction
from portal.dossiers.recherche import pages as recherche
from portal.dossiers.saisie import pages as saisie
from portal.dossiers.saisie import pages_etapes as etapes
from portal.dossiers.transitions import LIBELLES, DossierTransite
from portal.infra import evenements
from portal.web.cablage import Cablage

TACHES = (papiers, vie)
"""Modules imported for the background jobs that they register."""


def cabler(c: Cablage) -> None:
    registre.DISPOSITIFS.clear()
    registre.DISPOSITIFS.update(c.dispositifs)
    for lot in (recherche, saisie, etapes, documents, pages, instruction, export):
        c.gestionnaires += lot.GESTIONNAIRES
    c.fournisseurs.navigation.append(accueil.navigation)
    c.fournisseurs.acces.append(accueil.acces)
    c.fournisseurs.taches.append(accueil.taches)
    c.fournisseurs.chiffres.append(accueil.chiffres)
    c.fournisseurs.comptes.append(accueil.comptes)
    c.globaux["etats_dossier"] = LIBELLES
    evenements.sur(DossierTransite, sur_transition)
    evenements.sur(EtablissementRemplace, successions.sur_etablissement_remplace)
