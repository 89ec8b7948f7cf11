"""Everything shared comes from the portal's own pytest plugin."""

pytest_plugins = ["portal.testing.plugin"]
