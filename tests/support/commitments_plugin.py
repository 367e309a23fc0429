"""A pytest plugin that remembers which promises each marked test carried, and how it went.

Load it from the top conftest: `pytest_plugins = ["support.commitments_plugin"]`.
`chatbot commitments` reads what it writes. A partial run renews only the tests that it ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

CACHE_KEY = "commitments/results"
PROPERTY = "commitment"
_RANK = {"skipped": 0, "passed": 1, "failed": 2}
"""When a test has several phases, the outcome that counts is the highest."""


def pytest_configure(config: pytest.Config) -> None:
    """Collect in the one process that hears every report; the workers of xdist only pass their properties on."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config), "commitments-collector")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note the ids on the test, so that they travel with its reports."""
    ids = {each for mark in item.iter_markers("commitment") for each in mark.args}
    item.user_properties.extend((PROPERTY, each) for each in sorted(ids))


class Collector:
    """Gathers outcomes, and writes them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._ran: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a marked test's worst outcome over set-up, call and tear-down."""
        ids = [value for name, value in report.user_properties if name == PROPERTY]
        if not ids:
            return
        row = self._ran.setdefault(report.nodeid, {"ids": ids, "outcome": "skipped"})
        # A passed set-up proves nothing yet, and an expected failure is reported as skipped.
        counts = report.when == "call" or report.outcome == "failed"
        if counts and _RANK[report.outcome] > _RANK[row["outcome"]]:
            row["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        """Write what ran over what was known."""
        cache = getattr(self._config, "cache", None)
        if cache is not None and self._ran:
            cache.set(CACHE_KEY, {**cache.get(CACHE_KEY, {}), **self._ran})
