"""What pytest loads in every project where the portal is installed: almost nothing.

`portal = true` in pytest's settings starts a PostgreSQL of the run's own and brings the fixtures.
"""

from __future__ import annotations

import pytest

PLUGIN = "portal.testing.plugin"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("portal", "database, application and browsers of Mon Espace", "bool", False)


def pytest_configure(config: pytest.Config) -> None:
    if config.getini("portal"):
        config.pluginmanager.import_plugin(PLUGIN)
