"""Everything shared comes from the portal's own pytest plugin (`portal = true` in pyproject.toml)."""

pytest_plugins = ["portal.testing.point"]

from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile(
    "portail",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("portail")
