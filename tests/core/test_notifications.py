"""J01–J03: who is told, by which way, once."""

from __future__ import annotations

import uuid

import pytest

from portal.core.notifications import operations, queries
from portal.core.notifications.abonnements import sur_code, sur_decision, sur_demande
from portal.core.rattachements.evenements import (
    CodeUtilise,
    Entite,
    RattachementDecide,
    RattachementDemande,
)
from portal.infra.base import executer, sql, transaction, valeur
from tests.core.comptes_aides import courriels, personne

ENTITE = Entite("852014796", "adherent", "Boulangerie Martin")


async def _personne(choix: str = "immediat"):
    compte = await personne()
    await executer("update compte set courriels = $2 where id = $1", compte.id, choix)
    return compte


async def _cloche(compte: int) -> list[dict]:
    return await sql("select * from notification where compte = $1 order by id", compte)


async def test_j02_immediat_sonne_et_ecrit() -> None:
    compte = await _personne()
    assert await operations.notifier([compte.id], "dossier", "Dossier accordé", "/dossiers/1") == 1
    (notification,) = await _cloche(compte.id)
    assert (notification["titre"], notification["url"]) == ("Dossier accordé", "/dossiers/1")
    (courriel,) = await courriels(compte.email)
    assert courriel["sujet"] == "Dossier accordé"
    assert "http://127.0.0.1:8000/dossiers/1" in courriel["texte"]
    assert "Bonjour Claire Durand," in courriel["texte"]


@pytest.mark.parametrize("choix", ["quotidien", "jamais"])
async def test_j02_sans_courriel_immediat_la_cloche_sonne(choix: str) -> None:
    compte = await _personne(choix)
    await operations.notifier([compte.id], "dossier", "Dossier accordé", "/dossiers/1")
    assert len(await _cloche(compte.id)) == 1
    assert await courriels(compte.email) == []


async def test_j02_avis_de_virement_sonne_sans_courriel() -> None:
    compte = await _personne()
    await operations.notifier([compte.id], "virement", "Virement", "/factures/1", courriel=False)
    assert len(await _cloche(compte.id)) == 1
    assert await courriels(compte.email) == []


async def test_j03_meme_evenement_sonne_une_fois() -> None:
    compte = await _personne()
    for _ in range(2):
        await operations.notifier([compte.id, compte.id], "relance", "Relance", "/a", cle="r:1")
    assert len(await _cloche(compte.id)) == 1
    assert len(await courriels(compte.email)) == 1


