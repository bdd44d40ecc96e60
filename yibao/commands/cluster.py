"""`yibao cluster`: the Spark cluster on this machine."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from yibao import cluster as spark
from yibao.command import ChineseGroup, Session
from yibao.options import data_option, existing, made
from yibao.screen import Column


@click.group(cls=ChineseGroup, help="本机的 Spark 集群：启动、查看、停止（run --target spark 用它）。")
def cluster() -> None:
    """Start, show, stop."""


@cluster.command(help="启动集群，或补上缺少的部分。")
@data_option
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, metavar="个", help="计算节点数。"
)
@click.option(
    "--cores",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    metavar="核",
    help="每个节点的核数。",
)
@click.option(
    "--memory",
    type=click.IntRange(1024),
    default=2048,
    show_default=True,
    metavar="MB",
    help="每个节点的内存；协调进程另用同样多。",
)
@click.pass_obj
def start(session: Session, data: Path | None, workers: int, cores: int, memory: int) -> None:
    """Bring the cluster up and see that it answers."""
    paths = made(session, data)
    plan = spark.Plan(workers, cores, memory)
    running = spark.start(paths, plan, session.screen.note)
    spark.require_answer(running.remote)
    session.screen.line(f"集群在运行：{workers} 个节点，每个 {cores} 核 {memory} MB")
    session.screen.line(f"下一步：yibao run --target spark --inbox 收件夹 --data {paths.root}")
    session.screen.line(f'手工执行 dbt：先执行 eval "$(yibao cluster env --data {paths.root})"')
    session.screen.line("然后 dbt build --target spark")


@cluster.command(help="查看集群的各个进程。")
@data_option
@click.pass_obj
def status(session: Session, data: Path | None) -> int:
    """The processes; exit code 0 only where all of them run."""
    paths = existing(session, data)
    found = spark.status(paths)
    if found is None:
        session.screen.line("集群没有启动（yibao cluster start 启动）。")
        return 2
    rows = [
        [service.name, str(service.pid), "在运行" if service.is_alive else "已停止"]
        for service in found.services
    ]
    session.screen.table([Column("进程"), Column("进程号", figure=True), Column("状态")], rows)
    session.screen.line(
        f"规模：{found.plan.workers} 个节点，每个 {found.plan.cores} 核 {found.plan.memory_mb} MB"
    )
    session.screen.line(
        f"页面：节点 http://127.0.0.1:{found.ports.master_page}，任务 http://127.0.0.1:{found.ports.driver_page}"
    )
    session.screen.line(f"日志：{paths.spark / 'cluster' / 'logs'}")
    if not found.is_alive:
        session.screen.line("有进程已停止：再执行一次 yibao cluster start 会补上。")
        return 2
    return 0


@cluster.command(help="停止集群；已建的表都保留。")
@data_option
@click.pass_obj
def stop(session: Session, data: Path | None) -> None:
    """End every process."""
    stopped = spark.stop(existing(session, data))
    session.screen.line("集群已停止。" if stopped else "集群本来就没有启动。")


@cluster.command(help="显示手工执行 dbt 要用的环境变量（含口令，只有本人可用）。")
@data_option
@click.pass_obj
def env(session: Session, data: Path | None) -> None:
    """Shell lines to be evaluated."""
    paths = existing(session, data)
    session.screen.line(f"export SPARK_REMOTE={quote(spark.spark_remote(paths))}")
    session.screen.line(f"export YIBAO_DATA={quote(str(paths.root))}")
