"""Signing a report, and asking how far one is."""

from __future__ import annotations

from datetime import UTC, datetime

from yibao import audit_log
from yibao.accounts import User
from yibao.audit_log import Action, AuditEntry
from yibao.issuing.entries import ReportKey, Signed, SigningRole
from yibao.issuing.ledger import append, history, settle
from yibao.issuing.made import Listing, MadeReport
from yibao.issuing.rules import State, require_may_sign, state_in
from yibao.paths import DataPaths
from yibao.problem import Problem


def state_of(paths: DataPaths, key: ReportKey, run_id: str | None = None) -> State:
    """How far a report is, for a run (without one: the run of its last entry). Raises Problem (exit 1) as `history` does."""
    return state_in(history(paths).entries, key, run_id)


def sign(paths: DataPaths, made: MadeReport, role: SigningRole, user: User, now: datetime) -> State:
    """Signs the report in that role. `user` has proven who he is; the caller holds the lock of the data folder.

    Raises Problem: exit 2 when the user or the order does not allow it, exit 1 when the ledger is damaged.
    """
    if user.disabled or user.must_change or user.region_code is not None:
        raise Problem(
            "这个账号不能签字：已停用、还没有改首次密码，或只看一个乡镇",
            where=f"账号 {user.name}",
            todo="请用看全县数据的账号签字（yibao user list）；首次密码要先登录看板改掉（yibao dashboard）。",
        )
    entries = settle(paths).entries
    told = made.listing
    state = state_in(entries, told.key, told.run_id)
    require_may_sign(state, role, user.name)
    entry = Signed(*told.key, told.run_id, role, user.name, user.display_name, stamp(now))
    # the log first: what it cannot tell of must not happen
    audit_log.record(
        paths,
        AuditEntry(now, user.name, user.role.value, Action.REPORT_SIGNED, filters=logged(told, role.value)),
    )
    append(paths, entry)
    return state_in((*entries, entry), told.key, told.run_id)


def logged(told: Listing, what: str) -> dict[str, str]:
    """What the audit log says of it."""
    part = {"part": told.part} if told.part else {}
    return {
        "period": told.period,
        "region": told.region_code,
        "product": told.product,
        **part,
        "run": told.run_id,
        "as": what,
    }


def stamp(moment: datetime) -> str:
    """The moment as the ledger writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
