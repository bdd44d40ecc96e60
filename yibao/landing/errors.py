"""How landing says no: LandingError stops the run, Refusal leaves one file where it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from yibao.problem import Problem


class LandingError(Problem):
    """Landing cannot go on: wrong use (no such inbox), a lost key, a damaged landed file. Texts are Chinese."""


class Unwritable(Exception):
    """A draft could not be written: the data folder's fault, so no file is refused for it. `error` is the OSError."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def writing() -> Iterator[None]:
    """Marks what is written into a draft: an OSError in the block becomes Unwritable, unlike one of the file that is read."""
    try:
        yield
    except OSError as error:
        raise Unwritable(error) from error


class Refusal(Exception):
    """One file is not taken. `reason_code` is a stable English slug, `message_zh` says what, where and what to do.

    Holds no value of a person: messages quote headers, sheets, lines and byte offsets only.
    """

    def __init__(self, reason_code: str, message_zh: str) -> None:
        super().__init__(reason_code, message_zh)
        self.reason_code = reason_code
        self.message_zh = message_zh
