"""Who may sign and what may be issued, from the entries so far. Pure: the ledger is read and written elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.issuing.entries import ROLES, Entry, Issued, ReportKey, Signed, SigningRole, day_of
from yibao.problem import Problem
from yibao.reporting.content import STATUS_ZH, SignOff, Status


@dataclass(frozen=True)
class State:
    """How far the report of that key is. `signed` are the signatures of `run_id`, `issued` its last issue, whatever its run.

    `status` is that of the last issue, `draft` before there is one.
    """

    key: ReportKey
    status: Status
    run_id: str
    signed: tuple[Signed, ...]
    issued: Issued | None

    def signature(self, role: SigningRole) -> Signed | None:
        """The signature in that role, if it was given."""
        return next((entry for entry in self.signed if entry.role is role), None)

    @property
    def sign_off(self) -> SignOff:
        """What the report prints of it; the day is that of the approval."""
        names = {entry.role: entry.display_name for entry in self.signed}
        approval = self.signature(SigningRole.APPROVED)
        return SignOff(
            prepared=names.get(SigningRole.PREPARED, ""),
            reviewed=names.get(SigningRole.REVIEWED, ""),
            approved=names.get(SigningRole.APPROVED, ""),
            on=day_of(approval) if approval else "",
        )


def state_in(entries: Sequence[Entry], key: ReportKey, run_id: str | None = None) -> State:
    """The state of one report, for a run (without one: that of its last entry)."""
    own = [entry for entry in entries if entry.key == key]
    run = run_id or (own[-1].run_id if own else "")
    issues = [entry for entry in own if isinstance(entry, Issued)]
    last = issues[-1] if issues else None
    signed = tuple(entry for entry in own if isinstance(entry, Signed) and entry.run_id == run)
    return State(key, last.status if last else "draft", run, signed, last)


def compared_issue(issues: Sequence[Issued], period: str) -> Issued | None:
    """The issue with which the values of a period are compared: the newest whose values were frozen (int_issue)."""
    return next((each for each in reversed(issues) if each.period == period and each.copies), None)


def require_may_sign(state: State, role: SigningRole, user: str) -> None:
    """Raises Problem (exit 2) when the report is final, the order is not kept, or one user would sign twice."""
    if state.status == "final":
        raise _final(state)
    given = state.signature(role)
    if given is not None:
        raise Problem(
            f"这一版已由 {given.display_name}（{given.user}）作为{role.name_zh}人签字",
            where=f"版本 {state.run_id}",
            todo="不用再签；数据有变化时重新发布并生成报告，新的一版重新签字。",
        )
    missing = [other for other in ROLES[: ROLES.index(role)] if state.signature(other) is None]
    if missing:
        raise Problem(
            f"还没有人作为{missing[0].name_zh}人签字，不能先{role.name_zh}",
            where=f"版本 {state.run_id}",
            todo=f"顺序是制表、审核、签发：请先执行 yibao sign {state.key.options} --as {missing[0].value}。",
        )
    if any(entry.user == user for entry in state.signed):
        raise Problem(
            "同一个人不能签两次：制表、审核、签发要由三个人完成",
            where=f"账号 {user}，版本 {state.run_id}",
            todo="请由另一位同事用自己的账号签字。",
        )


def require_may_issue(state: State, status: Status, reason: str) -> None:
    """Raises Problem (exit 2) for a step that is not draft -> provisional -> final, a missing signature or reason."""
    if state.status == "final":
        raise _final(state)
    if status == "final" and state.issued is None:
        raise Problem(
            "还没有报送过初步数，不能直接定为最终数",
            where="--status final",
            todo=f"请先执行 yibao issue {state.key.options} --status provisional；上级确认后再定为最终数。",
        )
    if status == "provisional" and state.issued is not None and not reason.strip():
        raise Problem(
            f"这份报告已经报送过初步数（{day_of(state.issued)}），再次报送要写明原因",
            where="--status provisional",
            todo="请加上 --reason，例如 --reason 补报9月结算单；原因会留在台账里。",
        )
    missing = [role for role in ROLES if state.signature(role) is None]
    if missing:
        raise Problem(
            f"签字不全，缺：{'、'.join(role.name_zh for role in missing)}",
            where=f"版本 {state.run_id}",
            todo=f"请先执行 yibao sign {state.key.options} --as {missing[0].value}；换了版本，以前的签字不算。",
        )


def _final(state: State) -> Problem:
    assert state.issued is not None
    return Problem(
        f"这份报告已是{STATUS_ZH['final']}，不能再签字或报送",
        where=f"{state.issued.issue}（{day_of(state.issued)}）",
        todo="之后的变化由程序逐条列出，写进下一期报告的说明；最终数不改。",
    )
