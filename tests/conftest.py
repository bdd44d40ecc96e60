"""Options of the whole suite, and what the fault tests survived."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults", "tests/faults")
    group.addoption(
        "--faults", choices=["short", "long"], default="short", help="a seeded share of the points, or all"
    )
    parser.addoption(
        "--demo-county",
        type=Path,
        metavar="FOLDER",
        help="data folder of a run on demo/inbox with this code, made by the first that needs it; else one for this session",
    )
    group.addoption("--faults-seed", type=int, default=20261122, help="which points the share holds")


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: {config.getoption('faults')}, seed {config.getoption('faults_seed')}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tried: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, points in report.user_properties:
                    if name.startswith("faults: "):
                        tried[name.removeprefix("faults: ")] += points
    if tried:
        terminalreporter.section(f"faults survived (seed {config.getoption('faults_seed')})")
        for name, points in sorted(tried.items()):
            terminalreporter.line(f"{points:>7}  {name}")
        terminalreporter.line(f"{tried.total():>7}  in all")
