"""The cluster on this machine and the way to it, as far as no Java is needed: small programs stand in for Spark's."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from yibao import cluster
from yibao.cluster import LocalCluster, Plan, Service, local, remote
from yibao.cluster.settings import LOOPBACK, Ports, from_text, properties, to_text
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem

PLAN = Plan(workers=2, cores=1, memory_mb=1024)
PORTS = Ports(master=7077, master_page=8180, connect=15002, driver_page=4040)
TOKEN = "spark.connect.authenticate.token"
MASTER_AND_SERVER = {"master", "connect"}
posix = pytest.mark.skipif(os.name == "nt", reason="the cluster is not started on Windows")

# a name of Spark's among its arguments makes a program count as Spark's
_SERVICE = "import socket, sys, time; s = [socket.create_server(('127.0.0.1', int(n))) for n in sys.argv[2:]]; time.sleep(120)"


def service(*ports: int) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", _SERVICE, "org.apache.spark.Fake", *map(str, ports))


def ended_at_once(*_: int) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", "print('not enough memory'); raise SystemExit(1)")


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until, "waited for 20 seconds"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "数据 folder")


@pytest.fixture
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    """A program that is not Spark's."""
    program = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(120)"])
    yield program
    program.kill()
    program.wait()


class Machine:
    """A machine with Java and pyspark, as the code sees it. `commands`: what is started for a service, else `service`.

    `programs` are those that were started, in their order, and `environments` theirs.
    """

    def __init__(self) -> None:
        self.commands: dict[str, Callable[..., tuple[str, ...]]] = {}
        self.programs: list[subprocess.Popen[bytes]] = []
        self.environments: list[dict[str, str]] = []

    def recipes(self, plan: Plan, ports: Ports) -> Iterator[local._Recipe]:
        waited = {"master": ports.master, "connect": ports.connect}
        workers = [f"worker-{number}" for number in range(1, plan.workers + 1)]
        for name in ("master", *workers, "connect"):
            port = waited.get(name)
            command = self.commands.get(name, service)
            yield local._Recipe(name, command(*([port] if port else [])), 256, port)

    def start_program(self, *arguments: Any, **settings: Any) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(*arguments, **settings)
        self.programs.append(program)
        self.environments.append(settings["env"])
        return program

    def alive(self) -> set[int]:
        return {program.pid for program in self.programs if program.poll() is None}

    def end_all(self) -> None:
        for program in self.programs:
            program.kill()
            program.wait()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    fake = Machine()
    monkeypatch.setattr(local, "_recipes", fake.recipes)
    monkeypatch.setattr(local, "_require_tools", lambda: None)
    monkeypatch.setattr(local, "_spark_home", lambda: tmp_path)
    ports = Ports(*(free_port() for _ in range(4)))
    monkeypatch.setattr(local, "_free_ports", lambda: ports)
    monkeypatch.setattr(
        local,
        "subprocess",
        SimpleNamespace(
            Popen=fake.start_program,
            run=subprocess.run,
            DEVNULL=subprocess.DEVNULL,
            STDOUT=subprocess.STDOUT,
        ),
    )
    yield fake
    fake.end_all()


@pytest.fixture
def with_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "require_extra", lambda: None)


def silent(_: str) -> None:
    """What is told while starting."""


def record(paths: DataPaths, *services: Service) -> None:
    """As `start` leaves it."""
    local._write_settings(paths, PLAN, PORTS)
    local._write_record(paths, PLAN, PORTS, list(services))


# --- settings ------------------------------------------------------------------------------------------------------


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    settings = properties(PLAN, PORTS, tmp_path / "数据 folder")
    assert from_text(to_text(settings)) == settings
    assert any("数据 folder" in value for value in settings.values()), "a value may hold a blank"


