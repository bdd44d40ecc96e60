"""Writing a generation: copied aside, made durable, moved into place by one rename, then named by CURRENT."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from yibao import durable
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing.generation import DATABASE, MANIFEST, Generation, Manifest, Provenance, Table, to_json
from yibao.publishing.store import current_id, list_generations, set_current, sha256_of
from yibao.warehouse import CheckedWarehouse

_INCOMING = ".incoming-"
_MEMORY_LIMIT = "1GB"
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Contents:
    """What a generation says about itself besides its tables."""

    period: str
    counties: tuple[str, ...]
    provenance: Provenance


def publish(paths: DataPaths, warehouse: CheckedWarehouse, contents: Contents, now: datetime) -> Generation:
    """Copies the published tables of a warehouse that passed its checks into a new generation and makes it current.

    A process that dies on the way leaves the old generation current; what it left aside is swept by the next call.
    The caller holds the lock of the data folder. Raises Problem (exit 1) when a published table is not there.
    """
    paths.published.mkdir(parents=True, exist_ok=True)
    sweep(paths)
    aside = paths.published / f"{_INCOMING}{secrets.token_hex(6)}"
    aside.mkdir()
    try:
        tables = _copy(warehouse, aside / DATABASE)
        durable.sync_file(aside / DATABASE)
        run_id, created_at = _free_run_id(paths, _content_id(contents.period, tables), now)
        manifest = Manifest(
            run_id=run_id,
            period=contents.period,
            created_at=created_at,
            previous=_previous(paths),
            counties=contents.counties,
            provenance=contents.provenance,
            tables=tables,
            duckdb_version=duckdb.__version__,
            database_sha256=sha256_of(aside / DATABASE),
        )
        durable.write_text(aside / MANIFEST, to_json(manifest))
        for name in (DATABASE, MANIFEST):
            (aside / name).chmod(0o444)
        durable.sync_directory(aside)
        os.rename(aside, paths.published / run_id)
        durable.sync_directory(paths.published)
    except BaseException:
        _remove(aside)
        raise
    set_current(paths, run_id)
    return Generation(paths.published / run_id, manifest)


def sweep(paths: DataPaths) -> None:
    """Removes what a process that died left aside."""
    for leftover in paths.published.glob(f"{_INCOMING}*"):
        _remove(leftover)


def _copy(warehouse: CheckedWarehouse, target: Path) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    # the catalog must bear the warehouse's own name, since views inside name it
    source = warehouse.database.stem
    with duckdb.connect(str(target), config={"memory_limit": _MEMORY_LIMIT}) as connection:
        path = str(warehouse.database).replace("'", "''")
        connection.execute(f"attach '{path}' as {_quoted(source)} (read_only)")
        for name in warehouse.tables:
            table = _quoted(name)
            try:
                connection.execute(
                    f"create table main.{table} as select * from {_quoted(source)}.main.{table}"
                )
            except duckdb.CatalogException as error:
                raise Problem(
                    f"数仓里没有应发布的表 {name}",
                    where=str(warehouse.database),
                    todo="请执行 yibao run --full-refresh；仍然如此请联系开发人员。",
                    exit_code=ExitCode.UNEXPECTED,
                ) from error
            row = connection.execute(
                f"select count(*), coalesce(sum(hash(published_row)), 0) from main.{table} as published_row"
            ).fetchone()
            assert row is not None
            tables[name] = Table(rows=int(row[0]), content_hash=f"{int(row[1]) % 2**64:016x}")
        connection.execute(f"detach {_quoted(source)}")
        connection.execute("checkpoint")
    return tables


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


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    for path in folder.rglob("*"):
        # Windows does not delete a read-only file
        path.chmod(0o600 if path.is_file() else 0o700)
    shutil.rmtree(folder)
