"""C14: each grant, refusal, removal and use of a code, read and exported by administrators."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from portal.core.journal import phrases, sceaux
from portal.core.journal.operations import noter
from portal.core.rattachements import activation, journal_entreprise
from portal.core.rattachements.activation import Echec
from portal.core.rattachements.journal_entreprise import FORMES, Filtres, lister
from portal.core.rattachements.modeles import octroi
from portal.core.rattachements.operations import accepter, quitter, refuser, supprimer
from portal.infra import clock, sheets
from portal.infra.base import executer, sql, valeur
from portal.infra.money import PARIS
from portal.testing.navigateur import PageLue
from portal.web.identite import Personne
from tests.core.actions_journal import lire_arbre, lire_source
from tests.core.rattachements_aides import (
    Societe,
    activer,
    administrateur,
    en_attente,
    personne,
    poser_code,
    societe,
)
from tests.core.test_rattachements_pages import Ouvrir, ouvrir

__all__ = ["ouvrir"]


def url(s: Societe, suite: str = "") -> str:
    return f"/entreprise/{s.siren}/{s.profil}/journal{suite}"


def lignes(page: PageLue) -> list[str]:
    return [
        re.sub(r"\s+", " ", th.text_content()).strip()
        for th in page.html.xpath("//table//tbody//th")
    ]


async def _une_vie() -> tuple[Societe, Personne]:
    """A company where each thing that C14 names has happened once."""
    s = await societe("Scierie Le Bihan", lieux=2)
    anne = await personne("Anne", "Le Goff")
    await activer(anne, s, await poser_code(s))
    jean, ines = await personne("Jean", "Petit"), await personne("Inès", "O'Brien-Ñandú 李")
    await accepter(anne, await en_attente(jean, s, s.siret(2)), octroi("comptable"))
    await refuser(anne, await en_attente(ines, s), "Inconnue ici")
    acces = await valeur(
        "select uid from rattachement where compte = $1 and etat = 'actif'", jean.compte_id
    )
    await supprimer(anne, acces, "Parti en mai")
    echec = await activation.utiliser(ines, s.siren, s.profil, "0" * 16)
    assert isinstance(echec, Echec)
    await activation.fermer(anne, s.siren, s.profil)
    return s, anne


def test_c14_every_action_of_the_code_has_its_sentence() -> None:
    lecture = lire_arbre("portal", "plugins")
    assert not lecture.illisibles, f"dites l’action en toutes lettres : {lecture.illisibles}"
    assert len(lecture.actions) > 50
    # Only plugins choose their actions freely: their lines belong to no company.
    assert lecture.actions.pop("*").startswith("portal/greffe.py")
    muettes = {
        action: ou
        for action, ou in lecture.actions.items()
        if phrases.phrase(action.replace("*", "quelconque")) in (None, phrases.PHRASES["*"])
    }
    assert not muettes, f"sans phrase dans portal/core/journal/phrases.py : {muettes}"


def test_c14_an_action_is_found_however_it_is_written() -> None:
    lecture = lire_source(
        "from portal.core.journal import operations as journal\n"
        "from portal.core.journal.operations import noter as ecrire\n"
        "async def _aide(rien, action): await journal.noter(action, acteur=None)\n"
        "async def f(x):\n"
        "    await ecrire('a' if x else 'b', acteur=None)\n"
        "    await journal.noter(f'c.{x}', acteur=None)\n"
        "    await _aide(1, 'd')\n"
        "    await ecrire(x.genre, acteur=None)\n"
        "    await autre.noter('e')\n"
    )
    assert set(lecture.actions) == {"a", "b", "c.*", "d"}
    assert len(lecture.illisibles) == 1


@pytest.mark.parametrize("action", sorted(phrases.PHRASES))
def test_c14_each_sentence_stands_with_and_without_its_details(action: str) -> None:
    """Older lines lack details: nothing is left open, no code shows, spaces before : are fixed."""
    textes = [phrases.PHRASES[action].texte, *phrases.PHRASES[action].si.values()]
    noms = {nom for texte in textes for nom in re.findall(r"\{(\w+)\}", texte)} - {"acteur"}
    pleins: dict[str, Any] = {
        nom: ["dossiers.saisir"] if nom in ("droits", "etablissements") else "X1" for nom in noms
    }
    for details in (
        {},
        pleins,
        *({cle.partition("=")[0]: True} for cle in phrases.PHRASES[action].si),
    ):
        dit = phrases.dire(action, "Anne Le Goff", details, FORMES)
        assert dit.endswith(".")
        assert not re.search(r"[\[\]{}_]|\s\.|\.\.", dit), dit
        assert not re.search(r" [:;!?»]|« ", dit), dit
        assert dit[0].isupper()


def test_c14_what_people_typed_is_never_read_as_a_pattern() -> None:
    dit = phrases.dire(
        "rattachement.refuse", "{motif} [x]", {"personne": "[{acteur}]", "motif": "{personne}"}
    )
    assert (
        dit
        == "{motif} [x] a refusé la demande de [{acteur}]. Motif\u00a0: «\u00a0{personne}\u00a0»."
    )


async def test_c14_administrators_read_who_did_what_to_whom(ouvrir: Ouvrir) -> None:
    s, anne = await _une_vie()
    page = await (await ouvrir(anne)).get(url(s))
    assert page.h1 == "Journal"
    assert lignes(page) == [
        "Anne Le Goff a fermé le code d’activation.",
        "Inès O'Brien-Ñandú 李 a saisi un code d’activation refusé : ce n’est pas celui de l’entreprise.",
        "Anne Le Goff a retiré l’accès de Jean Petit. Motif : « Parti en mai ».",
        "Anne Le Goff a refusé la demande de Inès O'Brien-Ñandú 李. Motif : « Inconnue ici ».",
        "Inès O'Brien-Ñandú 李 a demandé un rattachement.",
        "Anne Le Goff a accepté la demande de Jean Petit : Comptable (Dossiers : consulter ; "
        "Factures et demandes de remboursement : consulter, saisir ; RIB : consulter, saisir ; "
        "Contributions : consulter, saisir).",
        f"Jean Petit a demandé un rattachement à l’établissement {' '.join(re.findall(r'^(...)(...)(...)(.....)$', s.siret(2))[0])}.",
        "Anne Le Goff a utilisé le code d’activation et est devenu administrateur.",
    ]
    assert not re.search(r"\b[a-z]+[._][a-z]+_?[a-z]*\b(?<!exemple.fr)", " ".join(lignes(page)))


async def test_c14_filters_by_person_nature_and_period(ouvrir: Ouvrir) -> None:
    s, anne = await _une_vie()
    nav = await ouvrir(anne)
    assert len(lignes(await nav.get(url(s, "?q=nandu+ines")))) == 3
    assert len(lignes(await nav.get(url(s, "?q=JEAN")))) == 3
    page = await nav.get(url(s, "?nature=codes"))
    assert len(lignes(page)) == 3
    assert "Nature : Codes et courriers" in page.texte
    assert lignes(await nav.get(url(s, "?nature=rib"))) == []
    jour = clock.instant().astimezone(PARIS).date()
    assert len(lignes(await nav.get(url(s, f"?du={jour:%d/%m/%Y}&au={jour:%d/%m/%Y}")))) == 8
    assert lignes(await nav.get(url(s, f"?du={jour + timedelta(days=1):%d/%m/%Y}"))) == []
    assert lignes(await nav.get(url(s, f"?au={jour - timedelta(days=1):%d/%m/%Y}"))) == []
    for absurde in ("?du=31/02/2026", "?nature=tout", "?apres=zzz", "?q=%27%22%25_"):
        assert (await nav.get(url(s, absurde))).statut == 200


async def test_c14_comes_in_pages(ouvrir: Ouvrir) -> None:
    s = await societe()
    anne = await administrateur(s)
    for rang in range(120):
        await noter("code.refuse", acteur=anne, siren=s.siren, profil=s.profil, raison=f"n° {rang}")
    nav, vues, suite = await ouvrir(anne), [], url(s)
    while suite:
        page = await nav.get(suite)
        vues += lignes(page)
        suite = next(iter(page.liens("Page suivante")), "")
    assert [re.findall(r"n° (\d+)", v) for v in vues] == [[str(n)] for n in range(119, -1, -1)]


async def test_c14_the_fragment_is_the_same_part_of_the_page(ouvrir: Ouvrir) -> None:
    s, anne = await _une_vie()
    nav = await ouvrir(anne)
    entiere = await nav.get(url(s, "?nature=codes"))
    fragment = await nav.get(url(s, "?nature=codes"), headers={"HX-Request": "true"})
    assert fragment.html.get("id") == "journal"
    assert fragment.html.text_content().split() == (
        entiere.html.xpath("//*[@id='journal']")[0].text_content().split()
    )


async def test_c14_the_workbook_holds_the_same_lines_and_their_seals(ouvrir: Ouvrir) -> None:
    s, anne = await _une_vie()
    await sceaux.sceller()
    await noter("code.ferme", acteur=anne, siren=s.siren, profil=s.profil)
    nav = await ouvrir(anne)
    (export,) = (await nav.get(url(s))).liens("Exporter vers Excel")
    reponse = (await nav.get(export)).reponse
    assert reponse.headers["content-disposition"].startswith("attachment")
    entete, *rangees = sheets.lire(reponse.content)
    assert entete[2] == "Ce qui s’est passé"
    assert len(rangees) == 9
    assert [r[5] for r in rangees] == ["Pas encore scellé"] + ["Scellé"] * 8
    assert [bool(r[6]) for r in rangees] == [False] + [True] * 8
    page = await nav.get(url(s))
    assert [re.sub(r"\s+", " ", r[2]) for r in rangees] == lignes(page)
    assert page.texte.count("Pas encore scellé") == 1
    (filtre,) = (await nav.get(url(s, "?q=jean"))).liens("Exporter vers Excel")
    assert len(sheets.lire((await nav.get(filtre)).reponse.content)) == 4


async def test_c14_only_administrators_and_the_staff_in_reach(ouvrir: Ouvrir) -> None:
    s, anne = await _une_vie()
    autre = await societe()
    tout = octroi("personnalise", ["rattachements.consulter", "rattachements.saisir"])
    jean = await personne("Jean", "Petit")
    await accepter(anne, await en_attente(jean, s), tout)
    voisine = await administrateur(autre)
    conseiller = await personne("Karim", "Haddad", roles=("conseiller",))
    attendus = [(anne, 200), (jean, 403), (voisine, 404), (conseiller, 200)]
    for moi, statut in attendus:
        nav = await ouvrir(moi)
        assert (await nav.get(url(s))).statut == statut
        assert (await nav.get(url(s, "/export"))).statut == statut
    nav = await ouvrir(anne)
    assert (await nav.get(f"/entreprise/{s.siren}/prestataire/journal")).statut == 404
    await executer("update rattachement set etat = 'supprime' where compte = $1", anne.compte_id)
    assert (await nav.get(url(s))).statut in (403, 404)


async def test_c14_of_an_account_only_what_happened_while_it_had_access(ouvrir: Ouvrir) -> None:
    s = await societe()
    anne = await administrateur(s)
    jean = await personne("Jean", "Petit")
    demande = await en_attente(jean, s)
    uid = await valeur("select uid from compte where id = $1", jean.compte_id)

    async def evenement() -> None:
        await noter("compte.desactive", acteur=None, objet=("compte", uid))

    async def vus() -> int:
        page = await lister(s.siren, s.profil, Filtres(nature="comptes"))
        return len(page.lignes)

    await evenement()
    assert await vus() == 0
    await accepter(anne, demande, octroi("consultation"))
    assert await vus() == 0
    await evenement()
    page = await lister(s.siren, s.profil, Filtres(nature="comptes"))
    assert [e.phrase for e in page.lignes] == ["Le portail a fermé le compte de Jean Petit."]
    await quitter(jean, demande)
    await evenement()
    assert await vus() == 1
    await noter("connexion", acteur=jean, objet=("compte", uid))
    assert len((await lister(s.siren, s.profil, Filtres(q="Jean"))).lignes) == 4
    assert await lister((await societe()).siren, s.profil, Filtres()) is not None


async def test_c14_names_are_looked_for_once_and_in_so_many_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s, _ = await _une_vie()
    trouves = await journal_entreprise.resoudre(s.siren, s.profil, Filtres(q="le goff"))
    assert trouves.noms == ("Anne Le Goff",)
    assert (await lister(s.siren, s.profil, trouves)).lignes
    lus: list[str] = []

    async def compte(texte: str, *parametres: Any) -> Any:
        lus.append(texte)
        return await sql(texte, *parametres)

    monkeypatch.setattr(journal_entreprise, "sql", compte)
    await lister(s.siren, s.profil, trouves)
    assert len(lus) == 1, "les noms trouvés ne sont pas cherchés de nouveau"
    monkeypatch.setattr(journal_entreprise, "LIGNES_LUES", 1)
    await noter("rattachement.demande", acteur=await personne("Yves", "Zed"),
                siren=s.siren, profil=s.profil)  # fmt: skip
    noms = (await journal_entreprise.resoudre(s.siren, s.profil, Filtres(q="le goff"))).noms
    assert noms == (), "au-delà, plus rien n’est lu"
