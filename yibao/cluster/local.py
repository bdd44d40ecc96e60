"""Starting, showing and stopping the cluster on this machine. What it leaves lies in DATA/spark."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from yibao import durable
from yibao.cluster.settings import LOOPBACK, Plan, Ports, from_text, properties, to_text
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem

_CONNECT_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
_START_SECONDS = 90.0
_STOP_SECONDS = 20.0
_DAEMON_MB = 256
# what a worker offers beyond the heap of its executor
_OVERHEAD_MB = 512


@dataclass(frozen=True)
class Service:
    """One process of the cluster."""

    name: str
    pid: int

    @property
    def process(self) -> psutil.Process | None:
        """The process, where it is there and is Spark's: a pid is given to another program after a while."""
        with suppress(psutil.Error):
            process = psutil.Process(self.pid)
            if any("org.apache.spark" in word for word in process.cmdline()):
                return process
        return None

    @property
    def is_alive(self) -> bool:
        """Whether `process` is there."""
        return self.process is not None


@dataclass(frozen=True)
class LocalCluster:
    """What was started: its size, its ports, its processes."""

    plan: Plan
    ports: Ports
    services: tuple[Service, ...]
    token: str

    @property
    def remote(self) -> str:
        """The address for SPARK_REMOTE; it holds the key to the cluster."""
        # Spark's client sends a token without TLS to this name only
        return f"sc://localhost:{self.ports.connect}/;token={self.token}"

    @property
    def is_alive(self) -> bool:
        return all(service.is_alive for service in self.services)


def status(paths: DataPaths) -> LocalCluster | None:
    """The cluster that was started for this data folder, alive or not; None where none was, or it was stopped."""
    try:
        content = json.loads(_record(paths).read_text(encoding="utf-8"))
        token = from_text(_settings_file(paths).read_text(encoding="utf-8"))[
            "spark.connect.authenticate.token"
        ]
        return LocalCluster(
            Plan(**content["plan"]),
            Ports(**content["ports"]),
            tuple(Service(**service) for service in content["services"]),
            token,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def start(paths: DataPaths, plan: Plan, tell: Callable[[str], None]) -> LocalCluster:
    """Brings up master, workers and Connect server, or what is missing of them; returns when the server listens.

    Raises Problem: exit 2 where Java or the extra `cluster` is missing, a cluster of another size runs already, or
    another command starts or stops it now; exit 1 when a service does not come up (its log is named).
    """
    _require_tools()
    with _alone(paths):
        return _start(paths, plan, tell)


def _start(paths: DataPaths, plan: Plan, tell: Callable[[str], None]) -> LocalCluster:
    before = status(paths)
    if before and any(service.is_alive for service in before.services):
        if before.plan != plan:
            raise Problem(
                "集群已经在运行，规模与这次要求的不同",
                where=f"{before.plan.workers} 个节点，每个 {before.plan.cores} 核 {before.plan.memory_mb} MB",
                todo="请先执行 yibao cluster stop，再按新的规模启动。",
            )
        ports, alive = before.ports, {item.name: item for item in before.services if item.is_alive}
    else:
        ports, alive = _free_ports(), {}
        _write_settings(paths, plan, ports)
    services: list[Service] = []
    try:
        for recipe in _recipes(plan, ports):
            running = alive.pop(recipe.name, None)
            service = running or _spawn(paths, recipe)
            services.append(service)
            # with those whose turn comes later: whatever happens here, `stop` knows every process
            _write_record(paths, plan, ports, [*services, *alive.values()])
            if running is None:
                tell(f"启动 {recipe.name}（进程 {service.pid}）")
                _await_port(paths, service, recipe.port)
    except BaseException:
        _end([*services, *alive.values()])
        _record(paths).unlink(missing_ok=True)
        raise
    cluster = status(paths)
    assert cluster is not None
    return cluster


def stop(paths: DataPaths) -> LocalCluster | None:
    """Ends every process of the cluster, the server first; tables and metastore stay. None where nothing was up.

    Raises Problem (exit 2) where another command starts or stops it now.
    """
    if not _folder(paths).is_dir():
        return None
    with _alone(paths):
        cluster = status(paths)
        if cluster is not None:
            _end(cluster.services)
            _record(paths).unlink(missing_ok=True)
    return cluster


@contextmanager
def _alone(paths: DataPaths) -> Iterator[None]:
    # not the lock of the data folder: what is missing of a cluster may be added while a run waits for it
    lock = FileLock(_folder(paths) / "cluster.lock")
    _folder(paths).mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Problem(
            "另一个命令正在启动或停止这个集群",
            where=lock.lock_file,
            todo="请等它结束（最多几分钟），再用 yibao cluster status 查看。",
        ) from None
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True)
class _Recipe:
    """How a service is started; `port` is awaited where there is one."""

    name: str
    command: tuple[str, ...]
    heap_mb: int
    port: int | None = None


