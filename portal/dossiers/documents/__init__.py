"""Documents of a dossier: by type, several a type, replaced versions kept."""
