"""`python -m bench.road --size S|T|M`: what the road takes, beside the floor and a peer, in one run.

Writes build/bench/<label>.json and prints a table. See bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import report
from bench.exports import (
    ROOT,
    SIZES,
    SPELLED_IN_MANY_WAYS,
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    Exports,
    make_exports,
)
from bench.machine import facts
from bench.measure import Measured, measure_module

# keep this module light: what it imports counts in its children's ru_maxrss
RESULTS = ROOT / "build" / "bench"


@dataclass(frozen=True)
class Bench:
    """The folders of one run. `folder` is emptied at its start; the key lies beside it, outside the data."""

    exports: Exports
    folder: Path
    key: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def peer_values(self) -> Path:
        return self.folder / "peer.csv"

    def run(self, name: str, *arguments: str) -> Measured:
        """Measures `python -m <arguments>`, and tells how it went."""
        return measure_module(name, *arguments, key=self.key, logs=self.folder / "logs")


def walk(bench: Bench) -> list[Measured]:
    """Floor, road, peer, and the floor again: how far the two floors differ tells how quiet the machine was."""
    inbox, data = ("--inbox", str(bench.exports.inbox)), ("--data", str(bench.data))
    floor = ("bench.floor", "text", *inbox, "--out", str(bench.folder / "floor"))
    measures = [bench.run(report.FLOOR_TEXT, *floor)]
    if bench.exports.files(WORKBOOK_SUFFIXES):
        workbooks = ("bench.floor", "workbooks", *inbox, "--out", str(bench.folder / "floor"))
        measures.append(bench.run(report.FLOOR_WORKBOOKS, *workbooks))
    for step, arguments in (
        ("land", ("yibao", "land", *inbox, *data)),
        ("build", ("bench.build", *data)),
        ("check", ("yibao", "check", *data)),
        ("publish", ("yibao", "publish", *data)),
    ):
        measures.append(bench.run(step, *arguments))
        if measures[-1].exit_code:
            break
    measures.append(bench.run(report.PEER, "bench.peer", *inbox, "--out", str(bench.peer_values)))
    measures.append(bench.run(report.FLOOR_AGAIN, *floor))
    return measures


def warm(files: list[Path]) -> None:
    """Reads every file once, so that nobody pays for the disk alone."""
    for path in files:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def weight(path: Path) -> int:
    """Bytes of a file or of all files below a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files)


def inputs_of(exports: Exports) -> dict[str, int]:
    text, workbooks = exports.files(TEXT_SUFFIXES), exports.files(WORKBOOK_SUFFIXES)
    return {
        "text_files": len(text),
        "text_bytes": sum(map(weight, text)),
        "workbooks": len(workbooks),
        "workbook_bytes": sum(map(weight, workbooks)),
    }


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.road", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), required=True)
    parser.add_argument(
        "--xlsx-share", type=float, default=0.0, help="share of the months as workbooks (T, M)"
    )
    parser.add_argument("--work", type=Path, default=RESULTS / "work", help="exports (kept) and runs")
    parser.add_argument("--date", default="", help="the day of the run, for the record")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown too")
    parser.add_argument("--keep", action="store_true", help="leave the data folder and the floor's files")
    parser.add_argument("--fresh-exports", action="store_true", help="make the exports anew")
    given = parser.parse_args(arguments)
    if given.size == SPELLED_IN_MANY_WAYS and given.xlsx_share:
        parser.error("the demo's exports have their own mixture of formats: no --xlsx-share at size S")
    return given


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    work: Path = given.work.absolute()
    exports = make_exports(work, given.size, given.xlsx_share, fresh=given.fresh_exports)
    if exports.stale:
        print("note: the generator has changed since these exports were made", file=sys.stderr)
    bench = Bench(exports, work / "runs" / exports.label, work / "pseudonym.key")
    shutil.rmtree(bench.folder, ignore_errors=True)
    bench.folder.mkdir(parents=True)
    warm(exports.files(TEXT_SUFFIXES | WORKBOOK_SUFFIXES))
    measures = walk(bench)

    inputs = inputs_of(exports)
    floors = (report.FLOOR_TEXT, report.FLOOR_WORKBOOKS)
    rows = sum(m.told.get("rows", 0) + m.told.get("skipped", 0) for m in measures if m.name in floors)
    told: dict[str, Any] = {
        "label": exports.label,
        "date": given.date,
        "arguments": exports.arguments,
        "machine": facts(),
        "inputs": {**inputs, "rows": rows},
        "left": {name: weight(bench.data / name) for name in ("landing", "warehouse.duckdb", "published")},
        "figures": compared(bench, measures),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / f"{exports.label}.json"
    content = json.dumps(report.record(measures, rows, told), ensure_ascii=False, indent=1)
    target.write_text(content + "\n", encoding="utf-8")
    print(shown(told, measures, rows, as_markdown=given.markdown))
    print(f"\n{target}")
    if not given.keep:
        shutil.rmtree(bench.data, ignore_errors=True)
        shutil.rmtree(bench.folder / "floor", ignore_errors=True)
    return next((m.exit_code for m in measures if m.exit_code), 0)


def compared(bench: Bench, measures: list[Measured]) -> dict[str, Any]:
    """How many cells of the peer are those published; empty when there is nothing to compare."""
    if any(m.exit_code for m in measures):
        return {}
    values = str(bench.peer_values)
    return bench.run("compare", "bench.compare", "--data", str(bench.data), "--peer", values).told


def shown(told: dict[str, Any], measures: list[Measured], rows: int, *, as_markdown: bool) -> str:
    """All that is printed."""
    inputs, left, table = told["inputs"], told["left"], report.lines(measures, rows)
    mb = 1_000_000
    text = [
        f"{told['label']}  {told['date'] or '(no --date)'}",
        "; ".join(f"{name} {value}" for name, value in told["machine"].items()),
        f"in: {rows:,} rows; {inputs['text_files']} text files {inputs['text_bytes'] / mb:,.1f} MB, "
        f"{inputs['workbooks']} workbooks {inputs['workbook_bytes'] / mb:,.1f} MB",
        "left: " + ", ".join(f"{name} {size / mb:,.1f} MB" for name, size in left.items()),
        "load before each step: " + ", ".join(f"{m.load_before:.1f}" for m in measures if m.load_before),
        "",
        report.plain(table),
        "",
    ]
    if as_markdown:
        text += [report.markdown(table), ""]
    built = next((m.told for m in measures if m.name == "build"), {})
    if groups := built.get("seconds_by_group"):
        spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in groups.items())
        text.append(f"build, seconds of its nodes (two at a time) by layer: {spent}; nodes {built['nodes']}")
    if cells := told["figures"]:
        text.append(f"peer's cells against those published: {cells}")
    verdict = "aims of M" if told["label"].startswith("M") else "aims (they are set for M)"
    text.append(f"{verdict}: " + "; ".join(report.aims(measures)))
    return "\n".join(text)


if __name__ == "__main__":
    raise SystemExit(main())
