"""Make the environment of this checkout and run something in it: `python bootstrap.py demo`.

Standard library only, so that it runs on a fresh machine (Linux, macOS, Windows; Python 3.11 to 3.13). One file on
purpose: nothing is installed yet that a second one could be imported from, and who is to run it can read it from top to bottom.
It writes only inside the checkout (.venv/, build/, data/demo*), and the caches of pip and uv.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
UV_VERSION = "0.13.9"
PYTHON_FROM, PYTHON_BELOW = (3, 11), (3, 14)

# What may be installed where this runs as root on Debian: Python module, program or folder -> Debian package.
DEBIAN_PACKAGES = {
    "ensurepip": "python3-venv",
    "java": "openjdk-17-jre-headless",
    # the dashboard's tests look at it with a real browser, in Chinese
    "chromium": "chromium",
    "/usr/share/fonts/opentype/noto": "fonts-noto-cjk",
}

LEFTOVERS = ("build", "dist", "target", "logs", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")

PASSED, FAILED, NOT_RUN = "passed", "failed", "not run"


@dataclass(frozen=True)
class Step:
    """One check: its command, what must be there for it."""

    name: str
    command: tuple[str, ...]
    files: tuple[str, str] | None = None  # (folder, glob): not run where nothing matches
    program: str | None = None  # not run where it is not on PATH (java: nor under JAVA_HOME)
    beside: tuple[Step, ...] = ()  # run in turn at the same time; what they say is shown after this one


@dataclass(frozen=True)
class Result:
    """How a step ended; `note` says why it failed or was not run."""

    name: str
    status: str
    seconds: float
    note: str = ""


class Stop(Exception):
    """Nothing further can be done; the message says what to do about it."""


# -- the environment -------------------------------------------------------------------------------


def program(name: str, venv: Path = VENV) -> str:
    """Path of a program inside a virtual environment."""
    return str(venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name)


def environment(data: Path, base: Mapping[str, str]) -> dict[str, str]:
    """The variables every command here gets: no telemetry, UTF-8, this checkout's dbt project, `data`."""
    # container images forbid bytecode: without it every process here compiles anew what it imports, 3 seconds of its 4
    left_out = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    env = {key: value for key, value in base.items() if key not in left_out}
    env.update(
        DBT_PROFILES_DIR=str(ROOT),
        DBT_PROJECT_DIR=str(ROOT),
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
        DO_NOT_TRACK="1",
        PYTHONUTF8="1",
        UV_PROJECT_ENVIRONMENT=str(VENV),
        YIBAO_DATA=str(data),
        # beside the data folder, never inside it: synthetic data, so the key may live in the checkout
        YIBAO_KEY_FILE=str(data.with_name(f"{data.name}.key")),
    )
    # a bureau's proxy has a certificate of its own, which the machine knows and uv does not
    env.setdefault("UV_SYSTEM_CERTS", "1")
    if not sys.stdout.isatty():
        env["DBT_USE_COLORS"] = "false"
    return env


