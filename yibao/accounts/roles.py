"""The roles of the bureau and what each may see."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What a page asks for before it shows something."""

    FIGURES = "see_figures"
    # lists of single persons or settlements (masked)
    ROWS = "see_rows"
    QUALITY = "see_quality"
    AUDIT_LOG = "see_audit_log"


class Role(StrEnum):
    """One for each user. A clerk sees one township only; every other role sees the whole county."""

    LEADER = "leader"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    CLERK = "clerk"
    AUDITOR = "auditor"

    @property
    def name_zh(self) -> str:
        return _NAMES[self]

    @property
    def rights(self) -> frozenset[Right]:
        return _RIGHTS[self]


_NAMES = {
    Role.LEADER: "领导",
    Role.ANALYST: "分析人员",
    Role.SUPERVISOR: "基金监管人员",
    Role.CLERK: "乡镇经办人员",
    Role.AUDITOR: "审计人员",
}
_RIGHTS = {
    Role.LEADER: frozenset({Right.FIGURES, Right.QUALITY}),
    Role.ANALYST: frozenset({Right.FIGURES, Right.QUALITY, Right.ROWS}),
    Role.SUPERVISOR: frozenset({Right.FIGURES, Right.QUALITY, Right.ROWS}),
    Role.CLERK: frozenset({Right.FIGURES, Right.QUALITY, Right.ROWS}),
    Role.AUDITOR: frozenset({Right.FIGURES, Right.QUALITY, Right.AUDIT_LOG}),
}
