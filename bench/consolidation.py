"""`python -m bench.consolidation --county DATA`: 60 counties' packages become a city, beside the plain reading of their CSVs.

Each package is the published county of DATA (`yibao run` on the demo) with three times its townships and institutions, 27 and
90, under a code of its own: a county as it is (`--times 5`: one of the largest). Measured: the command `yibao consolidate`,
and DuckDB counting the rows of the same CSVs, unpacked, as text: the least that anyone who adds them up must do. See
bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from bench.machine import facts
from bench.road import RESULTS
from tests.unit.consolidation.packages import TABLES, files_of, manifest_of, write_package
from yibao.paths import DataPaths
from yibao.publishing import require_current

COUNTIES = 60
AIM = 30.0  # seconds
_NAME = "压测县"


def widened(source: Path, times: int) -> duckdb.DuckDBPyConnection:
    """The county's tables with `times` as many townships and institutions; rows of the county as a whole stay as they are."""
    connection = duckdb.connect()
    connection.execute(f"attach '{source}' as county (read_only)")
    for table in ("indicator_value", *TABLES):
        columns = [name for name, *_ in connection.execute(f"describe county.{table}").fetchall()]
        named = {
            name: f"case when length({name}) = 9 then left({name}, 6) || lpad((right({name}, 3)::int + 100 * copy)::text, 3, '0')"
            f" else {name} end"
            for name in ("region_code", "township")
            if name in columns and table != "dim_institution"
        }
        if table == "indicator_value":
            named["breakdown_value"] = (
                "case when breakdown = 'inst' then breakdown_value || copy else breakdown_value end"
            )
        if table in ("dim_institution", "mart_supervision"):
            named["inst_code"] = "inst_code || copy"
        key = " or ".join(f"{text} is distinct from {name}" for name, text in named.items()) or "false"
        chosen = ", ".join(f"{named.get(name, name)} as {name}" for name in columns)
        connection.execute(
            f"create table {table} as select {chosen} from county.{table}, range({times}) as copies(copy)"
            f" where copy = 0 or {key}"
        )
    return connection


def make_packages(source: Path, times: int, folder: Path) -> list[Path]:
    """The packages, and counties.csv beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = [f"9945{number:02d}" for number in range(1, COUNTIES + 1)]
    (folder / "counties.csv").write_text(
        "区划代码,名称\n994500,压测市\n" + "".join(f"{code},{_NAME}{code}\n" for code in codes),
        encoding="utf-8",
    )
    with widened(source, times) as connection:
        (county,) = connection.execute("select region_code from dim_region where level = 'county'").fetchall()
        content = files_of(connection, county[0])
    made = []
    for code in codes:
        files = {name: text.replace(county[0].encode(), code.encode()) for name, text in content.items()}
        path = folder / f"{code}.zip"
        made.append(write_package(path, files, manifest_of(code, f"{_NAME}{code}"), level=1))
    return made


def unpack(packages: list[Path], folder: Path) -> list[Path]:
    """The CSVs of all packages."""
    return list(_unpacked(packages, folder))


def _unpacked(packages: list[Path], folder: Path) -> Iterator[Path]:
    for package in packages:
        with zipfile.ZipFile(package) as archive:
            for name in archive.namelist():
                if name.endswith(".csv"):
                    yield Path(archive.extract(name, folder / package.stem))


def plain(files: list[Path]) -> tuple[float, float, int]:
    """(seconds, seconds of CPU, rows) of DuckDB reading every CSV as text."""
    began, used, rows = time.perf_counter(), time.process_time(), 0
    with duckdb.connect() as connection:
        for path in files:
            found = connection.read_csv(str(path), header=True, all_varchar=True)
            rows += found.aggregate("count(columns(*)), count(*) as rows").fetchall()[0][-1]
    return time.perf_counter() - began, time.process_time() - used, rows


def consolidate(packages: list[Path], data: Path) -> tuple[float, float]:
    """(seconds, seconds of CPU) of the command. Raises CalledProcessError where it does not publish."""
    command = [sys.executable, "-m", "yibao", "consolidate", *map(str, packages), "--period", "2026-09"]
    began, used = time.perf_counter(), os.times()
    subprocess.run(
        [*command, "--expect", str(packages[0].parent / "counties.csv"), "--data", str(data)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = os.times()
    cpu = after.children_user + after.children_system - used.children_user - used.children_system
    return time.perf_counter() - began, cpu


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.consolidation", description=__doc__)
    parser.add_argument("--county", type=Path, required=True, help="data folder with a published county")
    parser.add_argument("--times", type=int, default=3, help="how many times its townships and institutions")
    parser.add_argument("--work", type=Path, default=RESULTS / "work" / "consolidation")
    given = parser.parse_args(arguments)
    work: Path = given.work.absolute()
    source = require_current(DataPaths(given.county.absolute())).database
    packages = make_packages(source, given.times, work / "packages")
    files = unpack(packages, work / "plain")
    seconds, plain_cpu, rows = plain(files)
    wall, cpu = consolidate(packages, work / f"city-{time.strftime('%H%M%S')}")
    content: dict[str, Any] = {
        "machine": facts(),
        "at": time.strftime("%Y-%m-%d"),
        "packages": len(packages),
        "times": given.times,
        "rows": rows,
        "bytes": sum(path.stat().st_size for path in files),
        "plain": {"wall": round(seconds, 2), "cpu": round(plain_cpu, 2)},
        "consolidate": {"wall": round(wall, 2), "cpu": round(cpu, 2)},
        # by CPU: what others do on the machine does not count
        "ratio": round(cpu / plain_cpu, 2),
        "aim": AIM,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = RESULTS / f"consolidation-{given.times}.json"
    result.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(content, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
