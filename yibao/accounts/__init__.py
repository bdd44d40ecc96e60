"""Who may use the dashboard: users, their roles and rights, passwords and sessions."""

from yibao.accounts.database import copy_store
from yibao.accounts.passwords import MIN_LENGTH
from yibao.accounts.roles import Right, Role
from yibao.accounts.sessions import (
    Refusal,
    Refused,
    Session,
    change_password,
    log_in,
    log_out,
    open_session,
    user_of,
)
from yibao.accounts.store import add_user, disable_user, list_users, reset_user
from yibao.accounts.user import User

__all__ = [
    "MIN_LENGTH",
    "Refusal",
    "Refused",
    "Right",
    "Role",
    "Session",
    "User",
    "add_user",
    "change_password",
    "copy_store",
    "disable_user",
    "list_users",
    "log_in",
    "log_out",
    "open_session",
    "reset_user",
    "user_of",
]
