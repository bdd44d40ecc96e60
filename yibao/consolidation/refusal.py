"""Why a package is not taken."""

from __future__ import annotations

from yibao.problem import ExitCode, Problem

RESEND = "请退回该县区，用 yibao report 重新生成数据包后原样报送（不要解开、修改或另存）。"


def refused(what: str, where: str, todo: str = RESEND) -> Problem:
    """A package whose contents may not be used (exit 3)."""
    return Problem(what, where=where, todo=todo, exit_code=ExitCode.NOT_PUBLISHED)
