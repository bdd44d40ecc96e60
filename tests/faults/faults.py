"""What can go wrong at a step: the process dies, or the disk answers no."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.syscalls import GROWING, KILL, NAMING, Answer, Step


@dataclass(frozen=True)
class Fault:
    """`kind` at `step` (from 1): one of KINDS."""

    kind: str
    step: int

    def answer(self) -> Answer:
        kind = KINDS[self.kind]

        def decide(number: int, step: Step) -> int:
            due = number == self.step if kind.once else number >= self.step
            return kind.answer if due and kind.strikes(step) else 0

        return decide


@dataclass(frozen=True)
class Kind:
    """`answer` to a step that it strikes: at the fault's step only (`once`), or from there on.

    `tells`: what the message says, one of these.
    """

    answer: int
    once: bool
    strikes: Callable[[Step], bool]
    tells: tuple[str, ...] = ()


def _needs_room(step: Step) -> bool:
    # a full disk still opens, shortens, renames and removes what is there
    return step.call in GROWING or step.makes


KINDS = {
    "kill": Kind(KILL, True, lambda _: True),
    "broken disk": Kind(errno.EIO, True, lambda _: True, ("出错", "不能读写")),
    "full disk": Kind(errno.ENOSPC, False, _needs_room, ("磁盘空间不足",)),
    "no permission": Kind(
        errno.EACCES, False, lambda step: step.call in NAMING, ("权限", "Permission denied")
    ),
}
