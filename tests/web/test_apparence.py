"""The look: components in valid, inert HTML; its weight kept; every icon used exists."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from jinja2 import Environment
from lxml import html

from portal.demo.composants import exemples
from portal.kit.formulaire import ChampVu
from portal.testing.navigateur import inspecter
from portal.web.gabarits import faire_environnement

RACINE = Path(__file__).parents[2]
STATIQUES = RACINE / "static"


@pytest.fixture(scope="module")
def gabarits() -> Environment:
    opco = {"nom": "OPCO Démo", "telephone": ""}
    return faire_environnement(RACINE / "templates", STATIQUES, {}, {"opco": opco})


def _page(connecte: bool = True) -> SimpleNamespace:
    moi = SimpleNamespace(nom_affiche="Claire <b>", email="c@exemple.fr") if connecte else None
    liens = [SimpleNamespace(libelle="Accueil", url="/accueil", icone="accueil", actif=True)]
    return SimpleNamespace(
        moi=moi,
        cloche=2 if connecte else 0,
        navigation=liens if connecte else [],
        eclair="Enregistré.",
        demo=True,
        chemin="/demo/composants",
    )


def _rendre(gabarits: Environment, source: str, **valeurs: object) -> str:
    return gabarits.from_string(source).render(**valeurs)


@pytest.mark.parametrize("connecte", [True, False])
def test_la_page_des_composants_respecte_les_regles_du_html(
    gabarits: Environment, connecte: bool
) -> None:
    texte = gabarits.get_template("demo/composants.html").render(page=_page(connecte), **exemples())
    reponse = httpx.Response(
        200, text=texte, request=httpx.Request("GET", "http://127.0.0.1/demo/composants")
    )
    inspecter(reponse, html.fromstring(texte))


def test_les_feuilles_de_style_pesent_moins_de_20_ko_et_le_script_moins_de_5() -> None:
    styles = b"".join(f.read_bytes() for f in sorted((STATIQUES / "css").glob("*.css")))
    assert len(gzip.compress(styles)) < 20_000
    for script in (STATIQUES / "js").glob("*.js"):  # portail.js on every page, the others on theirs
        assert len(gzip.compress(script.read_bytes())) < 5_000, script.name


def test_les_icones_nommees_dans_les_gabarits_existent() -> None:
    presentes = set(re.findall(r'id="([\w-]+)"', (STATIQUES / "icones/portail.svg").read_text()))
    nommees = {
        nom
        for fichier in (RACINE / "templates").rglob("*.html")
        for nom in re.findall(r'icone\("([\w-]+)"\)', fichier.read_text())
    }
    assert nommees - presentes == set()


WIDGETS = [
    "texte",
    "courriel",
    "mot_de_passe",
    "nouveau_mot_de_passe",
    "telephone",
    "zone",
    "date",
    "montant",
    "entier",
    "decimal",
    "choix",
    "radios",
    "oui_non",
    "case",
    "siret",
    "siren",
    "nir",
    "iban",
    "code",
    "fichier",
    "recherche",
]


@pytest.mark.parametrize("widget", WIDGETS)
def test_chaque_champ_a_un_libelle_et_dit_son_erreur(gabarits: Environment, widget: str) -> None:
    vu = ChampVu("nom", "Libellé", widget, "", "Corrigez <ceci>.", True, "Une aide.", [("a", "A")])
    arbre = html.fromstring(
        _rendre(gabarits, '{% from "components/champs.html" import champ %}{{ champ(c) }}', c=vu)
    )
    (champ,) = arbre.xpath("//*[@id='c-nom']")
    assert arbre.xpath("//label[@for='c-nom'] | //legend")
    decrits = champ.xpath("ancestor-or-self::*/@aria-describedby")[-1].split()
    dits = " ".join(arbre.xpath(f"string(//*[@id='{i}'])") for i in decrits)
    assert "Une aide." in dits
    assert "Corrigez <ceci>." in dits
    assert arbre.xpath("//@aria-invalid") == ["true"]


def test_un_mot_de_passe_saisi_ne_revient_jamais_dans_la_page(gabarits: Environment) -> None:
    for widget in ("mot_de_passe", "nouveau_mot_de_passe"):
        vu = ChampVu("passe", "Mot de passe", widget, "secret-saisi", None, True)
        source = '{% from "components/champs.html" import champ %}{{ champ(c) }}'
        assert "secret-saisi" not in _rendre(gabarits, source, c=vu)


def test_un_tableau_echappe_ses_valeurs_et_nomme_ses_cellules(gabarits: Environment) -> None:
    colonnes = [
        {"cle": "nom", "libelle": "Nom", "type": "titre"},
        {"cle": "le", "libelle": "Le", "type": "date"},
        {"cle": "du", "libelle": "Dû", "type": "montant"},
        {"cle": "etat", "libelle": "État", "type": "etat"},
        {"cle": "rien", "libelle": "Rien"},
    ]
    ligne = {"nom": "<i>", "url": "/x", "le": date(2026, 3, 5), "du": 0, "etat": "Payée"}
    source = '{% from "components/tableau.html" import tableau %}{{ tableau("T", c, li) }}'
    texte = _rendre(gabarits, source, c=colonnes, li=[ligne | {"rien": None}])
    arbre = html.fromstring(texte)
    assert arbre.xpath("string(//tbody//a)") == "<i>"
    assert arbre.xpath("//td/@data-label") == ["Le", "Dû", "État", "Rien"]
    cellules = [" ".join(td.text_content().split()) for td in arbre.xpath("//tbody//td")]
    assert cellules == ["05/03/2026", "0,00 €", "Payée", "–Non renseigné"]


def test_une_liste_vide_dit_quoi_faire(gabarits: Environment) -> None:
    source = '{% from "components/tableau.html" import tableau %}{{ tableau("T", [], []) }}'
    assert "Modifiez la recherche" in _rendre(gabarits, source)
