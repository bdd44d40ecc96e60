"""A Spark cluster on this machine: master, workers and a Connect server, started and stopped as one."""

from yibao.cluster.local import LocalCluster, Service, start, status, stop
from yibao.cluster.remote import let_go, require_answer, spark_remote
from yibao.cluster.settings import Plan

__all__ = [
    "LocalCluster",
    "Plan",
    "Service",
    "let_go",
    "require_answer",
    "spark_remote",
    "start",
    "status",
    "stop",
]
