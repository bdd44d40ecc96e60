"""The SQLite file of the accounts: its tables, and opening it. Times are whole seconds since 1970, UTC."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem

_WAIT_SECONDS = 5.0
_TABLES = (
    """
create table if not exists user (
    name text primary key,
    display_name text not null,
    role text not null,
    region_code text,
    password_hash text not null,
    must_change integer not null,
    disabled integer not null,
    created_at integer not null
) strict
""",
    # by_password 0: identified by the bureau's own login service, so the first password is of no interest
    """
create table if not exists session (
    token_hash blob primary key,
    name text not null references user (name),
    by_password integer not null,
    began_at integer not null,
    seen_at integer not null
) strict
""",
    # failed logins; the hash of what was typed as a name, which may be a password in the wrong field
    """
create table if not exists failure (
    name_hash blob not null,
    at integer not null
) strict
""",
    "create index if not exists failure_of on failure (name_hash, at)",
)


def seconds(moment: datetime) -> int:
    """The moment as it is stored."""
    return int(moment.timestamp())


def is_prepared(paths: DataPaths) -> bool:
    """Whether a user was ever added; an empty file is what a process left that died in `prepare`."""
    try:
        return paths.account_store.stat().st_size > 0
    except FileNotFoundError:
        return False


def prepare(paths: DataPaths) -> None:
    """Makes the file where it is not there; for its owner only."""
    paths.accounts.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths.accounts.chmod(0o700)
    os.close(os.open(paths.account_store, os.O_RDWR | os.O_CREAT, 0o600))
    paths.account_store.chmod(0o600)
    with transaction(paths) as connection:
        for statement in _TABLES:
            connection.execute(statement)


@contextmanager
def reading(paths: DataPaths) -> Iterator[sqlite3.Connection]:
    """The database for a query, outside of a transaction. Raises Problem (exit 1) when it cannot be read."""
    try:
        # isolation_level None: transactions begin where we say so
        connection = sqlite3.connect(paths.account_store, timeout=_WAIT_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            yield connection
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise Problem(
            "账号库打不开或读不出来",
            where=str(paths.account_store),
            todo="请检查磁盘和权限；文件损坏时请从备份恢复 accounts 文件夹。",
            exit_code=ExitCode.UNEXPECTED,
            details=(str(error),),
        ) from error


@contextmanager
def transaction(paths: DataPaths) -> Iterator[sqlite3.Connection]:
    """The same for writing: all of the block or nothing, one writer at a time."""
    with reading(paths) as connection:
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")


def copy_store(paths: DataPaths, target: Path) -> None:
    """A copy as of one moment, while others may be writing. Raises Problem (exit 1) when the store cannot be read."""
    # the bytes of the file are whole while nobody else may begin to write; they are read before the file is closed,
    # because closing it gives up this process's lock
    with transaction(paths):
        target.write_bytes(paths.account_store.read_bytes())
