"""Every call by which a process changes files, seen from outside: counted, failed, or answered by kill -9.

As SQLite's tests put a file system of their own under the library, this stands between the product and the kernel (seccomp
user notification, see seccomp_unotify(2)): pyarrow's and DuckDB's writes count like Python's, and the product is not changed.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# x86-64 numbers; the value says where the call tells its file: (argument with a descriptor, argument with a path)
_CALLS: dict[str, tuple[int, int | None, int | None]] = {
    "write": (1, 0, None),
    "open": (2, None, 0),
    "pwrite": (18, 0, None),
    "writev": (20, 0, None),
    "fsync": (74, 0, None),
    "fdatasync": (75, 0, None),
    "truncate": (76, None, 0),
    "ftruncate": (77, 0, None),
    "rename": (82, None, 1),
    "mkdir": (83, None, 0),
    "rmdir": (84, None, 0),
    "link": (86, None, 1),
    "unlink": (87, None, 0),
    "chmod": (90, None, 0),
    "fchmod": (91, 0, None),
    "openat": (257, 0, 1),
    "mkdirat": (258, 0, 1),
    "unlinkat": (263, 0, 1),
    "renameat": (264, 2, 3),
    "linkat": (265, 2, 3),
    "fchmodat": (268, 0, 1),
    "fallocate": (285, 0, None),
    "pwritev": (296, 0, None),
    "renameat2": (316, 2, 3),
}
_NAMES = {number: name for name, (number, _, _) in _CALLS.items()}
_SECCOMP, _PRCTL_NO_NEW_PRIVILEGES = 317, 38
_FILTER_MODE, _NEW_LISTENER, _GO_ON = 1, 8, 1
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_HERE = -100  # AT_FDCWD

NAMING = frozenset(
    {"open", "openat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat"}
    | {"link", "linkat", "chmod", "fchmod", "fchmodat", "truncate"}
)
GROWING = frozenset({"write", "pwrite", "writev", "pwritev", "ftruncate", "fallocate", "mkdir", "mkdirat"})
OPENING = frozenset({"open", "openat"})


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("yes", ctypes.c_uint8),
        ("no", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


@dataclass(frozen=True)
class Step:
    """One call that changes a file: the system call's name, the file (absolute), whether the call makes it."""

    call: str
    path: str
    makes: bool = False


@dataclass(frozen=True)
class Ended:
    """How a watched process ended: its exit code (negative: the signal), and its steps."""

    code: int
    steps: tuple[Step, ...]


# told the number of a step (from 1) and the step; answers 0 (go on), an errno, or KILL
Answer = Callable[[int, Step], int]
KILL = -1


def missing() -> str | None:
    """Why this machine cannot do it, or None."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"needs Linux on x86-64 (seccomp), this is {sys.platform} on {platform.machine()}"
    child = os.fork()
    if child == 0:
        try:
            listen()
        except OSError:
            os._exit(1)
        os._exit(0)
    return "this kernel (or container) does not allow seccomp" if os.waitpid(child, 0)[1] else None


def listen() -> int:
    """From now on this process and its children ask before they change a file; returns the descriptor that is asked.

    Not to be called with other threads running. Raises OSError where the kernel does not allow it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    code = _filter()
    program = _Program(len(code), code)
    if libc.prctl(_PRCTL_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    listener = libc.syscall(_SECCOMP, _FILTER_MODE, _NEW_LISTENER, ctypes.byref(program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return int(listener)


def _filter() -> ctypes.Array[_Instruction]:
    # classic BPF over struct seccomp_data: the number stands at 0, argument n (its lower half) at 16 + 8 n
    load, equal, any_bit, answer = 0x20, 0x15, 0x45, 0x06
    plain = sorted(number for name, (number, _, _) in _CALLS.items() if name not in OPENING)
    count = len(plain)
    code = [
        (load, 0, 0, 0),
        (equal, count + 2, 0, _CALLS["openat"][0]),
        (equal, count + 3, 0, _CALLS["open"][0]),
        *((equal, count - place + 5, 0, number) for place, number in enumerate(plain)),
        (answer, 0, 0, _ALLOW),
        (load, 0, 0, 32),
        (any_bit, 3, 2, _WRITING),
        (load, 0, 0, 24),
        (any_bit, 1, 0, _WRITING),
        (answer, 0, 0, _ALLOW),
        (answer, 0, 0, _NOTIFY),
    ]
    return (_Instruction * len(code))(*code)


def watch(child: int, listener: int, root: Path, answer: Answer, deadline: float = 7200.0) -> Ended:
    """Answers the child until it ends. Calls on files outside `root` go on uncounted."""
    steps: list[Step] = []
    end = os.pidfd_open(child)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(end, select.POLLIN)
    last = time.monotonic() + deadline
    try:
        while True:
            ready = dict(poll.poll(1000))
            if ready.get(listener, 0) & select.POLLIN:
                _answer_one(child, listener, str(root), steps, answer)
            elif end in ready:
                break
            if time.monotonic() > last:
                os.kill(child, signal.SIGKILL)
    finally:
        os.close(end)
        os.close(listener)
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), tuple(steps))


def _answer_one(child: int, listener: int, root: str, steps: list[Step], answer: Answer) -> None:
    asked = bytearray(80)
    try:
        fcntl.ioctl(listener, _RECEIVE, asked)
    except OSError:
        return  # it died while it asked
    ident, thread, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", asked)
    step = _step(thread, _NAMES[number], arguments)
    verdict = 0
    if step is not None and (step.path == root or step.path.startswith(root + "/")):
        steps.append(step)
        verdict = answer(len(steps), step)
    if verdict == KILL:
        os.kill(child, signal.SIGKILL)
        return
    reply = struct.pack("QqiI", ident, 0, -verdict, 0 if verdict else _GO_ON)
    try:
        fcntl.ioctl(listener, _SEND, bytearray(reply))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def _step(thread: int, name: str, arguments: list[int]) -> Step | None:
    _, descriptor, text = _CALLS[name]
    try:
        if text is None:
            assert descriptor is not None
            return Step(name, _of_descriptor(thread, arguments[descriptor]))
        path = _text(thread, arguments[text])
        if not path.startswith("/"):
            base = _HERE if descriptor is None else ctypes.c_int32(arguments[descriptor] & 0xFFFFFFFF).value
            folder = (
                str(Path(f"/proc/{thread}/cwd").readlink()) if base == _HERE else _of_descriptor(thread, base)
            )
            path = os.path.normpath(f"{folder}/{path}")
        return Step(name, path, name in OPENING and not Path(path).exists())
    except OSError:
        return None


def _of_descriptor(thread: int, descriptor: int) -> str:
    return str(Path(f"/proc/{thread}/fd/{descriptor & 0xFFFFFFFF}").readlink())


def _text(thread: int, address: int) -> str:
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        # a path may end just before a page that is not there
        content = memory.read(4096 - address % 4096)
        if b"\0" not in content:
            content += memory.read(4096)
    return os.fsdecode(content.split(b"\0", 1)[0])
