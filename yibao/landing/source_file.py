"""One source file, start to end: looked at (pass one), then landed into a draft folder (pass two).

Both passes run in worker processes: what goes in and out is plain data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from yibao.contract import Contract
from yibao.landing import encodings, text_files, workbooks
from yibao.landing.checksums import write_sums
from yibao.landing.delimited import Bytes
from yibao.landing.encodings import Fingerprint, TextForm
from yibao.landing.errors import Refusal, writing
from yibao.landing.identity import Identity
from yibao.landing.ledger import LedgerEntry, write_ledger
from yibao.landing.output import LandedWriter
from yibao.landing.records import EXTRA, Block, Layout, Stamp, landed_table, lay_out, months_of

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xls"})

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Looked:
    """What pass one found; `form` is None for a workbook."""

    fingerprint: Fingerprint
    form: TextForm | None


@dataclass(frozen=True)
class Job:
    """One file to land: where it is, what it was in pass one, the names it gets, the draft folder to fill."""

    path: Path
    looked: Looked
    file: str
    file_id: str
    batch: str
    landed_at: str
    draft: Path
    zone: tzinfo | None


@dataclass(frozen=True)
class Landed:
    """The draft is complete and on the disk."""

    entries: tuple[LedgerEntry, ...]
    notices: tuple[str, ...]


def look(path: Path) -> Looked:
    """Pass one. Raises Refusal, or OSError when the file cannot be read."""
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES:
        return Looked(encodings.fingerprint(path), None)
    if suffix not in TEXT_SUFFIXES:
        raise Refusal(
            "unknown_file_type",
            f"不认识的文件类型“{path.suffix or path.name}”。只接受 CSV、TSV、XLSX、XLS；请另存为其中一种，或移出导入文件夹。",
        )
    with path.open("rb") as file:
        magic = file.read(4)
    if magic in (workbooks.ZIP_MAGIC, workbooks.OLE_MAGIC):
        raise Refusal(
            "wrong_extension",
            "扩展名是文本，内容却是 Excel 工作簿或压缩文件。请改回 xlsx / xls，或另存为 CSV。",
        )
    return Looked(*encodings.inspect_text(path))


def land_file(job: Job, contract: Contract, identity: Identity, advance: Advance) -> Landed:
    """Pass two: fills the draft folder. `advance` is told the bytes done, now and then.

    Raises Refusal, OSError (the source cannot be read) or Unwritable (the draft cannot be written); the draft is then worthless.
    """
    with writing():
        job.draft.mkdir(parents=True)
    drafter = _Drafter(job, contract, identity, advance)
    landed = drafter.workbook() if job.looked.form is None else drafter.text(job.looked.form)
    with writing():
        write_ledger(job.draft, landed.entries)
        write_sums(job.draft)
    return landed


class _Drafter:
    def __init__(self, job: Job, contract: Contract, identity: Identity, advance: Advance) -> None:
        self._job = job
        self._contract = contract
        self._identity = identity
        self._advance = advance

    def text(self, form: TextForm) -> Landed:
        with self._job.path.open("rb") as file:
            source = Bytes(file, form)
            table = text_files.open_text(source, self._contract)
            layout = lay_out(table.header, self._contract)
            sheet = _Sheet(self._job, layout, self._identity, 0, None)
            with sheet.writer:
                for block in table.reader:
                    sheet.write(block)
                    self._advance(table.reader.position)
            source.verify(self._job.looked.fingerprint)
        if not sheet.writer.rows:
            raise _header_only("")
        self._unchanged()
        encoding = "utf-8-sig" if form.bom else form.encoding
        return Landed((sheet.entry(table.header_row, table.reader.blank_rows, encoding),), ())

    def workbook(self) -> Landed:
        content = self._job.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self._job.looked.fingerprint.sha256:
            raise encodings.changing()
        self._unchanged()
        book = workbooks.open_workbook(content)
        entries: list[LedgerEntry] = []
        notices: list[str] = []
        hollow: list[str] = []
        for number, table in enumerate(workbooks.sheet_tables(book, self._contract, notices)):
            layout = lay_out(table.header, self._contract, table.width)
            sheet = _Sheet(self._job, layout, self._identity, number, table.name)
            with sheet.writer:
                for block in table.blocks():
                    sheet.write(block)
                    done = int(block.rows[-1]) / max(1, table.height)
                    self._advance(int(self._job.looked.fingerprint.size * min(1.0, done)))
            if sheet.writer.rows:
                entries.append(sheet.entry(table.header_row, table.blank_rows, None))
            else:
                hollow.append(table.name)
        if not entries:
            raise _header_only("、".join(hollow))
        notices += [f"已略过的工作表：“{name}”只有表头，没有数据" for name in hollow]
        return Landed(tuple(entries), tuple(notices))

    def _unchanged(self) -> None:
        now = self._job.path.stat()
        was = self._job.looked.fingerprint
        if (now.st_size, now.st_mtime_ns) != (was.size, was.modified_ns):
            raise encodings.changing()


class _Sheet:
    """A sheet (or text file) on its way to its Parquet file."""

    def __init__(self, job: Job, layout: Layout, identity: Identity, number: int, name: str | None) -> None:
        self._job = job
        self._layout = layout
        self._identity = identity
        self._stamp = Stamp(job.file, name, job.batch, job.landed_at, job.file_id)
        self._months: set[str] = set()
        self.writer = LandedWriter(job.draft / f"{layout.dataset.name}-{number}.parquet", layout.schema)

    def write(self, block: Block) -> None:
        self._months |= months_of(block, self._layout)
        table = landed_table(block, self._layout, self._stamp, self._identity)
        with writing():
            self.writer.write(table)

    def entry(self, header_row: int, blank_rows: int, encoding: str | None) -> LedgerEntry:
        job, was = self._job, self._job.looked.fingerprint
        modified = datetime.fromtimestamp(was.modified_ns / 1e9, tz=job.zone)
        extras = [name.removeprefix(EXTRA) for name, _ in self._layout.extras.values()]
        return LedgerEntry(
            file_id=job.file_id,
            file=job.file,
            sheet=self._stamp.sheet,
            dataset=self._layout.dataset.name,
            rows=self.writer.rows,
            sha256=was.sha256,
            size=was.size,
            encoding=encoding,
            header_row=header_row,
            modified_on=modified.date().isoformat(),
            batch=job.batch,
            landed_at=job.landed_at,
            months=",".join(sorted(self._months)) or None,
            extra_columns=",".join(extras) or None,
            blank_rows=blank_rows,
        )


def _header_only(sheets: str) -> Refusal:
    where = f"工作表“{sheets}”" if sheets else "文件"
    return Refusal(
        "header_only",
        f"{where}只有表头，没有数据。请重新导出；若本期确实没有数据，把该文件移出导入文件夹即可。",
    )
