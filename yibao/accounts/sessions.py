"""Logging in and out, and who a session token belongs to.

A token is 32 random bytes; only its sha256 is stored. Five failures within a quarter of an hour lock a name for a quarter
of an hour, whether there is such a user or not; an unknown name, a wrong password and a disabled user get the same answer after
the same time.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from yibao.accounts import passwords
from yibao.accounts.database import is_prepared, prepare, reading, seconds, transaction
from yibao.accounts.store import find_user, name_hash, user_from
from yibao.accounts.user import User
from yibao.paths import DataPaths

# all in seconds
IDLE, ABSOLUTE = 30 * 60, 12 * 60 * 60
_SEEN_STEP = 60
MOST_FAILURES = 5
WINDOW = LOCKED = 15 * 60


@dataclass(frozen=True)
class Session:
    """What a login gives; the token goes into the cookie and is stored nowhere."""

    token: str
    user: User


class Refusal(StrEnum):
    """Why a login or a change of password was refused."""

    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class Refused:
    """`user` is the user of that name, if there is one: for the audit log, never for the answer."""

    reason: Refusal
    user: User | None


def log_in(paths: DataPaths, name: str, password: str, now: datetime) -> Session | Refused:
    """A session for the right password, else why there is none. Takes about 0.1 s."""
    prepare(paths)
    key = name_hash(name)
    with transaction(paths) as connection:
        row = find_user(connection, name)
        user = user_from(row) if row else None
        if _is_locked(connection, key, seconds(now)):
            return Refused(Refusal.LOCKED, user)
        # counted before the password is looked at: guesses that come at the same time do not slip through
        connection.execute("insert into failure values (?, ?)", (key, seconds(now)))
    right = passwords.matches(password, row["password_hash"] if row else None)
    if row is None or user is None or not right or user.disabled:
        return Refused(Refusal.WRONG, user)
    with transaction(paths) as connection:
        now_there = find_user(connection, name)
        # disabled or reset while the password was looked at
        if now_there is None or now_there["disabled"] or now_there["password_hash"] != row["password_hash"]:
            return Refused(Refusal.WRONG, user)
        connection.execute("delete from failure where name_hash = ?", (key,))
        return _opened(connection, now_there, now, by_password=True)


def open_session(paths: DataPaths, name: str, now: datetime) -> Session | None:
    """A session for a user whom another service has identified (OIDC); None when there is no such user, or a disabled one.

    In such a session the first password, which is not used, need not be changed.
    """
    if not is_prepared(paths):
        return None
    with transaction(paths) as connection:
        row = find_user(connection, name)
        if row is None or row["disabled"]:
            return None
        return _opened(connection, row, now, by_password=False)


def user_of(paths: DataPaths, token: str | None, now: datetime) -> User | None:
    """The user of a session that is in force; None for any other token. Below a millisecond.

    A session ends after 30 minutes without a call of this, 12 hours after the login, and when its user is disabled or reset.
    """
    if not token or not is_prepared(paths):
        return None
    at, key = seconds(now), _token_hash(token)
    with reading(paths) as connection:
        row = connection.execute(
            "select user.*, by_password, began_at, seen_at from session join user using (name) where token_hash = ?",
            (key,),
        ).fetchone()
        if row is None or not _in_force(row["began_at"], row["seen_at"], at):
            return None
        if at - row["seen_at"] >= _SEEN_STEP:
            connection.execute("update session set seen_at = ? where token_hash = ?", (at, key))
    return _user_in(row, by_password=bool(row["by_password"]))


def log_out(paths: DataPaths, token: str) -> None:
    """Ends the session, if it is one."""
    if is_prepared(paths):
        with transaction(paths) as connection:
            connection.execute("delete from session where token_hash = ?", (_token_hash(token),))


def change_password(
    paths: DataPaths, token: str, old: str, new: str, now: datetime
) -> Session | Refused | str:
    """A new session with the new password; every other session of the user ends.

    Else why not: a text (Chinese) when the new password is no good, Refused when the old one is wrong (it counts as a failed
    login) or the session is over.
    """
    user = user_of(paths, token, now)
    if user is None:
        return Refused(Refusal.WRONG, None)
    if reason := passwords.weakness(new, user.name):
        return reason
    if new == old:
        return "新密码不能与原密码相同"
    checked = log_in(paths, user.name, old, now)
    if isinstance(checked, Refused):
        return checked
    hash_ = passwords.hashed(new)
    with transaction(paths) as connection:
        # reset by the administrator meanwhile: that password stands, not this one
        if (
            connection.execute(
                "delete from session where token_hash = ?", (_token_hash(checked.token),)
            ).rowcount
            == 0
        ):
            return Refused(Refusal.WRONG, user)
        connection.execute("delete from session where name = ?", (user.name,))
        connection.execute(
            "update user set password_hash = ?, must_change = 0 where name = ?", (hash_, user.name)
        )
        row = find_user(connection, user.name)
        return _opened(connection, row, now, by_password=True) if row else Refused(Refusal.WRONG, user)


def _opened(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime, *, by_password: bool) -> Session:
    at = seconds(now)
    connection.execute("delete from session where began_at <= ? or seen_at <= ?", (at - ABSOLUTE, at - IDLE))
    token = secrets.token_urlsafe(32)
    connection.execute(
        "insert into session values (?, ?, ?, ?, ?)", (_token_hash(token), row["name"], by_password, at, at)
    )
    return Session(token, _user_in(row, by_password=by_password))


def _user_in(row: sqlite3.Row, *, by_password: bool) -> User:
    user = user_from(row)
    return user if by_password else replace(user, must_change=False)


def _in_force(began_at: int, seen_at: int, at: int) -> bool:
    return at < began_at + ABSOLUTE and at < seen_at + IDLE


def _is_locked(connection: sqlite3.Connection, key: bytes, at: int) -> bool:
    connection.execute("delete from failure where at <= ?", (at - WINDOW - LOCKED,))
    times = [
        row["at"]
        for row in connection.execute(
            "select at from failure where name_hash = ? order by at desc limit ?", (key, MOST_FAILURES)
        )
    ]
    return len(times) == MOST_FAILURES and times[0] - times[-1] <= WINDOW and at < times[0] + LOCKED


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
