"""The engine: what a dossier is, from its first field to its end. A room per topic."""
