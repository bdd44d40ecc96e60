"""The cluster that a build runs on: which one, and whether it answers."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import yaml

from yibao.cluster.local import require_extra, status
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.project import Project, find_project

REMOTE_VARIABLE = "SPARK_REMOTE"
_CONNECT_SECONDS = 5.0
# with groups and a shuffle, as a test of the build has: JDK 17 may fail to link what several threads use for the first time at once
_FIRST_JOB = "select count(*) from (select id % 2 as half from range(0, 4, 1, 2) group by 1 having count(*) > 1) as halves"
_ANSWER_SECONDS = 20.0
_LET_GO_SECONDS = 2.0
_DEFAULT_PORT = 15002


def spark_remote(paths: DataPaths, environment: Mapping[str, str] = os.environ) -> str:
    """The address of the cluster (`sc://host:port`): SPARK_REMOTE, else the one started for this data folder.

    Raises Problem (exit 2) where there is neither, or the extra `cluster` is not installed.
    """
    require_extra()
    named = environment.get(REMOTE_VARIABLE)
    if named:
        return named
    cluster = status(paths)
    if cluster is None:
        raise Problem(
            "没有可用的集群",
            where=f"--target spark，数据文件夹 {paths.root}",
            todo="请先执行 yibao cluster start --data 同一个文件夹，或设置环境变量 SPARK_REMOTE 指向已有的集群。",
        )
    return cluster.remote


def _session_settings(project: Project) -> dict[str, str]:
    """What profiles.yml says to a session of dbt: without it a check would reckon otherwise than the build."""
    profile = yaml.safe_load((project.root / "profiles.yml").read_text(encoding="utf-8"))
    said = profile["yibao"]["outputs"]["spark"]["server_side_parameters"]
    return {name: value for name, value in said.items() if name != "spark.remote"}


def require_answer(remote: str) -> Any:
    """A session on the cluster with dbt's settings, after it ran one small job; at most 30 seconds.

    Raises Problem (exit 2) when nobody listens, the key is not accepted, or no worker takes the job.
    """
    where = shown(remote)
    parts = urlsplit(remote)
    try:
        address = (parts.hostname or "", parts.port or _DEFAULT_PORT)
        socket.create_connection(address, timeout=_CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise Problem(
            "连不上集群",
            where=where,
            todo="请用 yibao cluster status 看集群是否在运行（yibao cluster start 启动），或检查 SPARK_REMOTE 与网络。",
            details=(_told(error, remote),),
        ) from error
    # 2 seconds, so only where it is needed
    from pyspark.sql import SparkSession

    settings = _session_settings(find_project())
    answers: list[Any] = []
    errors: list[Exception] = []

    def ask() -> None:
        try:
            session: Any = SparkSession.builder.remote(remote).getOrCreate()
            session.client.set_retry_policies([_patience()])
            answers.append(session)
            for name, value in settings.items():
                session.conf.set(name, value)
            session.sql(_FIRST_JOB).toArrow()
            answers.append("done")
        except Exception as error:
            errors.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_ANSWER_SECONDS)
    if len(answers) == 2:
        return answers[0]
    if errors:
        raise Problem(
            "集群拒绝了连接，或没有正常应答",
            where=where,
            todo="请检查 SPARK_REMOTE 里的地址和口令；本机集群请执行 yibao cluster stop 后重新启动。",
            details=(_told(errors[0], remote),),
        ) from errors[0]
    if answers:
        let_go(answers[0])
    raise Problem(
        f"集群在 {_ANSWER_SECONDS:.0f} 秒内没有算完一个最小的任务：没有可用的计算节点，或都被占用",
        where=where,
        todo="请用 yibao cluster status 看节点是否在运行（再执行一次 yibao cluster start 会补上缺少的节点），或稍后重试。",
    )


def _patience() -> Any:
    """How long a statement waits for a server that does not answer: 9 seconds, and once one was given up no other waits.

    The client's own patience is 10 minutes for each; a build has hundreds of them, and the first has failed it.
    """
    from pyspark.sql.connect.client.retries import DefaultPolicy, RetryPolicyState

    class Waiting(RetryPolicyState):
        def next_attempt(self, exception: BaseException | None = None) -> int | None:
            wait = super().next_attempt(exception)
            if wait is None:
                self.policy.max_retries = 0
            return wait

    class Patience(DefaultPolicy):
        def to_state(self) -> RetryPolicyState:
            return Waiting(self)

    return Patience(max_retries=5, max_backoff=5_000)


def let_go(session: Any, seconds: float = _LET_GO_SECONDS) -> None:
    """Ends what the session still runs. A cluster that does not answer is not waited for: the client itself would ask
    again for ten minutes, and once more when the process ends."""

    def interrupt() -> None:
        with suppress(Exception):
            session.interruptAll()

    asking = threading.Thread(target=interrupt, daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        with suppress(Exception):
            session.client.close()


def shown(remote: str) -> str:
    """The address without its key, also where it is not written as it should be."""
    return remote.split(";")[0].rstrip("/")


def _told(error: Exception, remote: str) -> str:
    # the client repeats what it could not read: the key may be in it
    text = next(iter(str(error).splitlines()), "") or type(error).__name__
    for part in remote.split(";")[1:]:
        for secret in (part, part.partition("=")[2]):
            text = text.replace(secret, "…") if secret else text
    return text[:300]
