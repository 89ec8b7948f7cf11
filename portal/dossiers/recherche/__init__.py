"""« Mes dossiers »: lists, filters, search."""
