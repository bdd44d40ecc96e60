"""The county rows of all packages in one database, and the city's rows made from them.

Parts are added, never ratios (semantics 7). The status and ratio of the city's sums use the project's macros; comparisons,
targets and alerts are the model `indicator_trend` itself, run on these rows. `indicator_value` cannot be run: it looks its
parts up by measure, and packages bring numerators and denominators. A test holds the outcome for a single county to what
dbt built for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pyarrow as pa

from yibao.consolidation.manifest import compared
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.reading import SAME, TAKEN, Package, Standard
from yibao.consolidation.rows import RATES, Kinds
from yibao.consolidation.shapes import model_shapes, seed_types
from yibao.project import Project


@dataclass(frozen=True)
class Place:
    """A county or city, 6 digits, and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Target:
    """What the city set: the value of an indicator for a region and a year, in the indicator's unit."""

    year: int
    region_code: str
    indicator_code: str
    target_value: Decimal


_COMPARED = "compared_value"
# what the model indicator_trend reads instead of all values
NAMED = {"indicator_value": _COMPARED}
_REVERSIBLE = """
create table reversible as
select distinct indicator_code
from int_indicator_term
where part_of_ratio = 'numerator' and dataset in ('settlement', 'settlement_item')
"""
# money of the books and contributions paid back may be negative, and so may a difference
_COUNTING = """
select indicator_code
from int_indicator_term
where part_of_ratio = ?
group by indicator_code
having
    bool_and(
        operator = '+'
        and dataset in (
            'enrollment', 'inspection', 'inspection_finding', 'institution', 'population', 'priority_roster', 'target'
        )
    )
"""
_CITY_VALUE = """
with counties as (select region_code as county from main.dim_region where level = 'county'),

own as (select * from county_value),

repeated as (
    select distinct indicator_code
    from int_indicator_term
    where part_of_ratio = 'denominator' and is_repeated
),

cells as (
    select distinct period, period_mode, insutype, breakdown, breakdown_value, indicator_code from own
),

-- a county without the cell (it has no such scheme, tier or item) adds nothing to it, if it has the indicator at all; a
-- denominator that is repeated for every scheme is its denominator for this one too
placed as (
    select
        cells.*,
        coalesce(own.status, case when whole.status in ('no_data', 'no_dimension') then whole.status end,
            case when whole.status is null then 'no_data' else 'ok' end) as status,
        case
            when own.status is not null then own.numerator
            when whole.status <> 'no_data' then 0
        end as numerator,
        case
            when own.status is not null then own.denominator
            when repeated.indicator_code is not null and cells.insutype <> 'all' then same.denominator
            when whole.status <> 'no_data' then 0
        end as denominator
    from cells
    cross join counties
    {% for name, scheme, part, part_value in [
        ('own', 'cells.insutype', 'cells.breakdown', 'cells.breakdown_value'),
        ('whole', "'all'", "'none'", "'all'"),
        ('same', "'all'", 'cells.breakdown', 'cells.breakdown_value'),
    ] -%}
    left join own as {{ name }}
        on
            {{ name }}.region_code = counties.county
            and {{ name }}.period = cells.period
            and {{ name }}.period_mode = cells.period_mode
            and {{ name }}.insutype = {{ scheme }}
            and {{ name }}.breakdown = {{ part }}
            and {{ name }}.breakdown_value = {{ part_value }}
            and {{ name }}.indicator_code = cells.indicator_code
    {% endfor -%}
    left join repeated on cells.indicator_code = repeated.indicator_code
),

summed as (
    select
        period, period_mode, insutype, breakdown, breakdown_value, indicator_code,
        case when count(numerator) = count(*) then sum(numerator) end as numerator,
        case when count(denominator) = count(*) then sum(denominator) end as denominator,
        bool_or(status = 'no_data') as is_missing,
        bool_or(status = 'no_dimension') as has_no_dimension
    from placed
    group by all
),

stated as (
    select
        summed.*,
        indicator.unit,
        case
            when is_missing then 'no_data'
            when has_no_dimension then 'no_dimension'
            when coalesce(summed.denominator, 0) <= 0 then 'no_denominator'
            when reversible.indicator_code is not null and summed.numerator < 0 then 'net_reversal'
            else 'ok'
        end as status
    from summed
    inner join main.indicator on summed.indicator_code = indicator.code
    left join reversible on summed.indicator_code = reversible.indicator_code
)

select
    period, period_mode, $city as region_code, insutype, breakdown, breakdown_value, indicator_code,
    numerator,
    denominator,
    case
        when status not in ('ok', 'net_reversal') then null
        when unit = 'percent' then {{ exact_ratio('numerator', 'denominator', 100) }}
        else {{ exact_ratio('numerator', 'denominator') }}
    end as value,
    status
from stated
"""

