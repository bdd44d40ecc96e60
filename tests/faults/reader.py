"""`python -m tests.faults.reader DATA STOP`: readers of the current generation, until the file STOP is there.

Each reader opens it anew, reads some of its tables whole, and compares them with the manifest. Prints one JSON line.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from pathlib import Path

from yibao import publishing
from yibao.paths import DataPaths
from yibao.publishing import OpenGeneration

THREADS = 5
_TABLES_AT_ONCE = 4
# twenty readers that never rest would leave nothing for the run they watch
_SECONDS_BETWEEN_READS = 0.2


def differing_tables(opened: OpenGeneration, names: list[str] | None = None) -> list[str]:
    """Those tables (default: all) that are not what the manifest of this generation says: rows and their hash."""
    manifest = opened.generation.manifest
    wrong = []
    for name in names if names is not None else list(manifest.tables):
        # as it is made in yibao/publishing/writer.py
        row = opened.connection.execute(
            f'select count(*), coalesce(sum(hash(t)), 0) from main."{name}" as t'
        ).fetchone()
        assert row is not None
        if (int(row[0]), f"{int(row[1]) % 2**64:016x}") != (
            manifest.tables[name].rows,
            manifest.tables[name].content_hash,
        ):
            wrong.append(name)
    return wrong


class Reader(threading.Thread):
    """Reads until the stop file is there; keeps how often, which generations, and what was wrong."""

    def __init__(self, paths: DataPaths, stop: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self.paths, self.stop, self.random = paths, stop, random.Random(seed)
        self.reads = 0
        self.seen: set[str] = set()
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.stop.exists():
            try:
                self._read()
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")
            time.sleep(self.random.uniform(0, 2 * _SECONDS_BETWEEN_READS))

    def _read(self) -> None:
        with publishing.open_current(self.paths) as opened:
            generation = opened.generation
            names = sorted(generation.manifest.tables)
            chosen = self.random.sample(names, min(_TABLES_AT_ONCE, len(names)))
            if differing := differing_tables(opened, chosen):
                self.wrong.append(f"{generation.run_id}: {differing} not of its manifest")
            if generation.folder.name != generation.run_id:
                self.wrong.append(f"{generation.folder.name} holds the manifest of {generation.run_id}")
            self.reads += 1
            self.seen.add(generation.run_id)


def main() -> None:
    data, stop, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    readers = [Reader(DataPaths(data), stop, seed + number) for number in range(THREADS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    answer = {
        "reads": sum(reader.reads for reader in readers),
        "idle": sum(reader.reads == 0 for reader in readers),
        "seen": sorted(set().union(*(reader.seen for reader in readers))),
        "wrong": [text for reader in readers for text in reader.wrong],
    }
    print(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    main()
