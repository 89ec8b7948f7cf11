"""Everything shared comes from the portal's own pytest plugin (`portal = true` in pyproject.toml)."""

pytest_plugins = ["portal.testing.point"]
