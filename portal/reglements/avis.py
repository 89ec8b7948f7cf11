"""The avis de virement: told by the bell only, read on its page, never e-mailed nor posted."""

from __future__ import annotations

from typing import Any

from portal.core.notifications.operations import notifier
from portal.core.notifications.queries import destinataires
from portal.infra.money import euros


def url(paiement: dict[str, Any]) -> str:
    return f"/reglements/avis/{paiement['uid']}"


async def _concernes(paiement: dict[str, Any]) -> list[int]:
    return await destinataires(
        paiement["beneficiaire_siren"], paiement["beneficiaire_profil"], "factures.consulter"
    )


async def annoncer(paiement: dict[str, Any]) -> None:
    """Ring the bell of the beneficiary's people."""
    await notifier(
        await _concernes(paiement),
        "virement",
        f"Avis de virement\u00a0: {euros(paiement['montant_centimes'])}",
        url(paiement),
        f"Virement {paiement['reference']} à {paiement['nom']}.",
        courriel=False,
        cle=f"virement:{paiement['reference']}",
    )


async def annoncer_rejet(paiement: dict[str, Any], motif: str, *, compte_en_cause: bool) -> None:
    """A transfer came back: what has to be done, and by whom."""
    suite = (
        "Enregistrez un autre RIB\u00a0: vos factures y seront payées au prochain règlement."
        if compte_en_cause
        else "Vous n’avez rien à faire\u00a0: nous le présenterons de nouveau au prochain règlement."
    )
    await notifier(
        await _concernes(paiement),
        "virement",
        f"Virement rejeté\u00a0: {euros(paiement['montant_centimes'])}",
        "/rib" if compte_en_cause else url(paiement),
        f"La banque a refusé le virement {paiement['reference']} ({motif}). {suite}",
        cle=f"rejet:{paiement['reference']}",
    )
