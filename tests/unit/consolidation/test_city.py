"""The city's figures of two counties, computed by hand, and what the dashboard makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboard import session
from tests.unit.consolidation.small import CITY, EAST, WEST, city_of, files, package, value
from yibao import accounts, cli
from yibao.accounts import Role
from yibao.consolidation.adding import Target
from yibao.figures import Figures, Scope, Selection, Value, below, open_figures, parts, values
from yibao.paths import DATA_VARIABLE, DataPaths

SCRIPT = Path(__file__).resolve().parents[3] / "dashboard" / "serving" / "script.py"
CITY_TIER, INST = ("service_tier", "city"), ("inst", "H99010100001")
EAST_VALUES = [
    value("part_rate", "96", "100", "96"),
    value("part_rate", "90", "100", "90", period="2025-09"),
    # 离休 are insured in the east only; the population is the same for every scheme
    value("part_rate", "6", "100", "6", scheme="340"),
    value("part_rate", "50", "60", "83.3333333333", region="990101001"),
    value("ip_avg_cost", "9000", "3", "3000"),
    value("ip_avg_cost", "6000", "2", "3000", part=CITY_TIER),
    value("ip_avg_cost", "6000", "2", "3000", part=INST),
    value("op_avg_cost", "-300", "1", "-300", status="net_reversal"),
    value("drug_share", "10", "40", "25"),
    value("unreferred_share", "0", "0", None, status="no_denominator"),
]
WEST_VALUES = [
    value("part_rate", "150", "200", "75"),
    value("part_rate", "120", "200", "60", period="2025-09"),
    value("ip_avg_cost", "1000", "1", "1000"),
    value("op_avg_cost", "60", "2", "30"),
    value("drug_share", None, None, None, status="no_data"),
    value("unreferred_share", "0", "0", None, status="no_denominator"),
]
FUND = ("2026-09", "ytd", "990101", "all", "all", "100", "90", "95", "5", "40", "0")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    folder = tmp_path_factory.mktemp("city")
    east = {"mart_fund": [(*FUND, "7.50", "62.50"), ("2026-08", "ytd", *FUND[2:], None, None)]}
    west = {"mart_fund": [("2026-09", "ytd", "990102", *FUND[3:], None, "11")]}
    made = [
        package(folder, EAST, files(EAST, EAST_VALUES, east)),
        package(folder, WEST, files(WEST, WEST_VALUES, west)),
    ]
    outcome = city_of(folder / "data", made, targets=[Target(2026, CITY.code, "part_rate", Decimal(80))])
    assert outcome.generation is not None, [one.problem for one in outcome.judgements]
    return DataPaths(folder / "data")


@pytest.fixture
def figures(paths: DataPaths) -> Iterator[Figures]:
    yield open_figures(paths, Scope())


def at(figures: Figures, code: str, scheme: str = "all", region: str = CITY.code) -> Value:
    return values(figures, [code], Selection("2026-09", "ytd", region, scheme))[code]


def told(found: Value) -> tuple[object, ...]:
    return (found.numerator, found.denominator, found.value, found.status)


def test_parts_are_added_not_ratios(figures: Figures) -> None:
    # (96 + 150) / (100 + 200); the mean of 96 and 75 would be 85.5
    assert told(at(figures, "part_rate")) == (246, 300, 82, "ok")


def test_a_county_without_the_scheme_adds_nobody_but_its_population(figures: Figures) -> None:
    assert told(at(figures, "part_rate", "340")) == (6, 300, 2, "ok")


def test_a_county_without_the_tier_adds_nothing(figures: Figures) -> None:
    chosen = Selection("2026-09", "ytd", CITY.code)
    assert told(at(figures, "ip_avg_cost")) == (10000, 4, 2500, "ok")
    assert [told(part) for part in parts(figures, "ip_avg_cost", chosen, "service_tier")] == [
        (6000, 2, 3000, "ok")
    ]


def test_institutions_stay_with_their_county(figures: Figures) -> None:
    for region, count in ((CITY.code, 0), (EAST.code, 1)):
        assert len(parts(figures, "ip_avg_cost", Selection("2026-09", "ytd", region), "inst")) == count


def test_what_one_county_did_not_deliver_the_city_has_not(figures: Figures) -> None:
    assert told(at(figures, "drug_share")) == (None, None, None, "no_data")
    assert told(at(figures, "unreferred_share")) == (0, 0, None, "no_denominator")


def test_more_reversed_than_spent_is_said(figures: Figures) -> None:
    # (-300 + 60) / (1 + 2)
    assert told(at(figures, "op_avg_cost")) == (-240, 3, -80, "net_reversal")


def test_the_city_is_compared_with_its_own_last_year_and_target(figures: Figures) -> None:
    city = at(figures, "part_rate")
    # last year (90 + 120) / (100 + 200) = 70
    assert [city.last_year_value, city.last_year_change, city.previous_value] == [70, 12, None]
    assert [city.target, city.completion, city.alert_zh] == [80, Decimal("102.5"), None]
    # a county's own target does not travel; the catalogue's is 95
    west = at(figures, "part_rate", region=WEST.code)
    assert [west.target, west.alert_zh] == [95, "参保率低于目标"]


def test_counties_stand_below_the_city_and_townships_below_them(figures: Figures) -> None:
    found = below(figures, "part_rate", Selection("2026-09", "ytd", CITY.code))
    assert {one.region_code: one.value for one in found} == {
        EAST.code: Decimal(96),
        WEST.code: Decimal(75),
    }
    (town,) = below(figures, "part_rate", Selection("2026-09", "ytd", EAST.code))
    assert town.region_code == "990101001"


def test_the_fund_is_added_where_every_county_has_it(figures: Figures) -> None:
    found = figures.rows(
        Books,
        "select period, fund_income, fund_opening_balance, fund_closing_balance from mart_fund where region_code = ?",
        [CITY.code],
    )
    # the west has no opening balance, and nothing at all for August
    assert found == (Books("2026-09", Decimal(190), None, Decimal("73.5")),)


@dataclass(frozen=True)
class Books:
    period: str
    income: Decimal | None
    opening: Decimal | None
    closing: Decimal | None


@dataclass(frozen=True)
class Run:
    verdict: str
    passed: int
    failed_warning: int


def test_every_package_is_an_input_and_what_was_verified_a_check(paths: DataPaths, figures: Figures) -> None:
    manifest = figures.generation.manifest
    assert [(one.file, len(one.sha256)) for one in manifest.provenance.inputs] == [
        ("990101.zip", 64),
        ("990102.zip", 64),
    ]
    assert manifest.counties == (EAST.code, WEST.code)
    checked = figures.rows(Run, "select verdict, passed, failed_warning from quality_run")
    assert checked == (Run("passed", 7, 0),)


def page(paths: DataPaths, monkeypatch: pytest.MonkeyPatch, region: str = CITY.code) -> str:
    monkeypatch.setenv(DATA_VARIABLE, str(paths.root))
    user = accounts.User("somebody", "某人", Role.ANALYST, None, must_change=False, disabled=False)
    monkeypatch.setattr(session, "user_of", lambda *_: user)
    app = AppTest.from_file(str(SCRIPT), default_timeout=60)
    app.query_params["region"] = region
    app.run()
    assert not app.exception
    return "\n".join(str(each.proto.body) for each in app.get("html"))


def test_the_overview_opens_on_the_city(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(paths, monkeypatch)
    assert "示范市" in shown and "82.00" in shown
    assert "质量检查通过 7 项" in shown


def test_without_a_county_nothing_is_published_unless_asked_for_and_then_every_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = package(tmp_path, EAST, files(EAST, EAST_VALUES))
    listed = tmp_path / "counties.csv"
    listed.write_text("区划代码,名称\n990100,示范市\n990101,河东县\n990102,河西县\n", encoding="utf-8")
    command = [
        "consolidate", str(made), str(tmp_path / "*.zip"), "--period", "2026-09", "--expect", str(listed),
        "--data", str(tmp_path / "data"), "--due", "2026-10-07",
    ]  # fmt: skip
    refused = CliRunner().invoke(cli.main, command)
    assert refused.exit_code == 3
    assert "河西县（990102）没有报送" in refused.stderr
    assert not (tmp_path / "data" / "published").exists()
    done = CliRunner().invoke(cli.main, [*command, "--partial"])
    assert done.exit_code == 0, done.stderr
    # dated the 8th
    assert "2026-10-08（逾期）" in done.stdout and "缺报，不计入" in done.stdout
    data = DataPaths(tmp_path / "data")
    status = CliRunner().invoke(cli.main, ["status", "--data", str(data.root)])
    assert "990101（缺报：河西县）" in status.stdout
    figures = open_figures(data, Scope())
    assert told(at(figures, "part_rate")) == (96, 100, 96, "ok")
    shown = page(data, monkeypatch)
    assert "示范市（不含河西县）" in shown
    assert "缺报县区 1 个，全市数不含：河西县" in shown
    assert json.loads((figures.generation.folder / "manifest.json").read_text())["left_out"] == ["河西县"]


def test_a_folder_with_landed_data_is_no_place_for_a_city(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    listed = tmp_path / "counties.csv"
    listed.write_text("区划代码,名称\n990101,河东县\n", encoding="utf-8")
    made = package(tmp_path, EAST, files(EAST, EAST_VALUES))
    command = ["consolidate", str(made), "--period", "2026-09", "--expect", str(listed)]
    done = CliRunner().invoke(cli.main, [*command, "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "县区自己导入的数据" in done.stderr
