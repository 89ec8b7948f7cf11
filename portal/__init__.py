"""Mon Espace: the self-service portal of an OPCO. `docs/architecture.md` says which room is which."""
