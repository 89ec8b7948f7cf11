"""Bank accounts of payees, payment runs, transfer notices."""
