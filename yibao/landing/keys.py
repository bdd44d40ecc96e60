"""The pseudonym key (semantics 3): 32 random bytes, made on first use, kept outside the data folder."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from yibao import durable
from yibao.disk import place_problem
from yibao.landing.checksums import landed_folders
from yibao.landing.errors import LandingError
from yibao.paths import DataPaths, key_path

KEY_BYTES = 32


@dataclass(frozen=True)
class PseudonymKey:
    """The key in use. `secret` never shows in a repr, a log or a message; `key_id` (16 hex) may."""

    secret: bytes = field(repr=False)
    path: Path
    created: bool = False
    notices: tuple[str, ...] = ()

    @property
    def key_id(self) -> str:
        return hashlib.sha256(b"yibao-key-id" + self.secret).hexdigest()[:16]


def open_key(paths: DataPaths, key_file: Path | None = None) -> PseudonymKey:
    """The key for this data folder, made on first use (mode 0600).

    `key_file` defaults to YIBAO_KEY_FILE, else the user's configuration folder.
    Raises LandingError when the key would lie in the data folder, is lost, damaged, or is not the one the landed files
    were made with: a second key would make every person a stranger, so none is ever made silently. Raises Problem (exit 2
    for a lack of rights, else 1) when the disk does not give or take it.
    """
    path = (key_file or key_path()).expanduser().absolute()
    if path.resolve().is_relative_to(paths.root.resolve()):
        raise LandingError(
            "密钥文件不能放在数据文件夹里：拿到数据的人就能还原身份",
            where=str(path),
            todo="请把环境变量 YIBAO_KEY_FILE 指向数据文件夹以外的位置。",
        )
    known = known_key_id(paths)
    created = False
    try:
        created = not path.exists()
        if created:
            if known is not None:
                raise _lost(path, known)
            _make(path)
        _sweep(path)
        key = PseudonymKey(_read(path), path, created, _loose(path))
    except OSError as error:
        raise place_problem(
            error,
            "密钥文件不能读写",
            path,
            "请检查该文件夹是否存在、当前用户是否有权限、磁盘是否已满，或用环境变量 YIBAO_KEY_FILE 另指位置。",
        ) from error
    require_same_key(paths, key)
    return key


def require_same_key(paths: DataPaths, key: PseudonymKey) -> None:
    """Raises LandingError when the landed files were made with another key; notes the key of a new data folder."""
    known = known_key_id(paths)
    if known is None:
        durable.write_text(paths.key_record, json.dumps({"key_id": key.key_id}) + "\n")
    elif known != key.key_id:
        raise LandingError(
            f"密钥不是导入这些数据时用的那一把（需要 {known}，现在是 {key.key_id}）",
            where=str(key.path),
            todo="请找回原来的密钥文件并用 YIBAO_KEY_FILE 指向它。"
            "换了密钥，同一个人会变成两个人，因此不能继续；"
            "若原密钥确已丢失，只能换一个新的数据文件夹，从原始文件全部重新导入。",
        )


def is_key(content: bytes, key_id: str | None) -> bool:
    """Whether these bytes are a key file: that of this id, or any where none is known."""
    try:
        secret = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        return False
    return len(secret) == KEY_BYTES and key_id in {None, PseudonymKey(secret, Path()).key_id}


def known_key_id(paths: DataPaths) -> str | None:
    """The id of the key that the landed files were made with, None before the first landing.

    Raises LandingError when the note of it cannot be read.
    """
    try:
        return str(json.loads(paths.key_record.read_text(encoding="utf-8"))["key_id"])
    except FileNotFoundError as error:
        # it is written before the first file is landed: without it, another key would be taken for the first
        if not landed_folders(paths):
            return None
        raise _no_record(paths, "不见了") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_record(paths, "读不出来") from error


def _no_record(paths: DataPaths, state: str) -> LandingError:
    return LandingError(
        f"密钥登记文件{state}，无法核对密钥是不是原来那一把",
        where=str(paths.key_record),
        todo="请从备份恢复该文件（内容只有密钥编号，没有密钥）；不会自动重新登记。",
    )


def _lost(path: Path, known: str) -> LandingError:
    return LandingError(
        f"找不到密钥文件，而数据文件夹里已有用密钥 {known} 导入的数据",
        where=str(path),
        todo="请从备份恢复密钥文件，或用环境变量 YIBAO_KEY_FILE 指明它的位置。不会自动生成新密钥："
        "新密钥会让以前和以后的同一个人对不上。若确已丢失，请换一个新的数据文件夹，从原始文件全部重新导入。",
    )


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{_draft_of(path)}{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    durable.sync_directory(path.parent)


def _draft_of(path: Path) -> str:
    return f".{path.name}-"


def _sweep(path: Path) -> None:
    """Removes what a first run that died left beside the key: a secret too. One that is being made has come too late."""
    for leftover in path.parent.glob(f"{glob.escape(_draft_of(path))}????????"):
        with suppress(OSError):
            leftover.unlink()


def _publish(draft: Path, path: Path) -> None:
    # of two first runs at once the first one's key stays: neither may use a key that is then replaced
    try:
        if os.name == "nt":
            os.rename(draft, path)
        else:
            os.link(draft, path)
    except FileExistsError:
        return
    except OSError:
        if path.exists():
            return
        os.rename(draft, path)  # a file system without hard links


def _read(path: Path) -> bytes:
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if len(secret) != KEY_BYTES:
        raise _damaged(path)
    return secret


def _damaged(path: Path) -> LandingError:
    return LandingError(
        "密钥文件损坏（应为 64 个十六进制字符）",
        where=str(path),
        todo="请从备份恢复密钥文件；不要自行改写，密钥不对会让同一个人对不上。",
    )


def _loose(path: Path) -> tuple[str, ...]:
    if os.name == "nt" or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return ()
    return (f"密钥文件可被其他用户读取，建议收紧权限：chmod 600 {path}",)
