"""Making a data folder from a backup: beside its place, verified as a whole, then moved into place by one rename."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from yibao import durable
from yibao.backup.contents import Contents
from yibao.backup.unpack import read_contents, unpack
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem


def restore(archive: Path, paths: DataPaths, show: Callable[[int, int, str], None]) -> Contents:
    """Makes the data folder, which must not be there or be empty; whatever fails leaves it as it was.

    `show` is told KiB done and in all. Raises Problem: exit 2 when there is no such archive, or the folder is in use or a mount
    point; exit 1 when the archive is damaged or the disk too small; OSError.
    """
    root = paths.root
    if not archive.is_file():
        raise Problem("没有这个备份文件", where=f"--from {archive}", todo="请检查路径。")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Problem(
            "只能恢复到新的或空的文件夹，这里已有内容",
            where=f"--data {root}",
            todo="请用 --data 写一个还不存在的文件夹；确认恢复无误后，再把它换成正在用的那个。",
        )
    if root.exists():
        _require_replaceable(root)
    contents = read_contents(archive)
    root.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root.parent).free
    if contents.size > free:
        raise Problem(
            f"磁盘空间不足：需要 {contents.size >> 20} MB，只有 {free >> 20} MB",
            where=str(root.parent),
            todo="请清理磁盘，或用 --data 指定空间更大的位置。",
            exit_code=ExitCode.UNEXPECTED,
        )
    aside = root.with_name(f".{root.name}-restoring-{secrets.token_hex(4)}")
    done = 0

    def tell(size: int) -> None:
        nonlocal done
        done += size
        show(done >> 10, contents.size >> 10, "KB")

    try:
        aside.mkdir(mode=0o700)
        unpack(archive, aside, tell)
        durable.sync_directory(aside)
        if root.exists():
            root.rmdir()
        os.rename(aside, root)
    except BaseException:
        durable.remove_folder(aside)
        raise
    durable.sync_directory(root.parent)
    return contents


def _require_replaceable(root: Path) -> None:
    """Asked by doing it, before hours of unpacking: no question to the system knows every kind of mount."""
    probe = root.with_name(f".{root.name}-restoring-{secrets.token_hex(4)}")
    try:
        os.rename(root, probe)
    except OSError as error:
        # a folder of a container's image says that it lies on another disk
        if error.errno not in (errno.EBUSY, errno.EXDEV):
            raise
        raise Problem(
            "这里是一块磁盘的挂载点，不能整个换成恢复的数据文件夹",
            where=f"--data {root}",
            todo=f"请用 --data 写它下面的一个新文件夹，例如 {root / 'yibao'}。",
        ) from error
    os.rename(probe, root)
