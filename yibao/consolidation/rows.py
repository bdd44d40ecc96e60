"""What a row of a package must make sense of: conditions in SQL over typed rows that are true for a fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.consolidation.cells import own_region
from yibao.consolidation.manifest import PackageManifest
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.refusal import RESEND


@dataclass(frozen=True)
class RowFault:
    """A condition over a row, the column that it is about, and what to tell."""

    column: str
    condition: str
    what: str
    todo: str = RESEND


def row_faults(
    table: str, manifest: PackageManifest, sql: ModelSql, percentages: Sequence[str]
) -> tuple[RowFault, ...]:
    """For regions whether they are the county's; for indicator values status against parts, value against its parts
    (semantics 7). `percentages` are the indicators in per cent.
    """
    if table == "dim_region":
        return (
            RowFault(
                "region_code",
                f"level <> 'city' and not regexp_full_match(region_code, '{own_region(manifest)}')"
                " or level = 'township' and length(region_code) <> 9",
                f"地区不在 {manifest.county_code} 之下",
            ),
        )
    return _value_faults(sql, percentages) if table == "indicator_value" else ()


def _value_faults(sql: ModelSql, percentages: Sequence[str]) -> tuple[RowFault, ...]:
    codes = ", ".join(f"'{code}'" for code in percentages)
    ratio = sql.text(
        f"case when indicator_code in ({codes})"
        " then {{ exact_ratio('numerator', 'denominator', 100) }}"
        " else {{ exact_ratio('numerator', 'denominator') }} end"
    )
    return (
        RowFault("breakdown_value", "(breakdown = 'none') <> (breakdown_value = 'all')", "细分的取值不对"),
        RowFault(
            "status",
            "status in ('ok', 'net_reversal') and (numerator is null or coalesce(denominator, 0) <= 0)"
            " or status = 'no_data' and numerator is not null"
            " or status = 'no_denominator' and denominator > 0"
            " or status = 'net_reversal' and numerator >= 0",
            "状态与分子、分母不符",
        ),
        RowFault(
            "value",
            "value is distinct from"
            f" case when status in ('ok', 'net_reversal') then {ratio} else cast(null as decimal(38, 10)) end",
            "数值不等于分子除以分母",
        ),
    )
