"""`python -m yibao`, and the command `yibao`."""

from __future__ import annotations

import atexit
import os
import sys
from typing import NoReturn

from yibao.cli import main


def run() -> NoReturn:
    """Runs the command, what is registered for the end, and ends the process by its code, without tearing CPython down.

    Arrow's threads let go of Python's buffers when they come to it. One that asks for the interpreter while it is being torn
    down is unwound by CPython 3.11, and C++ aborts the process on that (exit code -6 after work well done).
    """
    code: object = 1
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                # the reader of our output left
                continue
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    run()
