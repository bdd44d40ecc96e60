"""The landing folder on the disk: drafts, commits, the zero-row files of the contract, the list of refusals."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yibao import durable
from yibao.contract import Contract
from yibao.landing.ledger import LEDGER_FILE, write_ledger
from yibao.landing.records import contract_schema
from yibao.landing.summary import RefusedFile
from yibao.paths import DataPaths


def prepare(paths: DataPaths, contract: Contract) -> None:
    """Makes the folders, sweeps drafts that a dead run left, brings the zero-row files up to the contract."""
    paths.landed_files.mkdir(parents=True, exist_ok=True)
    sweep(paths)
    paths.incoming.mkdir(exist_ok=True)
    _write_contract_files(paths, contract)


def sweep(paths: DataPaths) -> None:
    """Removes every draft. Only for the holder of the landing lock."""
    shutil.rmtree(paths.incoming, ignore_errors=True)


def new_draft(paths: DataPaths) -> Path:
    """A draft folder's path, not yet made."""
    return paths.incoming / secrets.token_hex(8)


def discard(draft: Path) -> None:
    """Removes a draft, whatever is in it."""
    shutil.rmtree(draft, ignore_errors=True)


def commit(draft: Path, paths: DataPaths, file_id: str) -> None:
    """The one moment at which a file becomes landed: a rename. Its content must be on the disk."""
    os.rename(draft, paths.landed_files / file_id)
    durable.sync_directory(paths.landed_files)


def write_refusals(paths: DataPaths, refused: Sequence[RefusedFile]) -> None:
    """The files that are refused now; replaces the list of the run before."""
    durable.write_text(
        paths.refusals, json.dumps([asdict(file) for file in refused], ensure_ascii=False, indent=1) + "\n"
    )


def _write_contract_files(paths: DataPaths, contract: Contract) -> None:
    folder = paths.contract_files
    folder.mkdir(exist_ok=True)
    wanted = {f"{name}-schema.parquet": dataset for name, dataset in contract.datasets.items()}
    for path in folder.iterdir():
        if path.name not in wanted and path.name != LEDGER_FILE:
            path.unlink()
    for name, dataset in wanted.items():
        schema = contract_schema(dataset)
        target = folder / name
        if target.exists() and _schema_of(target) == schema:
            continue
        draft = paths.incoming / f"{name}.draft"
        pq.write_table(schema.empty_table(), draft, store_schema=False)
        durable.sync_file(draft)
        os.replace(draft, target)
    if not (folder / LEDGER_FILE).exists():
        draft = write_ledger(paths.incoming, [])
        durable.sync_file(draft)
        os.replace(draft, folder / LEDGER_FILE)
    durable.sync_directory(folder)


def _schema_of(path: Path) -> pa.Schema | None:
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return None
