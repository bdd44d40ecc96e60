"""What a cell of a package may hold: conditions in SQL that are true for a fault, each with what it is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yibao.consolidation.manifest import PackageManifest, compared
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.refusal import RESEND
from yibao.consolidation.shapes import Shape
from yibao.formula import FORMULA, PLAIN_NUMBER

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
# what the county's bureau puts an apostrophe before
_RISKY = f"({FORMULA}).*"
# nearly every text is of this kind, and is asked for nothing more
_PLAIN_TEXT = r"[^\s=+\-@＝＋－＠\x00-\x1f\x7f][^\x00-\x1f\x7f]*"
_CONTROL = r"[\x00-\x1f\x7f]"
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
_STATUSES = ("ok", "no_data", "no_dimension", "no_denominator", "net_reversal")
_BREAKDOWNS = ("none", "service_tier", "inst", "group", "account_item", "inst_type")


@dataclass(frozen=True)
class Fault:
    """A condition over a row, the column that it is about, and what to tell."""

    column: str
    condition: str
    what: str
    todo: str = RESEND


def cell_faults(
    table: str, shape: Shape, manifest: PackageManifest, indicators: Sequence[str]
) -> tuple[Fault, ...]:
    """Over the rows as text: types, forms, formulas, regions; for indicator values also periods, codes and lists."""
    listed = _listed_faults(manifest, indicators) if table == "indicator_value" else []
    regions = [_region_fault(name, manifest) for name in _OWN_REGION.get(table, ())]
    # what must be one of a list, or have a form of its own, is asked for nothing else: a county has millions of cells
    told = {fault.column for fault in (*listed, *regions)}
    faults = [_type_fault(name, kind) for name, kind in shape.columns if name not in told]
    faults += [
        Fault(name, f'"{name}" is null', "主键为空")
        for name in shape.key
        if name not in told and _required(name)
    ]
    if table == "dim_region":
        faults.append(
            Fault(
                "region_code",
                f"level <> 'city' and not {_own('region_code', manifest)}"
                " or level = 'township' and length(region_code) <> 9",
                f"地区不在 {manifest.county_code} 之下",
            )
        )
    return (*faults, *regions, *listed)


def value_faults(sql: ModelSql, percentages: Sequence[str]) -> tuple[Fault, ...]:
    """Over the typed rows of indicator values: status against parts, value against its parts (semantics 7)."""
    ratio = sql.text(
        f"case when indicator_code in {_list(percentages)}"
        " then {{ exact_ratio('numerator', 'denominator', 100) }}"
        " else {{ exact_ratio('numerator', 'denominator') }} end"
    )
    return (
        Fault(
            "status",
            "status in ('ok', 'net_reversal') and (numerator is null or coalesce(denominator, 0) <= 0)"
            " or status = 'no_data' and numerator is not null"
            " or status = 'no_denominator' and denominator > 0"
            " or status = 'net_reversal' and numerator >= 0",
            "状态与分子、分母不符",
        ),
        Fault(
            "value",
            "value is distinct from"
            f" case when status in ('ok', 'net_reversal') then {ratio} else cast(null as decimal(38, 10)) end",
            "数值不等于分子除以分母",
        ),
    )


def typed(shape: Shape) -> str:
    """The select that gives the rows of `raw` their types; an apostrophe before a formula goes again."""
    columns = []
    for name, kind in shape.columns:
        if kind == "varchar":
            defused = f"starts_with(\"{name}\", '''') and " + _matches(f'"{name}"', f"''{_RISKY}")
            columns.append(f'case when {defused} then substr("{name}", 2) else "{name}" end as "{name}"')
        else:
            columns.append(f'cast("{name}" as {kind}) as "{name}"')
    return f"select {', '.join(columns)} from raw"


def _type_fault(name: str, kind: str) -> Fault:
    column = f'"{name}"'
    if decimal := _DECIMAL.fullmatch(kind):
        # the indicator's macros count in whole numbers of 128 bits: 17 digits of yuan are a thousand times any fund
        whole = min(int(decimal[1]) - int(decimal[2]), 17)
        form = rf"-?[0-9]{{1,{whole}}}(\.[0-9]{{1,{decimal[2]}}})?"
        return Fault(name, f"not {_matches(column, form)}", f"不是规定的小数（至多 {decimal[2]} 位小数）")
    if kind in ("bigint", "integer"):
        digits = 15 if kind == "bigint" else 9
        return Fault(name, f"not {_matches(column, f'-?[0-9]{{1,{digits}}}')}", "不是整数")
    if kind == "boolean":
        return Fault(name, f"{column} not in ('true', 'false')", "不是 true 或 false")
    if kind == "date":
        form = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
        return Fault(
            name,
            f"not {_matches(column, form)} or {column} is not null and try_cast({column} as date) is null",
            "不是日期",
        )
    return Fault(
        name,
        f"length({column}) > {_LONGEST} or not {_matches(column, _PLAIN_TEXT)} and"
        f" (regexp_matches({column}, '{_CONTROL}')"
        f" or {_matches(column, _RISKY)} and not {_matches(column, PLAIN_NUMBER)})",
        "文字可能被电子表格当作公式，或带有控制字符、过长",
        "这不是 yibao 生成的内容，请向该县区查问来源；不要用 Excel 打开该文件。",
    )


def _region_fault(name: str, manifest: PackageManifest) -> Fault:
    return Fault(
        name,
        f'"{name}" is null or not {_own(name, manifest)}',
        f"地区不在 {manifest.county_code} 之下",
        "一个县区只能报送本县区的数据；请退回该县区查明后重新报送。",
    )


def _own(name: str, manifest: PackageManifest) -> str:
    # the county's code is 6 digits, as the manifest's form says
    return _matches(f'"{name}"', f"{manifest.county_code}([0-9]{{3}})?")


def _listed_faults(manifest: PackageManifest, indicators: Sequence[str]) -> list[Fault]:
    def one_of(column: str, allowed: Sequence[str], what: str) -> Fault:
        return Fault(column, f"{column} is null or {column} not in {_list(allowed)}", what)

    return [
        one_of("period", compared(manifest.period), "期间不是报告期、上月或去年同月"),
        one_of("period_mode", ("month", "ytd"), "期间口径不对"),
        Fault(
            "insutype",
            "insutype is null or insutype <> 'all' and not regexp_full_match(insutype, '[0-9]{3}')",
            "险种代码不对",
        ),
        one_of("breakdown", _BREAKDOWNS, "细分不对"),
        # its text is looked at as well: a code of the county's own
        _type_fault("breakdown_value", "varchar"),
        Fault(
            "breakdown_value",
            "breakdown_value is null or (breakdown = 'none') <> (breakdown_value = 'all')",
            "细分的取值不对",
        ),
        one_of("indicator_code", indicators, "指标不在本机的指标目录里"),
        one_of("status", _STATUSES, "状态不对"),
    ]


def _list(words: Sequence[str]) -> str:
    return "(" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + ")"


def _required(column: str) -> bool:
    # an institution that is not in the register may have no place, a settlement no township
    return column in ("period", "region_code", "inst_code", "insutype")


def _matches(column: str, form: str) -> str:
    return f"regexp_full_match({column}, '{form}')"
