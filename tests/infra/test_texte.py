"""Words as French writes them."""

import pytest

from portal.infra.texte import de


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Claire Morel", "de Claire Morel"),
        ("Inès Lambert", "d’Inès Lambert"),
        ("Élise", "d’Élise"),
        ("Œuvre du Port", "d’Œuvre du Port"),
        ("Yann Le Goff", "de Yann Le Goff"),
        ("", "de "),
    ],
)
def test_de_s_elide_devant_une_voyelle(nom: str, attendu: str) -> None:
    assert de(nom) == attendu
