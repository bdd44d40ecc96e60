"""表内平衡 and 表间校核 of tables and traced figures: totals, shares, changes, ratios, and one figure in two places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from yibao.reporting.check.document import Document, Passage, Table
from yibao.reporting.check.finding import Finding
from yibao.reporting.check.numbers import Bound
from yibao.reporting.check.quantity import Quantity, quantities, tidy
from yibao.reporting.content import Figure

_TOTAL = re.compile(r"^(?:合计|总计|总　?计|合　计|全[县市区]合计|全[县市区])$")
_PART_OF = re.compile(r"^其中")
# what stands above and below a form in a sheet
_ABOVE = re.compile(r"单\s*位\s*：|表\s*号|制定机关|批准文号|有效期|填报|期\s*间")
_BELOW = re.compile(r"^(?:注|备注|说明|单位负责人|审核人|制表人|填表人|报出日期)")
# what does not add up from row to row
_NO_SUM = re.compile(r"率|比|均|占|%|％|百分点|增减|日数|月数|天数|序号|排名|位次|代码|编码")
_NOTE_SAYS_SO = re.compile(r"不一致|不等于合计|重复计|不相加|可能重复|未公布|未显示|不予公布")
_SHARE = re.compile(r"占比|比重|构成")
_NOW = re.compile(r"本年累计|本月|本期|累计|今年|现值")
_LAST = re.compile(r"去年同期|上年同期|同期|上月|上期")
_CHANGE = re.compile(r"增减|变化")
_HALF = Decimal("0.005")


def totals(document: Document, numbers: Sequence[Bound]) -> Iterator[Finding]:
    """The row 合计 is the sum of the other rows: exactly where all are traced figures, else but for rounding."""
    traced = {(one.passage.place, one.passage.text): one.figure for one in numbers}
    for at, table in _placed(document):
        rows = [number for number, row in enumerate(table.rows) if _TOTAL.match(_label(row))]
        if len(rows) != 1 or _noted(document, at, table):
            continue
        total, first = rows[0], _first_row(table)
        end = next(
            (number for number, row in enumerate(table.rows) if _BELOW.match(_label(row))), len(table.rows)
        )
        parts = [
            number
            for number in range(first, end)
            if number != total
            and _label(table.rows[number])
            and not _PART_OF.match(_label(table.rows[number]))
        ]
        if any("小计" in _label(row) for row in table.rows) or len(parts) < 2:
            continue
        for column in range(1, len(table.rows[total])):
            head = _head(table, column, first)
            cells = [table.rows[number][column] for number in parts]
            whole = _only(table.rows[total][column])
            found = [one for one in map(_only, cells) if one is not None]
            if whole is None or len(found) != len(cells):
                continue
            if _SHARE.search(head) and whole.number == 100:
                if abs(sum((one.number for one in found), Decimal(0)) - 100) > sum(
                    (one.slack for one in found), Decimal(0)
                ):
                    yield _unequal(table.rows[total][column], head, found, whole)
            elif not _NO_SUM.search(head) and not _adds_up(table.rows[total][column], cells, traced):
                yield _unequal(table.rows[total][column], head, found, whole)


def changes(document: Document) -> Iterator[Finding]:
    """增减 is the present number less that of last year, or that difference in per cent."""
    for table in document.tables:
        first = _first_row(table)
        heads = [_head(table, column, first) for column in range(len(table.rows[0]))] if table.rows else []
        for column in range(1, len(heads) - 1):
            if not (
                _LAST.search(heads[column])
                and _NOW.search(heads[column - 1])
                and _CHANGE.search(heads[column + 1])
            ):
                continue
            if _LAST.search(heads[column - 1]) or _CHANGE.search(heads[column]):
                continue
            for row in table.rows[first:]:
                now, before, by = (_only(row[at]) for at in (column - 1, column, column + 1))
                if now is None or before is None or by is None or _moved(now, before, by):
                    continue
                yield Finding(
                    "增减栏",
                    "error",
                    row[column + 1].named,
                    f"{_label(row)}：{now.text}减去{before.text}是{now.number - before.number}，表中写{by.text}",
                    "请重算增减（比率为百分点，金额和人数为差额或百分比）。",
                )


def one_figure_twice(numbers: Sequence[Bound]) -> Iterator[Finding]:
    """The same cell printed in the same way reads the same everywhere."""
    first: dict[Figure, Bound] = {}
    for one in numbers:
        before = first.setdefault(one.figure, one)
        shown, told = ((each.shown.replace(",", "").removesuffix(one.figure.unit)) for each in (one, before))
        if shown != told:
            yield Finding(
                "表间校核",
                "error",
                one.passage.named,
                f"{one.figure.origin.name_zh}这里是“{one.shown}”，{before.passage.place}是“{before.shown}”",
                "同一个数在全文中应当一致，请核对后统一。",
            )


def traced_ratios(figures: Sequence[Figure]) -> Iterator[Finding]:
    """A ratio is its numerator by its denominator, where the file carries all three (exact values)."""
    cells: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Figure]] = {}
    for one in figures:
        if one.origin.how == "cell" and one.origin.minus is None:
            cells.setdefault((one.origin.code, one.origin.keys), {})[one.origin.column] = one
    for found in cells.values():
        top, bottom, ratio = (found.get(name) for name in ("numerator", "denominator", "value"))
        if top is None or bottom is None or ratio is None or ratio.value is None or not bottom.value:
            continue
        times = 100 if ratio.kind == "percent" else 1
        if top.value is None or abs(top.value / bottom.value * times - ratio.value) > _HALF:
            yield Finding(
                "比率与分子分母",
                "error",
                ratio.origin.name_zh,
                f"{top.text}{top.unit}÷{bottom.text}{bottom.unit}不等于{ratio.text}{ratio.unit}",
                "请重新生成报告；仍不相等的，请联系维护人员。",
            )


def _placed(document: Document) -> Iterator[tuple[int, Table]]:
    for at, block in enumerate(document.blocks):
        if isinstance(block, Table):
            yield at, block


def _noted(document: Document, at: int, table: Table) -> bool:
    """Whether a note below (in the sheet, or at most four lines under the table) says that parts and total differ."""
    notes = [cell.text for row in table.rows for cell in row[:1] if _BELOW.match(cell.text)]
    for block in document.blocks[at + 1 : at + 5]:
        if isinstance(block, Table):
            break
        notes.append(block.text)
    return any(_NOTE_SAYS_SO.search(note) for note in notes)


def _label(row: Sequence[Passage]) -> str:
    return re.sub(r"\s", "", row[0].text) if row else ""


def _first_row(table: Table) -> int:
    """The first row with a number of its own: above it is the head."""
    for number, row in enumerate(table.rows):
        if any(_only(cell) is not None for cell in row[1:]):
            return number
    return len(table.rows)


def _head(table: Table, column: int, first: int) -> str:
    """The head of a column, without title, form number and unit that a sheet has above it."""
    words: list[str] = []
    for row in reversed(table.rows[:first]):
        cells = {cell.text.strip() for cell in row if cell.text.strip()}
        if len(cells) < 2 or not _label(row) or any(_ABOVE.match(cell) for cell in cells):
            break
        words.insert(0, row[column].text.strip())
    return "".join(dict.fromkeys(words))


def _only(cell: Passage) -> Quantity | None:
    """The number of a cell that holds nothing else."""
    text = tidy(cell.text.strip())
    found = quantities(text)
    return found[0] if len(found) == 1 and found[0].start == 0 and found[0].end == len(text) else None


def _adds_up(total: Passage, cells: Sequence[Passage], traced: Mapping[tuple[str, str], Figure]) -> bool:
    exact = [traced.get((cell.place, cell.text)) for cell in (*cells, total)]
    values = [one.value for one in exact if one is not None and one.value is not None]
    if len(values) == len(exact):
        return sum(values[:-1], Decimal(0)) == values[-1]
    whole, parts = _only(total), [one for one in map(_only, cells) if one is not None]
    if whole is None:
        return True
    slack = sum((_rounding(one) for one in (*parts, whole)), Decimal(0))
    return abs(sum((one.number for one in parts), Decimal(0)) - whole.number) <= slack


def _rounding(one: Quantity) -> Decimal:
    """A whole number in a table is counted; a decimal one is rounded at its last place."""
    return Decimal(1).scaleb(-one.decimals) / 2 if one.decimals else Decimal(0)


def _moved(now: Quantity, before: Quantity, by: Quantity) -> bool:
    slack = _rounding(now) + _rounding(before) + _rounding(by)
    if abs(now.number - before.number - by.number) <= slack:
        return True
    if before.number == 0:
        return False
    share = (now.number - before.number) / abs(before.number) * 100
    wide = (_rounding(now) + _rounding(before)) / abs(before.number) * 200 + _rounding(by)
    return abs(share - by.number) <= wide


def _unequal(cell: Passage, head: str, parts: Sequence[Quantity], whole: Quantity) -> Finding:
    added = sum((one.number for one in parts), Decimal(0))
    return Finding(
        "表内平衡",
        "error",
        cell.named,
        f"{head or '这一栏'}各行相加是{added}，合计写{whole.text}，相差{abs(added - whole.number)}",
        "请核对各行和合计；合计单独上报的，请在表下注明。",
    )
