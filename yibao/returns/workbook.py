"""One workbook of the 退回清单, ready to be printed and to be worked through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter

from yibao import formatting
from yibao.formula import defused
from yibao.returns.listing import About, Fault, RefusedFiles, ReturnedRows, Sheet

_FONT = "宋体"
_DARK, _PALE, _LINE = "#1F4E79", "#DDEBF7", "#BFBFBF"
_RED, _AMBER, _GREEN = "#C00000", "#ED7D31", "#70AD47"
# a sheet of Excel holds 1,048,576 rows
_ROWS_A_SHEET = 1_000_000
_A4 = 9

Cell = str | int | None


@dataclass(frozen=True)
class _Column:
    title: str
    width: int  # in characters of the body's font


# together about what A4 across holds
_WHERE = (_Column("文件", 24), _Column("工作表", 9), _Column("行号", 7))
_KEY = (_Column("主键", 22),)
_WHAT = (_Column("字段", 13), _Column("原值（已脱敏）", 20), _Column("问题", 28))
_TODO = (_Column("怎么办", 30),)
_CAME = (_Column("更正的文件和行", 30),)
_SHEETS = (
    _Column("文件", 34),
    *(_Column(title, 12) for title in ("工作表", "导入批次", "导入行数", "必须更正", "请核对", "已更正")),
)


def write_returned_rows(path: Path, returned: ReturnedRows, about: About) -> None:
    """Rows at fault: a sheet that explains, then those that must be corrected, those to look at, those that came again."""
    title = f"退回清单：{returned.dataset_zh}"
    with _Book(path, title, about) as book:
        book.explain(
            [
                ("发给", _addressee(f"报送“{returned.dataset_zh}”的单位或科室", returned.source)),
                *_as_of(about),
                ("必须更正", f"{returned.total('open')} 行：没有计入任何指标，等待更正后重报"),
                ("请核对", f"{returned.total('warned')} 行：已计入指标，但有疑问"),
                ("已更正", f"{returned.total('corrected')} 行：更正后已重新报来并采用，不用再处理"),
            ],
            [
                "“必须更正”中的每一行，请按“主键”在业务系统里找到这条记录，更正后重新导出。"
                "不要直接改导出文件：系统不改，下次导出还是错的。",
                "只导出更正的记录，或整个文件重新导出，都可以。主键不要改：主键相同，才认得出是这一行的更正。",
                "把重新导出的文件交回数据管理员。导入后再出清单时，这些行自动列入“已更正”。",
                "“请核对”中的行，确有错误的同样更正重报；核对无误的，不用处理。",
                "主键为空的行（列数不符，或主键本身有错）认不出它的更正，会一直留在“必须更正”里；已经更正重报的，请告诉数据管理员。",
                "一行有几处错误的，列为几行。行号是原文件里的行号（工作簿是工作表里的行号）；文件名后的“~”和八位代号，表示同名文件的另一次报送。",
            ],
            _SHEETS,
            [
                [
                    *_where(count.sheet),
                    int(count.sheet.batch),
                    count.landed,
                    count.open,
                    count.warned,
                    count.corrected,
                ]
                for count in returned.sheets
            ],
        )
        book.table("必须更正", _RED, (*_WHERE, *_KEY, *_WHAT, *_TODO), map(_fault, returned.open))
        book.table("请核对", _AMBER, (*_WHERE, *_WHAT, *_TODO), map(_warning, returned.warnings))
        book.table("已更正", _GREEN, (*_WHERE, *_KEY, *_WHAT, *_CAME), map(_came_again, returned.corrected))


def write_refused_files(path: Path, refused: RefusedFiles, about: About) -> None:
    """Files of which nothing was taken, and those that were taken when they came again."""
    with _Book(path, "退回清单：拒收的文件", about) as book:
        book.explain(
            [
                ("发给", _addressee("报送下列文件的单位或科室", refused.source)),
                *_as_of(about),
                ("必须更正", f"{len(refused.open)} 个文件：整个没有导入"),
                ("已更正", f"{len(refused.corrected)} 个文件：更正后已重新报来并导入，不用再处理"),
            ],
            [
                "“必须更正”中的每个文件，请按“原因和办法”更正后，用原来的文件名交回数据管理员：文件名相同，才认得出是它的更正。",
                "不该报送的文件，请告诉数据管理员移出收件夹，以后就不再列出。",
                "本期没有数据的，也请说明，以免一直等待。",
            ],
        )
        reason = (_Column("原因代码", 22), _Column("原因和办法", 80))
        book.table(
            "必须更正",
            _RED,
            (_Column("文件", 46), *reason),
            ([file.file, file.reason_code, file.message_zh] for file in refused.open),
        )
        book.table(
            "已更正",
            _GREEN,
            (_Column("文件", 46), *reason, _Column("更正的文件", 46), _Column("导入批次", 10)),
            (
                [file.file, file.reason_code, file.message_zh, file.corrected_file, int(file.batch)]
                for file in refused.corrected
            ),
        )


def _addressee(who: str, source: str) -> str:
    return f"{source}（{who}）" if source else who


def _as_of(about: About) -> list[tuple[str, str]]:
    moment = formatting.clock(about.published_at)
    return [
        (
            "数据截至",
            f"期间 {about.period}，已导入 {about.batches} 批，北京时间 {moment} 发布",
        ),
        ("版本", about.run_id),
    ]


def _where(sheet: Sheet) -> list[Cell]:
    return [sheet.file, sheet.sheet]


def _place(fault: Fault) -> list[Cell]:
    return [*_where(fault.sheet), fault.row]


def _what(fault: Fault) -> list[Cell]:
    return [fault.field, fault.value, fault.problem]


def _fault(fault: Fault) -> list[Cell]:
    return [*_place(fault), fault.record_key, *_what(fault), fault.advice]


def _warning(fault: Fault) -> list[Cell]:
    return [*_place(fault), *_what(fault), fault.advice]


def _came_again(fault: Fault) -> list[Cell]:
    return [*_place(fault), fault.record_key, *_what(fault), fault.corrected]


def _height(cells: Iterable[tuple[str, int]]) -> int:
    """Points for a row of texts in columns of these widths: not every program finds the height of wrapped text by itself."""
    lines = (
        -(-sum(1 if sign.isascii() else 2 for sign in text) // max(width - 2, 1)) for text, width in cells
    )
    return 4 + 13 * max(1, *lines)


class _Book:
    """A workbook whose bytes depend on nothing but what is written into it."""

    def __init__(self, path: Path, title: str, about: About) -> None:
        # row by row to the disk: a list may have as many rows as the county has settlements
        options = {
            "constant_memory": True,
            # the disk that an error would name; what a process that died left here goes with the folder
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._title, self._about = title, about
        self._book.set_properties(
            {"title": title, "created": about.published_at.astimezone(UTC).replace(tzinfo=None)}
        )
        body = {"font_name": _FONT, "font_size": 10, "valign": "top", "text_wrap": True}
        bordered = {**body, "border": 1, "border_color": _LINE}
        self._formats = {
            name: self._book.add_format(settings)
            for name, settings in {
                "title": {"font_name": _FONT, "font_size": 18, "bold": True, "font_color": _DARK},
                "label": {**bordered, "bold": True, "bg_color": _PALE},
                "text": bordered,
                "number": {**bordered, "num_format": "0", "align": "right", "indent": 1},
                "heading": {**body, "bold": True, "font_size": 12, "font_color": _DARK},
                "note": body,
                "header": {
                    **bordered,
                    "bold": True,
                    "bg_color": _DARK,
                    "font_color": "#FFFFFF",
                    "valign": "vcenter",
                },
            }.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._book.close()
        except xlsxwriter.exceptions.FileCreateError as lost:
            # what xlsxwriter makes of an error of the disk
            raise lost.args[0] from lost

    def explain(
        self,
        facts: Sequence[tuple[str, str]],
        steps: Sequence[str],
        columns: Sequence[_Column] = (),
        rows: Sequence[Sequence[Cell]] = (),
    ) -> None:
        """The first sheet: who it is for, as of when, how to send corrections back, then the counts of each file."""
        sheet = self._sheet("说明", _DARK)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 6, 12)
        last = 6
        sheet.set_row(0, 32)
        sheet.merge_range(0, 0, 0, last, self._title, self._formats["title"])
        line = 2
        for label, text in facts:
            sheet.set_row(line, 18)
            self._write(sheet, line, 0, label, "label")
            sheet.merge_range(line, 1, line, last, defused(text), self._formats["text"])
            line += 1
        line += 1
        sheet.merge_range(line, 0, line, last, "怎样处理", self._formats["heading"])
        for number, step in enumerate(steps, start=1):
            line += 1
            sheet.set_row(line, _height([(step, 34 + 6 * 12)]))
            sheet.merge_range(line, 0, line, last, f"{number}. {step}", self._formats["note"])
        if rows:
            line += 2
            for place, column in enumerate(columns):
                self._write(sheet, line, place, column.title, "header")
            for row in rows:
                line += 1
                self._row(sheet, line, row, columns)

    def table(
        self, name: str, color: str, columns: Sequence[_Column], rows: Iterable[Sequence[Cell]]
    ) -> None:
        """A list with header, filter and fixed header row; none where there are no rows, several where there are too many."""
        left = iter(rows)
        parts = iter(lambda: list(islice(left, _ROWS_A_SHEET)), [])
        for number, part in enumerate(parts, start=1):
            sheet = self._sheet(name if number == 1 else f"{name}{number}", color)
            for place, column in enumerate(columns):
                sheet.set_column(place, place, column.width)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(part), len(columns) - 1)
            sheet.repeat_rows(0)
            sheet.set_row(0, 22)
            for place, column in enumerate(columns):
                self._write(sheet, 0, place, column.title, "header")
            for line, row in enumerate(part, start=1):
                self._row(sheet, line, row, columns)

    def _sheet(self, name: str, color: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_tab_color(color)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f'&L&"{_FONT}"{self._about.run_id}&C&"{_FONT}"第 &P 页，共 &N 页&R&"{_FONT}"&A')
        return sheet

    def _row(self, sheet: Any, line: int, row: Sequence[Cell], columns: Sequence[_Column]) -> None:
        sheet.set_row(
            line, _height([(str(value), column.width) for value, column in zip(row, columns, strict=True)])
        )
        for place, value in enumerate(row):
            self._write(sheet, line, place, value, "number" if isinstance(value, int) else "text")

    def _write(self, sheet: Any, line: int, place: int, value: Cell, style: str) -> None:
        if value is None:
            sheet.write_blank(line, place, None, self._formats[style])
        elif isinstance(value, int):
            sheet.write_number(line, place, value, self._formats[style])
        else:
            sheet.write_string(line, place, defused(value), self._formats[style])
