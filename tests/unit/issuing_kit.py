"""A report as `yibao report` leaves it, and the users who sign it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from yibao import issuing, publishing
from yibao.accounts import Role, User
from yibao.issuing import Issued, Issuer, MadeReport, State
from yibao.paths import DataPaths
from yibao.reporting.content import Status

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PERIOD, REGION = "2026-09", "990101"
FILES = {"月报.docx": b"word", "附表.xlsx": b"excel"}


def user(name: str, **changed: bool) -> User:
    told = {"must_change": False, "disabled": False} | changed
    return User(name, f"{name}先生", Role.LEADER, None, **told)


def make(paths: DataPaths, status: Status = "provisional") -> MadeReport:
    """The monthly report of the current generation."""
    run_id = publishing.require_current(paths).run_id
    folder = paths.reports / PERIOD / "monthly"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    listing = {
        "run_id": run_id,
        "period": PERIOD,
        "region_code": REGION,
        "product": "monthly",
        "status": status,
        "dated": "2026-10-08",
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()},
    }
    (folder / "report.json").write_text(json.dumps(listing), encoding="utf-8")
    return issuing.read_made(paths, PERIOD, "monthly", run_id)


def sign_all(paths: DataPaths, made: MadeReport) -> State:
    """Three users, in order."""
    for name, role in zip(("zhang", "li", "wang"), issuing.ROLES, strict=True):
        issuing.sign(paths, made, role, user(name), AT)
    return issuing.state_of(paths, PERIOD, REGION, "monthly", made.run_id)


def send(paths: DataPaths, status: Status = "provisional", reason: str = "") -> Issued:
    """Made, and issued; signed before."""
    return issuing.issue(paths, make(paths, status), status, Issuer("os:test", reason), AT)
