"""Taking over what former portals held: people, rights, dossiers, money, accounts."""
