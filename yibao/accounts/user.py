"""A user as the rest of the program sees one: no password in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yibao.accounts.roles import Right, Role
from yibao.problem import Problem

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_TOWNSHIP = re.compile(r"\d{9}")
_DISPLAY_LIMIT = 20


@dataclass(frozen=True)
class User:
    """`name` is what is typed at login; `region_code` the township (9 digits) of a clerk, None for everyone else."""

    name: str
    display_name: str
    role: Role
    region_code: str | None
    must_change: bool
    disabled: bool

    def may(self, right: Right) -> bool:
        """Whether the user's role has this right."""
        return right in self.role.rights


def require_valid(user: User) -> None:
    """Raises Problem for a name that cannot be typed at login, or a township where none belongs (or none where one does)."""
    if not _NAME.fullmatch(user.name):
        raise Problem(
            f"登录名“{user.name[:40]}”不能使用",
            where="登录名",
            todo="登录名为 2 到 32 个字符：小写字母开头，只含小写字母、数字和 . _ -；例如 zhang.ju。",
        )
    if not user.display_name.strip() or len(user.display_name) > _DISPLAY_LIMIT:
        raise Problem(
            "显示名为空或太长",
            where="--display",
            todo=f"请写 1 到 {_DISPLAY_LIMIT} 个字，例如“张局长”。",
        )
    if user.role is Role.CLERK and not (user.region_code and _TOWNSHIP.fullmatch(user.region_code)):
        raise Problem(
            "乡镇经办人员要写明所属乡镇",
            where="--region",
            todo="请加上 --region 和 9 位乡镇代码，例如 --region 990101001。",
        )
    if user.role is not Role.CLERK and user.region_code is not None:
        raise Problem(
            f"{user.role.name_zh}看全县数据，不限乡镇",
            where="--region",
            todo="请去掉 --region，或用 --role clerk 建乡镇经办人员。",
        )