def test_every_cluster_has_its_own_secrets(tmp_path: Path) -> None:
    first, second = (properties(PLAN, PORTS, tmp_path) for _ in range(2))
    secrets = ("spark.authenticate.secret", TOKEN)
    assert {name for name in first if first[name] != second[name]} == set(secrets)
    assert first["spark.authenticate"] == "true"
    assert len({first[name] for name in secrets}) == 2
    assert all(len(first[name]) >= 32 for name in secrets)


def test_everything_listens_on_the_loopback_address_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = properties(PLAN, PORTS, tmp_path)
    listening = {
        name: value
        for name, value in settings.items()
        if name.endswith((".host", ".address", "Address")) or name == "spark.master"
    }
    assert len(listening) == 4
    assert {value.removeprefix("spark://").split(":")[0] for value in listening.values()} == {"127.0.0.1"}
    monkeypatch.setattr(local, "_spark_home", lambda: tmp_path)
    recipes = list(local._recipes(PLAN, PORTS))
    assert [recipe.name for recipe in recipes] == ["master", "worker-1", "worker-2", "connect"]
    for recipe in recipes[:3]:
        assert recipe.command[recipe.command.index("--host") + 1] == "127.0.0.1"


def test_nobody_submits_or_stops_a_job_without_the_secret(tmp_path: Path) -> None:
    # the master's submission server and the links on the pages ask for none
    settings = properties(PLAN, PORTS, tmp_path)
    assert settings.get("spark.master.rest.enabled") == "false"
    assert settings.get("spark.ui.killEnabled") == "false"


def test_a_port_in_use_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    used = {7077, 7078, 15002}

    class Probe(socket.socket):
        def bind(self, address: Any) -> None:
            assert address[0] == "127.0.0.1"
            if address[1] in used:
                raise OSError("in use")

    real = {"SOL_SOCKET": socket.SOL_SOCKET, "SO_REUSEADDR": socket.SO_REUSEADDR}
    monkeypatch.setattr(local, "socket", SimpleNamespace(socket=Probe, **real))
    ports = local._free_ports()
    assert (ports.master, ports.connect) == (7079, 15003)
    assert len({ports.master, ports.master_page, ports.connect, ports.driver_page}) == 4
    used.update(range(15002, 15102))
    with pytest.raises(Problem, match="找不到空闲的端口") as problem:
        local._free_ports()
    assert problem.value.exit_code == ExitCode.WRONG_USE


# --- status --------------------------------------------------------------------------------------------------------


def test_no_cluster_was_started(paths: DataPaths) -> None:
    assert cluster.status(paths) is None
    assert cluster.stop(paths) is None


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe", b'{"plan": {}, "ports": {}, "services": []}'],
)
def test_a_record_that_cannot_be_read_is_no_cluster(paths: DataPaths, text: bytes) -> None:
    record(paths)
    assert cluster.status(paths) == LocalCluster(PLAN, PORTS, (), _token(paths))
    (paths.spark / "cluster" / "cluster.json").write_bytes(text)
    assert cluster.status(paths) is None


@pytest.mark.parametrize("text", ["", "spark.master spark://127.0.0.1:7077\n"])
def test_a_cluster_without_its_key_is_no_cluster(paths: DataPaths, text: str) -> None:
    record(paths)
    settings = paths.spark / "cluster" / "conf" / "spark-defaults.conf"
    settings.write_text(text, encoding="utf-8")
    assert cluster.status(paths) is None
    settings.unlink()
    assert cluster.status(paths) is None


