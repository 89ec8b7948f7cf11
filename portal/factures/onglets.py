"""The parts of « Mes factures », and those that the room above adds."""

from __future__ import annotations

from portal.factures.perimetre import SAISIR
from portal.factures.registre import ONGLETS
from portal.web.identite import Personne

VUES = {
    "a_emettre": "À émettre",
    "deposees": "Déposées",
    "refusees": "Refusées",
    "payees": "Payées",
    "toutes": "Toutes",
}


def url(vue: str) -> str:
    return "/factures" if vue == "a_emettre" else f"/factures?vue={vue}"


def onglets(moi: Personne) -> list[tuple[str, str, int | None]]:
    """(label, URL, number) for `components/onglets.html`."""
    vues = VUES if moi.a_le_droit(SAISIR) else {k: v for k, v in VUES.items() if k != "a_emettre"}
    miens: list[tuple[str, str, int | None]] = [(mot, url(vue), None) for vue, mot in vues.items()]
    ajoutes: list[tuple[str, str, int | None]] = [
        (o.libelle, o.url, None) for o in ONGLETS if moi.a_le_droit(o.droit)
    ]
    return miens + ajoutes
