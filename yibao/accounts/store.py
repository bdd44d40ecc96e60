"""Users: adding, listing, disabling, resetting. There is no default user and no default password."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import datetime

from yibao.accounts import passwords
from yibao.accounts.database import is_prepared, prepare, reading, seconds, transaction
from yibao.accounts.roles import Role
from yibao.accounts.user import User, require_valid
from yibao.paths import DataPaths
from yibao.problem import Problem


def add_user(
    paths: DataPaths,
    name: str,
    display_name: str,
    role: Role,
    region_code: str | None,
    now: datetime,
    password: str | None = None,
) -> str:
    """Adds a user and returns the first password, which must be changed at the first login: `password`, else a random one.

    Raises Problem (exit 2) for a name that is taken or not allowed, a clerk without a township, or a weak password.
    """
    user = User(name, display_name, role, region_code, must_change=True, disabled=False)
    require_valid(user)
    first = _first(password, name)
    hash_ = passwords.hashed(first)
    prepare(paths)
    with transaction(paths) as connection:
        if find_user(connection, name) is not None:
            raise Problem(
                f"已有登录名为 {name} 的账号",
                where=str(paths.account_store),
                todo=f"请换一个登录名；忘了密码时用 yibao user reset {name}。",
            )
        connection.execute(
            "insert into user values (?, ?, ?, ?, ?, 1, 0, ?)",
            (name, display_name, role.value, region_code, hash_, seconds(now)),
        )
    return first


def list_users(paths: DataPaths) -> tuple[User, ...]:
    """All users by name, disabled ones too; none before the first was added."""
    if not is_prepared(paths):
        return ()
    with reading(paths) as connection:
        rows = connection.execute("select * from user order by name").fetchall()
    return tuple(user_from(row) for row in rows)


def disable_user(paths: DataPaths, name: str) -> User:
    """The user cannot log in any more, and every session ends at once. Raises Problem (exit 2) when there is none."""
    _require_store(paths, name)
    with transaction(paths) as connection:
        row = _required(connection, paths, name)
        connection.execute("update user set disabled = 1 where name = ?", (name,))
        connection.execute("delete from session where name = ?", (name,))
    return replace(user_from(row), disabled=True)


def reset_user(paths: DataPaths, name: str, password: str | None = None) -> str:
    """Gives a new first password and returns it; ends every session, lifts a lockout, enables a disabled user.

    Raises Problem (exit 2) when there is no such user, or for a weak password.
    """
    first = _first(password, name)
    hash_ = passwords.hashed(first)
    _require_store(paths, name)
    with transaction(paths) as connection:
        _required(connection, paths, name)
        connection.execute(
            "update user set password_hash = ?, must_change = 1, disabled = 0 where name = ?", (hash_, name)
        )
        connection.execute("delete from session where name = ?", (name,))
        connection.execute("delete from failure where name_hash = ?", (name_hash(name),))
    return first


def find_user(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """The row of that user."""
    row: sqlite3.Row | None = connection.execute("select * from user where name = ?", (name,)).fetchone()
    return row


def user_from(row: sqlite3.Row) -> User:
    """The user of a row."""
    return User(
        row["name"],
        row["display_name"],
        Role(row["role"]),
        row["region_code"],
        bool(row["must_change"]),
        bool(row["disabled"]),
    )


def name_hash(name: str) -> bytes:
    """Stands for what was typed as a name in the list of failed logins."""
    return hashlib.sha256(name.encode()).digest()


def _first(password: str | None, name: str) -> str:
    if password is None:
        return passwords.first_password()
    if reason := passwords.weakness(password, name):
        raise Problem(reason, where="--password-stdin", todo="请换一个密码，或去掉这个选项，由程序生成。")
    return password


def _require_store(paths: DataPaths, name: str) -> None:
    if not is_prepared(paths):
        raise _unknown(paths, name)


def _required(connection: sqlite3.Connection, paths: DataPaths, name: str) -> sqlite3.Row:
    row = find_user(connection, name)
    if row is None:
        raise _unknown(paths, name)
    return row


def _unknown(paths: DataPaths, name: str) -> Problem:
    return Problem(
        f"没有登录名为 {name[:40]} 的账号", where=str(paths.account_store), todo="请用 yibao user list 查看。"
    )
