"""Entering a dossier: what was typed, read, checked, transmitted."""
