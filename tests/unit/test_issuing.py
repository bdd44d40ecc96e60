"""Three sign, then it is frozen; nothing of what was sent changes or goes unseen."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.unit import figures_kit
from tests.unit.figures_kit import cell
from tests.unit.issuing_kit import AT, FILES, PERIOD, REGION, key_of, make, send, sign_all, user
from yibao import accounts, audit_log, chain, cli, issuing, publishing
from yibao.accounts import Role, passwords
from yibao.audit_log import Action
from yibao.commands import report
from yibao.figures import Scope, open_figures, restated_rows, restatements
from yibao.issuing import Signed, SigningRole
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.reporting.content import Figure, Identity
from yibao.reporting.trace import look_up

CELLS = [
    cell(
        "ip_avg_cost",
        "3333.3333333333",
        numerator=Decimal("10000.0001"),
        denominator=Decimal(3),
        mode="month",
    ),
    cell("ip_avg_cost", "2500", numerator=Decimal(5000), denominator=Decimal(2)),
    cell("part_rate", None, period="2026-08"),
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return figures_kit.publish(tmp_path_factory.mktemp("published") / "data", CELLS).root


@pytest.fixture
def paths(published: Path, tmp_path: Path) -> DataPaths:
    shutil.copytree(published, tmp_path / "data")
    return DataPaths(tmp_path / "data")


def refused(action: object, *arguments: object, **named: object) -> Problem:
    with pytest.raises(Problem) as problem:
        action(*arguments, **named)  # type: ignore[operator]
    assert problem.value.todo
    return problem.value


# the way of a report -------------------------------------------------------------------------------------------------


def test_draft_provisional_final(paths: DataPaths) -> None:
    assert issuing.state_of(paths, key_of()).status == "draft"
    signed = sign_all(paths, make(paths))
    assert signed.sign_off.approved == "wang先生" and signed.sign_off.on == "2026-11-22"
    first = send(paths)
    again = send(paths, reason="附表排版更正")
    final = send(paths, "final")
    assert [entry.issue for entry in (first, again, final)] == [
        f"2026-09/990101-monthly-{number}" for number in (1, 2, 3)
    ]
    assert (first.previous, final.previous, again.reason) == (None, again.issue, "附表排版更正")
    assert issuing.state_of(paths, key_of()).status == "final"
    assert "不能再签字或报送" in refused(send, paths, "final").what
    assert (
        "不能再签字或报送"
        in refused(issuing.sign, paths, make(paths), SigningRole.PREPARED, user("zhao"), AT).what
    )
    actions = [(entry.user, entry.action.value, entry.filters["as"]) for entry in audit_log.entries(paths)]
    assert actions[:4] == [
        ("zhang", "report_signed", "prepared"),
        ("li", "report_signed", "reviewed"),
        ("wang", "report_signed", "approved"),
        ("os:test", "report_issued", "provisional"),
    ]


def test_what_is_frozen_is_exact_and_read_only(paths: DataPaths) -> None:
    sign_all(paths, make(paths))
    entry = send(paths)
    folder = paths.issued / entry.issue
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    values = pq.ParquetFile(folder / "values.parquet").read(use_threads=False).to_pylist()
    # of the period only, both modes
    assert [(row["period_mode"], row["numerator"], row["denominator"], row["value"]) for row in values] == [
        ("month", Decimal("10000.0001"), Decimal("3.0000"), Decimal("3333.3333333333")),
        ("ytd", Decimal("5000.0000"), Decimal("2.0000"), Decimal("2500.0000000000")),
    ]
    assert all(path.stat().st_mode & 0o222 == 0 for path in folder.iterdir())
    assert set(entry.files) | set(entry.copies) == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("signed", "role", "name", "why"),
    [
        ("", "reviewed", "li", "不能先审核"),
        ("", "approved", "li", "不能先签发"),
        ("prepared", "prepared", "li", "已由 zhang先生"),
        ("prepared", "reviewed", "zhang", "同一个人不能签两次"),
    ],
)
def test_an_order_that_is_not_kept_is_refused(
    paths: DataPaths, signed: str, role: str, name: str, why: str
) -> None:
    made = make(paths)
    if signed:
        issuing.sign(paths, made, SigningRole(signed), user("zhang"), AT)
    problem = refused(issuing.sign, paths, made, SigningRole(role), user(name), AT)
    assert why in problem.what and problem.exit_code == ExitCode.WRONG_USE
    assert len(issuing.history(paths).entries) == bool(signed)


@pytest.mark.parametrize("flaw", ["must_change", "disabled"])
def test_a_user_who_cannot_log_in_cannot_sign(paths: DataPaths, flaw: str) -> None:
    assert (
        "不能签字"
        in refused(
            issuing.sign, paths, make(paths), SigningRole.PREPARED, user("zhang", **{flaw: True}), AT
        ).what
    )


def test_what_may_not_be_issued(paths: DataPaths) -> None:
    made = make(paths)
    assert "签字不全，缺：制表、审核、签发" in refused(send, paths).what
    sign_all(paths, made)
    assert "不能直接定为最终数" in refused(send, paths, "final").what
    issuer = issuing.Issuer("os:test")
    assert (
        "报告上印的是“草稿"
        in refused(issuing.issue, paths, make(paths, "draft"), "provisional", issuer, AT).what
    )
    send(paths)
    assert "要写明原因" in refused(send, paths, reason=" ").what
    assert len(issuing.history(paths).issues) == 1


def test_another_run_needs_new_signatures_and_a_new_report(paths: DataPaths) -> None:
    old = make(paths)
    sign_all(paths, old)
    figures_kit.publish(paths.root, CELLS[:2], days=1)
    run_id = publishing.require_current(paths).run_id
    problem = refused(issuing.read_made, paths, key_of(), run_id)
    assert "不是由当前发布版生成" in problem.what and old.listing.run_id in problem.where
    assert "签字不全" in refused(send, paths).what


def test_a_report_that_was_touched_or_never_made(paths: DataPaths) -> None:
    run_id = make(paths).listing.run_id
    assert "还没有生成" in refused(issuing.read_made, paths, key_of("weekly"), run_id).what
    folder = paths.reports / PERIOD / "monthly"
    (folder / "附表.xlsx").write_bytes(b"better numbers")
    assert "被改动" in refused(issuing.read_made, paths, key_of(), run_id).what
    listing = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    for wrong in (
        # a file from elsewhere, or one in the place of the frozen values
        {"files": {"../../published/CURRENT": "0" * 64}},
        {"files": {"values.parquet": "0" * 64}},
        # the listing of another report
        {"region_code": "990102"},
        # no name of a folder
        {"part": "10/20"},
    ):
        (folder / "report.json").write_text(json.dumps({**listing, **wrong}), encoding="utf-8")
        assert "读不懂" in refused(issuing.read_made, paths, key_of(), run_id).what
    assert "读不懂" in refused(issuing.read_listing, folder).what


def test_two_parts_of_a_month_are_two_reports(paths: DataPaths) -> None:
    for part in ("10", "20"):
        made = make(paths, product="ten_day", part=part)
        # unsigned, although the one before it was signed; and told how
        issuer = issuing.Issuer("os:test")
        unsigned = refused(issuing.issue, paths, made, "provisional", issuer, AT)
        assert f"--product ten_day --part {part} --as prepared" in unsigned.todo
        sign_all(paths, made)
        # the second is no repetition of the first: no reason is asked
        issuing.issue(paths, made, "provisional", issuer, AT)
    assert {entry.filters["part"] for entry in audit_log.entries(paths)} == {"10", "20"}
    assert "要写明原因" in refused(send, paths, product="ten_day", part="20").what
    found = issuing.history(paths)
    issuing.verify_copies(paths, found)
    assert [entry.issue for entry in found.issues] == [
        "2026-09/990101-ten_day-10-1",
        "2026-09/990101-ten_day-20-1",
    ]
    said = CliRunner().invoke(cli.main, ["issued", "--data", str(paths.root)]).output
    assert said.count("旬报（上旬）") == said.count("旬报（中旬）") == 4
    run_id = made.listing.run_id
    assert "、".join(("10", "20")) in refused(issuing.read_made, paths, key_of("ten_day"), run_id).todo
    shutil.rmtree(made.folder)
    assert issuing.read_made(paths, key_of("ten_day"), run_id).listing.part == "10"


def test_a_bulletin_takes_no_place_of_what_went_up(paths: DataPaths) -> None:
    """Its copy has no values: what the superior bureau was told of the month stays what later values are compared with."""
    sign_all(paths, make(paths))
    monthly = send(paths)
    sign_all(paths, make(paths, product="weekly", part="2026-W39"))
    weekly = send(paths, product="weekly", part="2026-W39")
    assert {path.name for path in (paths.issued / weekly.issue).iterdir()} == {*FILES, "report.json"}
    assert issuing.compared_issue(issuing.history(paths).issues, PERIOD) == monthly


def test_a_ledger_of_before_there_were_parts_is_read(paths: DataPaths) -> None:
    record = asdict(Signed(*key_of(), "r", SigningRole.PREPARED, "zhang", "张三", "2026-10-08T01:00:00Z"))
    del record["part"]
    chain.append(paths.issued / "ledger.jsonl", {"kind": "signed", **record})
    assert issuing.state_of(paths, key_of(), "r").sign_off.prepared == "张三"


# damage --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(paths: DataPaths) -> DataPaths:
    sign_all(paths, make(paths))
    send(paths)
    return paths


def test_a_changed_line_is_found(sent: DataPaths) -> None:
    ledger = sent.issued / "ledger.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("li先生", "赵先生"), encoding="utf-8")
    problem = refused(issuing.state_of, sent, key_of())
    assert problem.where.endswith("第 2 行") and problem.exit_code == ExitCode.UNEXPECTED
    assert "第 2 行" in refused(issuing.settle, sent).where


def test_an_end_that_was_cut_off_is_found(sent: DataPaths) -> None:
    ledger = sent.issued / "ledger.jsonl"
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    ledger.write_text("".join(lines[:-1]), encoding="utf-8")
    assert "台账末尾可能被删" in refused(issuing.history, sent).what
    ledger.unlink()
    assert "台账末尾可能被删" in refused(issuing.history, sent).what


def test_another_thing_in_its_place_is_no_empty_ledger(paths: DataPaths) -> None:
    paths.issued.mkdir(parents=True)
    (paths.issued / "ledger.jsonl").mkdir()
    with pytest.raises(Problem, match="位置上是别的东西"):
        issuing.history(paths)
    shutil.rmtree(paths.issued)
    paths.issued.write_text("x")
    with pytest.raises(Problem, match="位置上是别的东西"):
        issuing.history(paths)


def test_a_line_that_is_none_of_ours_is_told(sent: DataPaths) -> None:
    chain.append(sent.issued / "ledger.jsonl", {"kind": "withdrawn"})
    assert refused(issuing.history, sent).where.endswith("第 5 条")


@pytest.mark.parametrize("harm", ["changed", "gone", "added"])
def test_a_copy_that_is_not_as_it_was_sent_is_found(sent: DataPaths, harm: str) -> None:
    found = issuing.history(sent)
    issuing.verify_copies(sent, found)
    path = sent.issued / found.issues[0].issue / ("月报.docx" if harm != "added" else "补充.txt")
    if harm == "gone":
        path.unlink()
    else:
        if path.exists():
            path.chmod(0o600)
        path.write_bytes(b"other")
    assert str(path) == refused(issuing.verify_copies, sent, found).where


def test_an_issue_that_lost_its_copy_is_told(sent: DataPaths) -> None:
    folder = sent.issued / issuing.history(sent).issues[0].issue
    folder.rename(sent.root / "elsewhere")
    assert str(folder) == refused(issuing.settle, sent).where


@pytest.mark.parametrize("harm", ["", "台账末尾可能被删"])
def test_a_restored_folder_says_whether_its_ledger_is_whole(
    sent: DataPaths, tmp_path: Path, harm: str
) -> None:
    landed = sent.landed_files / "000001-aaaaaaaaaaaa"
    landed.mkdir(parents=True)
    (landed / "x.parquet").write_bytes(b"x")
    sent.key_record.write_text('{"key_id": "0123456789ab"}', encoding="utf-8")
    if harm:
        (sent.issued / "ledger.jsonl").unlink()
    packed = CliRunner().invoke(cli.main, ["backup", "--to", str(tmp_path / "to"), "--data", str(sent.root)])
    assert packed.exit_code == 0, packed.output
    (archive,) = (tmp_path / "to").iterdir()
    new = tmp_path / "new"
    done = CliRunner().invoke(cli.main, ["restore", "--from", str(archive), "--data", str(new)])
    # what is there is there: also a ledger that was damaged before comes back as it was
    assert (new / "issued" / "2026-09" / "990101-monthly-1" / "values.parquet").is_file()
    assert done.exit_code == bool(harm)
    assert (harm or "报送台账完整：1 次报送") in done.output


# the note ------------------------------------------------------------------------------------------------------------


def changed(code: str, before: str, now: str, cause: str, **more: object) -> figures_kit.Row:
    keys = {"period": PERIOD, "period_mode": "ytd", "region_code": REGION, "insutype": "all"}
    keys |= {"breakdown": "none", "breakdown_value": "all", "indicator_code": code}
    values = {"issued_value": Decimal(before), "value": Decimal(now), "cause": cause}
    return {"issue": "2026-09/990101-monthly-1", "issue_status": "provisional", **keys, **values, **more}


def row(cause: str, number: int, cost: str, fund: str) -> figures_kit.Row:
    told = {"period": PERIOD, "dataset": "settlement", "cause": cause, "record_key": f"结算ID={number}"}
    return {
        **told,
        "difference": Decimal(cost),
        "fund_difference": Decimal(fund),
        "file": "补.csv",
        "row": number,
    }


def test_the_note_says_what_changed_as_it_is_printed(tmp_path: Path) -> None:
    tables = {
        "mart_restatement": [
            changed("ip_avg_cost", "2788.001", "2790.004", "late,reversed"),
            # prints alike; another region
            changed("part_rate", "96.071", "96.074", "late"),
            changed("ip_avg_cost", "1", "2", "late", region_code="990101001"),
        ],
        "mart_restatement_row": [
            row("late", 2, "30000", "20000"),
            row("late", 3, "1000.50", "500"),
            row("reversed", 4, "-50000", "-45000"),
        ],
    }
    figures = open_figures(figures_kit.publish(tmp_path / "data", CELLS, tables), Scope())
    # 31000.50 - 50000 = -18999.50; 20500 - 45000 = -24500
    (note,) = issuing.restatement_note(figures, (), "2026-10", REGION)
    assert note.text == (
        "2026年9月初步数报送后，补报结算单2条、冲销结算单1条（总费用净减少1.90万元，基金支付净减少2.45万元），"
        "按现有数据重新计算：住院次均费用（本年累计）由2788.00元改为2790.00元。已报送的数不作修改。"
    )
    # else the report's own check finds numbers without a source
    assert not re.search(r"\d", "".join(span for span in note.spans[1:] if isinstance(span, str)))
    numbers = [span for span in note.spans if isinstance(span, Figure)]
    assert [look_up(figures, one.origin) for one in numbers] == [one.value for one in numbers]
    assert issuing.restatement_note(figures, (), PERIOD, REGION) == ()
    # the final report of the month takes the place of its provisional figures, and says what differs
    (own,) = issuing.restatement_note(figures, (), PERIOD, REGION, is_final=True)
    assert own.text == note.text.replace("已报送的数不作修改。", "以本报告的最终数为准。")
    assert [each.indicator_code for each in restatements(figures, PERIOD)] == [
        "part_rate",
        "ip_avg_cost",
        "ip_avg_cost",
    ]
    assert [(each.row, each.cause) for each in restated_rows(figures, PERIOD, 2)] == [
        (2, "late"),
        (3, "late"),
    ]


def test_a_day_is_that_of_the_bureau(paths: DataPaths) -> None:
    issuing.sign(paths, make(paths), SigningRole.PREPARED, user("zhang"), AT)
    issuing.sign(paths, make(paths), SigningRole.REVIEWED, user("li"), AT)
    # seven in the evening in London is the next morning in Beijing
    state = issuing.sign(paths, make(paths), SigningRole.APPROVED, user("wang"), AT.replace(hour=19))
    assert state.sign_off.on == "2026-11-23"


def test_a_final_report_has_no_next_step(paths: DataPaths) -> None:
    identity = Identity("monthly", PERIOD, REGION, "示范县", "r", "2026-09-30", "draft", "", "")
    sign_all(paths, make(paths))
    send(paths)
    assert "yibao sign --period 2026-09" in report._next(identity, paths)
    assert "yibao issue --period 2026-09" in report._next(replace(identity, status="final"), paths)
    send(paths, "final")
    assert "不再签字、报送" in report._next(identity, paths)


# the commands --------------------------------------------------------------------------------------------------------


def test_the_commands_tell_how_far_it_is(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 at its lowest cost; what it costs is not asked here."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(1, 8, 1))
    for name in ("zhang", "li", "wang"):
        accounts.add_user(paths, name, name, Role.ANALYST, None, AT, "qiu-tian-2026")
        entered = accounts.log_in(paths, name, "qiu-tian-2026", AT)
        assert isinstance(entered, accounts.Session)
        accounts.change_password(paths, entered.token, "qiu-tian-2026", "chun-tian-2027", AT)
    make(paths)

    def call(*arguments: str, typed: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(cli.main, [*arguments, "--data", str(paths.root)], input=typed)
        return done.exit_code, done.output

    def sign(role: str, name: str, password: str) -> tuple[int, str]:
        options = ("--period", PERIOD, "--as", role, "--user", name, "--password-stdin")
        return call("sign", *options, typed=f"{password}\n")

    assert call("issued") == (0, "还没有签字或报送过任何报告\n")
    code, said = sign("prepared", "zhang", "wrong-password")
    assert (code, "没有签字" in said) == (2, True)
    code, said = sign("prepared", "zhang", "chun-tian-2027")
    assert (code, "还差：审核、签发" in said) == (0, True)
    assert sign("reviewed", "li", "chun-tian-2027")[0] == 0
    assert "三人已签齐" in sign("approved", "wang", "chun-tian-2027")[1]
    code, said = call("issue", "--period", PERIOD, "--status", "provisional")
    assert (code, "已报送（初步数）" in said) == (0, True)
    # of another run, after a first issue: provisional again, or final
    figures_kit.publish(paths.root, CELLS, days=1)
    make(paths)
    for role, name in zip(("prepared", "reviewed"), ("zhang", "li"), strict=True):
        assert sign(role, name, "chun-tian-2027")[0] == 0
    assert "定为最终数的写 --status final" in sign("approved", "wang", "chun-tian-2027")[1]
    code, said = call("issued")
    assert (code, "报送台账共 7 条，校验链完整" in said) == (0, True)
    (paths.issued / "2026-09" / "990101-monthly-1" / "月报.docx").unlink()
    assert call("issued")[0] == 3
    assert Action.LOGIN_FAILED in [entry.action for entry in audit_log.entries(paths)]
    assert "chun-tian" not in "".join(
        path.read_text(encoding="utf-8") for path in paths.audit.glob("*.jsonl")
    )


def test_the_note_is_silent_on_what_was_issued_again_since(tmp_path: Path) -> None:
    """The superior bureau asked for September anew: October's report of the same run must not say that what was sent stays."""
    tables = {
        "mart_restatement": [changed("ip_avg_cost", "2788", "2790", "late")],
        "mart_restatement_row": [row("late", 2, "30000", "20000")],
    }
    paths = figures_kit.publish(tmp_path / "data", CELLS, tables)
    sign_all(paths, make(paths))
    send(paths)
    figures = open_figures(paths, Scope())

    def told() -> int:
        return len(issuing.restatement_note(figures, issuing.history(paths).issues, "2026-10", REGION))

    assert told() == 1
    send(paths, reason="上级要求重报")
    assert told() == 0
