"""What of a published generation goes back, by who delivered it: rows at fault of each dataset, files that were refused.

Who delivered is told by the folder of the inbox that the file lay in (民政局/名单.xlsx); files beside those folders have
no such name and go back by dataset alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import duckdb

from yibao.contract import Contract, Dataset
from yibao.problem import Problem
from yibao.publishing import CorrectedFile, Generation, OpenGeneration, RefusedFile

_WHOLE_ROW = "（整行）"


@dataclass(frozen=True)
class About:
    """The generation that the lists were made from; `batches` landed, `published_at` with its zone."""

    run_id: str
    period: str
    published_at: datetime
    batches: int


@dataclass(frozen=True)
class Sheet:
    """A landed file, or a sheet of one, as its sender knows it."""

    file: str
    sheet: str | None
    batch: str


@dataclass(frozen=True)
class Fault:
    """One fault of a row. `corrected` names file and row that came later, None while there is none; warnings have none."""

    sheet: Sheet
    row: int
    record_key: str | None
    field: str
    value: str | None
    problem: str
    advice: str
    corrected: str | None = None


@dataclass(frozen=True)
class SheetCount:
    """Rows, not faults, of one sheet."""

    sheet: Sheet
    landed: int
    open: int
    corrected: int
    warned: int


@dataclass(frozen=True)
class ReturnedRows:
    """One workbook: rows of one source ("" = none) that must be corrected, that should be looked at, that have come again."""

    source: str
    dataset_zh: str
    sheets: tuple[SheetCount, ...]
    open: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    corrected: tuple[Fault, ...]

    @property
    def name(self) -> str:
        return "_".join(filter(None, ("退回清单", self.source, self.dataset_zh)))

    def total(self, kind: str) -> int:
        """Rows over all sheets; `kind` is open, corrected or warned."""
        return sum(getattr(count, kind) for count in self.sheets)


@dataclass(frozen=True)
class RefusedFiles:
    """One workbook of files of one source of which nothing was taken, and of those that were taken when they came again."""

    source: str
    open: tuple[RefusedFile, ...]
    corrected: tuple[CorrectedFile, ...]

    @property
    def name(self) -> str:
        return "_".join(filter(None, ("退回清单", self.source, "拒收的文件")))


@dataclass(frozen=True)
class Listing:
    """All that goes back of one generation."""

    about: About
    rows: tuple[ReturnedRows, ...]
    files: tuple[RefusedFiles, ...]


def source_of(file: str) -> str:
    """The folder of the inbox in which the file lay, "" at its top."""
    folder, divider, _ = file.partition("/")
    return folder if divider else ""


def read_listing(opened: OpenGeneration, contract: Contract) -> Listing:
    """Every fault and refusal of the generation; the contract gives datasets and fields their Chinese names.

    Raises Problem (exit 2) for a generation of a program that did not yet know which rows are corrected.
    """
    generation = opened.generation
    inputs = generation.manifest.provenance.inputs
    sheets = {sheet.label: Sheet(sheet.file, sheet.sheet, sheet.batch) for sheet in inputs}
    about = About(
        generation.run_id,
        generation.period,
        datetime.fromisoformat(generation.manifest.created_at),
        len({sheet.batch for sheet in inputs}),
    )
    try:
        rows = tuple(
            returned
            for dataset in contract.datasets.values()
            for returned in _of_dataset(opened.connection, dataset, sheets)
        )
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise Problem(
            "当前这一版是旧程序发布的，里面没有退回清单要用的内容",
            where=str(generation.database),
            todo="请先执行 yibao run，再生成退回清单。",
        ) from error
    return Listing(about, rows, _refused(generation))


def _of_dataset(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, sheets: dict[str, Sheet]
) -> list[ReturnedRows]:
    names = {field.name: field.zh for field in dataset.fields}

    def fault(row: tuple[str, int, str | None, str | None, str | None, str, str, str | None]) -> Fault:
        file, number, key, field, value, problem, advice, corrected = row
        if field is None:
            field, value = _WHOLE_ROW, value and "应有{}列，实有{}列".format(*value.split("/"))
        return Fault(sheets[file], number, key, names.get(field, field), value, problem, advice, corrected)

    quarantined = [fault(row) for row in connection.execute(_QUARANTINED, [dataset.name]).fetchall()]
    warnings = [fault(row) for row in connection.execute(_WARNED, [dataset.name]).fetchall()]
    landed = [(sheets[file], rows) for file, rows in connection.execute(_LANDED, [dataset.name]).fetchall()]
    sources = sorted({source_of(item.sheet.file) for item in (*quarantined, *warnings)})
    return [
        _workbook(
            source,
            dataset.zh,
            landed,
            [item for item in quarantined if source_of(item.sheet.file) == source],
            [item for item in warnings if source_of(item.sheet.file) == source],
        )
        for source in sources
    ]


def _workbook(
    source: str,
    dataset_zh: str,
    landed: Iterable[tuple[Sheet, int]],
    quarantined: list[Fault],
    warnings: list[Fault],
) -> ReturnedRows:
    left = tuple(item for item in quarantined if item.corrected is None)
    corrected = tuple(item for item in quarantined if item.corrected is not None)
    counts = [_rows_by_sheet(faults) for faults in (left, corrected, warnings)]
    return ReturnedRows(
        source,
        dataset_zh,
        tuple(
            SheetCount(sheet, rows, *(count.get(sheet, 0) for count in counts))
            for sheet, rows in landed
            if any(sheet in count for count in counts)
        ),
        left,
        tuple(warnings),
        corrected,
    )


def _rows_by_sheet(faults: Iterable[Fault]) -> dict[Sheet, int]:
    return {
        sheet: len({item.row for item in group})
        for sheet, group in groupby(faults, key=lambda item: item.sheet)
    }


def _refused(generation: Generation) -> tuple[RefusedFiles, ...]:
    provenance = generation.manifest.provenance
    names = [file.file for file in provenance.refused] + [file.file for file in provenance.corrected]
    return tuple(
        RefusedFiles(
            name,
            tuple(file for file in provenance.refused if source_of(file.file) == name),
            tuple(file for file in provenance.corrected if source_of(file.file) == name),
        )
        for name in sorted(set(map(source_of, names)))
    )


_LANDED = "select file, landed_rows from main.file_conservation where dataset = ? order by file"
_QUARANTINED = """
    select
        fault.file, fault.row, fault.record_key, fault.field, fault.value_masked, rule.message_zh, rule.advice_zh,
        fault.corrected_file || ' 第' || fault.corrected_row || '行'
    from main.quarantine as fault
    inner join main.rule as rule using (rule_code)
    where fault.dataset = ? and fault.status <> 'repeated'
    order by fault.file, fault.row, fault.rule_code, fault.field
"""
_WARNED = """
    select
        fault.file, fault.row, null, fault.field, fault.value_masked, rule.message_zh, rule.advice_zh, null
    from main.row_warning as fault
    inner join main.rule as rule using (rule_code)
    where fault.dataset = ?
    order by fault.file, fault.row, fault.rule_code, fault.field
"""
