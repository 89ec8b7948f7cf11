"""The register asked over the network: known, unknown and silent are three different answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from portal.core.entreprises import annuaire, queries, saisies
from portal.core.entreprises.registre import service
from portal.core.rattachements.demandes import demander
from portal.infra.base import sql1
from portal.settings import get_settings
from portal.testing.navigateur import Navigateur
from portal.testing.sessions import ouvrir as ouvrir_session
from tests.core.numeros import siren_neuf, siret_de
from tests.core.rattachements_aides import personne, societe


@dataclass
class Registre:
    """A small server on the loopback: what it answers, and how often it was asked."""

    unites: dict[str, Any] = field(default_factory=dict)
    brut: bytes | None = None
    statut: int = 200
    demandes: list[str] = field(default_factory=list)

    async def repondre(
        self, lecteur: asyncio.StreamReader, redacteur: asyncio.StreamWriter
    ) -> None:
        ligne = (await lecteur.readline()).decode()
        while (await lecteur.readline()).strip():
            pass
        numero = ligne.split("q=")[1].split("&")[0]
        self.demandes.append(numero)
        unite = self.unites.get(numero[:9])
        corps = self.brut or json.dumps({"results": [unite] if unite else []}).encode()
        tete = (
            f"HTTP/1.1 {self.statut} X\r\nContent-Length: {len(corps)}\r\nConnection: close\r\n\r\n"
        )
        redacteur.write(tete.encode() + corps)
        await redacteur.drain()
        redacteur.close()

    def connait(self, siren: str, nom: str = "Moulin d’Essai", **plus: Any) -> None:
        lieu = {
            "siret": siret_de(siren), "code_postal": "29000", "libelle_commune": "QUIMPER",
            "numero_voie": "4", "type_voie": "RUE", "libelle_voie": "DU MOULIN",
            "etat_administratif": "A", "liste_enseignes": None,
        }  # fmt: skip
        self.unites[siren] = {
            "siren": siren, "nom_raison_sociale": nom, "nom_complet": nom, "siege": lieu,
            "activite_principale": "10.61A", "tranche_effectif_salarie": "11",
            "categorie_entreprise": "PME", "complements": {"liste_idcc": ["1979"]},
            "etat_administratif": "A", "matching_etablissements": None, **plus,
        }  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def registre(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Registre]:
    lui = Registre()
    serveur = await asyncio.start_server(lui.repondre, "127.0.0.1", 0)
    port = serveur.sockets[0].getsockname()[1]
    monkeypatch.setattr(get_settings(), "registre_url", f"http://127.0.0.1:{port}")
    service.oublier_la_panne()
    yield lui
    service.oublier_la_panne()
    serveur.close()
    await serveur.wait_closed()


async def test_b04_what_the_copy_lacks_is_asked_and_written_only_when_it_is_used(
    registre: Registre,
) -> None:
    siren = siren_neuf()
    registre.connait(siren)
    reponse = await annuaire.consulter(siret_de(siren))
    assert reponse.etat == "trouvee"
    assert reponse.fiche is not None
    assert (reponse.fiche.denomination, reponse.fiche.idcc) == ("Moulin d’Essai", "1979")
    assert reponse.fiche.lieu is not None
    assert reponse.fiche.lieu.adresse == ["4 RUE DU MOULIN", "29000 QUIMPER"]
    assert await queries.par_siren(siren) is None
    await annuaire.rapatrier(siret_de(siren))
    lue = await queries.par_siret(siret_de(siren))
    assert lue is not None
    assert (lue.est_adherent, lue.region, lue.effectif_dit) == (
        True, "Bretagne", "10\u00a0à\u00a019\u00a0salariés",
    )  # fmt: skip
    await demander(await personne(), siret_de(siren), "adherent")
    combien = len(registre.demandes)
    assert (await annuaire.consulter(siren)).etat == "trouvee"
    assert len(registre.demandes) == combien


async def test_b04_unknown_is_told_apart_from_no_answer(registre: Registre) -> None:
    siren = siren_neuf()
    inconnue = await annuaire.consulter(siren)
    assert (inconnue.etat, inconnue.a_saisir) == ("inconnue", True)
    registre.statut = 503
    panne = await annuaire.consulter(siren)
    assert (panne.etat, panne.a_saisir) == ("panne", True)
    assert "ne répond pas" in panne.message
    assert panne.message != inconnue.message


@pytest.mark.parametrize(
    ("statut", "brut"),
    [
        (429, b"{}"), (302, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"results": null}'),
        (200, b"{}"), (200, b"null"), (200, b'{"results": [7]}'),
        (200, b'{"results": [{"siren": "SIREN", "siege": {"siret": "SIRET"},'
              b' "complements": {"liste_idcc": {"x": 1}}}]}'),
        (200, b'{"results": [{"siren": "SIREN", "siege": {"siret": "SIRET", "date_fermeture":'
              b' "hier", "etat_administratif": "F"}}]}'),
        (200, b'{"results": [], "x": "' + b"x" * 600_000 + b'"}'),
    ],
)  # fmt: skip
async def test_b04_any_odd_answer_is_a_silence_and_is_not_asked_again_at_once(
    registre: Registre, statut: int, brut: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    siren = siren_neuf()
    registre.statut = statut
    registre.brut = brut.replace(b"SIREN", siren.encode()).replace(
        b"SIRET", siret_de(siren).encode()
    )
    assert (await annuaire.consulter(siren)).etat == "panne"
    assert (await annuaire.consulter(siren_neuf())).etat == "panne"
    assert len(registre.demandes) == 1
    assert "no usable answer" in caplog.text


async def test_b04_an_odd_answer_leaves_what_was_typed_for_the_next_round(
    registre: Registre,
) -> None:
    siren = siren_neuf()
    await saisies.saisir(
        await personne(),
        {
            "siret": siret_de(siren), "denomination": "Moulin", "profil": "adherent",
            "adresse_ligne1": "4 rue", "code_postal": "29200", "commune": "Quimper",
        },
    )  # fmt: skip
    registre.brut = b"{}"
    await annuaire.interroger()
    assert registre.demandes
    lue = await sql1("select etat from entreprise_saisie where siren = $1", siren)
    assert lue == {"etat": "a_verifier"}


async def test_b04_nobody_listening_is_a_silence(
    registre: Registre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "registre_url", "http://127.0.0.1:9")
    assert (await annuaire.consulter(siren_neuf())).etat == "panne"


async def test_b04_what_was_typed_is_asked_for_again_later(registre: Registre) -> None:
    moi, siren = await personne(), siren_neuf()
    registre.statut = 500
    assert (await annuaire.consulter(siret_de(siren))).etat == "panne"
    await saisies.saisir(
        moi,
        {
            "siret": siret_de(siren), "denomination": "Moulin d'essai", "profil": "adherent",
            "adresse_ligne1": "4 rue du Moulin", "code_postal": "29200", "commune": "Quimper",
        },
        "panne",
    )  # fmt: skip
    registre.statut = 200
    registre.connait(siren)
    service.oublier_la_panne()
    await annuaire.interroger()
    lue = await sql1("select * from entreprise_saisie where siren = $1", siren)
    assert lue is not None
    assert (lue["etat"], lue["ecarts"], lue["cause"]) == ("different", ["code_postal"], "panne")
    fiche = await queries.par_siren(siren)
    assert fiche is not None
    assert fiche.siege is not None
    assert (fiche.a_verifier, fiche.siege.code_postal) == (False, "29000")


async def test_b04_by_name_and_postcode_a_result_is_chosen_without_javascript(
    navigateur: Callable[..., Navigateur],
) -> None:
    s = await societe("Ferblantiers Wxyz", lieux=2)
    moi = await personne()
    nav = navigateur()
    nav.client.cookies.set("session", await ouvrir_session(moi.compte_id))
    page = await nav.get("/rattachements/demander")
    refus = await nav.soumettre(
        page, "/rattachements/demander", identifiant="ferblantiers 44000", profil="adherent"
    )
    assert refus.statut == 422
    assert "Choisissez votre entreprise" in refus.erreur("identifiant")
    choix = refus.html.xpath("//button[@name='_choisir']/@value")
    assert choix == [s.siren, s.siret(1)]
    choisie = await nav.soumettre(
        refus, "/rattachements/demander", bouton=("_choisir", s.siret(1)), message="Bonjour"
    )
    assert choisie.statut == 200
    assert choisie.html.xpath("//input[@name='identifiant']/@value") == [s.siret(1)]
    assert choisie.html.xpath("//textarea[@name='message']/text()")[0].strip() == "Bonjour"
    fragment = await nav.get("/entreprises/recherche?choisir=true&identifiant=ferblantiers+44000")
    assert fragment.html.xpath("//button[@name='_choisir']/@value") == choix
    ailleurs = await nav.get("/entreprises/recherche?q=ferblantiers+75000")
    assert "Aucune entreprise" in ailleurs.texte


async def test_b04_unknown_then_typed_then_asked_for(navigateur: Callable[..., Navigateur]) -> None:
    moi, siren = await personne(), siren_neuf()
    nav = navigateur()
    nav.client.cookies.set("session", await ouvrir_session(moi.compte_id))
    page = await nav.get("/rattachements/demander", params={"identifiant": siret_de(siren)})
    (lien,) = page.liens("Saisir l’entreprise à la main")
    formulaire = await nav.get(lien)
    faute = await nav.soumettre(formulaire, "/entreprises/saisir", code_postal="4400", idcc="abc")
    assert faute.statut == 422
    assert "5 chiffres" in faute.erreur("code_postal")
    assert "4 chiffres" in faute.erreur("idcc")
    suite = await nav.soumettre(
        faute, "/entreprises/saisir", denomination="O'Brien-Ñandú 李", adresse_ligne1="1 rue Haute",
        code_postal="44 000", commune="Nantes", profil="adherent", idcc="843",
    )  # fmt: skip
    assert suite.chemin.startswith("/rattachements/demander?")
    assert "O'Brien-Ñandú 李" in suite.texte
    assert "À vérifier" in suite.texte
    faite = await nav.soumettre(suite, "/rattachements/demander")
    assert faite.chemin.startswith("/rattachements")
    assert await sql1("select 1 from rattachement where siren = $1", siren)