# a table that has the city's own rows: what a sum is made for, what tells that a county delivered it, what is added
_SUMMED = {
    "mart_collection": (
        ("insurance_year", "pay_month", "ten_day", "ten_day_no", "insutype"),
        ("insurance_year",),
        ("persons", "amount"),
    ),
    "mart_fund": (
        ("period", "period_mode", "insutype", "account_item"),
        ("period", "period_mode"),
        (
            "fund_due",
            "fund_arrived",
            "fund_income",
            "fund_interest",
            "fund_expense",
            "fund_reserve",
            "fund_opening_balance",
            "fund_closing_balance",
        ),
    ),
    "mart_participation": (
        ("period", "insutype"),
        ("period",),
        (
            "insured_persons",
            "insured_resident_persons",
            "insured_unpaid_persons",
            "double_covered_persons",
            "contribution_persons",
            "contribution_amount",
            "population_registered",
            "population_resident",
            "population_registered_net",
            "population_agricultural",
        ),
    ),
}
# one institution, told by several counties: its own county's register knows it best
_INSTITUTIONS = """
create or replace table main.dim_institution as
select * exclude (county)
from county_institution
qualify row_number() over (
    partition by inst_code
    order by is_registered and starts_with(coalesce(region_code, ''), county) desc, is_registered desc, county
) = 1
"""


def prepare(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    sql: ModelSql,
    period: str,
    targets: Sequence[Target],
) -> Standard:
    """Every published table, empty, the city's own seeds in theirs, and what the trend asks for; what packages are held to."""
    shapes = model_shapes(project)
    for name, shape in shapes.items():
        connection.execute(f"create table main.{name} ({shape.definition})")
    for name, types in seed_types(project).items():
        file = next((project.root / "seeds").rglob(f"{name}.csv"))
        connection.read_csv(str(file), dtype=types or None).create(name)
    connection.execute(f"create table int_indicator_term as {sql.model('int_indicator_term')}")
    connection.execute(_REVERSIBLE)
    connection.execute(f"create table int_period ({shapes['dim_period'].definition})")
    # one month is told of; the two before it are what it is compared with
    connection.execute("insert into int_period values (?, ?, ?, ?, ?, ?, ?, ?)", _period(period))
    connection.execute("insert into main.dim_period select * from int_period")
    connection.execute(
        "create table target (year bigint, region_code text, indicator_code text, target_value decimal(18, 4))"
    )
    for target in targets:
        connection.execute(
            "insert into target values (?, ?, ?, ?)",
            (target.year, target.region_code, target.indicator_code, target.target_value),
        )
    connection.execute(f"create table county_value ({shapes['indicator_value'].definition})")
    connection.execute(
        f"create table county_institution (county text, {shapes['dim_institution'].definition})"
    )
    own = {name: connection.sql(f"select columns(*)::varchar from {name}").to_arrow_table() for name in SAME}
    return Standard(shapes, own, _kinds(connection), sql)


def take(connection: duckdb.DuckDBPyConnection, sql: ModelSql, package: Package, city: Place) -> None:
    """The rows of a package, its county below the city; indicator values with their comparisons."""
    county = package.manifest.county_code
    connection.execute(
        "insert into main.dim_region values (?, ?, 'county', ?)",
        (county, package.manifest.county_name, city.code),
    )
    for name in TAKEN:
        connection.register("taken", package.tables[name])
        if name == "dim_region":
            connection.execute(
                "insert into main.dim_region select region_code, region_name, level, ? from taken where level = 'township'",
                [county],
            )
        elif name == "dim_scheme":
            connection.execute(
                "insert into main.dim_scheme select * from taken where insutype not in (select insutype from dim_scheme)"
            )
        elif name == "dim_institution":
            connection.execute("insert into county_institution select ? as county, * from taken", [county])
        else:
            connection.execute(f"insert into main.{name} select * from taken")
    _compare(connection, sql, package.tables["indicator_value"])
    # without the cells by institution: a hospital that several counties use is whole in none of them
    connection.execute(
        f"insert into county_value select * from {_COMPARED} where region_code = ? and breakdown <> 'inst'",
        [county],
    )


