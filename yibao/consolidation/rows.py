"""What a row of a package must make sense of: conditions in SQL over typed rows that are true for a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibao.consolidation.cells import own_region
from yibao.consolidation.manifest import PackageManifest
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.refusal import RESEND

# the rates of mart_participation: persons, population
RATES = {
    "part_rate": ("insured_persons", "population_registered"),
    "part_rate_resident": ("insured_persons", "population_resident"),
    "part_rate_net": ("insured_persons", "population_registered_net"),
    "part_rate_agricultural": ("insured_resident_persons", "population_agricultural"),
}


@dataclass(frozen=True)
class RowFault:
    """A condition over a row, the column that it is about, and what to tell."""

    column: str
    condition: str
    what: str
    todo: str = RESEND


@dataclass(frozen=True)
class Kinds:
    """Codes of the indicators in per cent, of those that reversals may make negative, of those whose part counts heads."""

    percentages: tuple[str, ...]
    reversible: tuple[str, ...]
    counting: Mapping[str, tuple[str, ...]]


def row_faults(table: str, manifest: PackageManifest, sql: ModelSql, kinds: Kinds) -> tuple[RowFault, ...]:
    """For regions whether they are the county's; for indicator values status against parts, value against its parts
    (semantics 7); for participation rates against persons.
    """
    if table == "dim_region":
        return (
            RowFault(
                "region_code",
                "coalesce(level, '') not in ('city', 'county', 'township')"
                f" or level <> 'city' and not regexp_full_match(region_code, '{own_region(manifest)}')"
                " or level = 'township' and length(region_code) <> 9",
                f"地区不在 {manifest.county_code} 之下",
            ),
        )
    if table == "mart_participation":
        return tuple(_rate_faults(sql))
    return _value_faults(sql, kinds) if table == "indicator_value" else ()


def _rate_faults(sql: ModelSql) -> Iterator[RowFault]:
    for column in dict.fromkeys(part for parts in RATES.values() for part in parts):
        yield RowFault(column, f"{column} < 0", "人数是负数")
    for rate, (part, whole) in RATES.items():
        share = sql.text(f"{{{{ percent('{part}', '{whole}') }}}}")
        yield RowFault(rate, f"{rate} is distinct from {share}", "数值不等于分子除以分母")


def _value_faults(sql: ModelSql, kinds: Kinds) -> tuple[RowFault, ...]:
    ratio = sql.text(
        f"case when indicator_code in {_list(kinds.percentages)}"
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
            " or status in ('ok', 'net_reversal') and (status = 'net_reversal')"
            f" <> (numerator < 0 and indicator_code in {_list(kinds.reversible)})",
            "状态与分子、分母不符",
        ),
        *(
            RowFault(part, f"{part} < 0 and indicator_code in {_list(codes)}", "人数、机构数是负数")
            for part, codes in kinds.counting.items()
        ),
        RowFault(
            "value",
            "value is distinct from"
            f" case when status in ('ok', 'net_reversal') then {ratio} else cast(null as decimal(38, 10)) end",
            "数值不等于分子除以分母",
        ),
    )


def _list(codes: Sequence[str]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in codes) + ")"
