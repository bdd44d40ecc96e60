"""The landing folder on the disk: drafts, commits, the zero-row files of the contract, the list of refusals."""

from __future__ import annotations

import io
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
from yibao.landing.ledger import LEDGER_FILE, ledger_bytes
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
    wanted = {
        f"{name}-schema.parquet": _zero_rows(contract_schema(dataset))
        for name, dataset in contract.datasets.items()
    }
    wanted[LEDGER_FILE] = ledger_bytes([])
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        target = folder / name
        # byte for byte: one that was damaged is written anew like one of an older contract
        if not target.exists() or target.read_bytes() != content:
            durable.write_bytes(target, content)


def _zero_rows(schema: pa.Schema) -> bytes:
    stream = io.BytesIO()
    pq.write_table(schema.empty_table(), stream, store_schema=False)
    return stream.getvalue()
