"""What stops a command, told to the bureau's people: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    UNEXPECTED = 1
    WRONG_USE = 2
    NOT_PUBLISHED = 3


class Problem(Exception):
    """A command cannot go on. All three texts are Chinese and hold no personal data.

    `details` are further lines (failed tests, refused files), printed under the three.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str,
        todo: str,
        exit_code: ExitCode = ExitCode.WRONG_USE,
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{what} ({where})")
        self.what = what
        self.where = where
        self.todo = todo
        self.exit_code = exit_code
        self.details = details


@contextmanager
def as_verdict() -> Iterator[None]:
    """For a command that only verifies: what it finds damaged is its answer (exit 3), no failure of its own."""
    try:
        yield
    except Problem as problem:
        problem.exit_code = ExitCode.NOT_PUBLISHED
        raise
