"""`python -m bench.compare --data DIR --peer FILE`: are the peer's values those that were published?

On the large exports they must be; on the demo's, reversals and corrected rows (which the peer knows nothing of) make a few
differ.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb

from yibao.paths import data_paths
from yibao.publishing import open_current

CLOSE = 1e-9  # relative: the peer sums floats

_QUERY = """
with peer as (
    select * from read_csv($peer, header = true, all_varchar = true)
), road as (
    select period, period_mode, region_code, insutype, indicator_code, numerator, denominator
    from indicator_value
    where breakdown = 'none' and status <> 'no_data'
        and indicator_code in (select distinct indicator_code from peer)
), pairs as (
    select
        peer.period is not null and road.period is not null as paired,
        road.period is not null as in_road,
        abs(road.numerator::double - peer.numerator::double)
            <= $close * greatest(1, abs(road.numerator::double))
        and abs(road.denominator::double - peer.denominator::double)
            <= $close * greatest(1, abs(road.denominator::double)) as same
    from road
    full join peer using (period, period_mode, region_code, insutype, indicator_code)
)
select
    count(*) filter (paired and same),
    count(*) filter (paired and not coalesce(same, false)),
    count(*) filter (not paired and in_road),
    count(*) filter (not paired and not in_road)
from pairs
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peer", type=Path, required=True)
    given = parser.parse_args()
    with open_current(data_paths(given.data)) as opened:
        connection: duckdb.DuckDBPyConnection = opened.connection
        row = connection.execute(_QUERY, {"peer": str(given.peer), "close": CLOSE}).fetchone()
    assert row is not None
    print(json.dumps(dict(zip(("same", "different", "only_road", "only_peer"), row, strict=True))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