def call(command: Sequence[str], env: Mapping[str, str], output: TextIO | None = None) -> int:
    """Run a command in the checkout; its output is shown as it comes, or goes to a file. 127 where it cannot be started."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=dict(env), check=False, stdout=output, stderr=output and subprocess.STDOUT
        )
        return done.returncode
    except OSError as error:
        say(f"cannot start {command[0]}: {error}", output)
        return 127


def say(text: str, output: TextIO | None = None) -> None:
    """One progress line, flushed, so that it stands before the output of what it announces."""
    print(f"[yibao] {text}", file=output, flush=True)


def missing_system_parts() -> list[str]:
    """Debian packages of the needed modules, programs and folders that are not on this machine."""
    return [package for name, package in DEBIAN_PACKAGES.items() if not _is_here(name)]


def _is_here(name: str) -> bool:
    if name.startswith("/"):
        return Path(name).is_dir()
    return importlib.util.find_spec(name) is not None or shutil.which(name) is not None


def install_system_parts(env: Mapping[str, str]) -> None:
    """Install what is missing with apt-get where that is allowed; else say what is to be installed."""
    packages = missing_system_parts()
    if not packages:
        return
    may = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if not may:
        say(f"missing here, and only root with apt-get can install: {', '.join(packages)} (Debian's names)")
        return
    quiet = dict(env, DEBIAN_FRONTEND="noninteractive")
    for command in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        say(f"apt-get {' '.join(command)}")
        if call(["apt-get", *command], quiet):
            say("apt-get failed; going on without")
            return


def make_venv(folder: Path, env: Mapping[str, str]) -> None:
    """Make a virtual environment with pip in it."""
    if Path(program("python", folder)).exists() and Path(program("pip", folder)).exists():
        return
    if call([sys.executable, "-m", "venv", str(folder)], env):
        shutil.rmtree(folder, ignore_errors=True)
        raise Stop(
            f"cannot make a virtual environment in {folder}; on Debian first: apt-get install python3-venv"
        )


def find_uv(env: Mapping[str, str]) -> str | None:
    """The pinned uv: on PATH, in build/uv-VERSION, or put there with pip; None where it cannot be had."""
    on_path = shutil.which("uv")
    side = BUILD / f"uv-{UV_VERSION}"
    for candidate in (on_path, program("uv", side)):
        if candidate and uv_version(candidate) == UV_VERSION:
            return candidate
    try:
        make_venv(side, env)
    except Stop as stop:
        say(str(stop))
        return None
    pip = [program("python", side), "-m", "pip", "install", "--quiet", f"uv=={UV_VERSION}"]
    return program("uv", side) if call(pip, env) == 0 else None


def uv_version(uv: str) -> str | None:
    """`0.13.9` of `uv 0.13.9 (...)`; None where the program is not there or does not say."""
    try:
        out = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None
    return out[1] if len(out) > 1 else None


def sync(env: Mapping[str, str], *, dev: bool = False, cluster: bool = False) -> str:
    """Bring .venv to what uv.lock names; returns "" or, where pip had to do it, why.

    `dev` are the development tools, `cluster` the packages of the second engine. What is already there stays,
    so that `demo` after `test` takes nothing away.
    """
    uv = find_uv(env)
    if uv:
        if VENV.exists() and not (VENV / "pyvenv.cfg").exists():
            raise Stop(f"{VENV} is not a virtual environment: move it away and start again")
        group = ["--inexact", *([] if dev else ["--no-dev"]), *(["--extra", "cluster"] if cluster else [])]
        if call([uv, "sync", "--frozen", "--quiet", "--python", sys.executable, *group], env) == 0:
            return ""
        why = "uv sync failed (its message stands above)"
    else:
        why = f"uv {UV_VERSION} cannot be had"
    say(f"{why}: installing with pip, so the versions may differ from uv.lock")
    make_venv(VENV, env)
    wanted = ["-e", ".[cluster]" if cluster else ".", *(dev_packages() if dev else [])]
    if call([program("python"), "-m", "pip", "install", "--quiet", *wanted], env):
        raise Stop(
            "pip could not install the packages either. Behind a mirror or on a closed network tell pip "
            "where they are (`pip config set global.index-url URL`, or PIP_FIND_LINKS=FOLDER and "
            "PIP_NO_INDEX=1), then start again."
        )
    return why


def dev_packages() -> list[str]:
    """The development tools that pyproject.toml names."""
    import tomllib  # here, so that an older Python gets as far as being told that it is too old

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [str(item) for item in project["dependency-groups"]["dev"]]


# -- the checks ------------------------------------------------------------------------------------


# by group: tests that share a costly folder stay in one process
PYTEST = (program("python"), "-m", "pytest", "-n", "2", "--dist", "loadgroup")


def lint_steps() -> list[Step]:
    """Style and types."""
    fluff = (program("sqlfluff"), "lint", "--disable-progress-bar", "models", "tests/data")
    return [
        Step("ruff check", (program("ruff"), "check", ".")),
        Step("ruff format", (program("ruff"), "format", "--check", ".")),
        Step("mypy", (program("mypy"), "--strict", "yibao", "dashboard", "bootstrap.py")),
        Step("sqlfluff", fluff, files=("models", "*.sql")),
    ]


def test_steps(data: Path) -> list[Step]:
    """Everything: pytest, which walks the demo county with all dbt tests, and style beside it; the dashboard; a cluster."""
    county = data.with_name("demo-data")
    ignored = ("--ignore", "tests/cluster", "--ignore", "tests/browser")
    return [
        Step("pytest", (*PYTEST, *ignored, "--demo-county", str(county)), beside=tuple(lint_steps())),
        browser_step(county),
        # the share that stays within the time of this command; `spark` runs them all
        cluster_step("-m", "not long", "--demo-county", str(county)),
    ]


def faults_steps(data: Path) -> list[Step]:
    """Every step and every fault, 200 kills, thousands of drawn inputs (docs/trust.zh.md); `make test` has a seeded share of it."""
    pytest = (*PYTEST, "--timeout", "14400")
    return [
        Step("faults", (*pytest, "--faults", "long", "tests/faults")),
        Step("properties", (*pytest, "--hypothesis-profile", "long", "tests/properties")),
    ]


def cluster_step(*more: str) -> Step:
    """The tests that need a cluster on this machine; they end with a table of both engines' published tables."""
    return Step("cluster", (program("python"), "-m", "pytest", "tests/cluster", *more), program="java")


