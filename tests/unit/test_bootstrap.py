"""The bootstrap's own decisions: what runs, what is named as not run, what the table says."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TextIO

import pytest

ROOT = Path(__file__).resolve().parents[2]
# CI counts the tests of a run by this line
CLOSING_LINE = re.compile(r"^\w+: \d+ passed, \d+ failed(, \d+ skipped)?$")


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bootstrap"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_all_steps_run_and_what_could_not_is_named(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "models").mkdir()
    seen: list[str] = []

    def runner(command: Sequence[str], output: TextIO | None) -> int:
        seen.append(command[0])
        return 3 if command[0] == "b" else 0

    steps = [
        bootstrap.Step("first", ("a",)),
        bootstrap.Step("broken", ("b",)),
        bootstrap.Step("without files", ("d",), files=("models", "*.sql")),
        bootstrap.Step("without its program", ("g",), program="no-such-program"),
        bootstrap.Step("last", ("f",)),
    ]
    results = bootstrap.run_steps(steps, runner, tmp_path)

    assert seen == ["a", "b", "f"]
    assert [(result.name, result.status, result.note) for result in results] == [
        ("first", "passed", ""),
        ("broken", "failed", "exit code 3"),
        ("without files", "not run", "no *.sql in models/"),
        ("without its program", "not run", "no no-such-program on this machine"),
        ("last", "passed", ""),
    ]
    table = bootstrap.summary(results)
    assert "no *.sql in models/" in table
    assert table.splitlines()[-1] == "steps: 2 passed, 1 failed, 2 skipped"


def test_steps_beside_another_run_with_it_and_are_told_of_after_it(
    bootstrap: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    meeting = threading.Barrier(2, timeout=20)

    def runner(command: Sequence[str], output: TextIO | None) -> int:
        if command[0] == "right":
            meeting.wait()
        code: int = bootstrap.call([sys.executable, "-c", f"print('{command[0]} says')"], os.environ, output)
        if command[0] == "left":
            meeting.wait()
        return code

    beside = (bootstrap.Step("left", ("left",)), bootstrap.Step("last", ("last",)))
    results = bootstrap.run_steps([bootstrap.Step("right", ("right",), beside=beside)], runner)
    assert [(result.name, result.status) for result in results] == [
        ("left", "passed"),
        ("last", "passed"),
        ("right", "passed"),
    ]
    told = capfd.readouterr().out.splitlines()
    said = ["right says", "left says", "last says"]
    assert [line for line in told if line in said] == said


@pytest.mark.parametrize(("fails", "walked"), [("", ["run", "report"]), ("run", ["run"])])
def test_the_demo_ends_with_the_monthly_report(
    bootstrap: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fails: str,
    walked: list[str],
) -> None:
    calls: list[Sequence[str]] = []
    monkeypatch.setattr(bootstrap, "sync", lambda env: "")
    monkeypatch.setattr(
        bootstrap, "call", lambda command, env: calls.append(command) or 3 * (command[1] == fails)
    )
    assert bootstrap.demo() == (3 if fails else 0)
    assert [command[1] for command in calls] == walked
    assert {tuple(command[-2:]) for command in calls} == {("--data", str(ROOT / "data" / "demo"))}
    told = capsys.readouterr().out
    assert "yibao run ended with exit code 3" in told if fails else str(Path("data/demo/reports")) in told


def test_the_cluster_is_tested_in_part_here_and_whole_by_its_own_command(
    bootstrap: ModuleType, tmp_path: Path
) -> None:
    short, whole = bootstrap.test_steps(tmp_path)[-1], bootstrap.cluster_step()
    assert short.name == whole.name == "cluster"
    assert short.command[: len(whole.command) + 2] == (*whole.command, "-m", "not long")


def test_the_demo_county_is_built_once(bootstrap: ModuleType, tmp_path: Path) -> None:
    steps = {step.name: step for step in bootstrap.test_steps(tmp_path / "data")}
    county = ("--demo-county", str(tmp_path / "demo-data"))
    assert {step.command[-2:] for step in steps.values()} == {county}
    assert [step.name for step in steps["pytest"].beside] == [step.name for step in bootstrap.lint_steps()]
    assert steps["browser"].program == "chromium"


def test_java_home_is_no_browser(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    steps = [bootstrap.browser_step(tmp_path), bootstrap.cluster_step()]
    results = bootstrap.run_steps(steps, lambda command, output: 0, tmp_path)
    assert [(result.name, result.status, result.note) for result in results] == [
        ("browser", "not run", "no chromium on this machine"),
        ("cluster", "passed", ""),
    ]


def test_what_is_missing_is_named_by_its_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = {"json": "a", "no_such_program": "b", str(tmp_path): "c", str(tmp_path / "no"): "d"}
    monkeypatch.setattr(bootstrap, "DEBIAN_PACKAGES", names)
    assert bootstrap.missing_system_parts() == ["b", "d"]


@pytest.mark.parametrize("statuses", [["passed"], ["failed", "passed"], ["not run"]])
def test_the_table_closes_with_a_countable_line(bootstrap: ModuleType, statuses: list[str]) -> None:
    results = [bootstrap.Result(f"s{n}", status, 1.0) for n, status in enumerate(statuses)]
    assert CLOSING_LINE.match(bootstrap.summary(results).splitlines()[-1])


@pytest.mark.parametrize(("status", "code"), [("passed", 0), ("failed", 1), ("not run", 1)])
def test_only_a_whole_pass_is_success(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: str, code: int
) -> None:
    monkeypatch.setattr(bootstrap, "BUILD", tmp_path)
    monkeypatch.setattr(bootstrap, "sync", lambda env, dev, cluster: "")
    monkeypatch.setattr(bootstrap, "run_steps", lambda steps, runner: [bootstrap.Result("x", status, 0.0)])
    assert bootstrap.check(lambda data: []) == code


def test_environment_is_silent_and_keeps_the_key_out_of_the_data_folder(bootstrap: ModuleType) -> None:
    data = ROOT / "data" / "demo"
    foreign = {"VIRTUAL_ENV": "/elsewhere", "PYTHONDONTWRITEBYTECODE": "1"}
    env = bootstrap.environment(data, {**foreign, "PIP_INDEX_URL": "https://mirror.invalid"})
    assert env["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert env["DO_NOT_TRACK"] == "1"
    assert env["YIBAO_DATA"] == str(data)
    assert data not in Path(env["YIBAO_KEY_FILE"]).parents
    assert not foreign.keys() & env.keys()
    assert env["PIP_INDEX_URL"] == "https://mirror.invalid"


def test_without_uv_pip_installs_and_says_so(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Sequence[str]] = []
    monkeypatch.setattr(bootstrap, "find_uv", lambda env: None)
    monkeypatch.setattr(bootstrap, "make_venv", lambda folder, env: None)
    monkeypatch.setattr(bootstrap, "call", lambda command, env: calls.append(command) or 0)
    assert bootstrap.UV_VERSION in bootstrap.sync({}, dev=True)
    (command,) = calls
    assert "pip" in command and "-e" in command
    assert any(str(part).startswith("pytest") for part in command)


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), ([], 2), (["no-such"], 2)])
def test_command_line(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bootstrap.py"), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert "demo" in done.stdout + done.stderr