def add_up(connection: duckdb.DuckDBPyConnection, sql: ModelSql, city: Place) -> None:
    """The city's own rows, when all packages are taken."""
    connection.execute(_INSTITUTIONS)
    _join_inspections(connection)
    rows = connection.sql(sql.text(_CITY_VALUE), params={"city": city.code})
    _compare(connection, sql, rows.to_arrow_table())
    for table, (key, delivered, added) in _SUMMED.items():
        connection.execute(_city_rows(connection, sql, table, key, delivered, added), {"city": city.code})
    connection.execute("insert into main.dim_region values (?, ?, 'city', null)", (city.code, city.name))
    for table in ("mart_collection", "mart_participation"):
        connection.execute(
            f"update main.{table} set region_name = ?, level = 'city' where region_code = ?",
            (city.name, city.code),
        )


def _kinds(connection: duckdb.DuckDBPyConnection) -> Kinds:
    def codes(sql: str, *parameters: str) -> tuple[str, ...]:
        return tuple(code for (code,) in connection.execute(sql, parameters).fetchall())

    return Kinds(
        percentages=codes("select code from main.indicator where unit = 'percent'"),
        reversible=codes("select indicator_code from reversible"),
        counting={part: codes(_COUNTING, part) for part in ("numerator", "denominator")},
    )


def _period(period: str) -> tuple[object, ...]:
    """A row of int_period."""
    year, month = (int(part) for part in period.split("-"))
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    _, previous, last_year = compared(period)
    return (
        period,
        year * 12 + month,
        year,
        month,
        first,
        after - timedelta(days=1),
        previous,
        last_year,
    )


def _compare(connection: duckdb.DuckDBPyConnection, sql: ModelSql, values: pa.Table) -> None:
    """The model indicator_trend over these rows; a region is compared with itself only, so county by county will do."""
    connection.register(_COMPARED, values)
    connection.execute(f"insert into main.indicator_trend {sql.model('indicator_trend')}")
    connection.execute(
        f"insert into main.indicator_value select * from {_COMPARED} semi join int_period using (period)"
    )


def _city_rows(
    connection: duckdb.DuckDBPyConnection,
    sql: ModelSql,
    table: str,
    key: Sequence[str],
    delivered: Sequence[str],
    added: Sequence[str],
) -> str:
    """Sums over the counties where every county delivered; a sum with a missing part is missing."""
    keys, sums = (
        ", ".join(key),
        ", ".join(
            f"case when count(*) = count({column}) then sum({column}) end as {column}" for column in added
        ),
    )
    columns = [name for name, *_ in connection.execute(f"describe main.{table}").fetchall()]
    shown = {"region_code": "$city", "region_name": "null", "level": "null"} | {
        rate: sql.text(f"{{{{ percent('{part}', '{whole}') }}}}") for rate, (part, whole) in RATES.items()
    }
    return f"""
        insert into main.{table}
        with counties as (select region_code from main.dim_region where level = 'county'),

        own as (select * from main.{table} semi join counties using (region_code)),

        delivered as (
            select {", ".join(delivered)}
            from own
            group by all
            having count(distinct region_code) = (select count(*) from counties)
        ),

        summed as (
            select {keys}, {sums} from own semi join delivered using ({", ".join(delivered)}) group by {keys}
        )

        select {", ".join(shown.get(column, column) for column in columns)} from summed
    """


def _join_inspections(connection: duckdb.DuckDBPyConnection) -> None:
    """An institution that two counties inspected in one month stands once, with the visits and money of both."""
    described = connection.execute("describe main.mart_supervision").fetchall()
    columns = ", ".join(
        name
        if name in ("period", "inst_code")
        else f"any_value({name}) as {name}"
        if kind == "VARCHAR"
        else f"case when count({name}) > 0 then sum({name}) end::{kind} as {name}"
        for name, kind, *_ in described
    )
    connection.execute(
        f"create or replace table main.mart_supervision as"
        f" select {columns} from main.mart_supervision group by period, inst_code"
    )