@posix
def test_a_process_number_that_another_program_has_now_is_left_alone(
    paths: DataPaths, sleeping: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_STOP_SECONDS", 0.2)
    record(paths, Service("master", sleeping.pid), Service("connect", sleeping.pid))
    found = cluster.status(paths)
    assert found is not None and not found.is_alive
    assert cluster.stop(paths) == found
    time.sleep(0.3)
    assert sleeping.poll() is None
    assert cluster.status(paths) is None, "the record of a stopped cluster is gone"


@posix
def test_a_process_that_ended_is_not_alive() -> None:
    ended = subprocess.Popen([sys.executable, "-I", "-S", "-c", "", "org.apache.spark.Fake"])
    try:
        # ended, and not yet asked for: its number is still there
        wait_until(lambda: not Service("master", ended.pid).is_alive)
    finally:
        ended.wait()
    assert not Service("master", ended.pid).is_alive


@posix
def test_a_narrow_terminal_does_not_hide_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    # Java's command line holds the whole class path before Spark's name; a small Linux has no ps
    sleeping = (sys.executable, "-I", "-S", "-c", "import time; time.sleep(120)")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PATH", "")
    program = subprocess.Popen([*sleeping, "x" * 300, "org.apache.spark.Fake"])
    try:
        # for a moment after its start a process has no command line yet
        wait_until(lambda: Service("master", program.pid).is_alive)
    finally:
        program.kill()
        program.wait()


# --- starting ------------------------------------------------------------------------------------------------------


@posix
def test_a_cluster_starts_and_stops(machine: Machine, paths: DataPaths) -> None:
    told: list[str] = []
    started = cluster.start(paths, PLAN, told.append)
    assert [item.name for item in started.services] == ["master", "worker-1", "worker-2", "connect"]
    assert {item.pid for item in started.services} == machine.alive()
    assert cluster.status(paths) == started and started.is_alive
    assert [line.split("（")[0] for line in told] == [f"启动 {item.name}" for item in started.services]
    assert started.remote == f"sc://localhost:{started.ports.connect}/;token={_token(paths)}"

    again = cluster.start(paths, PLAN, told.append)
    assert again == started and len(told) == len(machine.programs) == 4, "what runs is not started again"

    assert cluster.stop(paths) == started
    assert machine.alive() == set()
    assert cluster.status(paths) is None and cluster.stop(paths) is None
    assert cluster.start(paths, PLAN, silent).token != started.token


@posix
def test_two_commands_at_once_do_not_start_two_clusters(machine: Machine, paths: DataPaths) -> None:
    refused: list[Problem] = []

    def meanwhile(_: str) -> None:
        for other in (lambda: cluster.start(paths, PLAN, silent), lambda: cluster.stop(paths)):
            with pytest.raises(Problem, match="另一个命令正在启动或停止这个集群") as problem:
                other()
            refused.append(problem.value)

    started = cluster.start(paths, PLAN, meanwhile)
    assert {problem.exit_code for problem in refused} == {ExitCode.WRONG_USE}
    assert len(machine.programs) == 4 and started.is_alive
    assert cluster.stop(paths) == started


@posix
def test_what_is_missing_of_a_cluster_is_added(machine: Machine, paths: DataPaths) -> None:
    started = cluster.start(paths, PLAN, silent)
    machine.programs[1].kill()
    machine.programs[1].wait()
    found = cluster.status(paths)
    assert found is not None and not found.is_alive
    told: list[str] = []
    whole = cluster.start(paths, PLAN, told.append)
    assert len(told) == 1 and "worker-1" in told[0]
    assert whole.is_alive
    assert (whole.token, whole.ports) == (started.token, started.ports)
    assert [item for item in whole.services if item.name != "worker-1"] == [
        item for item in started.services if item.name != "worker-1"
    ]
    cluster.stop(paths)
    assert machine.alive() == set()


@posix
def test_only_the_owner_reads_tables_and_key(machine: Machine, paths: DataPaths) -> None:
    paths.spark.mkdir(parents=True)
    paths.spark.chmod(0o755)
    modes: set[int] = set()

    def command(*ports: int) -> tuple[str, ...]:
        modes.add(stat.S_IMODE(paths.spark.stat().st_mode))
        return service(*ports)

    machine.commands = {"master": command}
    cluster.start(paths, PLAN, silent)
    assert modes == {0o700}, "before anything runs"


@posix
def test_services_stay_on_the_loopback_address_and_show_no_secret(
    machine: Machine, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_REMOTE", "sc://elsewhere:15002")
    monkeypatch.setenv("SPARK_MASTER", "spark://elsewhere:7077")
    cluster.start(paths, PLAN, silent)
    settings = from_text((paths.spark / "cluster" / "conf" / "spark-defaults.conf").read_text("utf-8"))
    secrets = (settings[TOKEN], settings["spark.authenticate.secret"])
    recipes = list(local._recipes(PLAN, PORTS))
    for environment in machine.environments:
        assert environment["SPARK_LOCAL_IP"] == "127.0.0.1"
        assert environment["SPARK_CONF_DIR"] == str(paths.spark / "cluster" / "conf")
        assert not {"SPARK_REMOTE", "SPARK_MASTER"} & environment.keys()
        # other users may read command lines, and some systems show environments
        shown = " ".join([*environment.values(), *(word for recipe in recipes for word in recipe.command)])
        assert not any(secret in shown for secret in secrets)


@posix
def test_a_cluster_of_another_size_is_refused_while_one_runs(machine: Machine, paths: DataPaths) -> None:
    started = cluster.start(paths, PLAN, silent)
    with pytest.raises(Problem, match="规模") as problem:
        cluster.start(paths, replace(PLAN, workers=3), silent)
    assert problem.value.exit_code == ExitCode.WRONG_USE
    assert "2 个节点" in problem.value.where and "yibao cluster stop" in problem.value.todo
    assert cluster.status(paths) == started and started.is_alive
    cluster.stop(paths)
    assert cluster.start(paths, replace(PLAN, workers=1), silent).plan.workers == 1


@posix
@pytest.mark.parametrize("name", sorted(MASTER_AND_SERVER))
def test_a_service_that_ends_at_once_is_told_with_its_log(
    machine: Machine, paths: DataPaths, name: str
) -> None:
    machine.commands = {name: ended_at_once}
    began = time.monotonic()
    with pytest.raises(Problem, match=f"{name} 没有启动成功") as problem:
        cluster.start(paths, PLAN, silent)
    assert time.monotonic() - began < 20, "it is not waited for"
    assert problem.value.exit_code == ExitCode.UNEXPECTED
    log = paths.spark / "cluster" / "logs" / f"{name}.log"
    assert problem.value.where == str(log)
    assert "not enough memory" in log.read_text(encoding="utf-8")
    assert machine.alive() == set(), "what was started before it is ended"
    assert cluster.status(paths) is None


@posix
def test_a_service_that_ended_before_anyone_looked_is_not_waited_for(
    machine: Machine, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_program = machine.start_program

    def start_and_wait(*arguments: Any, **settings: Any) -> subprocess.Popen[bytes]:
        program = start_program(*arguments, **settings)
        program.wait()
        return program

    monkeypatch.setattr(local.subprocess, "Popen", start_and_wait)
    monkeypatch.setattr(local, "_START_SECONDS", 15.0)
    machine.commands = {"master": ended_at_once}
    began = time.monotonic()
    with pytest.raises(Problem, match="没有启动成功"):
        cluster.start(paths, PLAN, silent)
    assert time.monotonic() - began < 10


@posix
def test_a_service_that_never_listens_is_ended(
    machine: Machine, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "_START_SECONDS", 1.0)
    machine.commands = {"connect": lambda _: service()}
    with pytest.raises(Problem, match="connect 没有启动成功"):
        cluster.start(paths, PLAN, silent)
    assert machine.alive() == set()


@posix
def test_a_start_that_fails_leaves_no_process_that_stop_does_not_know(
    machine: Machine, paths: DataPaths
) -> None:
    cluster.start(paths, PLAN, silent)
    machine.programs[0].kill()
    machine.programs[0].wait()
    machine.commands = {"master": ended_at_once}
    with pytest.raises(Problem, match="master 没有启动成功"):
        cluster.start(paths, PLAN, silent)
    cluster.stop(paths)
    assert machine.alive() == set()


@posix
def test_a_start_that_is_interrupted_leaves_nothing(machine: Machine, paths: DataPaths) -> None:
    def interrupt(text: str) -> None:
        if "worker-2" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.start(paths, PLAN, interrupt)
    assert len(machine.programs) == 3 and machine.alive() == set()
    assert cluster.status(paths) is None


# --- what must be there --------------------------------------------------------------------------------------------


def refused(paths: DataPaths) -> Problem:
    with pytest.raises(Problem) as problem:
        cluster.start(paths, PLAN, silent)
    assert problem.value.exit_code == ExitCode.WRONG_USE
    assert not paths.root.exists(), "nothing is made"
    return problem.value


def test_windows_starts_no_cluster(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "os", SimpleNamespace(name="nt", environ={}))
    problem = refused(paths)
    assert "Windows" in problem.what and "SPARK_REMOTE" in problem.todo


@pytest.mark.parametrize("missing", ["pyspark", "grpc", "dbt.adapters.spark"])
def test_the_extra_must_be_installed(paths: DataPaths, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(local, "os", SimpleNamespace(name="posix", environ={}))
    monkeypatch.setattr(local, "shutil", SimpleNamespace(which=lambda _: "/usr/bin/java"))
    monkeypatch.setattr(local, "find_spec", lambda name: None if name == missing else object())
    problem = refused(paths)
    assert "没有安装集群组件" in problem.what and "pip install 'yibao[cluster]'" in problem.todo


def test_java_must_be_there(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_spec", lambda _: object())
    monkeypatch.setattr(local, "shutil", SimpleNamespace(which=lambda _: None))
    monkeypatch.setattr(local, "os", SimpleNamespace(name="posix", environ={}))
    problem = refused(paths)
    assert "没有 Java" in problem.what and "openjdk-17" in problem.todo
    monkeypatch.setattr(local, "os", SimpleNamespace(name="posix", environ={"JAVA_HOME": "/opt/java"}))
    local._require_tools()


# --- the way to a cluster ------------------------------------------------------------------------------------------


def test_the_named_cluster_comes_first(with_extra: None, paths: DataPaths) -> None:
    record(paths)
    own = f"sc://localhost:{PORTS.connect}/;token={_token(paths)}"
    named = "sc://cluster.example:15002/;token=abc"
    assert remote.spark_remote(paths, {"SPARK_REMOTE": named}) == named
    assert remote.spark_remote(paths, {"SPARK_REMOTE": ""}) == own
    assert remote.spark_remote(paths, {}) == own


def test_without_a_cluster_it_is_told_how_to_start_one(with_extra: None, paths: DataPaths) -> None:
    with pytest.raises(Problem, match="没有可用的集群") as problem:
        remote.spark_remote(paths, {})
    assert problem.value.exit_code == ExitCode.WRONG_USE
    assert "yibao cluster start" in problem.value.todo and "SPARK_REMOTE" in problem.value.todo


def test_a_named_cluster_needs_the_extra_too(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_spec", lambda _: None)
    with pytest.raises(Problem, match="没有安装集群组件"):
        remote.spark_remote(paths, {"SPARK_REMOTE": "sc://cluster.example:15002"})


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sc://localhost:15002/;token=s3cret", "sc://localhost:15002"),
        ("sc://localhost:15002/;user_id=a;token=s3cret", "sc://localhost:15002"),
        ("sc://localhost:15002", "sc://localhost:15002"),
        # written wrongly: the key is not shown either
        ("sc://localhost:15002;token=s3cret", "sc://localhost:15002"),
        ("sc://localhost:15002/x;token=s3cret", "sc://localhost:15002/x"),
    ],
)
def test_an_address_is_shown_without_its_key(address: str, shown: str) -> None:
    assert remote.shown(address) == shown


# a whole process: what pyspark leaves behind may keep a process from ending
_ASK = """
import json, sys, time
from yibao.cluster import remote
from yibao.problem import Problem

remote._ANSWER_SECONDS = 5.0
began = time.monotonic()
try:
    remote.require_answer(sys.argv[1])
except Problem as problem:
    told = [problem.what, problem.where, problem.todo, *problem.details]
    seconds = time.monotonic() - began
    print(json.dumps([int(problem.exit_code), "|".join(told), seconds, "pyspark" in sys.modules]), flush=True)
"""


def ask(address: str) -> tuple[int, str, float, bool]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    answered = subprocess.run(
        [sys.executable, "-c", _ASK, address],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    code, text, seconds, imported = json.loads(answered.stdout)
    return code, text, seconds, imported


def test_an_answer_is_awaited_for_less_than_30_seconds() -> None:
    assert remote._CONNECT_SECONDS + remote._ANSWER_SECONDS <= 25, (
        "pyspark takes some to load and to let go of"
    )


def test_a_closed_port_is_told_at_once() -> None:
    code, text, seconds, imported = ask(f"sc://localhost:{free_port()}/;token=s3cret")
    assert code == 2
    assert "连不上集群" in text and "yibao cluster start" in text
    assert "s3cret" not in text
    assert seconds < 10 and not imported, "pyspark takes seconds to load"


def test_a_port_that_accepts_and_never_answers_is_told() -> None:
    pytest.importorskip("pyspark", reason="the client that waits is pyspark's")
    pytest.importorskip("grpc", reason="the client that waits is pyspark's")
    with socket.create_server((LOOPBACK, 0)) as silent_server:
        code, text, seconds, imported = ask(f"sc://localhost:{silent_server.getsockname()[1]}/;token=s3cret")
    assert code == 2
    assert "没有算完" in text and "s3cret" not in text
    # the client's own patience is 10 minutes; a busy machine is slow to load it
    assert imported and 5 <= seconds < 60


def test_a_server_that_died_is_waited_for_once() -> None:
    pytest.importorskip("pyspark", reason="the client that waits is pyspark's")
    grpc = pytest.importorskip("grpc", reason="the client that waits is pyspark's")
    from pyspark.sql.connect.client.retries import Retrying

    class Unavailable(grpc.RpcError):
        def code(self) -> Any:
            return grpc.StatusCode.UNAVAILABLE

        def trailing_metadata(self) -> None:
            """The server says nothing else."""

    patience = remote._patience()

    def waited(*answers: bool) -> float:
        """The seconds that a statement waits where the server answers so, and then not at all."""
        slept: list[float] = []
        answering = iter(answers)
        with suppress(Unavailable):
            for attempt in Retrying(patience, sleep=slept.append):
                with attempt:
                    if not next(answering, False):
                        raise Unavailable
        return sum(slept)

    assert 0 < waited(False, True) < 2, "who answers again is not given up"
    with pytest.warns(UserWarning, match="RETRIES_EXCEEDED"):
        assert 5 < waited() < 15
        assert waited() == 0, "a build has hundreds of statements"


class FakeSession:
    """What pyspark gives for an address, as far as `require_answer` asks of it."""

    def __init__(self, job: Callable[[], None], interrupt: Callable[[], None] = lambda: None) -> None:
        self.job, self.interrupt = job, interrupt
        self.interrupted = threading.Event()
        self.patience: list[str] = []
        self.client = SimpleNamespace(close=lambda: None, set_retry_policies=self.patience.extend)
        self.settings: dict[str, str] = {}
        self.conf = SimpleNamespace(set=self.settings.__setitem__)

    def sql(self, _: str) -> SimpleNamespace:
        return SimpleNamespace(toArrow=self.job)

    def interruptAll(self) -> None:
        self.interrupted.set()
        self.interrupt()


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def pyspark_gives(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], FakeSession]], None]:
    """Puts another pyspark in the place of the real one; the function is called for a session."""

    def replace_it(connect: Callable[[], FakeSession]) -> None:
        builder = SimpleNamespace(remote=lambda _: SimpleNamespace(getOrCreate=connect))
        module = SimpleNamespace(SparkSession=SimpleNamespace(builder=builder))
        monkeypatch.setitem(sys.modules, "pyspark", SimpleNamespace(sql=module))
        monkeypatch.setitem(sys.modules, "pyspark.sql", module)
        monkeypatch.setattr(remote, "_patience", lambda: "ours")
        monkeypatch.setattr(remote, "_ANSWER_SECONDS", 0.5)

    return replace_it


def test_a_cluster_that_answers_gives_a_session(listening: int, pyspark_gives: Any) -> None:
    session = FakeSession(job=lambda: None)
    pyspark_gives(lambda: session)
    assert cluster.require_answer(f"sc://localhost:{listening}/;token=s3cret") is session
    assert session.patience == ["ours"], "a server that died is given up soon"
    assert not session.interrupted.is_set()
    assert session.settings["spark.sql.session.timeZone"] == "UTC", "as dbt's session, not as the cluster's"
    assert session.settings["spark.sql.decimalOperations.allowPrecisionLoss"] == "false"
    assert session.settings["spark.sql.ansi.enabled"] == "true"
    assert not any("{{" in value for value in session.settings.values()), "dbt's own address is not for us"


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("UNAUTHENTICATED: invalid token s3cret\nJVM stacktrace: ..."),
        ValueError("Parameter 'token=s3cret' should be provided as a key-value pair"),
        RuntimeError(""),
    ],
)
@pytest.mark.parametrize("when", ["connecting", "working"])
def test_a_cluster_that_refuses_is_told_without_the_key(
    listening: int, pyspark_gives: Any, error: Exception, when: str
) -> None:
    def fail() -> Any:
        raise error

    pyspark_gives(fail if when == "connecting" else lambda: FakeSession(job=fail))
    with pytest.raises(Problem, match="集群拒绝了连接") as problem:
        cluster.require_answer(f"sc://localhost:{listening}/;token=s3cret")
    assert problem.value.exit_code == ExitCode.WRONG_USE
    assert problem.value.where == f"sc://localhost:{listening}"
    assert "SPARK_REMOTE" in problem.value.todo
    (detail,) = problem.value.details
    assert detail and "s3cret" not in detail and "\n" not in detail


