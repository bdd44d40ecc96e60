"""`python -m bench.months`: what a month costs after 35 months of history, beside the same month after 2.

A county of 80,000 persons, exported month by month. The history is walked once; then the newest month's settlements and items
arrive and `yibao run` is measured: land, build of what changed with all data tests, publish. Then two rows of a month
long past arrive late. All of it is done as often as `--rounds` says, short and long history in turn, and the least of each is
compared: a machine is never faster than it is. See bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.county import County
from bench.exports import make_exports
from bench.machine import facts
from bench.road import RESULTS

SIZE = "T36"
HISTORIES = (3, 36)
_ENCODING = "gb18030"
_MONTHLY = ("结算单_", "费用明细_")
# files over all years whose rows make a month a reported one (int_period), and the column of a number with its year: J202310000001
_NUMBERED = {"fund_ledger.csv": "凭证号", "inspection.csv": "检查编号", "inspection_finding.csv": "检查编号"}
WORKERS = 2  # of the cluster
AIM = 1.3


def monthly_files(inbox: Path) -> list[list[Path]]:
    """The files of each month, the oldest first."""
    groups = [sorted(inbox.glob(f"{kind}*.csv")) for kind in _MONTHLY]
    return [list(files) for files in zip(*groups, strict=True)]


def yearly_files(inbox: Path, year: str) -> list[Path]:
    """Everything else of this year and later ones: rosters and contributions of earlier years are left out."""
    monthly = {path for kind in _MONTHLY for path in inbox.glob(f"{kind}*.csv")}
    return [
        path
        for path in sorted(inbox.iterdir())
        if path not in monthly and (not path.stem[-4:].isdigit() or path.stem[-4:] >= year)
    ]


def give(files: Iterable[Path], inbox: Path) -> None:
    """Puts the files into the inbox, with the dates they have."""
    inbox.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy2(path, inbox / path.name)


def leave_out_earlier(inbox: Path, year: str) -> None:
    """Takes the rows of years before this one out of the files that are not by year: nobody is enrolled in those."""
    for name, column in _NUMBERED.items():
        path = inbox / name
        status = path.stat()
        header, *rows = path.read_text(encoding=_ENCODING).splitlines()
        at = header.split(",").index(column)
        kept = [row for row in rows if row.split(",")[at][1:5] >= year]
        path.write_text("\n".join([header, *kept, ""]), encoding=_ENCODING)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def late_rows(source: Path, inbox: Path) -> None:
    """Two settlements of an old month under new numbers, as a supplement."""
    lines = source.read_bytes().decode(_ENCODING).splitlines()
    header = lines[0].split(",")
    number = header.index("结算ID") if "结算ID" in header else 0
    rows = []
    for order, line in enumerate(lines[1:3]):
        cells = line.split(",")
        cells[number] = f"LATE{order}"
        rows.append(",".join(cells))
    target = inbox / f"补报_{source.name}"
    target.write_bytes("\n".join([lines[0], *rows, ""]).encode(_ENCODING))
    shutil.copystat(source, target)


def walk(months: int, source: Path, work: Path, workers: int) -> dict[str, dict[str, Any]]:
    """History, the newest month, late rows."""
    folder = work / "runs" / f"{SIZE}-{'spark' if workers else 'duckdb'}-{months}"
    inbox = folder / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    chosen = monthly_files(source)[-months:]
    years = {path.stem.split("_")[1][:4] for files in chosen for path in files}
    give([*yearly_files(source, min(years)), *(path for files in chosen[:-1] for path in files)], inbox)
    leave_out_earlier(inbox, min(years))
    with County(folder, work / "pseudonym.key", workers=workers) as county:
        found = {"history": county.run(inbox, f"{months} history")}
        give(chosen[-1], inbox)
        found["month"] = county.run(inbox, f"{months} month")
        late_rows(chosen[0][0], inbox)
        found["late"] = county.run(inbox, f"{months} late")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.months", description=__doc__)
    parser.add_argument("--work", type=Path, default=RESULTS / "work", help="exports (kept) and runs")
    parser.add_argument("--target", choices=("duckdb", "spark"), default="duckdb")
    parser.add_argument("--rounds", type=int, default=1, help="how often everything is measured")
    given = parser.parse_args(arguments)
    work: Path = given.work.absolute()
    exports = make_exports(work, SIZE, 0.0)
    workers = WORKERS if given.target == "spark" else 0
    found: dict[int, dict[str, list[dict[str, Any]]]] = {months: {} for months in HISTORIES}
    for _ in range(given.rounds):
        for months in HISTORIES:
            for step, told in walk(months, exports.inbox, work, workers).items():
                found[months].setdefault(step, []).append(told)
            # on Spark a run takes an hour: what was measured stays when it is stopped
            _write(given.target, found, {})
    # the command's own CPU is the engine's on DuckDB; on Spark the tasks' seconds are
    efforts = ("wall", "task_seconds" if workers else "cpu")
    short, long = (found[months] for months in HISTORIES)
    ratios = {
        step: {name: round(_least(long[step], name) / _least(short[step], name), 2) for name in efforts}
        for step in ("month", "late")
    }
    result = _write(given.target, found, ratios)
    for months, steps in found.items():
        for step, rounds in steps.items():
            for told in rounds:
                print(f"{months:>3} months  {step:<8} {told['wall']:>7.1f} s  {told['seconds']}")
    print(f"{HISTORIES[1]} months over {HISTORIES[0]}: {ratios} (aim: at most {AIM})\n{result}")
    return 0


def _least(rounds: list[dict[str, Any]], name: str) -> float:
    return min(float(told[name]) for told in rounds)


def _write(target: str, found: dict[int, dict[str, list[dict[str, Any]]]], ratios: dict[str, Any]) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = RESULTS / f"months-{target}.json"
    content = {
        "target": target,
        "machine": facts(),
        "at": time.strftime("%Y-%m-%d"),
        "found": found,
        "ratios": ratios,
        "aim": AIM,
    }
    result.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return result


if __name__ == "__main__":
    raise SystemExit(main())
