"""A report as `yibao report` leaves it, and the users who sign it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from yibao import issuing, publishing
from yibao.accounts import Role, User
from yibao.issuing import Issued, Issuer, MadeReport, ReportKey, State
from yibao.paths import DataPaths
from yibao.reporting.content import Status

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PERIOD, REGION = "2026-09", "990101"
FILES = {"月报.docx": b"word", "附表.xlsx": b"excel"}


def user(name: str, **changed: bool) -> User:
    told = {"must_change": False, "disabled": False} | changed
    return User(name, f"{name}先生", Role.LEADER, None, **told)


def key_of(product: str = "monthly", part: str = "") -> ReportKey:
    return ReportKey(PERIOD, REGION, product, part)


def make(
    paths: DataPaths, status: Status = "provisional", product: str = "monthly", part: str = ""
) -> MadeReport:
    """A report of the current generation."""
    key, run_id = key_of(product, part), publishing.require_current(paths).run_id
    folder = issuing.made_folder(paths, key)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    listing = {
        **key._asdict(),
        "run_id": run_id,
        "status": status,
        "dated": "2026-10-08",
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()},
    }
    (folder / "report.json").write_text(json.dumps(listing), encoding="utf-8")
    return issuing.read_made(paths, key, run_id)


def sign_all(paths: DataPaths, made: MadeReport) -> State:
    """Three users, in order."""
    for name, role in zip(("zhang", "li", "wang"), issuing.ROLES, strict=True):
        issuing.sign(paths, made, role, user(name), AT)
    return issuing.state_of(paths, made.listing.key, made.listing.run_id)


def send(
    paths: DataPaths,
    status: Status = "provisional",
    reason: str = "",
    product: str = "monthly",
    part: str = "",
) -> Issued:
    """Made, and issued; signed before."""
    return issuing.issue(paths, make(paths, status, product, part), status, Issuer("os:test", reason), AT)
