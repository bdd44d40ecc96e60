"""What the terminal shows: panels, tables and progress; plain lines where the output is no terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from yibao.problem import Problem

_PLAIN_WIDTH = 10_000
_SECONDS_BETWEEN_LINES = 5.0


@dataclass(frozen=True)
class Column:
    """A table column; figures stand right."""

    title: str
    figure: bool = False


class Screen:
    """Where a command writes: `out` for results, `err` for errors and progress."""

    def __init__(self, out: Console | None = None, err: Console | None = None) -> None:
        self.out = out or _console(stderr=False)
        self.err = err or _console(stderr=True)

    def line(self, text: str = "") -> None:
        self.out.print(escape(text))

    def note(self, text: str) -> None:
        """A step of the run that began or ended; not part of the result."""
        self.err.print(escape(text))

    def heading(self, text: str) -> None:
        self.out.print()
        self.out.print(f"[bold]{escape(text)}[/bold]")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """With rules in a terminal, else aligned by spaces only, never cut."""
        # box and width differ, the text is the same: what is piped can be compared and searched
        table = Table() if self.out.is_terminal else Table(box=None, pad_edge=False)
        for column in columns:
            table.add_column(
                column.title, justify="right" if column.figure else "left", no_wrap=not self.out.is_terminal
            )
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.out.print(table)

    def problem(self, problem: Problem) -> None:
        """One panel: what, where, what to do, then the details."""
        self.error(problem.what, problem.where, problem.todo, problem.details)

    def error(self, what: str, where: str, todo: str, details: Sequence[str] = ()) -> None:
        lines = [
            f"什么：{what}",
            f"哪里：{where}",
            f"怎么办：{todo}",
            *(f"  · {detail}" for detail in details),
        ]
        text = escape("\n".join(lines))
        self.err.print(Panel(text, title="出错", border_style="red") if self.err.is_terminal else text)

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int, str], None]]:
        """A live counter in a terminal, else a line now and then: call it with (done, total, what)."""
        if self.err.is_terminal:
            with self._live(title) as show:
                yield show
        else:
            yield _Lines(self.note, title).show

    @contextmanager
    def _live(self, title: str) -> Iterator[Callable[[int, int, str], None]]:
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}"),
            console=self.err,
            transient=True,
        )
        with bar:
            task = bar.add_task(title, total=None, what="")
            yield lambda done, total, what: bar.update(
                task, completed=done, total=total or None, what=escape(what)
            )


class _Lines:
    """Progress as plain lines: one when the layer changes, at most one every few seconds, and the last."""

    def __init__(
        self, say: Callable[[str], None], title: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._title, self._clock = say, title, clock
        self._last = clock()

    def show(self, done: int, total: int, what: str) -> None:
        now = self._clock()
        finished = bool(total) and done >= total
        if finished or now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            self._say(f"{self._title} {done}/{total or '?'} {what}".rstrip())


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(stderr=stderr, highlight=False, width=_PLAIN_WIDTH, no_color=True)
    return console
