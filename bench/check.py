"""How long a check takes: 30 expectations of every type on 3,000,000 settlements, the import apart.

    python -m bench.check [--rows 3000000] [--work DIR]

Prints one JSON line: seconds of the import of great-expectations, of the run beyond it, and the failing rows listed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from bench.exports import ROOT
from bench.road import RESULTS
from yibao.paths import DataPaths
from yibao.project import Project
from yibao.quality.failing import FailingKeys
from yibao.quality.great import Judge
from yibao.quality.on_duckdb import DuckdbSource
from yibao.quality.results import Status
from yibao.quality.suites import load_suites
from yibao.warehouse import engine_for

# one row in a thousand has each fault
TABLE = """
create table settlement as
select
    case when range % 1000 = 1 then null when range % 1000 = 2 then 'S1' else 'S' || range end as setl_id,
    'P' || (range % 800000) as psn_no,
    case when range % 1000 = 3 then '99' else ['11', '12', '21', '41'][1 + range % 4] end as med_type,
    'H99010100' || lpad(cast(range % 300 as text), 3, '0') as inst_code,
    date '2026-01-01' + cast(range % 240 as integer) as begin_date,
    date '2026-01-01' + cast(range % 240 + case when range % 1000 = 4 then -1 else range % 9 end as integer) as end_date,
    cast(case when range % 1000 = 5 then -100 else 100 + range % 5000 end as decimal(18, 4)) as total_cost,
    cast(60 + range % 40 as decimal(18, 4)) as fund_total,
    '2026-' || lpad(cast(1 + range % 8 as text), 2, '0') as month
from range({rows})
"""
EXPECTATIONS = [
    *(
        ("not_be_null", {"column": c})
        for c in ("setl_id", "psn_no", "med_type", "inst_code", "total_cost", "month")
    ),
    ("be_unique", {"column": "setl_id"}),
    ("be_in_set", {"column": "med_type", "value_set": ["11", "12", "21", "41"]}),
    ("be_in_set", {"column": "month", "value_set": [f"2026-0{month}" for month in range(1, 9)]}),
    *(("be_between", {"column": "total_cost", "min_value": low}) for low in (-200, 0)),
    *(("be_between", {"column": "fund_total", "max_value": high}) for high in (98, 99, 100)),
    *(("be_between", {"column": "begin_date", "min_value": day}) for day in ("2025-01-01", "2026-01-01")),
]
CONDITIONS = [
    "total_cost < 0",
    "fund_total > total_cost",
    "end_date < begin_date",
    "left(cast(begin_date as string), 4) <> left(month, 4)",
    "length(inst_code) <> 12",
]
MISSING = "select setl_id, total_cost from {table} where setl_id is null and total_cost > 0"


def suite_text() -> str:
    """30 expectations: 16 of columns, 3 of pairs and keys, 5 of the table, 5 conditions, 1 query."""
    items = [(f"expect_column_values_to_{kind}", arguments) for kind, arguments in EXPECTATIONS]
    pair = {"column_A": "end_date", "column_B": "begin_date"}
    items += [
        ("expect_column_pair_values_a_to_be_greater_than_b", {**pair, "or_equal": True}),
        ("expect_compound_columns_to_be_unique", {"column_list": ["setl_id", "month"]}),
        ("expect_column_value_lengths_to_be_between", {"column": "month", "min_value": 7, "max_value": 7}),
        ("expect_table_row_count_to_be_between", {"min_value": 1}),
        ("expect_table_columns_to_match_set", {"column_set": ["setl_id", "month"], "exact_match": False}),
        ("expect_column_sum_to_be_between", {"column": "total_cost", "min_value": 0}),
        ("expect_column_max_to_be_between", {"column": "total_cost", "max_value": 10_000}),
        ("expect_column_unique_value_count_to_be_between", {"column": "inst_code", "max_value": 1_000}),
    ]
    common = {"severity": "warning", "zh": "项", "en": "one", "todo_zh": "改"}
    listed: list[dict[str, object]] = [
        {"id": f"settlement.e{number}", "type": kind, "arguments": arguments, **common}
        for number, (kind, arguments) in enumerate(items)
    ]
    listed += [
        {"id": f"settlement.w{number}", "where": where, "shows": ["total_cost"], **common}
        for number, where in enumerate(CONDITIONS)
    ]
    listed.append({"id": "settlement.rows", "rows": MISSING, **common})
    head = {
        "suite": "settlement",
        "table": "settlement",
        "layer": "fact",
        "zh": "结算",
        "owner": "科",
        "key": ["setl_id"],
    }
    # JSON is YAML
    return json.dumps({**head, "expectations": listed}, ensure_ascii=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--work", type=Path, default=RESULTS / "work")
    given = parser.parse_args()
    folder: Path = given.work.absolute() / "runs" / "check"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "expectations").mkdir(parents=True)
    (folder / "expectations" / "settlement.yml").write_text(suite_text(), encoding="utf-8")
    shutil.copytree(ROOT / "models" / "staging", folder / "models" / "staging")
    engine = engine_for("duckdb", DataPaths(folder))
    with duckdb.connect(str(engine.database)) as connection:
        connection.execute(TABLE.format(rows=given.rows))

    (suite,) = load_suites(Project(folder))
    began = time.perf_counter()
    judge = Judge()
    imported, used = time.perf_counter(), time.process_time()
    source, listed = DuckdbSource(engine), 0
    check_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-000000"
    judged = judge.judge(suite, judge.prepare(suite, source.schema), source)
    with FailingKeys(folder / "failing_key.parquet", check_id, frozenset()) as keys:
        for expectation in suite.expectations:
            if judged[expectation.id].status is Status.FAIL:
                listed += keys.list(suite, expectation, source) or 0
    source.close()
    ended = time.perf_counter()
    statuses = [one.status.value for one in judged.values()]
    told = {
        "rows": given.rows,
        "expectations": len(statuses),
        **{status.value: statuses.count(status.value) for status in Status},
        "failing_rows_listed": listed,
        "import_seconds": round(imported - began, 2),
        "run_seconds": round(ended - imported, 2),
        # of all threads: what to look at where the machine is busy
        "run_cpu_seconds": round(time.process_time() - used, 2),
    }
    shutil.rmtree(folder)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
