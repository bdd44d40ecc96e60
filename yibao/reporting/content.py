"""What a report says, before it is Word, PDF or Excel: sections, sentences with figures in them, tables and charts.

Every number that a reader sees is a `Figure`: it knows where in the published generation it stands (`Origin`), its exact
value, and how it is printed. The writers (word, pdf, excel) turn one `Report` into files and add no number of their own;
the checker takes the figures out of a file again and looks each up in the generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal, TypeAlias

from yibao import formatting

# count of persons, cases, files; yuan and wan from yuan; percent and points (个百分点) from ratios times 100; change in per
# cent of its base; times (倍) the same change, printed as so many times the base; days and months with two decimals
Kind: TypeAlias = Literal["count", "yuan", "wan", "percent", "points", "change", "times", "days", "months"]
How: TypeAlias = Literal["cell", "sum", "count", "distinct"]

UNITS: dict[Kind, str] = {
    "count": "",
    "yuan": "元",
    "wan": "万元",
    "percent": "%",
    "points": "个百分点",
    "change": "%",
    "times": "倍",
    "days": "天",
    "months": "个月",
}
# from yuan, and from per cent of the base
_SCALES: dict[Kind, int] = {"wan": -4, "times": -2}
# the warehouse holds decimal(38, 10), of which the default context of 28 digits would cut the end off
EXACT = Context(prec=80)


@dataclass(frozen=True)
class Origin:
    """A cell of a published table: the row whose columns equal `keys`, and its `column` (`minus`: less that column).

    `how`: one cell, the sum of the column over all rows with these keys, their count, or how many different values the
    column has in them. A key `2026-01..2026-09` takes everything from the one to the other (the months of a table that
    has no year to date). `code` is the indicator's or the measure's code, by which a reader of the package finds the
    number; `name_zh` what it is called.
    """

    table: str
    column: str
    keys: tuple[tuple[str, str], ...]
    code: str
    name_zh: str
    how: How = "cell"
    minus: str | None = None


@dataclass(frozen=True)
class Figure:
    """A number of the report. `value` is exact and unrounded (yuan, per cent and times times 100), None where there is none.

    `size_only` prints a change without its sign, where the sentence says 提高 or 下降.
    """

    origin: Origin
    value: Decimal | None
    kind: Kind
    size_only: bool = False

    @property
    def text(self) -> str:
        """As printed, half up (report.md, "Numbers"), without the unit; `—` where there is none."""
        shown = abs(self.value) if self.value is not None and self.size_only else self.value
        if self.kind == "count":
            return formatting.count(shown)
        if self.kind == "wan":
            return formatting.wan(shown)
        if self.kind == "times" and shown is not None:
            return formatting.number(shown.scaleb(-2))
        return formatting.number(shown)

    @property
    def in_unit(self) -> Decimal | None:
        """The exact number that the text rounds: in 万元, in 倍, without the sign where none is printed."""
        if self.value is None:
            return None
        value = abs(self.value) if self.size_only else self.value
        return value.scaleb(_SCALES.get(self.kind, 0), EXACT)

    @property
    def unit(self) -> str:
        """The unit's sign, which stands behind the text; nothing behind a `—`."""
        return "" if self.value is None else UNITS[self.kind]


Span: TypeAlias = str | Figure
Level: TypeAlias = Literal[1, 2, 3, 4]


@dataclass(frozen=True)
class Heading:
    """`text` without its number: level 1 prints `一、`, 2 `（一）`, 3 `1.`, 4 `（1）` before it, in the order of the report."""

    level: Level
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text. A figure prints with its unit."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span if isinstance(span, str) else span.text + span.unit for span in self.spans)


@dataclass(frozen=True)
class Column:
    """A column of a table; `head` from the top: equal neighbours at one level are one merged cell. `kind` None is text."""

    head: tuple[str, ...]
    kind: Kind | None = None


Content: TypeAlias = str | Figure | None


@dataclass(frozen=True)
class Sum:
    """表内平衡: in these columns (by number from 0), row `total` is the sum of the rows `parts` (numbers from 0).

    Excel writes the total as a formula; the checker adds the exact values up.
    """

    total: int
    parts: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """A form of the report: `code` is its name in file names and configuration, `number` its 表号 (empty: left blank).

    A row has one content for each column; None is an empty cell. `notes` stand below it.
    """

    code: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Content, ...], ...]
    unit_note: str
    sums: tuple[Sum, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """One line or one colour of a chart; as many figures as the chart has categories."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Chart:
    """A native chart in Word and Excel, a drawing in the PDF. All series have one kind."""

    code: str
    title: str
    shape: Literal["line", "column", "bar"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind


Block: TypeAlias = Heading | Paragraph | Table | Chart


@dataclass(frozen=True)
class Letterhead:
    """The head and the end of the letter, from configuration; an empty text leaves its place blank, never invented."""

    issuer: str
    recipient: str
    red_head: str
    document_number: str
    signer: str
    contact: str
    # head of each form: 表号 by the table's code, 制定机关, 批准文号, 有效期至
    form_numbers: tuple[tuple[str, str], ...] = ()
    form_authority: str = ""
    form_approval: str = ""
    form_valid_until: str = ""


@dataclass(frozen=True)
class SignOff:
    """三审制: who prepared, reviewed and approved, and the day (YYYY-MM-DD) it was approved; empty while nobody has."""

    prepared: str = ""
    reviewed: str = ""
    approved: str = ""
    responsible: str = ""
    on: str = ""


Status: TypeAlias = Literal["draft", "provisional", "final"]
STATUS_ZH: dict[Status, str] = {
    "draft": "草稿（未报送）",
    "provisional": "已报送（初步数）",
    "final": "最终数",
}


@dataclass(frozen=True)
class Identity:
    """What the report was made from: stands in the foot of every page and in the manifest."""

    product: str
    period: str
    region_code: str
    region_name: str
    run_id: str
    as_of: str
    status: Status
    catalogue_hash: str
    code_version: str
    # of the period, where it has several documents of the product
    part: str = ""

    @property
    def names(self) -> dict[str, str]:
        """Which report this is, as its files and its listing say."""
        return {
            "run_id": self.run_id,
            "period": self.period,
            "part": self.part,
            "region_code": self.region_code,
            "product": self.product,
            "status": self.status,
        }


# a letter to the superior bureau names 签发人; a notice for everybody has no 表号 and nobody who signs for a form
Reader: TypeAlias = Literal["superior", "subordinate", "everybody"]


@dataclass(frozen=True)
class Report:
    """One document. `dated` is the day it bears (YYYY-MM-DD); `tables` and `charts` of the annex follow the text as 附件.

    `span` stands as 期间 in the heads of the forms (empty: the month of the identity).
    """

    identity: Identity
    title: str
    dated: str
    letterhead: Letterhead
    sign_off: SignOff
    body: tuple[Block, ...]
    annex: tuple[Table | Chart, ...] = ()
    span: str = ""
    reader: Reader = "superior"

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure in the order of reading; its place in this tuple is its number, from 0, in every file."""
        found: list[Figure] = []
        for block in (*self.body, *self.annex):
            if isinstance(block, Paragraph):
                found += [span for span in block.spans if isinstance(span, Figure)]
            elif isinstance(block, Table):
                found += [content for row in block.rows for content in row if isinstance(content, Figure)]
            elif isinstance(block, Chart):
                found += [figure for series in block.series for figure in series.figures]
        return tuple(found)
