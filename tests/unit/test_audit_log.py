"""The audit log keeps who did what, over the turn of a month and against every change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from yibao import audit_log, cli
from yibao.audit_log import Action, AuditEntry
from yibao.paths import DataPaths
from yibao.problem import Problem

NOW = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
EXPORT = AuditEntry(
    NOW, "zhang", "leader", Action.EXPORT, "基金运行", {"period": "2026-09"}, rows=8, sha256="a" * 64
)


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path)
    audit_log.record(paths, AuditEntry(NOW - timedelta(days=1), "zhang", "leader", Action.LOGIN))
    audit_log.record(paths, EXPORT)
    return paths


def test_what_was_recorded_comes_back(paths: DataPaths) -> None:
    assert audit_log.entries(paths)[1] == EXPORT
    assert audit_log.entries(paths, first=NOW) == [EXPORT]
    assert len(audit_log.entries(paths, last=NOW - timedelta(seconds=1))) == 1


def test_the_chain_goes_on_over_the_months(paths: DataPaths) -> None:
    later = NOW + timedelta(days=40)
    audit_log.record(paths, AuditEntry(later, "li", "clerk", Action.VIEW, "总览"))
    assert [path.name for path in sorted(paths.audit.glob("*.jsonl"))] == ["2026-11.jsonl", "2027-01.jsonl"]
    state = audit_log.verify(paths)
    assert (state.lines, state.torn) == (3, ())
    assert [entry.user for entry in audit_log.entries(paths, first=later)] == ["li"]
    # without its beginning, the rest is no whole log
    (paths.audit / "2026-11.jsonl").unlink()
    with pytest.raises(Problem, match="第 1 行"):
        audit_log.verify(paths)


def test_a_slow_writer_does_not_reopen_a_closed_month(paths: DataPaths) -> None:
    audit_log.record(paths, AuditEntry(NOW + timedelta(seconds=2), "li", "clerk", Action.VIEW))
    audit_log.record(paths, AuditEntry(NOW, "wang", "analyst", Action.VIEW))
    assert audit_log.verify(paths).lines == 4
    assert [entry.user for entry in audit_log.entries(paths)][-2:] == ["li", "wang"]


def test_a_month_that_began_with_a_torn_line_stays_in_the_chain(paths: DataPaths) -> None:
    (paths.audit / "2026-12.jsonl").write_bytes(b'{"ha')
    audit_log.record(paths, AuditEntry(NOW + timedelta(seconds=2), "li", "clerk", Action.VIEW))
    state = audit_log.verify(paths)
    assert (state.lines, state.torn) == (3, ("2026-12.jsonl 第 1 行",))


def audit(paths: DataPaths, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.main, ["audit", "--data", str(paths.root), *arguments])
    return done.exit_code, done.output


def test_the_command_shows_the_end(paths: DataPaths) -> None:
    code, output = audit(paths, "--last", "1")
    assert code == 0
    assert "共 2 条" in output and "没有被改动" in output
    assert "导出" in output and "基金运行" in output and "period=2026-09" in output
    assert "登录" not in output


def test_the_command_tells_a_change_by_its_exit_code(paths: DataPaths) -> None:
    path = paths.audit / "2026-11.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"rows":8', '"rows":9'), encoding="utf-8")
    code, output = audit(paths)
    assert code == 3
    assert "2026-11.jsonl 第 2 行" in output


def test_no_log_is_no_error(tmp_path: Path) -> None:
    assert audit(DataPaths(tmp_path)) == (0, "还没有审计记录\n")


def test_only_the_owner_reads_it(paths: DataPaths) -> None:
    assert (paths.audit.stat().st_mode & 0o777) == 0o700
    assert ((paths.audit / "2026-11.jsonl").stat().st_mode & 0o777) == 0o600
