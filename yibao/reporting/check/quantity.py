"""Numbers in Chinese running text, with their unit, their precision and the words that make them approximate.

Dates, heading numbers, document numbers and the like are no quantities. All positions are those of the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

PERCENT = "%"
POINTS = "个百分点"
TIMES = "倍"

_SCALES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_MARKS = str.maketrans("０１２３４５６７８９．％－−():;", "0123456789.%--（）：；")
_COMMA = re.compile(r",(?!(?<=\d,)\d{3}(?!\d))")
_UNITS = (
    "个百分点", "百分点", "元/人", "人次", "例次", "家次", "个月", "分钟", "小时",
    *"%‰元人名倍家所件例条次天户份项行岁类种批期座台处",
)  # fmt: skip
_SAME_UNIT = {"百分点": POINTS, "名": "人"}
# a whole number of these is counted, not rounded
_COUNTED = frozenset(
    ["人", "人次", "例次", "家次", "家", "所", "件", "例", "条", "次", "户", "份", "项", "行"]
)

_NOT_QUANTITIES = re.compile(
    "|".join(
        (
            r"\d{8}T\d{6}Z-[0-9a-f]{8}",
            r"(?<![0-9a-f])[0-9a-f]{16,}(?![0-9a-f])",
            r"\d+\.\d+\.\d+",
            r"[〔\[［（(]\d{4}[〕\]］）)]\s*(?:\d+\s*号)?",
            r"第\s*\d+\s*[号条款项章期批次季个]",
            r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
            r"(?:19|20)\d{2}-\d{2}(?!\d)",
            r"\d{1,2}:\d{2}(?::\d{2})?",
            r"(?:19|20)\d{2}(?=(?:参保|保险|财政)?年度)",
            r"(?:\d{4}|\d{2}(?:xx|XX|\*\*))\s*(?:[-—–至]\s*\d{4}\s*)?年(?:度)?(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?",
            r"(?<![\d.])\d{1,2}\s*月?[-—–至]\s*\d{1,2}\s*月",
            r"(?<![\d.])\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?",
            r"(?<![\d.])\d{1,2}\s*日",
            r"(?:附件|附表|表|图|GB/T|（表)\s*\d+(?:[-.]\d+)*(?:—\d{4})?",
            r"[（(]\d{6,12}[）)]",
            r"0\d{2,3}-\d{7,8}|(?<!\d)1\d{10}(?!\d)",
            r"[A-Za-z_][A-Za-z0-9_.-]*",
        )
    )
)
_HEADING_NUMBER = re.compile(r"^\s*(?:\d+\s*[.．、](?!\d)|[（(]\d+[）)])", re.MULTILINE)
_QUANTITY = re.compile(
    r"(?P<before>将近|接近|近|大约|约|超过|逾|超)?"
    r"(?P<number>(?<![\d.,])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?!\d)"
    r"\s*(?P<over>余|多)?(?P<scale>百万|千万|万|亿|千)?(?P<more>余|多)?"
    rf"(?P<unit>{'|'.join(map(re.escape, _UNITS))})?"
    r"(?P<after>左右|上下|以上|余)?"
)


@dataclass(frozen=True)
class Quantity:
    """A number as written: `number` times `scale` in `unit`; `hedge` is `近`, `约`, `余` (and more) or empty."""

    text: str
    number: Decimal
    decimals: int
    scale: int
    unit: str
    hedge: str
    start: int
    end: int

    @property
    def value(self) -> Decimal:
        """In the unit itself: 2.5万元 is 25000."""
        return self.number * self.scale

    @property
    def slack(self) -> Decimal:
        """How far the exact value may be from the written one because that was rounded."""
        if self.scale == 1 and self.decimals == 0 and self.unit in _COUNTED:
            return Decimal(0)
        return Decimal(self.scale).scaleb(-self.decimals) / 2

    def allows(self, exact: Decimal, slack: Decimal = Decimal(0)) -> bool:
        """Whether an exact value (known to `slack`) may be written so. 约 and 左右 allow 5%, 近 5% below, 余 10% above."""
        low, high = self.value - self.slack, self.value + self.slack
        if self.hedge == "约":
            low, high = self.value * Decimal("0.95"), self.value * Decimal("1.05")
        elif self.hedge == "近":
            low = self.value * Decimal("0.95")
        elif self.hedge == "余":
            high = self.value * Decimal("1.1")
        return low - slack <= exact <= high + slack


def tidy(text: str) -> str:
    """The same text, as long as before, with narrow digits and Chinese marks: what every rule reads."""
    return _COMMA.sub("，", text.translate(_MARKS))


def quantities(text: str) -> tuple[Quantity, ...]:
    """All quantities of a tidy text in its order."""
    for pattern in (_HEADING_NUMBER, _NOT_QUANTITIES):
        text = pattern.sub(lambda found: "□" * len(found.group()), text)
    return tuple(_read(found) for found in _QUANTITY.finditer(text))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a tidy text (up to 。；！？ or the end of the line) and where each begins."""
    for found in re.finditer(r"[^。；！？\n]+", text):
        yield found.start(), found.group()


def measured(text: str) -> Iterator[tuple[int, str, tuple[Quantity, ...]]]:
    """Every sentence with its place and its quantities."""
    for at, sentence in sentences(text):
        yield at, sentence, quantities(sentence)


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Every paragraph with its place."""
    for found in re.finditer(r"[^\n]+", text):
        yield found.start(), found.group()


def short(text: str, start: int, end: int) -> str:
    """What a fault quotes, without the marks around it."""
    return text[max(start, 0) : end].strip("，。； ")


def clause(text: str, one: Quantity) -> str:
    """The clause of a quantity: between the commas (，、) around it."""
    start = max(text.rfind(mark, 0, one.start) for mark in "，、：（；。\n")
    ends = [at for at in (text.find(mark, one.end) for mark in "，、）（；。\n") if at >= 0]
    return text[start + 1 : min(ends, default=len(text))]


def _read(found: re.Match[str]) -> Quantity:
    written = found["number"].replace(",", "")
    unit = found["unit"] or ""
    return Quantity(
        text=found.group(),
        number=Decimal(written),
        decimals=len(written.partition(".")[2]),
        scale=_SCALES[found["scale"] or ""],
        unit=_SAME_UNIT.get(unit, unit),
        hedge=_hedge(found["before"], found["over"] or found["more"], found["after"]),
        start=found.start("number"),
        end=found.end(),
    )


def _hedge(before: str | None, over: str | None, after: str | None) -> str:
    if before in ("近", "将近", "接近"):
        return "近"
    if before in ("约", "大约") or after in ("左右", "上下"):
        return "约"
    if before or over or after:
        return "余"
    return ""