@pytest.mark.parametrize("interrupting", ["answered", "unanswered"])
def test_a_job_that_no_worker_takes_is_ended_and_told(
    listening: int, pyspark_gives: Any, interrupting: str
) -> None:
    never = threading.Event()
    wait = never.wait if interrupting == "unanswered" else lambda: None
    session = FakeSession(job=never.wait, interrupt=wait)
    pyspark_gives(lambda: session)
    told: list[Problem] = []

    def require() -> None:
        try:
            cluster.require_answer(f"sc://localhost:{listening}/;token=s3cret")
        except Problem as problem:
            told.append(problem)

    # so that a call which never returns is a failed test, and no test run that stands still
    asking = threading.Thread(target=require, daemon=True)
    asking.start()
    asking.join(20)
    never.set()
    (problem,) = told
    assert problem.exit_code == ExitCode.WRONG_USE
    assert "没有可用的计算节点" in problem.what and "yibao cluster start" in problem.todo
    assert session.interrupted.is_set(), "the job would hold the workers"


@pytest.mark.parametrize(
    "address",
    ["", "localhost", "sc://", "sc://localhost:x", "sc://localhost:99999", "sc://localhost:1;token=s3cret"],
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(Problem, match="连不上集群") as problem:
        cluster.require_answer(address)
    assert problem.value.exit_code == ExitCode.WRONG_USE
    shown = [problem.value.what, problem.value.where, problem.value.todo, *problem.value.details]
    assert "s3cret" not in " ".join(shown)


def _token(paths: DataPaths) -> str:
    text = (paths.spark / "cluster" / "conf" / "spark-defaults.conf").read_text(encoding="utf-8")
    return from_text(text)[TOKEN]