def browser_step(county: Path) -> Step:
    """The dashboard as its users meet it, with a real browser; over the demo county that pytest has made."""
    command = (program("python"), "-m", "pytest", "tests/browser", "--demo-county", str(county))
    return Step("browser", command, program="chromium")


def _is_java_home(name: str) -> bool:
    return name == "java" and "JAVA_HOME" in os.environ


Runner = Callable[[Sequence[str], TextIO | None], int]


def run_steps(steps: Sequence[Step], runner: Runner, root: Path = ROOT) -> list[Result]:
    """Run every step in turn, also after a failure; what those beside a step say is shown after it."""
    results: list[Result] = []
    for step in steps:
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            with ThreadPoolExecutor() as aside:
                others = aside.submit(_in_turn, step.beside, runner, root, said)
                result = run_step(step, runner, root)
            results += [*others.result(), result]
            said.seek(0)
            shutil.copyfileobj(said, sys.stdout)
    return results


def _in_turn(steps: Sequence[Step], runner: Runner, root: Path, output: TextIO) -> list[Result]:
    return [run_step(step, runner, root, output) for step in steps]


def run_step(step: Step, runner: Runner, root: Path, output: TextIO | None = None) -> Result:
    """Run one step, if what it needs is there; one whose program or files are missing is `not run`."""
    if step.files and not any((root / step.files[0]).rglob(step.files[1])):
        return Result(step.name, NOT_RUN, 0.0, f"no {step.files[1]} in {step.files[0]}/")
    if step.program and not shutil.which(step.program) and not _is_java_home(step.program):
        return Result(step.name, NOT_RUN, 0.0, f"no {step.program} on this machine")
    say(f"{step.name} ...", output)
    start = time.monotonic()
    code = runner(step.command, output)
    status, note = (FAILED, f"exit code {code}") if code else (PASSED, "")
    result = Result(step.name, status, time.monotonic() - start, note)
    say(f"{step.name}: {status} in {result.seconds:.1f} s", output)
    return result


def summary(results: Sequence[Result]) -> str:
    """The table of steps; its last line is `steps: N passed, N failed`, where needed with `, N skipped`."""
    table = [f"{r.name:<14} {r.status:<8} {r.seconds:>7.1f} s  {r.note}".rstrip() for r in results]
    count = Counter(r.status for r in results)
    last = f"steps: {count[PASSED]} passed, {count[FAILED]} failed"
    return "\n".join(["", *table, "", f"{last}, {count[NOT_RUN]} skipped" if count[NOT_RUN] else last])


# -- the commands ----------------------------------------------------------------------------------


def demo() -> int:
    """The demo county through the whole road to its monthly report, into data/demo; what is landed already is skipped."""
    data = ROOT / "data" / "demo"
    env = environment(data, os.environ)
    timed("environment", lambda: sync(env))
    inbox = str(ROOT / "demo" / "inbox")
    for arguments in (["run", "--inbox", inbox], ["report"]):
        code = call([program("yibao"), *arguments, "--data", str(data)], env)
        if code:
            say(f"yibao {arguments[0]} ended with exit code {code}; the lines above say why")
            return code
    yibao = Path(program("yibao")).relative_to(ROOT)
    where = data.relative_to(ROOT)
    lines = (
        (f"{yibao} status --data {where}", "what is landed and published"),
        (f"{yibao} show part_rate --data {where}", "one indicator (参保率); show --list names all"),
        (f"{where / 'published'}", "the published marts (DuckDB) and their manifest"),
        (f"{where / 'reports'}", "the monthly report (月报): Word, PDF, Excel, package"),
        (f"YIBAO_KEY_FILE={env['YIBAO_KEY_FILE']}", "set this before you land anything more into it"),
        ("make dashboard", "the pages for the leadership (first: yibao user add, see README.md)"),
        ("docs/month.zh.md", "a month from exports to the issued report (一个月怎么过)"),
    )
    print("\nLook next:", *(f"  {what:<52} {why}" for what, why in lines), sep="\n", flush=True)
    return 0


