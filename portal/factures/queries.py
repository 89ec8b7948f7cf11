"""What other rooms read of invoices."""

from portal.factures.consultation import du_dossier, lignes_export, lisible, lister
from portal.factures.du import dus, situation

__all__ = ["du_dossier", "dus", "lignes_export", "lisible", "lister", "situation"]
