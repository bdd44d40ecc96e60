"""Writing a generation: copied aside, made durable, moved into place by one rename, then named by CURRENT."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import duckdb

from yibao import durable
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing.generation import (
    DATABASE,
    MANIFEST,
    PAGE,
    Generation,
    Manifest,
    Provenance,
    Table,
    to_json,
)
from yibao.publishing.store import current_id, list_generations, set_current, sha256_of
from yibao.quality import CheckedWarehouse, write_tables

# makes the text of a generation's quality page
Page: TypeAlias = Callable[[Generation], str]

_INCOMING = ".incoming-"
_MEMORY_LIMIT = "1GB"
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Contents:
    """What a generation says about itself besides its tables."""

    period: str
    counties: tuple[str, ...]
    provenance: Provenance


def publish(
    paths: DataPaths, warehouse: CheckedWarehouse, contents: Contents, now: datetime, page: Page
) -> Generation:
    """Copies the published tables of a warehouse that passed its check into a new generation, with the results of all
    checks, and makes it current.

    `page` is asked for the quality page while all still lies aside, so that no generation is without one.
    A process that dies on the way leaves the old generation current; what it left aside is swept by the next call.
    The caller holds the lock of the data folder. Raises Problem (exit 1) when a published table is not there.
    """
    paths.published.mkdir(parents=True, exist_ok=True)
    sweep(paths)
    aside = paths.published / f"{_INCOMING}{secrets.token_hex(6)}"
    aside.mkdir()
    try:
        figures, results = _copy(warehouse, aside / DATABASE)
        durable.sync_file(aside / DATABASE)
        # not of the results: each check has a time of its own, the same figures have the same id
        run_id, created_at = _free_run_id(paths, _content_id(contents.period, figures), now)
        manifest = Manifest(
            run_id=run_id,
            period=contents.period,
            created_at=created_at,
            previous=_previous(paths),
            counties=contents.counties,
            provenance=contents.provenance,
            tables=dict(sorted({**figures, **results}.items())),
            duckdb_version=duckdb.__version__,
            database_sha256=sha256_of(aside / DATABASE),
        )
        durable.write_text(aside / MANIFEST, to_json(manifest))
        durable.write_text(aside / PAGE, page(Generation(aside, manifest)))
        for name in (DATABASE, MANIFEST, PAGE):
            (aside / name).chmod(0o444)
        durable.sync_directory(aside)
        os.rename(aside, paths.published / run_id)
        durable.sync_directory(paths.published)
    except BaseException:
        durable.remove_folder(aside)
        raise
    set_current(paths, run_id)
    return Generation(paths.published / run_id, manifest)


def sweep(paths: DataPaths) -> None:
    """Removes what a process that died left aside."""
    for leftover in paths.published.glob(f"{_INCOMING}*"):
        durable.remove_folder(leftover)


def _copy(warehouse: CheckedWarehouse, target: Path) -> tuple[dict[str, Table], dict[str, Table]]:
    """The published tables, and those of the checks."""
    built = warehouse.built
    # the catalog must bear the warehouse's own name, since views inside name it
    source = built.database.stem
    with duckdb.connect(str(target), config={"memory_limit": _MEMORY_LIMIT}) as connection:
        path = str(built.database).replace("'", "''")
        connection.execute(f"attach '{path}' as {_quoted(source)} (read_only)")
        for name in built.tables:
            table = _quoted(name)
            try:
                connection.execute(
                    f"create table main.{table} as select * from {_quoted(source)}.main.{table}"
                )
            except duckdb.CatalogException as error:
                raise Problem(
                    f"数仓里没有应发布的表 {name}",
                    where=str(built.database),
                    todo="请执行 yibao run --full-refresh；仍然如此请联系开发人员。",
                    exit_code=ExitCode.UNEXPECTED,
                ) from error
        connection.execute(f"detach {_quoted(source)}")
        figures = {name: _table(connection, name) for name in built.tables}
        checks = write_tables(connection, warehouse.paths, warehouse.check_id)
        results = {name: _table(connection, name) for name in checks}
        connection.execute("checkpoint")
    return figures, results


def _table(connection: duckdb.DuckDBPyConnection, name: str) -> Table:
    row = connection.execute(
        f"select count(*), coalesce(sum(hash(published_row)), 0) from main.{_quoted(name)} as published_row"
    ).fetchone()
    assert row is not None
    return Table(rows=int(row[0]), content_hash=f"{int(row[1]) % 2**64:016x}")


def _content_id(period: str, tables: dict[str, Table]) -> str:
    """8 hex over the period and every table's rows: equal contents have equal ids."""
    listed = [[name, table.rows, table.content_hash] for name, table in sorted(tables.items())]
    return hashlib.sha256(json.dumps([period, listed]).encode()).hexdigest()[:8]


def _free_run_id(paths: DataPaths, content_id: str, now: datetime) -> tuple[str, str]:
    """The run_id and its time (ISO, UTC): later than every generation before it, even where the clock was set back."""
    moment = now.astimezone(UTC).replace(microsecond=0)
    if before := list_generations(paths):
        newest = datetime.strptime(before[-1].manifest.created_at, _INSTANT).replace(tzinfo=UTC)
        moment = max(moment, newest + timedelta(seconds=1))
    # the folder of a generation that cannot be read any more keeps its name
    while (paths.published / f"{moment:%Y%m%dT%H%M%SZ}-{content_id}").exists():
        moment += timedelta(seconds=1)
    return f"{moment:%Y%m%dT%H%M%SZ}-{content_id}", moment.strftime(_INSTANT)


def _previous(paths: DataPaths) -> str | None:
    """The generation to go back to: the current one, else (CURRENT is damaged) the newest that is there."""
    there = [generation.run_id for generation in list_generations(paths)]
    now = current_id(paths)
    return now if now in there else there[-1] if there else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
