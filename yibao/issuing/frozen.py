"""The frozen copy of an issue: the report's files as given, and, where it went up, what the warehouse needs to compare with later.

`issue.parquet` one row about the issue, `values.parquet` every indicator value of its period, `sheets.parquet` the landed
sheets that its run was made from, `catalogue.parquet` how each indicator was defined. The dbt sources of
models/staging/_issued.yml read them; a copy without rows stands for "nothing was issued".
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao import durable
from yibao.issuing.entries import Issued
from yibao.landing import LedgerEntry, read_ledger
from yibao.paths import CONTRACT_FILE_ID, DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing import PACKAGE, OpenGeneration, Provenance

CONTRACT = CONTRACT_FILE_ID
ISSUE, VALUES, SHEETS, CATALOGUE = "issue.parquet", "values.parquet", "sheets.parquet", "catalogue.parquet"
COPIES = (ISSUE, VALUES, SHEETS, CATALOGUE)

_TEXT = pa.string()
_KEY = ("period", "period_mode", "region_code", "insutype", "breakdown", "breakdown_value", "indicator_code")
_DEFINITION = ("numerator", "denominator", "unit")
SCHEMAS: dict[str, Any] = {
    ISSUE: pa.schema(
        [
            (name, _TEXT)
            for name in (
                "issue",
                "period",
                "region_code",
                "product",
                "status",
                "run_id",
                "dated",
                "issued_at",
            )
        ]
    ),
    VALUES: pa.schema(
        [
            ("issue", _TEXT),
            *((name, _TEXT) for name in _KEY),
            ("numerator", pa.decimal128(38, 4)),
            ("denominator", pa.decimal128(38, 4)),
            ("value", pa.decimal128(38, 10)),
            ("status", _TEXT),
        ]
    ),
    SHEETS: pa.schema(
        [(name, _TEXT) for name in ("issue", "dataset", "file_id", "sheet", "file", "sha256", "batch")]
    ),
    CATALOGUE: pa.schema([(name, _TEXT) for name in ("issue", "indicator_code", *_DEFINITION)]),
}


def folder_of(paths: DataPaths, issue: str) -> Path:
    """Where the copy of an issue is kept."""
    return paths.issued / issue


def incoming(paths: DataPaths) -> Path:
    """Drafts; one level deeper than copies are, so that no reader takes a draft for a copy."""
    return paths.issued / ".incoming"


def draft_of(paths: DataPaths, issue: str) -> Path:
    """Where the copy of an issue is prepared."""
    return incoming(paths) / issue


def write_contract(paths: DataPaths) -> None:
    """Writes the copy without rows, where it is not there as it should be."""
    folder = paths.issued / CONTRACT / "schema"
    for name, schema in SCHEMAS.items():
        content = _parquet(schema.empty_table())
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            durable.write_bytes(path, content)


def copies_of(opened: OpenGeneration, entry: Issued, sheets: Sequence[LedgerEntry]) -> dict[str, bytes]:
    """The content of the four tables. `entry` need not name its files yet.

    Raises Problem (exit 2) when the period is not in the generation.
    """
    values = _rows(
        opened,
        f"select ? as issue, {', '.join(_KEY)}, numerator, denominator, value, status from main.indicator_value"
        f" where period = ? order by {', '.join(_KEY)}",
        [entry.issue, entry.period],
    )
    if not values.num_rows:
        raise Problem(
            "当前发布版里没有这个期间的指标",
            where=f"--period {entry.period}，版本 {opened.generation.run_id}",
            todo="请用 yibao status 查看已发布的期间。",
        )
    catalogue = _rows(
        opened,
        f"select ? as issue, code as indicator_code, {', '.join(_DEFINITION)} from main.indicator order by code",
        [entry.issue],
    )
    tables = {
        ISSUE: [
            {
                "issue": entry.issue,
                "period": entry.period,
                "region_code": entry.region_code,
                "product": entry.product,
                "status": entry.status,
                "run_id": entry.run_id,
                "dated": entry.dated,
                "issued_at": entry.at,
            }
        ],
        SHEETS: [
            {
                "issue": entry.issue,
                "dataset": sheet.dataset,
                "file_id": sheet.file_id,
                "sheet": sheet.sheet or "",
                "file": sheet.file,
                "sha256": sheet.sha256,
                "batch": sheet.batch,
            }
            for sheet in sheets
        ],
    }
    return {
        **{name: _parquet(pa.Table.from_pylist(rows, schema=SCHEMAS[name])) for name, rows in tables.items()},
        VALUES: _parquet(values.cast(SCHEMAS[VALUES])),
        CATALOGUE: _parquet(catalogue.cast(SCHEMAS[CATALOGUE])),
    }


def sheets_of(paths: DataPaths, provenance: Provenance) -> tuple[LedgerEntry, ...]:
    """The landed sheets that a generation was made from; none for a city's, which was made from packages.

    Raises Problem (exit 1) when a file of the generation is no longer in the landing ledger.
    """
    landed = {(entry.sha256, entry.batch, entry.sheet): entry for entry in read_ledger(paths)}
    found = []
    for sheet in provenance.inputs:
        if sheet.dataset == PACKAGE:
            continue
        entry = landed.get((sheet.sha256, sheet.batch, sheet.sheet))
        if entry is None:
            raise Problem(
                "发布版用到的一个文件不在导入台账里",
                where=f"{sheet.file}（批次 {sheet.batch}）",
                todo="请从备份恢复 landing 文件夹，或重新执行 yibao run 后再报送。",
                exit_code=ExitCode.UNEXPECTED,
            )
        found.append(entry)
    return tuple(found)


def write_draft(paths: DataPaths, issue: str, files: Mapping[str, bytes]) -> None:
    """Writes the draft of a copy: read-only and on the disk when this returns."""
    draft = draft_of(paths, issue)
    durable.remove_folder(draft)
    draft.mkdir(parents=True)
    for name, content in files.items():
        durable.write_bytes(draft / name, content)
        (draft / name).chmod(0o444)
    durable.sync_directory(draft)
    for folder in (draft.parent, incoming(paths), paths.issued):
        durable.sync_directory(folder)


def _rows(opened: OpenGeneration, sql: str, values: list[str]) -> Any:
    return opened.connection.sql(sql, params=values).to_arrow_table()


def _parquet(table: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, store_schema=False)
    return stream.getvalue()
