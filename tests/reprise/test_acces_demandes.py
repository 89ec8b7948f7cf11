"""A07, C13: accesses that a former portal gives only as a request, and who is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.core.rattachements import repris
from portal.core.rattachements.operations import supprimer
from portal.infra.base import executer, sql
from portal.web.identite import Personne
from tests.core import rattachements_aides as gens
from tests.core.comptes_aides import adresse
from tests.core.comptes_aides import personne as compte
from tests.reprise import aides as a
from tests.reprise.test_acces import s_inscrire


def administrateur(
    email: str, siren: str, source: str = "Mon Espace", **plus: Any
) -> dict[str, Any]:
    """A row of administrateurs."""
    return {
        "source": source, "email": email, "nom": "Le Goff", "prenom": "Anne", "siren": siren,
        "profil": "adherent", **plus,
    }  # fmt: skip


async def cloche(moi: Personne) -> list[str]:
    return [
        n["titre"]
        for n in await sql("select titre from notification where compte = $1", moi.compte_id)
    ]


@pytest.mark.parametrize(
    ("source", "plus", "actif"),
    [
        ("Mon Espace", {}, False),
        ("Mon Espace", {"valide": "non"}, False),
        ("Mon Espace", {"valide": "oui"}, True),
        ("Mon Espace", {"valide": "oui", "tiers": "oui"}, False),
        ("MDA", {}, True),
        ("MDA", {"tiers": "oui"}, False),
    ],
)
async def test_a07_administrateur_selon_la_validation_du_conseiller(
    tmp_path: Path, navigateur, source: str, plus: dict[str, str], actif: bool
) -> None:
    s, email = await gens.societe("Moulins Béal"), adresse()
    a.ecrire(tmp_path, "administrateurs.csv", administrateur(email, s.siren, source, **plus))
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté"]
    page = await s_inscrire(navigateur(), email)
    (sien,) = await a.acces(email, s.siren)
    assert (sien["etat"], sien["administrateur"]) == ("actif" if actif else "en_attente", actif)
    if actif:
        assert "Vous êtes administrateur de Moulins Béal" in page.texte
    else:
        assert sien["message"] == "Administrateur dans l’ancien portail."
        assert "les aura accordés" in page.texte


async def test_a07_droits_valides_et_administration_qui_ne_l_est_pas(tmp_path: Path) -> None:
    s, lui = await gens.societe(), await compte()
    a.ecrire(tmp_path, "administrateurs.csv", administrateur(lui.email, s.siren))
    a.ecrire(tmp_path, "habilitations.csv", a.droit(lui.email, s.siren, "Mon Espace", valide="oui"))
    assert a.resultats(await a.reprendre(tmp_path)) == ["accepté", "accepté"]
    actif, attente = await a.acces(lui.email, s.siren)
    assert (actif["etat"], actif["administrateur"]) == ("actif", False)
    assert (attente["etat"], attente["message"]) == (
        "en_attente", "Administrateur dans l’ancien portail.",
    )  # fmt: skip


@pytest.mark.parametrize("fichier", ["habilitations", "administrateurs"])
async def test_a07_retire_par_l_entreprise_il_demande(tmp_path: Path, fichier: str) -> None:
    s, chef, lui = await gens.societe(), None, await compte()
    chef = await gens.administrateur(s)
    a.ecrire(tmp_path / "1", "habilitations.csv", a.droit(lui.email, s.siren))
    await a.reprendre(tmp_path / "1")
    (r,) = await sql("select uid from rattachement where compte = $1", lui.id)
    await supprimer(chef, r["uid"], "Parti")
    ligne = (
        a.droit(lui.email, s.siren, "Mon Espace", valide="oui") if fichier == "habilitations"
        else administrateur(lui.email, s.siren, "MDA")
    )  # fmt: skip
    a.ecrire(tmp_path / "2", f"{fichier}.csv", ligne)
    assert a.resultats(await a.reprendre(tmp_path / "2")) == ["accepté"]
    (sien,) = await a.acces(lui.email, s.siren)
    assert (sien["etat"], sien["administrateur"]) == ("en_attente", False)
    assert sum("demande un rattachement" in titre for titre in await cloche(chef)) == 1


async def test_a07_les_administrateurs_savent_qui_retrouve_ses_droits(tmp_path: Path) -> None:
    s, lui = await gens.societe("Ateliers Noor"), await compte()
    chef = await gens.administrateur(s)
    a.ecrire(tmp_path, "habilitations.csv", a.droit(lui.email, s.siren))
    await a.reprendre(tmp_path)
    assert [t for t in await cloche(chef) if "a retrouvé ses droits" in t and "Ateliers Noor" in t]


async def test_a07_une_demande_impossible_se_dit(tmp_path: Path, navigateur) -> None:
    s, email = await gens.societe("Tissages Ory"), adresse()
    a.ecrire(tmp_path, "habilitations.csv", a.droit(email, s.siren, "Mon Espace"))
    await a.reprendre(tmp_path)
    await executer("update entreprise set fermee_le = '2024-01-01' where siren = $1", s.siren)
    page = await s_inscrire(navigateur(), email)
    assert await a.acces(email, s.siren) == []
    assert "Tissages Ory ne peuvent pas être demandés" in page.texte.replace("\u00a0", " ")
    assert repris.SUITE_IMPOSSIBLE.replace("\u00a0", " ") in page.texte.replace("\u00a0", " ")
    (dit,) = await sql("select motif from acces_repris where email = $1", email)
    assert dit["motif"], "kept, for whoever answers the person"
