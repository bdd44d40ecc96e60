"""`python -m tests.faults.runner`: plays `yibao` under watch, one JSON request a line, one JSON answer a line.

A process that has everything loaded and forks for each play: thousands of plays cost a fork each, not a start of Python.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.faults import county, syscalls
from tests.faults.faults import Fault
from tests.unit.small_warehouse import checking
from yibao import cli
from yibao.command import Session


def play(request: dict[str, Any]) -> dict[str, Any]:
    """Runs one command in a fork; its end, its steps in `watch` and nothing else."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            ours.close()
            _prepare(request)
            if request.get("watch"):
                listener = syscalls.listen()
                socket.send_fds(theirs, [b"."], [listener])
                os.close(listener)
            theirs.close()
            cli.main.main(request["arguments"])
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    theirs.close()
    if not request.get("watch"):
        ours.close()
        return {"code": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "steps": []}
    _, (listener,), _, _ = socket.recv_fds(ours, 1, 1)
    ours.close()
    ended = syscalls.watch(child, listener, Path(request["watch"]), _answer(request))
    return {"code": ended.code, "steps": [(step.call, step.path, step.makes) for step in ended.steps]}


def _prepare(request: dict[str, Any]) -> None:
    os.environ.update(request.get("environment", {}))
    if request.get("stand_in"):
        cli.call_dbt, cli.check_warehouse = county.build, checking
    if shift := request.get("clock"):
        there = datetime.now().astimezone() + timedelta(seconds=shift)
        Session.now = staticmethod(lambda: there)
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    if limit := request.get("file_limit"):
        # a module's bytecode would be cut off too, and Python would not notice before the next process reads it
        sys.dont_write_bytecode = True
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if request.get("powerless"):
        _drop_capabilities()


def _drop_capabilities() -> None:
    # root without its capabilities is refused like anybody else
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")


def _answer(request: dict[str, Any]) -> syscalls.Answer:
    if fault := request.get("fault"):
        return Fault(**fault).answer()
    if hold := request.get("hold"):
        return _hold(hold["step"], Path(hold["file"]))
    return lambda number, step: 0


def _hold(step: int, file: Path) -> syscalls.Answer:
    """At that step makes the file, and waits until somebody removes it."""

    def decide(number: int, _: syscalls.Step) -> int:
        if number == step:
            file.touch()
            while file.exists():
                time.sleep(0.02)
        return 0

    return decide


def main() -> None:
    # the answers' own stream: what a play prints goes elsewhere
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Arrow looks for pandas at its first array: once, here, and not in every play
    pa.array([])
    if "--dbt" in sys.argv:
        import dbt.cli.main  # noqa: F401
    for line in sys.stdin:
        print(json.dumps(play(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
