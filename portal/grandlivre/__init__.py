"""The ledger: what is engaged, invoiced and paid for each dossier, as movements never rewritten."""