def dashboard() -> int:
    """The dashboard over the demo county; who may log in is added by hand, for nobody has a password by default."""
    data = ROOT / "data" / "demo"
    env = environment(data, os.environ)
    timed("environment", lambda: sync(env))
    return call([program("yibao"), "dashboard", "--data", str(data)], env)


def check(steps: Callable[[Path], list[Step]]) -> int:
    """Run steps in the environment with all tools; 0 only where every step ran and passed."""
    data = BUILD / "test" / "data"
    shutil.rmtree(data.parent, ignore_errors=True)
    data.mkdir(parents=True)
    env = environment(data, os.environ)
    start = time.monotonic()
    install_system_parts(env)
    try:
        why = timed("environment", lambda: sync(env, dev=True, cluster=True))
    except Stop as stop:
        results = [Result("environment", FAILED, time.monotonic() - start, str(stop))]
    else:
        # pip in place of an unreachable uv is a way round; a lock that does not install is a fault
        status = FAILED if why.startswith("uv sync failed") else PASSED
        results = [Result("environment", status, time.monotonic() - start, why)]
        results += run_steps(steps(data), lambda command, output: call(command, env, output))
    print(summary(results), flush=True)
    return 0 if all(result.status == PASSED for result in results) else 1


def cluster() -> int:
    """A Spark cluster on this machine, for the data folder data/cluster."""
    data = ROOT / "data" / "cluster"
    env = environment(data, os.environ)
    install_system_parts(env)
    timed("environment", lambda: sync(env, cluster=True))
    code = call([program("yibao"), "cluster", "start", "--data", str(data)], env)
    if code == 0:
        yibao, where = Path(program("yibao")).relative_to(ROOT), data.relative_to(ROOT)
        print(
            f"\nNext, and when you are done:\n"
            f"  {yibao} run --target spark --inbox demo/inbox --data {where}\n"
            f"  {yibao} cluster stop --data {where}",
            flush=True,
        )
    return code


def install() -> int:
    """The environment with the development tools."""
    timed("environment", lambda: sync(environment(ROOT / "data", os.environ), dev=True, cluster=True))
    say(f"ready: {Path(program('yibao')).relative_to(ROOT)} --help")
    return 0


def clean() -> int:
    """Remove what can be made again; .venv and data/ stay."""
    for name in LEFTOVERS:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


def timed(name: str, work: Callable[[], str]) -> str:
    """Announce a piece of work and its seconds; returns what it returns."""
    say(f"{name} ...")
    start = time.monotonic()
    answer = work()
    say(f"{name}: {time.monotonic() - start:.1f} s")
    return answer


COMMANDS: dict[str, tuple[Callable[[], int], str]] = {
    "demo": (
        demo,
        "run the demo county, from its exports to published indicators and the monthly report, in data/demo",
    ),
    "dashboard": (dashboard, "serve the dashboard of the demo county on this machine"),
    "test": (lambda: check(test_steps), "all checks and tests, closed by a table of how each ended"),
    "lint": (lambda: check(lambda data: lint_steps()), "style and types only"),
    "faults": (
        lambda: check(faults_steps),
        "the long fault and property tests: fail at every step, 200 kills (some hours)",
    ),
    "cluster": (cluster, "install the second engine and start a Spark cluster for data/cluster"),
    "spark": (
        lambda: check(lambda data: [cluster_step()]),
        "the demo county on both engines, compared cell by cell, and all tests of the second",
    ),
    "install": (install, "make .venv with the development tools, run nothing"),
    "clean": (clean, "remove build/ and caches; .venv and data/ stay"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and run one command; returns the exit code (2 for wrong use)."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, text) in COMMANDS.items():
        commands.add_parser(name, help=text, description=text)
    chosen = parser.parse_args(arguments).command
    if not PYTHON_FROM <= sys.version_info[:2] < PYTHON_BELOW:
        say(f"Python 3.11 to 3.13 is needed; this is {sys.version.split()[0]} ({sys.executable})")
        return 2
    try:
        return COMMANDS[chosen][0]()
    except Stop as stop:
        say(str(stop))
        return 1


if __name__ == "__main__":
    sys.exit(main())
