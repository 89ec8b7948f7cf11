"""« Exporter vers Excel »: small at once, large in the background."""
