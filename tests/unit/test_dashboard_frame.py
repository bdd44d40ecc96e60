"""What stands around every page: why the last run was not published, and filters that follow the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import frame, session
from dashboard.frame import Standing, _Run, _verdict, standing_of, unpublished
from dashboard.issued import ledger_of
from dashboard.pages import PAGES
from tests.unit.figures_kit import COUNTY, OTHER_TOWN, PERIOD, TOWN, cell, publish
from tests.unit.issuing_kit import make, send, sign_all
from yibao import accounts, audit_log, issuing, logs, publishing
from yibao.accounts import Role
from yibao.audit_log import Action
from yibao.figures import Scope, Selection, open_figures
from yibao.paths import DATA_VARIABLE, DataPaths
from yibao.problem import Problem

PUBLISHED_AT = "2026-11-21T10:15:00Z"
LATER, EARLIER = "2026-11-22T02:00:00Z", "2026-11-20T02:00:00Z"
ALL = Scope()
SCRIPT = Path(__file__).resolve().parents[2] / "dashboard" / "serving" / "script.py"


@pytest.mark.parametrize(
    "run",
    [
        None,
        {"exit_code": 0, "finished_at": LATER},
        # it failed, but something was published since
        {"exit_code": 3, "finished_at": EARLIER, "problem": {"what": "质量检查没有通过"}},
    ],
)
def test_nothing_to_tell(run: Mapping[str, Any] | None) -> None:
    assert unpublished(run, PUBLISHED_AT) is None


def test_a_run_that_failed_is_told_with_its_first_three_details() -> None:
    run = {
        "exit_code": 3,
        "finished_at": LATER,
        "problem": {"what": "质量检查没有通过", "details": ["一", "二", "三", "四"]},
    }
    told = unpublished(run, PUBLISHED_AT)
    assert told is not None
    # LATER is 02:00 in UTC
    assert "最近一次更新（2026-11-22 10:00）没有发布" in told
    assert told.endswith("原因：质量检查没有通过（一；二；三）")


@pytest.mark.parametrize("problem", [None, {}, {"what": None, "details": None}])
def test_a_run_that_failed_without_a_word_is_told_too(problem: object) -> None:
    told = unpublished({"exit_code": 1, "finished_at": LATER, "problem": problem}, PUBLISHED_AT)
    assert told is not None and told.endswith("原因：没有说明原因")


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    cells = [
        cell("part_rate", value, region=region, period=period)
        for region, value in ((COUNTY, "96.07"), (TOWN, "95.5"), (OTHER_TOWN, "97"))
        for period in ("2026-08", PERIOD)
    ]
    found = publish(tmp_path / "data", cells)
    monkeypatch.setenv(DATA_VARIABLE, str(found.root))
    return found


def opened(
    paths: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    address: Mapping[str, str],
    role: Role = Role.ANALYST,
    region: str | None = None,
) -> AppTest:
    """The app after its first run, as a user of that role sees it; there are no cookies in this kind of test."""
    user = accounts.User("somebody", "某人", role, region, must_change=False, disabled=False)
    monkeypatch.setattr(session, "user_of", lambda *_: user)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def filters(app: AppTest) -> dict[str, str]:
    assert not app.exception
    return {name: app.session_state[name] for name in ("period", "mode", "region", "scheme")}


def told(app: AppTest) -> str:
    """All HTML of the page."""
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def test_the_address_decides_the_filters(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"period": "2026-08", "mode": "month", "region": TOWN, "scheme": "390"}
    assert filters(opened(paths, monkeypatch, asked)) == asked


def test_without_an_address_it_is_the_newest_month_of_the_county(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(paths, monkeypatch, {})
    assert filters(app) == {"period": PERIOD, "mode": "ytd", "region": COUNTY, "scheme": "all"}
    assert {name: app.query_params[name] for name in ("period", "region")} == {
        "period": PERIOD,
        "region": COUNTY,
    }


@pytest.mark.parametrize(
    "asked", [{"region": "110101"}, {"period": "2031-01"}, {"mode": "week"}, {"scheme": "' or 1=1 --"}]
)
def test_an_address_that_names_nothing_is_passed_over(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    found = filters(opened(paths, monkeypatch, asked))
    assert found == {"period": PERIOD, "mode": "ytd", "region": COUNTY, "scheme": "all"}


def test_a_clerk_stays_in_his_township(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(paths, monkeypatch, {"region": OTHER_TOWN}, Role.CLERK, TOWN)
    assert filters(app)["region"] == TOWN
    assert "河东乡" not in told(app)


def test_what_was_chosen_goes_into_the_address_and_into_the_log(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(paths, monkeypatch, {})
    app.selectbox(key="region").select(TOWN).run()
    assert app.query_params["region"] == TOWN
    viewed = [entry for entry in audit_log.entries(paths) if entry.action is Action.VIEW]
    assert [(entry.user, entry.page, entry.filters["region"]) for entry in viewed] == [
        ("somebody", PAGES[0].title, COUNTY),
        ("somebody", PAGES[0].title, TOWN),
    ]
    # nothing else is looked at: nothing is written
    app.run()
    assert len(audit_log.entries(paths)) == 2


def test_the_banner_turns_red_with_the_reason(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {
        "exit_code": 3,
        "finished_at": "2099-01-01T00:00:00Z",
        "problem": {"what": "质量检查没有通过 <i>", "details": []},
    }
    logs.write_run_report(paths, "x", report)
    shown = told(opened(paths, monkeypatch, {}))
    assert 'class="banner bad"' in shown and "质量检查没有通过 &lt;i&gt;" in shown


def test_a_problem_of_a_page_is_told_in_our_words(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise Problem("文件坏了", where="/a<b>", todo="请重新发布。", details=("一", "二", "三", "四"))

    monkeypatch.setattr(frame, "show_banner", fails)
    app = opened(paths, monkeypatch, {})
    assert not app.exception
    shown = told(app)
    assert "文件坏了" in shown and "哪里：/a&lt;b&gt;" in shown and "怎么办：请重新发布。" in shown
    assert "三" in shown and "四" not in shown


def test_without_a_session_nothing_is_drawn(paths: DataPaths) -> None:
    app = AppTest.from_file(str(SCRIPT), default_timeout=60).run()
    assert "登录已过期" in told(app)
    assert not app.selectbox and not app.title


# what was issued -------------------------------------------------------------------------------------------------------


def standing(paths: DataPaths, period: str = PERIOD, region: str = COUNTY, scope: Scope = ALL) -> Standing:
    return standing_of(ledger_of(paths), open_figures(paths, scope), Selection(period, "ytd", region, "all"))


def test_the_status_follows_the_ledger(paths: DataPaths) -> None:
    assert standing(paths) == Standing("状态 内部数据，未报送")
    sign_all(paths, make(paths))
    send(paths)
    assert standing(paths) == Standing("状态 月报已报送（初步数） 2026-11-22")
    # a part of what was issued; and what was not
    assert standing(paths, region=TOWN) == standing(paths)
    assert standing(paths, period="2026-08") == Standing("状态 内部数据，未报送")
    send(paths, "final")
    assert standing(paths) == Standing("状态 月报最终数 2026-11-22")


def test_the_status_tells_of_what_changed_since(paths: DataPaths) -> None:
    sign_all(paths, make(paths))
    issue = send(paths).issue
    row = {"issue": issue, "period": PERIOD, "region_code": COUNTY, "indicator_code": "part_rate"}
    # of both modes, one indicator
    rows = [{**row, "period_mode": mode} for mode in ("month", "ytd")]
    publish(paths.root, tables={"mart_restatement": rows}, days=1)
    found = standing(paths)
    assert found.restated == 1
    assert f'<a href="/reports?period={PERIOD}&amp;mode=ytd&amp;region={COUNTY}' in found.status
    assert "报送后有 1 个指标的数变了</a>" in found.status
    assert "本地区的数没有变化" in standing(paths, region=TOWN).status
    # a bulletin of the newer figures takes back nothing
    sign_all(paths, make(paths, product="ten_day", part="10"))
    send(paths, product="ten_day", part="10")
    assert standing(paths).restated == 1 and "旬报（上旬）已报送" in standing(paths).status
    # a clerk has no page to be sent to
    publish(paths.root, tables={"mart_restatement": [{**row, "region_code": TOWN}]}, days=2)
    clerk = standing(paths, region=TOWN, scope=Scope(TOWN))
    assert clerk.restated == 1 and "href" not in clerk.status


def test_after_a_rollback_nothing_is_said_of_what_was_not_compared(paths: DataPaths) -> None:
    publish(paths.root, [cell("part_rate", "95")], days=1)
    sign_all(paths, make(paths))
    # entered after both were published
    at = datetime(2026, 11, 28, tzinfo=UTC)
    issuing.issue(paths, make(paths), "provisional", issuing.Issuer("os:test"), at)
    publishing.rollback(paths)
    told = standing(paths).status
    assert "没有与报送的数比较" in told and "没有变化" not in told


def test_the_verdict_counts_reminders_as_the_quality_page_does() -> None:
    run = _Run("c", "2026-11-22T10:00:00Z", "passed", 370, 336, 26, 8)
    assert _verdict([run]) == "● 质量检查通过 336 项，提醒 26 项，参考 8 项"


def test_a_damaged_ledger_turns_the_banner_red(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_all(paths, make(paths))
    assert not standing(paths).damage
    ledger = paths.issued / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"zhang", b"chang", 1))
    shown = told(opened(paths, monkeypatch, {}))
    assert 'class="banner bad"' in shown and "状态 无法判断是否报送" in shown
    assert "报送台账不可信" in shown and "请保留原件" in shown


def test_the_ledger_is_walked_once(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_all(paths, make(paths))
    first = ledger_of(paths)
    monkeypatch.setattr(issuing, "history", lambda _: pytest.fail("walked again"))
    assert ledger_of(paths) is first
