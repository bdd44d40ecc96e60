"""What the cluster on this machine is started with: one properties file, readable by its owner only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Plan:
    """How large the cluster is: cores and memory (MiB) are those of one worker; the driver has as much memory."""

    workers: int = 2
    cores: int = 1
    memory_mb: int = 2048


@dataclass(frozen=True)
class Ports:
    """Where the services listen, on the loopback address only."""

    master: int
    master_page: int
    connect: int
    driver_page: int


def properties(plan: Plan, ports: Ports, folder: Path) -> dict[str, str]:
    """The settings of spark-defaults.conf. `folder` is DATA/spark: tables, metastore and scratch space lie in it."""
    derby = f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
    return {
        "spark.master": f"spark://{LOOPBACK}:{ports.master}",
        "spark.app.name": "yibao",
        "spark.driver.host": LOOPBACK,
        "spark.driver.bindAddress": LOOPBACK,
        "spark.driver.memory": f"{plan.memory_mb}m",
        "spark.executor.memory": f"{plan.memory_mb}m",
        "spark.executor.cores": str(plan.cores),
        "spark.cores.max": str(plan.workers * plan.cores),
        "spark.sql.shuffle.partitions": str(plan.workers * plan.cores * 2),
        # small tables are the rule here: fewer, larger partitions
        "spark.sql.files.openCostInBytes": str(64 * 1024),
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": derby,
        "spark.local.dir": str(folder / "scratch"),
        "spark.ui.port": str(ports.driver_page),
        "spark.connect.grpc.binding.address": LOOPBACK,
        "spark.connect.grpc.binding.port": str(ports.connect),
        # another user of this machine may reach the ports, but not use them
        "spark.connect.authenticate.token": secrets.token_hex(24),
        "spark.authenticate": "true",
        "spark.authenticate.secret": secrets.token_hex(24),
        # neither the master's submission server nor the links on the pages ask for the secret
        "spark.master.rest.enabled": "false",
        "spark.ui.killEnabled": "false",
        "spark.log.level": "WARN",
    }


def to_text(settings: dict[str, str]) -> str:
    """The text of spark-defaults.conf."""
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def from_text(text: str) -> dict[str, str]:
    """Reads what `to_text` wrote."""
    pairs = (line.split(" ", maxsplit=1) for line in text.splitlines() if " " in line)
    return dict(pairs)
