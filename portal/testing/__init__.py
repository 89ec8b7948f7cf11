"""Test harness, for the portal's own tests and for authors of plugins (pytest plugin)."""