def _recipes(plan: Plan, ports: Ports) -> Iterator[_Recipe]:
    """In the order of starting."""
    home = _spark_home() / "bin"
    spark_class, submit = str(home / "spark-class"), str(home / "spark-submit")
    here = ("--host", LOOPBACK)
    listening = ("--port", str(ports.master), "--webui-port", str(ports.master_page))
    master = (spark_class, "org.apache.spark.deploy.master.Master", *here, *listening)
    yield _Recipe("master", master, _DAEMON_MB, ports.master)
    size = ("--cores", str(plan.cores), "--memory", f"{plan.memory_mb + _OVERHEAD_MB}m")
    # page 0: any port; what a worker's page shows, the master's shows too
    own = (*here, *size, "--webui-port", "0", f"spark://{LOOPBACK}:{ports.master}")
    for number in range(1, plan.workers + 1):
        worker = (spark_class, "org.apache.spark.deploy.worker.Worker", *own)
        yield _Recipe(f"worker-{number}", worker, _DAEMON_MB)
    server = (submit, "--class", _CONNECT_SERVER, "spark-internal")
    yield _Recipe("connect", server, plan.memory_mb, ports.connect)


def _spawn(paths: DataPaths, recipe: _Recipe) -> Service:
    folder = _folder(paths)
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    environment = {
        **{key: value for key, value in os.environ.items() if key not in {"SPARK_REMOTE", "SPARK_MASTER"}},
        "SPARK_HOME": str(_spark_home()),
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_WORKER_DIR": str(paths.spark / "scratch" / "work"),
        "SPARK_DAEMON_MEMORY": f"{recipe.heap_mb}m",
        # file names may be Chinese
        "LC_ALL": "C.UTF-8",
    }
    with (logs / f"{recipe.name}.log").open("wb") as log:
        process = subprocess.Popen(
            recipe.command,
            cwd=logs,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Service(recipe.name, process.pid)


def _await_port(paths: DataPaths, service: Service, port: int | None) -> None:
    if port is None:
        return
    log = _folder(paths) / "logs" / f"{service.name}.log"
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        # the launching script becomes the service: until then it is no process of Spark's
        if _has_ended(service.pid):
            break
        time.sleep(0.2)
    raise Problem(
        f"集群的 {service.name} 没有启动成功",
        where=str(log),
        todo="请看这个日志的最后几行（常见原因：内存不足、Java 版本低于 17），处理后重新执行 yibao cluster start。",
        exit_code=ExitCode.UNEXPECTED,
    )


def _has_ended(pid: int) -> bool:
    # what ended stays a zombie until its parent asks for it, in a container without an init for ever
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def _end(services: list[Service] | tuple[Service, ...]) -> None:
    for service in reversed(services):
        process = service.process
        if process is None:
            continue
        for send in (process.terminate, process.kill):
            with suppress(psutil.NoSuchProcess):
                send()
            # not until it has no command line: an ending process loses that before it lets go of its ports
            until = time.monotonic() + _STOP_SECONDS
            while not _has_ended(service.pid) and time.monotonic() < until:
                time.sleep(0.1)


def _require_tools() -> None:
    if os.name == "nt":
        raise Problem(
            "Windows 上不能启动本机集群",
            where="yibao cluster start",
            todo="请在 Linux 上启动，或用环境变量 SPARK_REMOTE 指向已有的集群；不用集群时去掉 --target spark。",
        )
    require_extra()
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise Problem(
            "这台机器上没有 Java",
            where="PATH, JAVA_HOME",
            todo="请安装 Java 17（Debian：apt-get install openjdk-17-jre-headless）后重试。",
        )


def require_extra() -> None:
    """Raises Problem (exit 2) where the optional packages of the second engine are not installed."""
    if any(find_spec(name) is None for name in ("pyspark", "grpc", "dbt.adapters.spark")):
        raise Problem(
            "没有安装集群组件",
            where="pyspark, dbt-spark",
            todo="请执行 pip install 'yibao[cluster]'（开发目录里：python bootstrap.py cluster）后重试。",
        )


def _spark_home() -> Path:
    found = find_spec("pyspark")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent


def _free_ports() -> Ports:
    taken: set[int] = set()

    def first_free(wanted: int) -> int:
        for port in range(wanted, wanted + 100):
            with socket.socket() as probe:
                # what a service that ended a moment ago still holds may be taken again
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with suppress(OSError):
                    probe.bind((LOOPBACK, port))
                    if port not in taken:
                        taken.add(port)
                        return port
        raise Problem(
            "找不到空闲的端口", where=f"{LOOPBACK}:{wanted}", todo="请关闭占用这些端口的程序后重试。"
        )

    return Ports(first_free(7077), first_free(8180), first_free(15002), first_free(4040))


def _folder(paths: DataPaths) -> Path:
    return paths.spark / "cluster"


def _record(paths: DataPaths) -> Path:
    return _folder(paths) / "cluster.json"


def _settings_file(paths: DataPaths) -> Path:
    return _folder(paths) / "conf" / "spark-defaults.conf"


def _write_settings(paths: DataPaths, plan: Plan, ports: Ports) -> None:
    file = _settings_file(paths)
    # everything under DATA/spark is the owner's: tables, and the key to the cluster
    paths.spark.mkdir(parents=True, exist_ok=True)
    paths.spark.chmod(0o700)
    durable.write_text(file, to_text(properties(plan, ports, paths.spark)))


def _write_record(paths: DataPaths, plan: Plan, ports: Ports, services: list[Service]) -> None:
    content = {
        "plan": asdict(plan),
        "ports": asdict(ports),
        "services": [asdict(service) for service in services],
    }
    durable.write_text(_record(paths), json.dumps(content, indent=2) + "\n")
