"""Nobody gets in without the right password, and nobody stays longer than the rules say."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yibao import accounts, audit_log, cli
from yibao.accounts import Refusal, Refused, Right, Role, Session, passwords
from yibao.paths import DataPaths
from yibao.problem import Problem

NOW = datetime(2026, 11, 21, 10, 15, 0, tzinfo=UTC)
FIRST, OWN = "qiu-tian-2026", "chun-tian-2027"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 at its lowest cost; what it costs is not asked here."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(1, 8, 1))
    # another test may have kept one of the full cost
    passwords._dummy.cache_clear()


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path)
    accounts.add_user(paths, "zhang", "张局长", Role.LEADER, None, NOW, FIRST)
    accounts.add_user(paths, "li", "李经办", Role.CLERK, "990101001", NOW, FIRST)
    return paths


def enter(paths: DataPaths, name: str = "zhang", password: str = FIRST, now: datetime = NOW) -> Session:
    session = accounts.log_in(paths, name, password, now)
    assert isinstance(session, Session)
    return session


def refusal(paths: DataPaths, name: str, password: str, now: datetime = NOW) -> Refusal:
    refused = accounts.log_in(paths, name, password, now)
    assert isinstance(refused, Refused)
    return refused.reason


# users ---------------------------------------------------------------------------------------------------------------


def test_there_is_nobody_before_somebody_is_added(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    assert accounts.list_users(paths) == ()
    assert refusal(paths, "admin", "admin") == Refusal.WRONG
    assert accounts.user_of(paths, "", NOW) is None
    assert accounts.list_users(paths) == ()


def test_a_random_first_password_is_good_and_never_the_same(paths: DataPaths) -> None:
    first = accounts.add_user(paths, "wang", "王", Role.ANALYST, None, NOW)
    second = accounts.add_user(paths, "zhao", "赵", Role.ANALYST, None, NOW)
    assert first != second
    assert passwords.weakness(first, "wang") is None
    assert enter(paths, "wang", first).user.must_change


@pytest.mark.parametrize(
    ("name", "role", "region", "what"),
    [
        ("zhang", Role.LEADER, None, "已有"),
        ("Zhang", Role.LEADER, None, "登录名"),
        ("990101199001011237", Role.LEADER, None, "登录名"),
        ("a/b", Role.LEADER, None, "登录名"),
        ("wang", Role.CLERK, None, "所属乡镇"),
        ("wang", Role.CLERK, "990101", "所属乡镇"),
        ("wang", Role.AUDITOR, "990101001", "不限乡镇"),
    ],
)
def test_a_user_that_cannot_be(
    paths: DataPaths, name: str, role: Role, region: str | None, what: str
) -> None:
    with pytest.raises(Problem, match=what):
        accounts.add_user(paths, name, "王", role, region, NOW, FIRST)
    assert len(accounts.list_users(paths)) == 2


def test_only_the_owner_reads_the_store_and_no_secret_is_in_it(paths: DataPaths) -> None:
    session = enter(paths)
    accounts.log_in(paths, "typed-in-the-wrong-field", "x", NOW)
    assert (paths.accounts.stat().st_mode & 0o777) == 0o700
    assert (paths.account_store.stat().st_mode & 0o777) == 0o600
    stored = paths.account_store.read_bytes()
    for secret in (FIRST, session.token, "typed-in-the-wrong-field"):
        assert secret.encode() not in stored


def test_the_rights_of_the_roles() -> None:
    rights = {role: {right for right in Right if right in role.rights} for role in Role}
    figures, rows, quality, log = Right.FIGURES, Right.ROWS, Right.QUALITY, Right.AUDIT_LOG
    assert rights == {
        Role.LEADER: {figures, quality},
        Role.ANALYST: {figures, quality, rows},
        Role.SUPERVISOR: {figures, quality, rows},
        Role.CLERK: {figures, quality, rows},
        Role.AUDITOR: {figures, quality, log},
    }


# passwords -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short-9-x", "至少"),
        ("x-ZHANG-2026", "登录名"),
        ("1234567890", "猜到"),
        ("Password123", "猜到"),
        ("aaaaaaaaaaab", "猜到"),
        ("x" * 129, "最多"),
    ],
)
def test_weak_passwords(password: str, reason: str) -> None:
    assert reason in (passwords.weakness(password, "zhang") or "")


def test_a_password_may_be_chinese() -> None:
    assert passwords.weakness("春风又绿江南岸明月何时", "zhang") is None


def test_the_first_password_is_good_for_changing_it(paths: DataPaths) -> None:
    session = enter(paths)
    assert session.user.must_change
    changed = accounts.change_password(paths, session.token, FIRST, OWN, NOW)
    assert isinstance(changed, Session) and not changed.user.must_change
    assert accounts.user_of(paths, session.token, NOW) is None
    assert accounts.user_of(paths, changed.token, NOW) == changed.user
    assert refusal(paths, "zhang", FIRST) == Refusal.WRONG
    assert not enter(paths, password=OWN).user.must_change


def test_what_is_no_change_of_password(paths: DataPaths) -> None:
    token = enter(paths).token
    assert accounts.change_password(paths, token, FIRST, FIRST, NOW) == "新密码不能与原密码相同"
    assert "至少" in str(accounts.change_password(paths, token, FIRST, "short", NOW))
    assert isinstance(accounts.change_password(paths, token, "wrong", OWN, NOW), Refused)
    assert isinstance(accounts.change_password(paths, "no token", FIRST, OWN, NOW), Refused)
    assert enter(paths).user.must_change


def test_guessing_the_old_password_locks_too(paths: DataPaths) -> None:
    token = enter(paths).token
    for _ in range(5):
        accounts.change_password(paths, token, "wrong", OWN, NOW)
    refused = accounts.change_password(paths, token, FIRST, OWN, NOW)
    assert isinstance(refused, Refused) and refused.reason == Refusal.LOCKED


# lockout -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zhang", "nobody"])
def test_five_failures_lock_for_a_quarter_of_an_hour(paths: DataPaths, name: str) -> None:
    moments = [NOW + timedelta(minutes=3 * number) for number in range(5)]
    assert [refusal(paths, name, "wrong", at) for at in moments] == [Refusal.WRONG] * 5
    almost = moments[-1] + timedelta(minutes=14, seconds=59)
    assert refusal(paths, name, FIRST, almost) == Refusal.LOCKED
    # asking while locked does not make it longer
    after = moments[-1] + timedelta(minutes=15)
    if name == "zhang":
        enter(paths, now=after)
    else:
        assert refusal(paths, name, FIRST, after) == Refusal.WRONG


def test_five_failures_over_more_than_a_quarter_of_an_hour_do_not_lock(paths: DataPaths) -> None:
    for number in range(6):
        assert refusal(paths, "zhang", "wrong", NOW + timedelta(minutes=4 * number)) == Refusal.WRONG
    enter(paths, now=NOW + timedelta(minutes=21))


def test_a_right_password_clears_the_count_and_others_are_not_locked(paths: DataPaths) -> None:
    for _ in range(4):
        accounts.log_in(paths, "zhang", "wrong", NOW)
    enter(paths)
    for _ in range(4):
        assert refusal(paths, "zhang", "wrong") == Refusal.WRONG
    enter(paths)
    for _ in range(5):
        accounts.log_in(paths, "zhang", "wrong", NOW)
    assert refusal(paths, "zhang", FIRST) == Refusal.LOCKED
    enter(paths, "li")


def test_guesses_at_the_same_time_are_counted(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    def slow(password: str, hash_: str | None) -> bool:
        nonlocal looked
        looked += 1
        # while one is looked at, the next comes
        if looked < 9:
            accounts.log_in(paths, "zhang", "wrong", NOW)
        return False

    monkeypatch.setattr(passwords, "matches", slow)
    accounts.log_in(paths, "zhang", "wrong", NOW)
    assert looked == 5


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    verify = passwords.PasswordHasher.verify

    def counted(self: passwords.PasswordHasher, hash_: str, password: str) -> bool:
        looked.append(hash_.rpartition("$")[0].rpartition("$")[0])
        return bool(verify(self, hash_, password))

    monkeypatch.setattr(passwords.PasswordHasher, "verify", counted)
    accounts.log_in(paths, "zhang", "wrong", NOW)
    accounts.log_in(paths, "nobody", "wrong", NOW)
    assert len(looked) == 2 and looked[0] == looked[1] == "$argon2id$v=19$m=8,t=1,p=1"


# sessions ------------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_nothing_happens(paths: DataPaths) -> None:
    token = enter(paths).token
    assert accounts.user_of(paths, token, NOW + timedelta(minutes=29, seconds=59)) is not None
    assert accounts.user_of(paths, token, NOW + timedelta(minutes=59)) is not None
    assert accounts.user_of(paths, token, NOW + timedelta(minutes=89)) is None


def test_a_session_ends_after_half_a_day_whatever_happens(paths: DataPaths) -> None:
    token = enter(paths).token
    for minutes in range(0, 12 * 60, 20):
        assert accounts.user_of(paths, token, NOW + timedelta(minutes=minutes)) is not None
    assert accounts.user_of(paths, token, NOW + timedelta(hours=12, seconds=-1)) is not None
    assert accounts.user_of(paths, token, NOW + timedelta(hours=12)) is None


def test_a_look_writes_at_most_once_a_minute(paths: DataPaths) -> None:
    token = enter(paths).token

    def seen() -> int:
        with sqlite3.connect(paths.account_store) as connection:
            return int(connection.execute("select seen_at from session").fetchone()[0])

    accounts.user_of(paths, token, NOW + timedelta(seconds=59))
    assert seen() == int(NOW.timestamp())
    accounts.user_of(paths, token, NOW + timedelta(seconds=60))
    assert seen() == int(NOW.timestamp()) + 60


def test_who_leaves_is_out(paths: DataPaths) -> None:
    token, other = enter(paths).token, enter(paths).token
    accounts.log_out(paths, token)
    assert accounts.user_of(paths, token, NOW) is None
    assert accounts.user_of(paths, other, NOW) is not None


@pytest.mark.parametrize("what", [accounts.disable_user, accounts.reset_user])
def test_disabling_and_resetting_end_every_session_at_once(paths: DataPaths, what: object) -> None:
    tokens = [enter(paths).token for _ in range(2)]
    clerk = enter(paths, "li").token
    what(paths, "zhang")  # type: ignore[operator]
    assert [accounts.user_of(paths, token, NOW) for token in tokens] == [None, None]
    assert accounts.user_of(paths, clerk, NOW) is not None
    assert refusal(paths, "zhang", FIRST) == Refusal.WRONG


def test_a_user_disabled_while_the_password_is_looked_at_stays_out(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disabling(password: str, hash_: str | None) -> bool:
        accounts.disable_user(paths, "zhang")
        return True

    monkeypatch.setattr(passwords, "matches", disabling)
    assert refusal(paths, "zhang", FIRST) == Refusal.WRONG


def test_reset_brings_back_who_was_locked_and_disabled(paths: DataPaths) -> None:
    for _ in range(5):
        accounts.log_in(paths, "zhang", "wrong", NOW)
    accounts.disable_user(paths, "zhang")
    first = accounts.reset_user(paths, "zhang")
    assert enter(paths, password=first).user.must_change


def test_another_service_may_vouch_for_a_user(paths: DataPaths) -> None:
    session = accounts.open_session(paths, "zhang", NOW)
    assert session is not None and not session.user.must_change
    assert accounts.user_of(paths, session.token, NOW) == session.user
    # the first password, never used, must still be changed by whoever uses it
    assert enter(paths).user.must_change
    assert accounts.open_session(paths, "nobody", NOW) is None
    accounts.disable_user(paths, "zhang")
    assert accounts.open_session(paths, "zhang", NOW) is None


def test_a_look_is_quick(paths: DataPaths) -> None:
    token = enter(paths).token
    taken = []
    for _ in range(200):
        began = time.perf_counter()
        accounts.user_of(paths, token, NOW)
        taken.append(time.perf_counter() - began)
    # the best of many: this machine may be busy
    assert min(taken) < 0.002


# commands ------------------------------------------------------------------------------------------------------------


def user(paths: DataPaths, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, ["user", *arguments, "--data", str(paths.root)], input=given)


def test_the_first_password_is_shown_once_and_works(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    done = user(paths, "add", "zhang", "--role", "leader", "--display", "张局长")
    assert done.exit_code == 0, done.output
    first = done.output.partition("首次密码 ")[2].partition("（")[0]
    assert isinstance(accounts.log_in(paths, "zhang", first, NOW), Session)
    assert first not in user(paths, "list").output
    assert all(first.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_given_first_password_is_not_repeated(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    arguments = ("add", "zhang", "--role", "leader", "--display", "张局长", "--password-stdin")
    assert user(paths, *arguments, given="short\n").exit_code == 2
    done = user(paths, *arguments, given=FIRST + "\n")
    assert done.exit_code == 0 and FIRST not in done.output
    assert enter(paths).user.must_change


def test_what_the_administrator_does_is_recorded(paths: DataPaths) -> None:
    user(paths, "add", "wang", "--role", "clerk", "--display", "王", "--region", "990101002")
    user(paths, "disable", "wang")
    user(paths, "reset", "wang")
    assert user(paths, "disable", "nobody").exit_code == 2
    recorded = audit_log.entries(paths)
    assert [entry.action.value for entry in recorded] == ["user_added", "user_disabled", "user_reset"]
    assert dict(recorded[0].filters) == {"name": "wang", "role": "clerk", "region": "990101002"}
    assert all(entry.user.startswith("os:") for entry in recorded)


def test_the_list_tells_the_state(paths: DataPaths) -> None:
    accounts.disable_user(paths, "li")
    lines = user(paths, "list").output.splitlines()
    assert "乡镇经办人员" in lines[1] and "990101001" in lines[1] and "已停用" in lines[1]
    assert "领导" in lines[2] and "全县" in lines[2] and "待改密码" in lines[2]
