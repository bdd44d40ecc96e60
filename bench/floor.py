"""`python -m bench.floor {text,workbooks} --inbox DIR --out DIR`: the least that any road must do.

text: each CSV/TSV decoded (pyarrow, streaming, every column text) and written as zstd Parquet.
workbooks: every visible sheet walked with calamine, nothing written.
One process; pyarrow parses with its own threads. Nothing is typed, checked, hashed or numbered.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from pathlib import Path

from bench.exports import TEXT_SUFFIXES, WORKBOOK_SUFFIXES

BLOCK = 4 << 20  # bytes; 1 to 32 MiB cost the same CPU (within 15 %), this was the quickest by the clock
HEAD = 64 << 10
TITLE_ROWS = 5


def encoding_of(head: bytes) -> str:
    """utf-8 when the head is that (a byte order mark is dropped), else gb18030, which includes GBK."""
    try:
        # the head may end within a character
        head.decode("utf-8") if len(head) < HEAD else head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def header_of(head: str, delimiter: str) -> tuple[int, int]:
    """(row, columns): the widest of the first rows is the header, those above it are titles."""
    lines = csv.reader(head.splitlines()[: TITLE_ROWS + 1], delimiter=delimiter)
    widths = [len(cells) for cells in lines] or [1]
    columns = max(widths)
    return widths.index(columns), columns


def write_parquet(source: Path, target: Path) -> tuple[int, int]:
    """(rows, rows that pyarrow could not split and skipped)."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pq

    with source.open("rb") as file:
        head = file.read(HEAD)
    encoding = encoding_of(head)
    delimiter = "\t" if source.suffix.lower() == ".tsv" else ","
    row, columns = header_of(head.decode(encoding, errors="replace"), delimiter)
    if not head.strip():
        return 0, 0
    skipped = 0

    def skip(_: object) -> str:
        nonlocal skipped
        skipped += 1
        return "skip"

    names = [f"c{place}" for place in range(columns)]
    reader = pa_csv.open_csv(
        source,
        pa_csv.ReadOptions(encoding=encoding, column_names=names, skip_rows=row + 1, block_size=BLOCK),
        pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    rows = 0
    with reader, pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows, skipped


def walk_workbook(path: Path) -> int:
    """Rows below the first, over the visible sheets."""
    import python_calamine as calamine

    rows = 0
    with calamine.CalamineWorkbook.from_path(path) as book:
        for sheet in book.sheets_metadata:
            if sheet.visible == calamine.SheetVisibleEnum.Visible:
                rows += max(0, sum(1 for _ in book.get_sheet_by_name(sheet.name).iter_rows()) - 1)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.floor", description=__doc__)
    parser.add_argument("part", choices=["text", "workbooks"])
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the Parquet files")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    wanted = TEXT_SUFFIXES if given.part == "text" else WORKBOOK_SUFFIXES
    files = sorted(p for p in given.inbox.rglob("*") if p.suffix.lower() in wanted)
    rows = skipped = 0
    for number, path in enumerate(files):
        if given.part == "workbooks":
            rows += walk_workbook(path)
            continue
        found, lost = write_parquet(path, given.out / f"{number}.parquet")
        rows, skipped = rows + found, skipped + lost
    print(json.dumps({"rows": rows, "skipped": skipped, "files": len(files)}), flush=True)
    # pyarrow's reading-ahead thread may still be in Python code when the interpreter ends: it then aborts, now and then
    os._exit(0)


if __name__ == "__main__":
    main()
