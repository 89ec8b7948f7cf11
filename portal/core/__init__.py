"""People, companies and rights: journal, comptes, entreprises, rattachements, notifications."""
