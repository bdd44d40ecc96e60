"""The dashboard as it is started for the bureau, over a published county, with readers who may log in."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import TreeWatch
from yibao import accounts, publishing
from yibao.accounts import Role
from yibao.paths import DataPaths

PASSWORD = "Bench-password-1"
PATIENCE = 120.0  # seconds for one page
# readers see what an analyst may
ROLE = Role.ANALYST


def served_copy(published: DataPaths, folder: Path, users: int) -> DataPaths:
    """The current generation in a folder of its own, with that many readers who may log in."""
    current = publishing.require_current(published)
    paths = DataPaths(folder)
    shutil.copytree(current.folder, paths.published / current.run_id)
    shutil.copy2(published.current, paths.current)
    now = datetime.now(UTC)
    for number in range(users):
        name, first = name_of(number), f"First-{PASSWORD}"
        accounts.add_user(paths, name, f"读者{number}", ROLE, None, now, first)
        session = accounts.log_in(paths, name, first, now)
        assert isinstance(session, accounts.Session)
        accounts.change_password(paths, session.token, first, PASSWORD, now)
    return paths


def name_of(number: int) -> str:
    return f"reader{number}"


@contextmanager
def running(paths: DataPaths, logs: Path) -> Iterator[tuple[int, TreeWatch]]:
    """`yibao dashboard` on a free port, and its memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "yibao", "dashboard", "--data", str(paths.root), "--port", str(port)]
    with (logs / "server.log").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ})
        watch = TreeWatch(process.pid)
        watch.start()
        try:
            _wait_for(port, process)
            yield port, watch
        finally:
            watch.stop()
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the dashboard did not start; see server.log")