async def test_j03_une_operation_defaite_ne_dit_rien() -> None:
    compte = await _personne()

    async def defaite() -> None:
        async with transaction():
            await operations.notifier([compte.id], "dossier", "Accordé", "/dossiers/1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await defaite()
    assert await _cloche(compte.id) == []
    assert await courriels(compte.email) == []


async def test_j02_compte_ferme_n_est_pas_notifie() -> None:
    compte = await _personne()
    await executer("update compte set actif = false where id = $1", compte.id)
    assert await operations.notifier([compte.id], "dossier", "Accordé", "/dossiers/1") == 0


async def test_j01_compter_lire_tout_lire() -> None:
    compte, autre = await _personne(), await _personne()
    for n in range(3):
        await operations.notifier([compte.id, autre.id], "dossier", f"N° {n}", f"/dossiers/{n}")
    assert await queries.compter_non_lues(compte.id) == 3
    page = await queries.lister(compte.id)
    assert [n.titre for n in page.lignes] == ["N° 2", "N° 1", "N° 0"]
    assert await operations.ouvrir(compte.id, page.lignes[0].uid) == "/dossiers/2"
    assert await operations.ouvrir(autre.id, page.lignes[1].uid) is None
    assert await operations.ouvrir(compte.id, uuid.uuid4()) is None
    assert await queries.compter_non_lues(compte.id) == 2
    non_lues = await queries.lister(compte.id, "non_lues")
    assert [n.titre for n in non_lues.lignes] == ["N° 1", "N° 0"]
    await operations.tout_marquer_lu(compte.id)
    assert await queries.compter_non_lues(compte.id) == 0
    assert await queries.compter_non_lues(autre.id) == 3


async def test_j01_pages_sans_trou_ni_double() -> None:
    compte = await _personne("jamais")
    for n in range(7):
        await operations.notifier([compte.id], "dossier", str(n), "/a")
    vues, curseur = [], None
    while True:
        page = await queries.lister(compte.id, apres=curseur, taille=3)
        vues += [n.titre for n in page.lignes]
        curseur = page.suivant
        if curseur is None:
            break
    assert vues == ["6", "5", "4", "3", "2", "1", "0"]
    assert len((await queries.lister(compte.id, apres="absurde", taille=3)).lignes) == 3


@pytest.mark.parametrize("url", ["//ailleurs.example", "https://ailleurs.example", "dossiers/1"])
async def test_j01_une_notification_mene_au_portail(url: str) -> None:
    compte = await _personne()
    with pytest.raises(Exception, match="notification_url"):
        await operations.notifier([compte.id], "dossier", "Piège", url)
    assert await courriels(compte.email) == []


async def test_j02_demande_d_acces_cloche_et_courriel_aux_administrateurs() -> None:
    admins = [await _personne(), await _personne("jamais")]
    await sur_demande(
        RattachementDemande(
            uid=uuid.uuid4(), compte_id=0, nom="Paul Petit", entite=ENTITE,
            administrateurs=tuple(a.id for a in admins),
        )
    )  # fmt: skip
    for admin in admins:
        (notification,) = await _cloche(admin.id)
        assert notification["titre"] == (
            "Paul Petit demande un rattachement à Boulangerie Martin (adhérent)"
        )
        assert notification["url"].startswith("/entreprise/852014796/adherent/utilisateurs#")
        assert len(await courriels(admin.email)) == 1


async def test_j02_decision_dite_au_demandeur() -> None:
    compte = await _personne()
    await sur_decision(
        RattachementDecide(
            uid=uuid.uuid4(), compte_id=compte.id, entite=ENTITE, accepte=False, par="Anne Roy",
            motif="Vous ne travaillez pas ici.",
        )
    )  # fmt: skip
    (notification,) = await _cloche(compte.id)
    assert notification["titre"] == "Votre demande pour Boulangerie Martin (adhérent) est refusée"
    assert "Motif\u00a0: Vous ne travaillez pas ici." in notification["detail"]


async def test_j02_code_utilise_dit_aux_autres_administrateurs_et_au_nouveau() -> None:
    nouveau, autre = await _personne(), await _personne()
    await sur_code(
        CodeUtilise(
            compte_id=nouveau.id, nom="Léa Blanc", entite=ENTITE, autres=(autre.id,),
            noms_autres=("Anne Roy",), en_attente=2,
        )
    )  # fmt: skip
    assert (await _cloche(autre.id))[0]["titre"].startswith("Léa Blanc est maintenant")
    (notification,) = await _cloche(nouveau.id)
    assert "2 demandes attendent votre réponse." in notification["detail"]
    assert await courriels(nouveau.email) == []


async def _entreprise() -> str:
    """A company of its own; who belongs to it is told by `_rattacher`."""
    siren = f"9{uuid.uuid4().int % 10**8:08d}"
    await executer(
        "insert into entreprise (siren, denomination, cle_tri, recherche, maj_le)"
        " values ($1, 'Essai', 'essai', 'essai', now())",
        siren,
    )
    return siren


async def _rattacher(siren: str, *, administrateur=False, etat="actif", droits=(), **bornes) -> int:
    compte = await _personne()
    rattachement = await valeur(
        "insert into rattachement (compte, siren, siret, profil, etat, administrateur, demande_le,"
        " demande_jour) values ($1, $2, $3, 'adherent', $4, $5, now(), current_date) returning id",
        compte.id,
        siren,
        bornes.get("siret"),
        etat,
        administrateur,
    )
    for droit in droits:
        await executer(
            "insert into habilitation (rattachement, droit, dispositif) values ($1, $2, $3)",
            rattachement,
            droit,
            bornes.get("dispositif"),
        )
    return compte.id


async def test_j02_destinataires_du_perimetre() -> None:
    siren, droit = await _entreprise(), "dossiers.consulter"
    ici, ailleurs = f"{siren}00011", f"{siren}00029"
    admin = await _rattacher(siren, administrateur=True)
    tout = await _rattacher(siren, droits=[droit])
    un_lieu = await _rattacher(siren, siret=ici, droits=[droit])
    autre_lieu = await _rattacher(siren, siret=ailleurs, droits=[droit])
    autre_dispositif = await _rattacher(siren, droits=[droit], dispositif="autre")
    autre_droit = await _rattacher(siren, droits=["factures.consulter"])
    await _rattacher(siren, etat="en_attente")
    assert await operations.destinataires(siren, "adherent", droit, ici, "celui_ci") == sorted(
        [admin, tout, un_lieu]
    )
    assert autre_lieu in await operations.destinataires(siren, "adherent", droit, ailleurs, "x")
    assert autre_dispositif in await operations.destinataires(
        siren, "adherent", droit, None, "autre"
    )
    assert autre_droit in await operations.destinataires(siren, "adherent", "factures.consulter")
    assert await operations.destinataires(siren, "prestataire", droit, ici) == []


async def test_j02_administrateurs_de_l_entreprise() -> None:
    siren = await _entreprise()
    admin = await _rattacher(siren, administrateur=True)
    ferme = await _rattacher(siren, administrateur=True)
    await executer("update compte set actif = false where id = $1", ferme)
    await _rattacher(siren, droits=["dossiers.consulter"])
    assert await operations.administrateurs(siren, "adherent") == [admin]
    assert await operations.administrateurs(siren, "prestataire") == []


async def test_k03_gestionnaires_de_la_branche() -> None:
    toutes, une, autre = await _personne(), await _personne(), await _personne()
    for compte, idcc in ((toutes, None), (une, "1516"), (autre, "0573")):
        await executer(
            "insert into role_interne (compte, role, idcc) values ($1, 'gestionnaire', $2)",
            compte.id,
            idcc,
        )
    trouves = set(await operations.internes("gestionnaire", "1516"))
    assert {toutes.id, une.id} <= trouves
    assert autre.id not in trouves
