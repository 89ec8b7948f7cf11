"""Rendering, errors, requests: what every page stands on. Knows nobody and no domain."""
