"""Reading a generation as one user may see it: every query runs over views that hold the user's rows only.

One in-memory DuckDB for each generation, with its file attached read-only and one schema of views for each scope. What
was read is kept by generation, scope, query and parameters; a generation never changes, so it never grows stale.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, TypeVarTuple

import duckdb

from yibao.figures.scope import Scope
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.publishing import Generation, require_current, require_unchanged

Row = TypeVar("Row")
Answer = TypeVar("Answer")
Asked = TypeVarTuple("Asked")

_MEMORY_LIMIT = "1GB"
# that of before a rollback or a new run is kept for those who are in the middle of a page
_GENERATIONS_OPEN = 2
_ANSWERS_KEPT = 2_000
_ROWS_KEPT = 500_000


class _Opened:
    """One generation, its views and the answers given so far. Safe for several threads."""

    def __init__(self, generation: Generation) -> None:
        require_unchanged(generation)
        self.generation = generation
        self._lock = threading.Lock()
        self._scopes: set[str] = set()
        self._answers: OrderedDict[Hashable, tuple[Any, ...]] = OrderedDict()
        self._rows = 0
        self._connection = duckdb.connect(":memory:", config={"memory_limit": _MEMORY_LIMIT})
        path = str(generation.database).replace("'", "''")
        self._connection.execute(f"attach '{path}' as generation (read_only)")
        # from here on no query reads or writes any other file
        self._connection.execute("set enable_external_access = false")

    def cursor(self, scope: Scope) -> duckdb.DuckDBPyConnection:
        """A connection of its own, to be closed by the caller, that sees the scope's views first."""
        with self._lock:
            self._make_views(scope)
            cursor = self._connection.cursor()
        cursor.execute(f"use memory.{scope.name}")
        return cursor

    def answer(
        self, kind: type[Row], scope: Scope, sql: str, values: tuple[Any, ...], kept: bool
    ) -> tuple[Row, ...]:
        def ask(connection: duckdb.DuckDBPyConnection) -> tuple[Row, ...]:
            return tuple(kind(*row) for row in connection.execute(sql, list(values)).fetchall())

        return self.kept((kind, scope, sql, values), scope, ask) if kept else self._asked(scope, ask)

    def kept(
        self, key: Hashable, scope: Scope, ask: Callable[[duckdb.DuckDBPyConnection], tuple[Row, ...]]
    ) -> tuple[Row, ...]:
        """What was asked before under this key, else what `ask` finds now."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        found = self._asked(scope, ask)
        with self._lock:
            if key not in self._answers:
                self._answers[key] = found
                self._rows += len(found)
            while len(self._answers) > _ANSWERS_KEPT or (self._rows > _ROWS_KEPT and len(self._answers) > 1):
                self._rows -= len(self._answers.popitem(last=False)[1])
        return found

    def _asked(
        self, scope: Scope, ask: Callable[[duckdb.DuckDBPyConnection], tuple[Row, ...]]
    ) -> tuple[Row, ...]:
        """What `ask` finds. Raises Problem where this generation has not the tables and columns that it asks for."""
        try:
            with self.cursor(scope) as cursor:
                return ask(cursor)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise outdated(self.generation, str(error).splitlines()[0]) from error

    def _make_views(self, scope: Scope) -> None:
        if scope.name in self._scopes:
            return
        self._connection.execute(f"create schema memory.{scope.name}")
        for table in self.generation.manifest.tables:
            self._connection.execute(
                f'create view memory.{scope.name}."{table}" as'
                f' select * from generation.main."{table}" where {scope.condition(table)}'
            )
        self._scopes.add(scope.name)


def outdated(generation: Generation, lacking: str) -> Problem:
    """What to say of a generation that an older program has published; `lacking` names the table or the column."""
    return Problem(
        "已发布的这一版缺少所需的表或列，多半是旧版程序加工的",
        where=f"版本 {generation.run_id}（程序 {generation.manifest.provenance.code_version}）",
        todo="请执行 yibao run 重新加工并发布，再试一次；仍不行请联系维护人员。",
        details=(lacking,),
    )


_opened: OrderedDict[str, _Opened] = OrderedDict()
_opening = threading.Lock()


@dataclass(frozen=True)
class Figures:
    """A generation as one scope sees it."""

    generation: Generation
    scope: Scope
    _source: _Opened

    def rows(
        self, kind: type[Row], sql: str, values: Sequence[Any] = (), *, kept: bool = True
    ) -> tuple[Row, ...]:
        """The rows of a query over the published tables, each made into a `kind` (its columns in order).

        `sql` is a constant of the code; what a user chose goes into `values`, which must be hashable.
        `kept` False for many rows that nobody asks for twice.
        """
        return self._source.answer(kind, self.scope, sql, tuple(values), kept)

    def read(
        self, reader: Callable[[duckdb.DuckDBPyConnection, *Asked], Answer], *arguments: *Asked
    ) -> Answer:
        """What a reader of published tables makes of them; the scope's views are the connection's current schema.

        Kept as the rows of queries are; the arguments must be hashable.
        """
        (answer,) = self._source.kept(
            (reader, self.scope, arguments),
            self.scope,
            lambda connection: (reader(connection, *arguments),),
        )
        return answer


def open_figures(paths: DataPaths, scope: Scope, generation: Generation | None = None) -> Figures:
    """The current generation (or that one) for a scope; cheap when it was opened before.

    Raises Problem: exit 2 when nothing was published yet, exit 1 when what was published is damaged or was changed.
    """
    chosen = generation or require_current(paths)
    key = str(chosen.folder)
    with _opening:
        if key not in _opened:
            _opened[key] = _Opened(chosen)
            while len(_opened) > _GENERATIONS_OPEN:
                _opened.popitem(last=False)
        _opened.move_to_end(key)
        return Figures(chosen, scope, _opened[key])
