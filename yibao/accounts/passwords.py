"""Passwords: the rules for one, a random first one, and their argon2 hashes."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH, MAX_LENGTH = 10, 128
_FIRST_LENGTH = 14
# without those that are mistaken for each other on paper: 0 O 1 l I
_FIRST_SIGNS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_FEWEST_SIGNS = 4
_OBVIOUS = frozenset(
    {
        "0123456789",
        "1234567890",
        "12345678910",
        "0987654321",
        "9876543210",
        "123456789a",
        "a123456789",
        "a1234567890",
        "abc1234567",
        "abc123456789",
        "abcd123456",
        "abcdefghij",
        "qwertyuiop",
        "qwerty1234",
        "qwerty123456",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "1qaz@wsx3edc",
        "password12",
        "password123",
        "password1234",
        "p@ssw0rd123",
        "passw0rd123",
        "admin12345",
        "admin123456",
        "admin@12345",
        "admin@123456",
        "yibao12345",
        "yibao123456",
        "yibao@12345",
        "yibao@123456",
        "ylbzj123456",
        "iloveyou123",
        "woaini1314",
        "woaini123456",
    }
)
_HASHER = PasswordHasher()
# 64 MiB each: many logins at once must not eat the memory
_ROOM = threading.Semaphore(2)


def weakness(password: str, name: str) -> str | None:
    """Why it cannot be the password of that user (Chinese), None when it can."""
    plain = password.casefold()
    if len(password) < MIN_LENGTH:
        return f"密码至少要 {MIN_LENGTH} 个字符"
    if len(password) > MAX_LENGTH:
        return f"密码最多 {MAX_LENGTH} 个字符"
    if name.casefold() in plain:
        return "密码里不能含有登录名"
    if plain in _OBVIOUS or len(set(plain)) < _FEWEST_SIGNS:
        return "这个密码太容易被猜到，请换一个"
    return None


def first_password() -> str:
    """A random one, readable on paper; about 80 bits."""
    return "".join(secrets.choice(_FIRST_SIGNS) for _ in range(_FIRST_LENGTH))


def hashed(password: str) -> str:
    """Its argon2id hash with a salt of its own."""
    with _ROOM:
        return _HASHER.hash(password)


def matches(password: str, hash_: str | None) -> bool:
    """Whether it is the password; takes as long when there is no such user (`hash_` None)."""
    if len(password) > MAX_LENGTH:
        password = ""
    dummy = _dummy()
    with _ROOM:
        try:
            return _HASHER.verify(hash_ or dummy, password) and hash_ is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _dummy() -> str:
    return _HASHER.hash(secrets.token_hex(16))
