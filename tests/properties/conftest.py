"""How much is tried: `--hypothesis-profile short` (the default, within `make test`) or `long` (`make faults`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.integration.conftest import demo_data
from tests.properties.models import Models
from yibao.paths import DataPaths

__all__ = ["demo_data"]

# one example lands files and may run all models: far from the 200 ms that hypothesis expects
_SLOW = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
    "print_blob": True,
}
settings.register_profile("short", derandomize=True, database=None, **_SLOW)
settings.register_profile("long", **_SLOW)


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("short")


@pytest.fixture(scope="session")
def models(demo_data: Path) -> Models:
    """The models as the run on the demo county compiled them."""
    return Models(DataPaths(demo_data))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples of a module lay their desks, one after another."""
    return tmp_path_factory.mktemp("desks")
