"""The ledger: money as movements that are only ever added. It knows no dossier, only its uid."""
