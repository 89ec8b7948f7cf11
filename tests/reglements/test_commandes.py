"""`portal payments`: the same rules as the pages, in sentences."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from portal.infra import banque
from portal.reglements import commandes, retour
from tests.dossiers.aides import quelqu_un
from tests.reglements.fabrique import comptable, paiement_de, une_facture


async def test_h05_preparer_valider_ecrire_lire_le_retour(tmp_path: Path) -> None:
    f = await une_facture()
    premier, second = await comptable(), await comptable()
    dit = await commandes.preparer(premier.email)
    paiement = await paiement_de(f)
    numero = paiement["lot_numero"]
    assert numero in dit
    with pytest.raises(click.ClickException, match=r"droit"):
        await commandes.valider(numero, premier.email)
    await commandes.valider(numero, second.email.upper())
    chemin = Path(await commandes.fichier(numero, tmp_path))
    assert chemin.name == f"{numero}.xml"
    banque.valider(chemin.read_bytes())
    rendu = tmp_path / "retour.xml"
    rendu.write_bytes(await retour.simuler(premier, paiement["lot_uid"], {}))
    assert "exécuté" in await commandes.retour(rendu, premier.email)
    assert "déjà été lu" in await commandes.retour(rendu, premier.email)
    assert await f.etat() == "payee"


async def test_h05_seul_un_comptable_commande() -> None:
    moi, adresse = await quelqu_un(role="gestionnaire")
    assert moi
    with pytest.raises(click.ClickException, match=r"comptable"):
        await commandes.preparer(adresse)
    with pytest.raises(click.ClickException, match=r"comptable"):
        await commandes.preparer("inconnu@nulle-part.example")
    with pytest.raises(click.ClickException, match=r"Aucun règlement"):
        await commandes.valider("RG-1999-000001", (await comptable()).email)


async def test_h05_un_fichier_illisible_se_dit(tmp_path: Path) -> None:
    rendu = tmp_path / "n_importe.xml"
    rendu.write_bytes(b"pas du XML")
    with pytest.raises(click.ClickException):
        await commandes.retour(rendu, (await comptable()).email)
