"""A07, G08: rights of a former portal, found again with the former e-mail and a new password."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.core.comptes import changement_email, sessions
from portal.core.comptes.queries import charger_personne
from portal.core.rattachements import repris
from portal.core.rattachements.demandes import demander
from portal.core.rattachements.modeles import octroi
from portal.core.rattachements.operations import accepter
from portal.infra.base import sql
from portal.web.identite import Personne
from tests.core import rattachements_aides as gens
from tests.core.comptes_aides import IDENTITE, MOT_DE_PASSE, adresse, code_recu, demander_code
from tests.core.comptes_aides import personne as compte
from tests.reprise import aides as a

SAISIR = ["dossiers.consulter", "dossiers.saisir"]


async def s_inscrire(nav, email: str):
    """Sign up by the pages; the page that follows."""
    await demander_code(nav, email)
    page = await nav.soumettre(
        await nav.get("/compte/code"), "/compte/code", code=await code_recu(email)
    )
    return await nav.soumettre(
        page, "/compte/finaliser", mot_de_passe=MOT_DE_PASSE, confirmation=MOT_DE_PASSE, **IDENTITE
    )


async def test_g08_cas_2_mda_seul_actif_a_l_inscription(tmp_path: Path, navigateur) -> None:
    s, email = await gens.societe("Intérim Vasseur"), adresse("o-brien")
    a.ecrire(tmp_path, "habilitations.csv", a.droit(email, s.siren))
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté"]
    page = await s_inscrire(navigateur(), email)
    assert "sont actifs : Intérim Vasseur" in page.texte
    (lui,) = await a.acces(email, s.siren)
    assert (lui["etat"], lui["droits"]) == ("actif", SAISIR)


async def test_g08_cas_1_compte_existant_droits_ajoutes_administrateur_garde(
    tmp_path: Path,
) -> None:
    s = await gens.societe()
    chef = await gens.administrateur(s)
    lui = await compte()
    a.ecrire(
        tmp_path, "mda/habilitations.csv",
        {k: v for k, v in a.droit(lui.email, s.siren).items() if k != "source"},
        {k: v for k, v in a.droit(chef.email, s.siren).items() if k != "source"},
    )  # fmt: skip
    await a.reprendre(tmp_path)
    (sien,) = await a.acces(lui.email, s.siren)
    assert (sien["etat"], sien["droits"]) == ("actif", SAISIR)
    (le_chef,) = await a.acces(chef.email, s.siren)
    assert le_chef["administrateur"], "the one in place is kept as he is"


async def test_a07_les_droits_deja_donnes_restent(tmp_path: Path) -> None:
    s, lui = await gens.societe(lieux=2), await compte()
    a.ecrire(
        tmp_path, "habilitations.csv",
        a.droit(lui.email, s.siren, siret=s.siret(1), droits="consultation"),
        a.droit(lui.email, s.siren, siret=s.siret(2), droits="factures.saisir"),
    )  # fmt: skip
    await a.reprendre(tmp_path)
    (sien,) = await a.acces(lui.email, s.siren)
    assert sien["droits"] == [
        "dossiers.consulter", "factures.consulter", "factures.consulter", "factures.saisir",
    ]  # fmt: skip


@pytest.mark.parametrize(("valide", "etat"), [("oui", "actif"), ("non", "en_attente")])
async def test_a07_mon_espace_selon_la_validation_du_conseiller(
    tmp_path: Path, navigateur, valide: str, etat: str
) -> None:
    s, email = await gens.societe("Boulangerie Ñandú"), adresse()
    a.ecrire(tmp_path, "habilitations.csv", a.droit(email, s.siren, "Mon Espace", valide=valide))
    await a.reprendre(tmp_path)
    page = await s_inscrire(navigateur(), email)
    (sien,) = await a.acces(email, s.siren)
    assert sien["etat"] == etat
    if etat == "en_attente":
        assert "quand un administrateur de l’entreprise, désigné par le code" in page.texte
        assert "Droits dans l’ancien portail" in sien["message"]
        assert sien["droits"] == []
    else:
        assert "sont actifs" in page.texte


async def test_c13_un_tiers_attend_la_reponse_de_l_entreprise(tmp_path: Path) -> None:
    s = await gens.societe()
    chef, cabinet = await gens.administrateur(s), await compte()
    a.ecrire(
        tmp_path, "habilitations.csv", a.droit(cabinet.email, s.siren, tiers="oui", valide="oui")
    )
    await a.reprendre(tmp_path)
    (sien,) = await a.acces(cabinet.email, s.siren)
    assert sien["etat"] == "en_attente"
    assert chef


async def test_a07_administrateur_designe_actif_a_l_inscription(tmp_path: Path, navigateur) -> None:
    s, email = await gens.societe("Scierie Oster"), adresse()
    ligne = {
        "source": "MDA", "email": email.upper(), "nom": "O'Brien-Ñandú 李", "prenom": "Zoë",
        "siren": f"{s.siren[:3]} {s.siren[3:6]} {s.siren[6:]}", "profil": "Adhérent",
    }  # fmt: skip
    a.ecrire(tmp_path, "administrateurs.csv", ligne)
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté"]
    assert a.resultats(await a.reprendre(tmp_path)) == ["déjà repris"]
    page = await s_inscrire(navigateur(), email)
    assert "Vous êtes administrateur de Scierie Oster" in page.texte
    (sien,) = await a.acces(email, s.siren)
    assert sien["administrateur"]


async def test_a07_une_adresse_connue_sans_droit_sait_que_faire(tmp_path: Path, navigateur) -> None:
    email = adresse()
    ligne = {"source": "Mon Espace", "email": email, "nom": "Le Goff", "prenom": "Anne"}
    a.ecrire(tmp_path, "utilisateurs.csv", ligne)
    await a.reprendre(tmp_path)
    page = await s_inscrire(navigateur(), email)
    assert "demandez un rattachement" in page.texte


async def test_a07_aucun_mot_de_passe_ne_vient(tmp_path: Path) -> None:
    email = adresse()
    ligne = {"source": "MDA", "email": email, "nom": "A", "prenom": "B", "mot_de_passe": "secret"}
    a.ecrire(tmp_path, "utilisateurs.csv", ligne)
    await a.reprendre(tmp_path)
    assert not await sql("select 1 from compte where email = $1", email)


@pytest.mark.parametrize("administree", [True, False])
async def test_g08_cas_3_ni_l_un_ni_l_autre_demande(
    tmp_path: Path, navigateur, administree: bool
) -> None:
    s, email = await gens.societe(), adresse()
    if administree:
        await gens.administrateur(s)
    a.ecrire(tmp_path, "habilitations.csv", a.droit(adresse("quelqu-un-d-autre"), s.siren))
    await a.reprendre(tmp_path)
    page = await s_inscrire(navigateur(), email)
    assert "ancien portail" not in page.texte
    assert await a.acces(email, s.siren) == []
    (compte_,) = await sql("select id, uid from compte where email = $1", email)
    moi = Personne(compte_["id"], str(compte_["uid"]), email, "Claire Durand", 0)
    demande = await demander(moi, s.siren, s.profil)
    assert demande.suite == ("administrateurs" if administree else "courrier")


async def test_a07_apres_le_code_l_administrateur_accorde(tmp_path: Path, navigateur) -> None:
    s, email = await gens.societe(), adresse()
    a.ecrire(tmp_path, "habilitations.csv", a.droit(email, s.siren, "Mon Espace"))
    await a.reprendre(tmp_path)
    await s_inscrire(navigateur(), email)
    chef = await gens.personne()
    await gens.activer(chef, s, await gens.poser_code(s))
    (demande,) = await sql(
        "select uid from rattachement where siren = $1 and etat = 'en_attente'", s.siren
    )
    await accepter(chef, demande["uid"], octroi("personnalise", SAISIR))
    (sien,) = await a.acces(email, s.siren)
    assert (sien["etat"], sien["droits"]) == ("actif", SAISIR)


async def test_a07_deux_fois_appliquee_une_fois_donnee(tmp_path: Path) -> None:
    s, lui = await gens.societe(), await compte()
    a.ecrire(tmp_path, "habilitations.csv", a.droit(lui.email, s.siren))
    await a.reprendre(tmp_path)
    await repris.appliquer(lui.id)
    assert await a.reprendre(tmp_path)
    lignes = await sql(
        "select 1 from journal where action = 'rattachement.repris' and siren = $1", s.siren
    )
    assert len(lignes) == 1
    assert len(await a.acces(lui.email, s.siren)) == 1


async def test_a07_l_ancienne_adresse_prouvee_apres_coup_donne_ses_droits(tmp_path: Path) -> None:
    """Somebody signed up with another address, then proves the former one."""
    s, connu, ancienne = await gens.societe(), await compte(), adresse("ancienne")
    entree = await sessions.connecter(connu.email, MOT_DE_PASSE, appareil="essai", ip="192.0.2.7")
    lui = await charger_personne(str(entree.jeton))
    assert lui is not None
    a.ecrire(tmp_path, "habilitations.csv", a.droit(ancienne, s.siren))
    await a.reprendre(tmp_path)
    assert await changement_email.demander(lui, ancienne, "127.0.0.1") == 0
    issue, _, _ = await changement_email.prouver(lui, await code_recu(ancienne))
    assert issue == "juste"
    (sien,) = await a.acces(ancienne, s.siren)
    assert (sien["etat"], sien["droits"]) == ("actif", SAISIR)
