"""What a cell of a package may hold, and its value. A fault is looked for among the distinct texts of a column where it has few."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from yibao.consolidation.manifest import PackageManifest, compared
from yibao.consolidation.refusal import RESEND
from yibao.consolidation.shapes import Shape
from yibao.formula import FORMULA, PLAIN_NUMBER

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
# the indicator's macros count in whole numbers of 128 bits: 17 digits of yuan are a thousand times any fund
_MOST_DIGITS = 17
_WHOLE_DIGITS = {"bigint": 15, "integer": 9}
# what the county's bureau puts an apostrophe before
_RISKY = f"({FORMULA}).*"
# as those that turn the text after them round
_CONTROL = r"[\x00-\x1f\x7f\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_LONGEST = 400
# columns that name a region of the county itself; an institution may stand elsewhere
_OWN_REGION = {
    "indicator_value": ("region_code",),
    "mart_admission_cost": ("county", "township"),
    "mart_collection": ("region_code",),
    "mart_compensation": ("county", "township"),
    "mart_flow": ("county", "township"),
    "mart_fund": ("region_code",),
    "mart_participation": ("region_code",),
    "mart_referral": ("county", "township"),
}
# months of the tables beside the indicators
_MONTHS = ("period", "pay_month")
_MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
# an institution that is not in the register may have no place, a settlement no township
_REQUIRED = ("period", "region_code", "inst_code", "insutype")
_STATUSES = ("ok", "no_data", "no_dimension", "no_denominator", "net_reversal")
_BREAKDOWNS = ("none", "service_tier", "inst", "group", "account_item", "inst_type")
# texts to true where one may not stand; what it says of a null does not count
Wrong = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True)
class CellFault:
    """What may not stand in a column, what to tell of it; whether an empty cell is as wrong."""

    column: str
    wrong: Wrong
    what: str
    todo: str = RESEND
    required: bool = False

    def first(self, cells: pa.ChunkedArray) -> int | None:
        """The first row that has it."""
        start = 0
        for chunk in cells.chunks:
            texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
            found = pc.if_else(pc.is_valid(texts), self.wrong(texts), None)
            if pc.any(found).as_py() or (self.required and chunk.null_count):
                by_row = found if texts is chunk else found.take(chunk.indices)
                place: int = pc.index(by_row.fill_null(self.required), True).as_py()
                if place >= 0:
                    return start + place
            start += len(chunk)
        return None


def cell_faults(
    table: str, shape: Shape, manifest: PackageManifest, indicators: Sequence[str]
) -> tuple[CellFault, ...]:
    """Types, forms, formulas, regions; for indicator values also periods, codes and lists."""
    if table == "indicator_value":
        listed = _listed_faults(manifest, indicators)
    else:
        listed = [_month_fault(name, manifest) for name in shape.names if name in _MONTHS]
    regions = [_region_fault(name, manifest) for name in _OWN_REGION.get(table, ())]
    # what must be one of a list, or have a form of its own, is asked for nothing else
    told = {fault.column for fault in (*listed, *regions)}
    faults = [_type_fault(name, kind) for name, kind in shape.columns if name not in told]
    faults += [
        CellFault(name, _nothing, "主键为空", required=True)
        for name in shape.key
        if name not in told and name in _REQUIRED
    ]
    return (*faults, *regions, *listed)


def first_fault(table: pa.Table, faults: Sequence[CellFault]) -> tuple[int, CellFault] | None:
    """The first row with a fault, and the first of its faults."""
    found = [(place, fault) for fault in faults if (place := fault.first(table[fault.column])) is not None]
    return min(found, key=lambda one: one[0], default=None)


def read_as(kind: str) -> pa.DataType:
    """The type in which cells are read, to be looked at: texts, those of few distinct ones once each."""
    is_number = kind in _WHOLE_DIGITS or _DECIMAL.fullmatch(kind)
    return pa.string() if is_number else pa.dictionary(pa.int32(), pa.string())


def typed(table: pa.Table, shape: Shape) -> pa.Table:
    """The cells, in which no fault was found, with the types of their contract; an apostrophe before a formula goes again."""
    return pa.table(
        {
            name: _undefused(table[name]) if kind == "varchar" else _cast(table[name], kind)
            for name, kind in shape.columns
        }
    )


def own_region(manifest: PackageManifest) -> str:
    """The form of a region of the county: its own code, 6 digits as the manifest's form says, or a township's."""
    return f"{manifest.county_code}([0-9]{{3}})?"


def _undefused(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array(
        [
            pa.DictionaryArray.from_arrays(
                chunk.indices, pc.replace_substring_regex(chunk.dictionary, f"^'({_RISKY})$", r"\1")
            )
            for chunk in cells.chunks
        ],
        cells.type,
    )


def _cast(cells: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    if decimal := _DECIMAL.fullmatch(kind):
        return cells.cast(pa.decimal128(int(decimal[1]), int(decimal[2])))
    types = {"bigint": pa.int64(), "integer": pa.int32(), "boolean": pa.bool_(), "date": pa.date32()}
    return cells.cast(pa.string()).cast(types[kind])


def _type_fault(name: str, kind: str) -> CellFault:
    if decimal := _DECIMAL.fullmatch(kind):
        whole = min(int(decimal[1]) - int(decimal[2]), _MOST_DIGITS)
        form = rf"-?[0-9]{{1,{whole}}}(\.[0-9]{{1,{decimal[2]}}})?"
        return CellFault(name, _other_than(form), f"不是规定的小数（至多 {decimal[2]} 位小数）")
    if digits := _WHOLE_DIGITS.get(kind):
        return CellFault(name, _other_than(f"-?[0-9]{{1,{digits}}}"), "不是整数")
    if kind == "boolean":
        return CellFault(name, _none_of(("true", "false")), "不是 true 或 false")
    if kind == "date":
        return CellFault(name, _no_day, "不是日期")
    return CellFault(
        name,
        _unsafe,
        "文字可能被电子表格当作公式，或带有控制字符、过长",
        "这不是 yibao 生成的内容，请向该县区查问来源；不要用 Excel 打开该文件。",
    )


def _region_fault(name: str, manifest: PackageManifest) -> CellFault:
    return CellFault(
        name,
        _other_than(own_region(manifest)),
        f"地区不在 {manifest.county_code} 之下",
        "一个县区只能报送本县区的数据；请退回该县区查明后重新报送。",
        required=True,
    )


def _month_fault(name: str, manifest: PackageManifest) -> CellFault:
    def wrong(texts: pa.Array) -> pa.Array:
        return pc.or_(_other_than(_MONTH)(texts), pc.greater(texts, manifest.period))

    return CellFault(name, wrong, f"不是月份，或在 {manifest.period} 之后", required=True)


def _listed_faults(manifest: PackageManifest, indicators: Sequence[str]) -> list[CellFault]:
    def one_of(column: str, allowed: Sequence[str], what: str) -> CellFault:
        return CellFault(column, _none_of(allowed), what, required=True)

    return [
        one_of("period", compared(manifest.period), "期间不是报告期、上月或去年同月"),
        one_of("period_mode", ("month", "ytd"), "期间口径不对"),
        CellFault("insutype", _other_than("all|[0-9]{3}"), "险种代码不对", required=True),
        one_of("breakdown", _BREAKDOWNS, "细分不对"),
        # a code of the county's own
        _type_fault("breakdown_value", "varchar"),
        CellFault("breakdown_value", _nothing, "细分的取值不对", required=True),
        one_of("indicator_code", indicators, "指标不在本机的指标目录里"),
        one_of("status", _STATUSES, "状态不对"),
    ]


def _nothing(texts: pa.Array) -> pa.Array:
    return pc.is_null(texts)


def _other_than(form: str) -> Wrong:
    return lambda texts: pc.invert(_matches(texts, form))


def _none_of(allowed: Sequence[str]) -> Wrong:
    known = pa.array(allowed, pa.string())
    return lambda texts: pc.invert(pc.is_in(texts, known))


def _no_day(texts: pa.Array) -> pa.Array:
    return pa.array([text is not None and not _is_day(text) for text in texts.to_pylist()], pa.bool_())


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unsafe(texts: pa.Array) -> pa.Array:
    formula = pc.and_(_matches(texts, _RISKY), pc.invert(_matches(texts, PLAIN_NUMBER)))
    return pc.or_(
        pc.or_(pc.match_substring_regex(texts, _CONTROL), formula),
        pc.greater(pc.utf8_length(texts), _LONGEST),
    )


def _matches(texts: pa.Array, form: str) -> pa.Array:
    return pc.match_substring_regex(texts, f"^(?:{form})$")
