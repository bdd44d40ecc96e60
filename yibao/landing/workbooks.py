"""XLSX and XLS: the visible sheets of a workbook as rows of text.

Cells become text so: whole numbers without decimals, other numbers by their shortest form, dates and times ISO (a midnight
stays a date), booleans TRUE / FALSE; a formula gives the value saved with it, an error (#N/A) gives null.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from yibao.contract import Contract
from yibao.landing.errors import Refusal
from yibao.landing.headers import TITLE_ROWS, Header, find_header
from yibao.landing.records import Block
from yibao.landing.values import TRIMMED, clean
from yibao.landing.workbook_size import require_readable

ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BATCH = 16384
# Excel keeps 15 digits: what is larger has lost its last ones
_LOST_FROM = 1e15


@dataclass
class SheetTable:
    """A sheet under a recognised header (on sheet row `header_row`); `width` columns hold something.

    Iterate `blocks()` once; `blank_rows` is then complete.
    """

    name: str
    header: Header
    header_row: int
    width: int
    height: int
    rows: Iterator[Sequence[Any]]
    blank_rows: int = 0

    def blocks(self) -> Iterator[Block]:
        batch: list[Sequence[Any]] = []
        numbers: list[int] = []
        for number, row in enumerate(self.rows, self.header_row + 1):
            if not any(cell != "" and (not isinstance(cell, str) or cell.strip(TRIMMED)) for cell in row):
                self.blank_rows += 1
                continue
            batch.append(row)
            numbers.append(number)
            if len(batch) == _BATCH:
                yield _block(batch, numbers)
                batch, numbers = [], []
        if batch:
            yield _block(batch, numbers)


def open_workbook(content: bytes) -> CalamineWorkbook:
    """The workbook in these bytes.

    Raises Refusal: empty_file, encrypted_workbook, not_a_workbook, damaged_workbook, sheet_too_large, archive_bomb.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise Refusal(
            "empty_file", "文件是空的。请重新导出；若本期确实没有数据，把该文件移出导入文件夹即可。"
        )
    if content.startswith(OLE_MAGIC) and _ENCRYPTED in content:
        raise _encrypted()
    if not content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        raise Refusal(
            "not_a_workbook",
            "文件扩展名是 Excel，内容却不是 Excel 工作簿（可能是网页或文本改名而来）。请用 Excel 或 WPS 打开后另存为 xlsx 或 CSV。",
        )
    if content.startswith(ZIP_MAGIC):
        require_readable(content)
    with _told_as_damage():
        return CalamineWorkbook.from_filelike(io.BytesIO(content))


@contextmanager
def _told_as_damage() -> Iterator[None]:
    # the reader is Rust: on some damage it panics, and a panic is no Exception
    try:
        yield
    except PasswordError as error:
        raise _encrypted() from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        if "password" in str(error).lower():
            raise _encrypted() from error
        if (
            isinstance(error, CalamineError | OSError | ValueError)
            or type(error).__name__ == "PanicException"
        ):
            raise _damaged() from error
        raise


def sheet_tables(workbook: CalamineWorkbook, contract: Contract, notices: list[str]) -> Iterator[SheetTable]:
    """The visible sheets that hold a dataset; the others are told in `notices`.

    Raises Refusal when a sheet is nearly a dataset, when none is one, or when the workbook is damaged.
    """
    found = False
    reasons: list[Refusal] = []
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet or meta.visible != SheetVisibleEnum.Visible:
            continue
        try:
            table = _open_sheet(workbook, meta.name, contract)
        except Refusal as refusal:
            if refusal.reason_code not in ("no_header", "unknown_dataset", "empty_file"):
                raise
            reasons.append(refusal)
            continue
        found = True
        yield table
    if not found:
        told = [reason for reason in reasons if reason.reason_code != "empty_file"]
        raise (
            told
            or reasons
            or [Refusal("empty_file", "工作簿里没有可见的工作表，或都是空的。请取消隐藏或重新导出。")]
        )[0]
    notices += [
        f"已略过的工作表：{reason.message_zh}" for reason in reasons if reason.reason_code != "empty_file"
    ]


def _open_sheet(workbook: CalamineWorkbook, name: str, contract: Contract) -> SheetTable:
    with _told_as_damage():
        sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None:
        raise Refusal("empty_file", f"工作表“{name}”是空的。")
    rows = iter(sheet.iter_rows())
    titles: list[list[str]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) or "" for cell in row]
        if not any(cell.strip(TRIMMED) for cell in cells):
            continue
        titles.append(_without_tail(cells))
        numbers.append(number)
        try:
            header = find_header(titles[-1:], contract, f"工作表“{name}”：")
        except Refusal as refusal:
            if refusal.reason_code in ("ambiguous_dataset", "duplicate_column"):
                raise
            if len(titles) > TITLE_ROWS:
                break
            continue
        return SheetTable(name, header, number, len(row), sheet.total_height, rows)
    if not titles:
        raise Refusal("empty_file", f"工作表“{name}”是空的。")
    header = find_header(titles, contract, f"工作表“{name}”：")
    raise AssertionError(f"header found at {header.position} only at the second look")


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip(TRIMMED):
        cells = cells[:-1]
    return cells


def _block(batch: list[Sequence[Any]], numbers: list[int]) -> Block:
    columns = []
    lost: dict[int, npt.NDArray[np.bool_]] = {}
    for place, cells in enumerate(zip(*batch, strict=True)):
        kinds = set(map(type, cells))
        if kinds == {str}:
            texts: Sequence[str | None] = cells
        else:
            texts = [cell if type(cell) is str else _text(cell) for cell in cells]
            if float in kinds or int in kinds:
                mask = np.array([type(cell) in (float, int) and abs(cell) >= _LOST_FROM for cell in cells])
                if mask.any():
                    lost[place] = mask
        columns.append(clean(pa.array(texts, pa.string())))
    return Block(columns, np.array(numbers, dtype=np.int64), lost=lost)


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return None if cell is None else str(cell)


def _encrypted() -> Refusal:
    return Refusal(
        "encrypted_workbook", "工作簿有打开密码，无法读取。请在 Excel 或 WPS 里去掉密码、另存后再导入。"
    )


def _damaged() -> Refusal:
    return Refusal(
        "damaged_workbook",
        "工作簿已损坏，或是其他压缩文件改名为 xlsx。请用 Excel 或 WPS 打开确认，另存为新的 xlsx 后再导入。",
    )
