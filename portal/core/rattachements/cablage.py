"""What rattachements hand to the application."""

from __future__ import annotations

from litestar.di import Provide

from portal.core.comptes.evenements import AdresseProuvee
from portal.core.entreprises.evenements import EtablissementRemplace
from portal.core.rattachements import (
    annonces,
    pages,
    pages_internes,
    pages_journal,
    pages_portefeuille,
    pages_utilisateurs,
    premier_envoi,
    purge,
    relances,
    repris,
    successions,
    taches,
)  # fmt: skip
from portal.core.rattachements.mandats import pages as pages_mandats
from portal.core.rattachements.mandats import registre
from portal.core.rattachements.mandats import taches as taches_mandats
from portal.core.rattachements.matrice import pages as pages_matrice
from portal.core.rattachements.matrice import pages_masse
from portal.core.rattachements.modeles import (
    AIDES_VERBES,
    DOMAINES_PAR_DISPOSITIF,
    LIBELLES_DOMAINES,
    LIBELLES_VERBES,
)  # fmt: skip
from portal.infra import evenements
from portal.web.cablage import Cablage
from portal.web.fournisseurs import Lien
from portal.web.identite import Personne

TACHES = (premier_envoi.tache_premier_envoi, purge.purger, relances.relancer)


def navigation(moi: Personne) -> list[Lien]:
    """« Mon entreprise » for companies; « Courriers » for the staff who follow them."""
    if not moi.est_interne:
        return [Lien("Mon entreprise", "/rattachements", "entreprise", ordre=50)]
    if moi.roles & pages_internes.ROLES_AGIR:
        return [Lien("Courriers", "/courriers", "courriers", ordre=70)]
    return []


def cabler(c: Cablage) -> None:
    connus = [(d.code, d.libelle) for d in c.dispositifs.values()]
    c.dependances["dispositifs_connus"] = Provide(lambda: connus, sync_to_thread=False)
    c.globaux["droits_matrice"] = {
        "domaines": LIBELLES_DOMAINES,
        "verbes": LIBELLES_VERBES,
        "aides": AIDES_VERBES,
        "par_dispositif": DOMAINES_PAR_DISPOSITIF,
    }
    c.fournisseurs.sous["/mes-entreprises"] = "/rattachements"
    registre.declarer(c.dispositifs.values())
    c.gestionnaires += [
        *pages_mandats.GESTIONNAIRES,
        *pages_matrice.GESTIONNAIRES,
        *pages_masse.GESTIONNAIRES,
        *pages_portefeuille.GESTIONNAIRES,
        *pages.GESTIONNAIRES,
        *pages_utilisateurs.GESTIONNAIRES,
        *pages_internes.GESTIONNAIRES,
        *pages_journal.GESTIONNAIRES,
    ]
    c.fournisseurs.navigation.append(navigation)
    c.fournisseurs.taches.append(taches.taches)
    c.fournisseurs.taches.append(taches_mandats.taches)
    evenements.sur(AdresseProuvee, annonces.sur_adresse_prouvee)
    evenements.sur(EtablissementRemplace, successions.sur_etablissement_remplace)
    evenements.sur(AdresseProuvee, repris.sur_adresse_prouvee)
    c.fournisseurs.bienvenue.append(repris.bienvenue)
