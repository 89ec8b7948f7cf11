"""Everything shared comes from the portal's own pytest plugin (`portal = true` in pyproject.toml)."""

pytest_plugins = ["portal.testing.point"]

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile(
    "portail",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("portail")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits most (browsers, processes) starts first: short tests fill the time beside it."""
    lents = ("parcours", "outillage")
    items.sort(key=lambda item: not any(f"tests/{nom}/" in item.nodeid for nom in lents))
