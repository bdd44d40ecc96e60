"""SHA256SUMS beside each landed file: that what is built from is what was landed, to the bit (`sha256sum -c` reads it too).

Parquet's own checksums would not do: they are optional, cover single pages, and a bit that falls over in a value is
decompressed into another value.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from yibao import durable
from yibao.landing.errors import LandingError
from yibao.paths import CONTRACT_FILE_ID, DataPaths

SUMS_FILE = "SHA256SUMS"


def write_sums(folder: Path) -> None:
    """Notes every file of a draft; to be called when all are there."""
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    durable.write_text(folder / SUMS_FILE, "".join(lines))


def require_intact(paths: DataPaths) -> None:
    """Reads every landed file once.

    Raises LandingError (exit 2) that names the first file which is not as it was landed, is gone, or was added by hand.
    """
    for folder in landed_folders(paths):
        noted = read_sums(folder)
        there = {path.name for path in folder.iterdir()} - {SUMS_FILE}
        for name in sorted(noted.keys() | there):
            if name not in noted:
                raise damaged(folder / name, "这个文件不是导入时写下的")
            if name not in there:
                raise damaged(folder / name, "文件不见了")
            if sha256_of(folder / name) != noted[name]:
                raise damaged(folder / name, "内容与导入时不同")


def landed_folders(paths: DataPaths) -> list[Path]:
    """The folders of landed files, sorted by file_id; empty before the first landing."""
    if not paths.landed_files.is_dir():
        return []
    return sorted(folder for folder in paths.landed_files.iterdir() if folder.name != CONTRACT_FILE_ID)


def read_sums(folder: Path) -> dict[str, str]:
    """File name to its sha256 (64 hex). Raises LandingError when the list is not there or is no such list."""
    try:
        text = (folder / SUMS_FILE).read_text(encoding="utf-8")
        if not text.endswith("\n"):
            raise ValueError("cut short")
        return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}
    except (OSError, ValueError) as error:
        raise damaged(folder / SUMS_FILE, "校验清单读不出来") from error


def sha256_of(path: Path) -> str:
    """64 hex; an unreadable file raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(path: Path, detail: str) -> LandingError:
    """The error for a landed file that is not what it was."""
    return LandingError(
        f"已导入的文件损坏：{detail}",
        where=str(path),
        todo=f"请从备份恢复文件夹 {path.parent.name}；没有备份时，删除这个文件夹，把它的原始文件放进收件夹，"
        "再执行 yibao run --full-refresh。已发布的各版不受影响。",
    )
