"""The command line: exit codes, one Chinese panel for every error, and nothing published that did not pass."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from tests.unit import small_cluster
from tests.unit.small_warehouse import (
    CONTENTS,
    NOW,
    TABLES,
    checked_warehouse,
    checking,
    fill,
    no_page,
    passed_warehouse,
    passing,
    write_manifest,
)
from yibao import __version__, cli, cluster, publishing, quality
from yibao.cluster import LocalCluster, Plan, Service, local
from yibao.cluster.settings import Ports
from yibao.disk import disk_problem
from yibao.lock import HOLDER, data_lock, is_held
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.quality import Severity, Status
from yibao.road import Check
from yibao.warehouse import (
    Breakage,
    BuildResult,
    DbtCall,
    DbtRequest,
    Finding,
    Listener,
    Outcome,
    Progress,
)

Run = Callable[..., Result]


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "data")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "检查.csv").write_text(
        "检查编号,机构编码,检查方式,检查日期\n1,H99010100001,1,2026-08-03\n2,H99010100001,1,2026-09-03\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def yibao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; dbt and great-expectations are replaced (6 seconds each), everything else is real."""
    monkeypatch.setenv("YIBAO_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("YIBAO_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SPARK_REMOTE", raising=False)

    def run(*arguments: str | Path, dbt: DbtCall = passing, check: Check = checking) -> Result:
        monkeypatch.setattr(cli, "call_dbt", dbt)
        monkeypatch.setattr(cli, "check_warehouse", check)
        return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])

    return run


def refuse_to_build(_: DbtRequest, __: Listener) -> BuildResult:
    raise AssertionError("dbt must not be called here")


def failing(request: DbtRequest, _: Listener) -> BuildResult:
    fill(request.engine.paths)
    found = Finding(
        "assert_conserved",
        "行数守恒：导入 = 采用 + 隔离 + 重复 + 被替代",
        "请检查文件",
        "file_conservation",
        3,
        None,
    )
    plain = Finding("unique_x", "unique_x", "", "dim_x", 1, "target/compiled/unique_x.sql")
    return BuildResult(Outcome.FAILED, failed=(found, plain))


def broken(request: DbtRequest, _: Listener) -> BuildResult:
    return BuildResult(
        Outcome.BROKEN, broken=(Breakage("fct_settlement", "Binder Error: no column x\nLINE 1"),)
    )


# --- wrong use ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "缺少参数 --inbox"),
        (["run", "--inboks", "x"], "没有选项 --inboks，是否想用 --inbox？"),
        (["rum"], "没有命令 rum，是否想用 run？"),
        (["run", "--inbox", "/no/such/folder"], "收件夹不存在"),
        (["run", "--inbox", "{inbox}", "--period", "2026-13"], "期间写法不对"),
        (["run", "--inbox", "{inbox}", "--period", "202609"], "期间写法不对"),
        (["run", "--inbox", "{inbox}", "--period", "2026-09\n"], "期间写法不对"),
        (["run", "--inbox", "{inbox}", "--data", __file__], "同名的位置上是一个文件，不是文件夹"),
        (["run", "--inbox", "{inbox}", "--project", "/tmp"], "没有 yibao 的 dbt 项目"),
        (["show", "参保率", "--by", "colour"], "参数 --by 的值不对"),
        (["show", "参保率"], "数据文件夹不存在"),
        (["status", "--data", "/no/such/folder"], "数据文件夹不存在"),
        (["rollback"], "数据文件夹不存在"),
        (["publish"], "数据文件夹不存在"),
        (
            ["run", "--inbox", "{inbox}", "--target", "nonsense"],
            "参数 --target 的值不对，可用的有：duckdb、spark",
        ),
        (["publish", "--target", "nonsense"], "参数 --target 的值不对，可用的有：duckdb、spark"),
        (["cluster", "strat"], "没有命令 strat，是否想用 start"),
        (["cluster", "status"], "数据文件夹不存在"),
        (["cluster", "stop"], "数据文件夹不存在"),
        (["cluster", "env"], "数据文件夹不存在"),
    ],
)
def test_wrong_use_is_told_in_chinese(yibao: Run, inbox: Path, arguments: list[str], said: str) -> None:
    result = yibao(*(argument.format(inbox=inbox) for argument in arguments), dbt=refuse_to_build)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "哪里：" in result.stderr and "怎么办：" in result.stderr
    assert "Traceback" not in result.output


def test_no_arguments_show_the_help(yibao: Run) -> None:
    result = yibao()
    assert result.exit_code == 2
    assert "用法：" in result.output and "rollback" in result.output


def test_help_and_version(yibao: Run) -> None:
    assert yibao("--version").output == "yibao 0.1.0\n"
    english = re.compile("Usage|Options|Show this|required|default")
    for name, command in cli.main.commands.items():
        within = command.commands if isinstance(command, click.Group) else ()
        for words in [(name,), *((name, each) for each in within)]:
            result = yibao(*words, "--help")
            assert result.exit_code == 0
            assert "用法：" in result.output and english.search(result.output) is None, words


def test_nothing_landed(yibao: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = yibao("run", "--inbox", tmp_path / "empty", dbt=refuse_to_build)
    assert result.exit_code == 2
    assert "没有任何已导入的数据" in result.stderr


def test_all_files_refused(yibao: Run, tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "x.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    result = yibao("run", "--inbox", folder, dbt=refuse_to_build)
    assert result.exit_code == 2
    assert "1 个文件全部被拒收" in result.stderr and "拒收 x.csv：" in result.stdout


@pytest.mark.parametrize("period", ["2026-07", "2026-10"])
def test_a_period_outside_all_data_is_refused_before_the_build(yibao: Run, inbox: Path, period: str) -> None:
    result = yibao("run", "--inbox", inbox, "--period", period, dbt=refuse_to_build)
    assert result.exit_code == 2
    assert "从 2026-08 到 2026-09" in result.stderr


def test_a_period_that_is_not_reported_is_refused_after_the_build(
    yibao: Run, inbox: Path, paths: DataPaths
) -> None:
    def without_september(request: DbtRequest, _: Listener) -> BuildResult:
        fill(request.engine.paths, "delete from dim_period where period = '2026-09';")
        return BuildResult(Outcome.PASSED)

    result = yibao("run", "--inbox", inbox, "--period", "2026-09", dbt=without_september)
    assert result.exit_code == 2
    assert "有数据的期间：2026-08" in result.stderr
    assert publishing.current(paths) is None


# --- a run ---------------------------------------------------------------------------------------------------------


def test_a_run_publishes_and_tells(yibao: Run, inbox: Path, paths: DataPaths) -> None:
    result = yibao("run", "--inbox", inbox)
    assert result.exit_code == 0, result.output
    generation = publishing.current(paths)
    assert generation is not None and generation.period == "2026-09"
    assert generation.manifest.counties == ("990101",)
    assert [item.file for item in generation.manifest.provenance.inputs] == ["检查.csv"]
    for text in (
        "新导入 1 个（2 行），跳过 0 个（已导入过），拒收 0 个",
        "主要指标：示范县 2026-09（本年累计）",
        "+1.20个百分点",
        "预警 示范县 住院次均费用 2500.00元：住院次均费用同比增长过快",
        "1 行被隔离",
        generation.run_id,
    ):
        assert text in result.stdout
    assert [line.split() for line in result.stdout.splitlines() if line.startswith("参保率")] == [
        ["参保率", "96.07%", "+1.20个百分点", "95.00%"]
    ]
    log = json.loads((paths.root / "logs" / f"run-{generation.run_id}.json").read_text(encoding="utf-8"))
    assert (log["exit_code"], log["run_id"], log["period"]) == (0, generation.run_id, "2026-09")
    assert log["headline"][0]["value"] == "96.0744579220"
    assert log["seconds"].keys() == {"land", "verify", "build", "check", "publish"}
    assert not (paths.root / "yibao.lock.json").exists()


def test_a_run_can_publish_an_earlier_period(yibao: Run, inbox: Path, paths: DataPaths) -> None:
    asked: list[DbtRequest] = []

    def remember(request: DbtRequest, listen: Listener) -> BuildResult:
        asked.append(request)
        listen(Progress(1, 1, "dim_period", "基础事实"))
        return passing(request, listen)

    result = yibao("run", "--inbox", inbox, "--period", "2026-08", dbt=remember)
    assert result.exit_code == 0, result.output
    assert asked[0].period == "2026-08"
    current = publishing.current(paths)
    assert current is not None and current.period == "2026-08"
    assert "建仓与校验 1/1 基础事实 dim_period" in result.stderr


def test_full_refresh_is_asked_for_when_the_code_changed(
    yibao: Run, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def remember(request: DbtRequest, listen: Listener) -> BuildResult:
        asked.append(request.full_refresh)
        return passing(request, listen)

    def failing_after(request: DbtRequest, listen: Listener) -> BuildResult:
        asked.append(request.full_refresh)
        return failing(request, listen)

    first = yibao("run", "--inbox", inbox, dbt=remember)
    yibao("run", "--inbox", inbox, dbt=remember)
    yibao("run", "--inbox", inbox, "--full-refresh", dbt=remember)
    monkeypatch.setattr("yibao.road.code_fingerprint", lambda _: "0" * 64)
    changed = yibao("run", "--inbox", inbox, dbt=failing_after)
    yibao("run", "--inbox", inbox, dbt=remember)  # what a failed build left is not built upon
    yibao("run", "--inbox", inbox, dbt=remember)
    assert asked == [True, False, True, True, True, False]
    assert "第一次建仓" in first.stderr
    assert "程序或指标目录有变化，全部重新计算" in changed.stderr


def test_a_failed_check_leaves_the_generation_before(yibao: Run, inbox: Path, paths: DataPaths) -> None:
    yibao("run", "--inbox", inbox)
    before = publishing.current(paths)
    result = yibao("run", "--inbox", inbox, dbt=failing)
    assert result.exit_code == 3
    assert "2 项校验未通过，未发布" in result.stderr
    assert (
        "行数守恒：导入 = 采用 + 隔离 + 重复 + 被替代（表 file_conservation，3 行）：请检查文件"
        in result.stderr
    )
    assert "target/compiled/unique_x.sql" in result.stderr
    assert "合计" in result.stdout, "the rows of the files are told even so"
    assert publishing.current(paths) == before
    log = json.loads((paths.root / "logs" / "last-run.json").read_text(encoding="utf-8"))
    assert (log["exit_code"], log["run_id"]) == (3, None)
    assert log["build"]["failed"][0]["rows"] == 3
    refused = yibao("publish")
    assert refused.exit_code == 3
    assert "有校验未通过，不能发布" in refused.stderr


@pytest.mark.parametrize(
    ("status", "severity", "said", "code"),
    [
        (Status.FAIL, Severity.CRITICAL, "1 项关键的数据质量检查未通过，不能发布", 3),
        (Status.ERROR, Severity.INFO, "1 项数据质量检查没有检查成，不能发布", 3),
        (Status.FAIL, Severity.WARNING, "", 0),
    ],
)
def test_what_the_quality_check_finds_decides_over_publishing(
    yibao: Run, inbox: Path, paths: DataPaths, status: Status, severity: Severity, said: str, code: int
) -> None:
    yibao("run", "--inbox", inbox)
    before = publishing.current(paths)
    found = partial(checking, status=status, severity=severity)
    result = yibao("run", "--inbox", inbox, check=found)
    assert result.exit_code == code and said in result.stderr
    assert "至少有一个期间" in result.stdout, "told where it fails, published or not"
    assert (publishing.current(paths) == before) is (code == 3)
    [named] = re.findall(r"质量报告 (\S+)", result.stdout)
    page = Path(named).read_text(encoding="utf-8")
    assert "至少有一个期间" in page and ("本次没有发布" in page) is (code == 3)
    log = json.loads((paths.root / "logs" / "last-run.json").read_text(encoding="utf-8"))
    assert log["exit_code"] == code
    assert log["check"]["unmet"][0]["id"] == "dim_period.landed"
    assert yibao("check", check=found).exit_code == code
    assert yibao("publish").exit_code == code
    told = "不能发布" if code else "通过，可以发布"
    assert any(
        line.startswith("数据质量检查（duckdb）") and told in line
        for line in yibao("status").stdout.splitlines()
    )
    assert yibao("check").exit_code == 0
    assert yibao("publish").exit_code == 0, "a check that passed since then"


def test_the_check_wants_a_warehouse(yibao: Run, paths: DataPaths) -> None:
    assert yibao("check").exit_code == 2
    paths.root.mkdir()
    nothing = yibao("check", check=quality.check)
    assert nothing.exit_code == 2 and "还没有建好的数仓" in nothing.stderr


def test_a_broken_build_is_not_a_failed_check(yibao: Run, inbox: Path, paths: DataPaths) -> None:
    result = yibao("run", "--inbox", inbox, dbt=broken)
    assert result.exit_code == 1
    assert "fct_settlement：Binder Error: no column x LINE 1" in result.stderr
    assert publishing.current(paths) is None
    refused = yibao("publish")
    assert refused.exit_code == 3 and "上一次建仓出错" in refused.stderr


@pytest.mark.parametrize("command", ["run", "land"])
def test_strict_fails_on_a_refused_file(yibao: Run, inbox: Path, paths: DataPaths, command: str) -> None:
    (inbox / "x.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert yibao(command, "--inbox", inbox).exit_code == 0
    before = publishing.current(paths)
    result = yibao(command, "--inbox", inbox, "--strict", dbt=refuse_to_build)
    assert result.exit_code == 3
    assert "1 个文件被拒收" in result.stderr and "拒收 x.csv：" in result.stdout
    assert publishing.current(paths) == before


# --- what nobody expected --------------------------------------------------------------------------------------------


def test_an_unexpected_error_is_logged_without_personal_data(
    yibao: Run, inbox: Path, paths: DataPaths
) -> None:
    row = "张三,990101199001011234,13900001111"

    def surprise(_: DbtRequest, __: Listener) -> BuildResult:
        raise ValueError(f"row 7: {row} has 3 cells")

    result = yibao("run", "--inbox", inbox, dbt=surprise)
    assert result.exit_code == 1
    (log,) = (paths.root / "logs").glob("error-*.log")
    text = log.read_text(encoding="utf-8")
    assert "ValueError: row 7: ※,#,# has 3 cells" in text
    assert "in _walk" in text
    assert str(log) in result.stderr
    for output in (text, result.output):
        assert (
            "张三" not in output and "990101199001011234" not in output and "Traceback" not in result.output
        )
    assert json.loads((paths.root / "logs" / "last-run.json").read_text(encoding="utf-8"))["exit_code"] == 1
    assert "中途停止" in yibao("publish").stderr


def test_an_interrupted_run_is_told_and_can_be_repeated(yibao: Run, inbox: Path, paths: DataPaths) -> None:
    def interrupted(request: DbtRequest, _: Listener) -> BuildResult:
        fill(request.engine.paths)
        raise KeyboardInterrupt

    result = yibao("run", "--inbox", inbox, dbt=interrupted)
    assert result.exit_code == 1
    assert "已中断" in result.stderr
    assert "中途停止" in yibao("publish").stderr
    assert yibao("run", "--inbox", inbox).exit_code == 0


# --- one writer at a time ----------------------------------------------------------------------------------------------

_HOLD = """
import sys
from datetime import datetime
from pathlib import Path
from yibao.lock import data_lock
from yibao.paths import DataPaths

with data_lock(DataPaths(Path(sys.argv[1])), "run", datetime.now()):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_leaves_at_once_and_says_who_is_there(yibao: Run, inbox: Path, paths: DataPaths) -> None:
    paths.root.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(paths.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        for arguments in (["run", "--inbox", inbox], ["land", "--inbox", inbox], ["publish"], ["rollback"]):
            result = yibao(*arguments, dbt=refuse_to_build)
            assert result.exit_code == 2
            assert "另一个 yibao 正在使用这个数据文件夹" in result.stderr
            assert f"进程号 {holder.pid}" in result.stderr and "yibao run" in result.stderr
        assert f"进程 {holder.pid}" in yibao("status").stdout
        assert not (paths.root / "logs").exists(), "a run that was kept out leaves no report"
        assert yibao("status").exit_code == 0
    finally:
        holder.kill()
        holder.wait()
    # killed: its note is still there, its lock is not
    assert (paths.root / "yibao.lock.json").exists()
    assert "正在使用" not in yibao("status").stdout
    assert yibao("run", "--inbox", inbox).exit_code == 0


def test_a_look_at_the_lock_keeps_no_run_out(paths: DataPaths) -> None:
    paths.root.mkdir()
    looking = FileLock(paths.lock, thread_local=False)
    looking.acquire()
    threading.Timer(0.2, looking.release).start()
    with data_lock(paths, "run", datetime.now()):
        assert is_held(paths)
    assert not is_held(paths)


def test_a_lock_that_may_not_be_tried_is_told_by_the_note(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with data_lock(paths, "run", datetime.now()):
        note = (paths.root / HOLDER).read_bytes()
    refusal = PermissionError(13, "denied", str(paths.lock))
    monkeypatch.setattr(FileLock, "acquire", lambda *_, **__: (_ for _ in ()).throw(refusal))
    assert not is_held(paths), "a folder that is not ours to write is not a folder in use"
    (paths.root / HOLDER).write_bytes(note)
    assert is_held(paths)


# --- looking -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(yibao: Run, inbox: Path) -> Run:
    assert yibao("run", "--inbox", inbox).exit_code == 0
    return yibao


def test_status_tells_what_is_there(published: Run, inbox: Path, paths: DataPaths) -> None:
    (inbox / "x.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    published("land", "--inbox", inbox)
    result = published("status")
    assert result.exit_code == 0
    for text in (
        "1 个文件，1 批",
        "涉及 2026-08 至 2026-09",
        "被拒收的文件（1 个）",
        "x.csv：",
        "退出码 0",
        "数仓（duckdb）：通过",
        "当前",
    ):
        assert text in result.stdout


def test_status_of_an_empty_folder(yibao: Run, paths: DataPaths) -> None:
    paths.root.mkdir()
    result = yibao("status")
    assert result.exit_code == 0
    assert "还没有导入任何文件" in result.stdout and "还没有发布过" in result.stdout


def test_the_process_ends_at_once_with_what_it_told(tmp_path: Path) -> None:
    """CPython's own end aborts the process where a thread of Arrow still holds a buffer of Python."""
    started = """if True:
        import atexit
        class Held:
            def __del__(self): print("torn down")
        held = Held()
        atexit.register(print, "put away")
        from yibao.__main__ import run
        run()"""
    for arguments, code, told in ((("--version",), 0, __version__), (("land",), 2, "--inbox")):
        done = subprocess.run(
            [sys.executable, "-c", started, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == code and told in done.stdout + done.stderr
        assert "put away" in done.stdout and "torn down" not in done.stdout


def cells(result: Result, start: str) -> list[str]:
    (line,) = (line for line in result.stdout.splitlines() if line.startswith(start))
    return line.split()


@pytest.fixture(scope="module")
def published_data(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """A data folder with one generation, only to be read."""
    paths = passed_warehouse(tmp_path_factory.mktemp("published"))
    publishing.publish(paths, checked_warehouse(paths), CONTENTS, NOW, no_page)
    return paths


@pytest.fixture
def reading(yibao: Run, published_data: DataPaths, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("YIBAO_DATA", str(published_data.root))
    return yibao


def test_show_one_indicator(reading: Run) -> None:
    result = reading("show", "参保率")
    assert result.exit_code == 0, result.output
    assert "参保率（part_rate） 示范县 2026-09 本年累计" in result.stdout
    assert cells(result, "示范县") == [
        "示范县",
        "96.07%",
        "99,561",
        "103,629",
        "+1.20个百分点",
        "95.00%",
        "正常",
    ]


def test_show_by_a_dimension(reading: Run) -> None:
    by_region = reading("show", "PART_RATE", "--by", "region")
    assert cells(by_region, "990101001")[:3] == ["990101001", "城关镇", "96.07%"]
    assert cells(by_region, "990101 ")[1] == "示范县"
    by_institution = reading("show", "住院次均费用", "--by", "inst")
    assert cells(by_institution, "H99010100001")[1:3] == ["示范县人民医院", "2500.00元"]
    assert cells(by_institution, "H99010100002")[1] == "2500.00元"
    by_period = reading("show", "part_rate", "--by", "period", "--region", "城关镇")
    assert cells(by_period, "2026-08")[1] == cells(by_period, "2026-09")[1] == "96.07%"
    month = reading("show", "ip_avg_cost", "--mode", "month", "--period", "2026-09")
    assert "本月" in month.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["参保绿"], "part_rate（参保率）"),
        (["ip_avg_cst"], "ip_avg_cost（住院次均费用）"),
        (["住院费用"], "ip_avg_cost（住院次均费用）"),
        (["zzzz"], "yibao show --list"),
        ([], "没有写要看哪个指标"),
        (["part_rate", "--period", "2027-01"], "可用的月份：2026-08、2026-09"),
        (["part_rate", "--region", "330000"], "990101 示范县"),
        (["part_rate", "--by", "inst"], "不按 机构 细分"),
        (["part_rate", "--mode", "month"], "没有这种期间口径"),
    ],
)
def test_show_says_what_there_is_instead(reading: Run, arguments: list[str], said: str) -> None:
    result = reading("show", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_show_lists_the_catalogue(reading: Run) -> None:
    result = reading("show", "--list")
    assert cells(result, "part_rate") == ["part_rate", "参保率", "地区、险种", "本年累计"]


def test_rollback_and_publish(published: Run, inbox: Path, paths: DataPaths) -> None:
    first = publishing.require_current(paths)
    assert published("publish", "--period", "2026-08").exit_code == 0
    second = publishing.require_current(paths)
    assert second.period == "2026-08"
    assert "参保率（part_rate） 示范县 2026-08" in published("show", "参保率").stdout
    told = published("rollback").stdout
    assert first.run_id in told and "完全一样" not in told
    assert publishing.require_current(paths) == first
    assert published("rollback").exit_code == 2
    assert published("rollback", "--to", second.run_id).exit_code == 0
    assert published("rollback", "--to", "20200101T000000Z-00000000").exit_code == 2
    assert published("publish", "--period", "2026-01").exit_code == 2


def test_rollback_tells_that_it_went_back_to_the_same_figures(published: Run, paths: DataPaths) -> None:
    """Who runs once more without anything new has the wrong figures in the version before, too."""
    first = publishing.require_current(paths)
    assert published("publish").exit_code == 0
    told = published("rollback").stdout
    assert publishing.require_current(paths) == first
    assert "与退回前的完全一样" in told and "yibao rollback --to" in told


def test_a_file_landed_since_the_build_is_no_input(published: Run, inbox: Path, paths: DataPaths) -> None:
    good = (inbox / "检查.csv").read_text(encoding="utf-8").replace("\n1,", "\n3,")
    (inbox / "补报.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert published("run", "--inbox", inbox).exit_code == 0
    (inbox / "补报.csv").write_text(good, encoding="utf-8")
    assert published("land", "--inbox", inbox).exit_code == 0
    assert published("publish").exit_code == 0
    provenance = publishing.require_current(paths).manifest.provenance
    assert [item.file for item in provenance.inputs] == ["检查.csv"]
    assert provenance.corrected == ()
    assert published("run", "--inbox", inbox).exit_code == 0
    provenance = publishing.require_current(paths).manifest.provenance
    assert [item.file for item in provenance.inputs] == ["检查.csv", "补报.csv"]
    assert [item.corrected_file for item in provenance.corrected] == ["补报.csv"]


def test_a_warehouse_open_elsewhere_is_told(published: Run, inbox: Path, paths: DataPaths) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(paths.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        for arguments in (["run", "--inbox", inbox], ["publish"], ["check"]):
            result = published(*arguments, dbt=refuse_to_build, check=quality.check)
            assert result.exit_code == 2
            assert "正被别的程序打开" in result.stderr and "请关闭那个程序" in result.stderr
            assert paths.warehouse.name in result.stderr and f"PID {other.pid}" in result.stderr
    finally:
        other.kill()
        other.wait()


def test_a_warehouse_opened_elsewhere_during_the_build_is_told(yibao: Run, inbox: Path) -> None:
    locked = 'IO Error: Could not set lock on file "/d/warehouse.duckdb": Conflicting lock is held in python'
    result = yibao(
        "run",
        "--inbox",
        inbox,
        dbt=lambda *_: BuildResult(Outcome.BROKEN, broken=(Breakage("dbt", locked),)),
    )
    assert result.exit_code == 2
    assert "正被别的程序打开" in result.stderr and "/d/warehouse.duckdb" in result.stderr


def test_a_damaged_warehouse_is_told(published: Run, inbox: Path, paths: DataPaths) -> None:
    paths.warehouse.write_bytes(b"no database" * 1000)
    result = published("run", "--inbox", inbox, dbt=refuse_to_build)
    assert result.exit_code == 1
    assert "可能已损坏" in result.stderr and "请删除这个文件" in result.stderr


@pytest.mark.parametrize(
    ("closed", "what"),
    [(os.R_OK, "数据文件夹不能读取"), (os.X_OK, "数据文件夹不能读取"), (os.W_OK, "数据文件夹不能写入")],
)
def test_a_folder_that_may_not_be_read_is_not_called_one_that_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: int, what: str
) -> None:
    def access(path: Path, mode: int) -> bool:
        return path.exists() and not (path == tmp_path and mode & closed)

    monkeypatch.setattr(os, "access", access)
    for place in (tmp_path, tmp_path / "published" / "CURRENT"):
        problem = disk_problem(PermissionError(13, "Permission denied", str(place)), "")
        assert (problem.what, problem.where) == (what, str(place))
        assert "权限" in problem.todo


def test_a_problem_holds_what_where_and_what_to_do() -> None:
    problem = Problem("甲", where="乙", todo="丙")
    assert (str(problem), problem.exit_code) == ("甲 (乙)", 2)


# --- the cluster -------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yibao.cluster.remote.require_extra", lambda: None)


def recorded(paths: DataPaths, *services: Service) -> LocalCluster:
    """As `yibao cluster start` leaves it."""
    plan, ports = Plan(2, 1, 2048), Ports(7077, 8180, 15002, 4040)
    local._write_settings(paths, plan, ports)
    local._write_record(paths, plan, ports, list(services))
    found = cluster.status(paths)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("option", "value"), [("--workers", "0"), ("--memory", "512"), ("--cores", "two"), ("--workers", "65")]
)
def test_a_number_that_is_no_size_is_told_in_chinese(yibao: Run, option: str, value: str) -> None:
    result = yibao("cluster", "start", option, value)
    assert result.exit_code == 2
    assert f"参数 {option} 的值不对" in result.stderr
    assert " is not " not in result.stderr


def test_a_cluster_that_was_not_started_is_told(yibao: Run, paths: DataPaths) -> None:
    paths.root.mkdir()
    result = yibao("cluster", "status")
    assert result.exit_code == 2
    assert "集群没有启动" in result.stdout and "yibao cluster start" in result.stdout
    stopped = yibao("cluster", "stop")
    assert (stopped.exit_code, stopped.stdout) == (0, "集群本来就没有启动。\n")


def test_the_status_of_a_cluster(yibao: Run, paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recorded(paths, Service("master", 11), Service("worker-1", 12))
    alive = {11, 12}
    monkeypatch.setattr(Service, "is_alive", property(lambda self: self.pid in alive))
    result = yibao("cluster", "status")
    assert result.exit_code == 0
    assert cells(result, "worker-1") == ["worker-1", "12", "在运行"]
    assert "2 个节点，每个 1 核 2048 MB" in result.stdout
    assert "http://127.0.0.1:8180" in result.stdout and "http://127.0.0.1:4040" in result.stdout
    assert found.token not in result.output
    alive.remove(12)
    result = yibao("cluster", "status")
    assert result.exit_code == 2
    assert cells(result, "master")[2] == "在运行" and cells(result, "worker-1")[2] == "已停止"
    assert "再执行一次 yibao cluster start" in result.stdout


def test_a_cluster_is_started_as_asked_and_must_answer(
    yibao: Run, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Plan] = []
    awaited: list[str] = []

    def start(there: DataPaths, plan: Plan, tell: Callable[[str], None]) -> LocalCluster:
        asked.append(plan)
        tell("启动 master（进程 11）")
        return recorded(there)

    monkeypatch.setattr(cluster, "start", start)
    monkeypatch.setattr(cluster, "require_answer", awaited.append)
    result = yibao("cluster", "start", "--workers", "3", "--cores", "4", "--memory", "6000")
    assert result.exit_code == 0, result.output
    assert asked == [Plan(3, 4, 6000)]
    found = cluster.status(paths)
    assert found is not None and awaited == [found.remote]
    assert "集群在运行：3 个节点，每个 4 核 6000 MB" in result.stdout
    assert found.token not in result.output

    def unanswered(_: str) -> None:
        raise Problem("集群没有应答", where="sc://localhost:15002", todo="请稍后重试。")

    monkeypatch.setattr(cluster, "require_answer", unanswered)
    result = yibao("cluster", "start")
    assert result.exit_code == 2
    assert "集群没有应答" in result.stderr and "集群在运行" not in result.stdout


@pytest.mark.skipif(shutil.which("sh") is None, reason="the lines are for a shell")
@pytest.mark.parametrize("name", ["data", "数据 folder", "the bureau's data", "$HOME"])
def test_the_environment_of_a_cluster_is_read_by_a_shell(
    yibao: Run, with_extra: None, tmp_path: Path, name: str
) -> None:
    paths = DataPaths(tmp_path / name)
    found = recorded(paths)
    result = yibao("cluster", "env", "--data", paths.root)
    assert result.exit_code == 0
    script = f'{result.stdout}\nprintf \'%s|%s\' "$SPARK_REMOTE" "$YIBAO_DATA"'
    told = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert told == f"{found.remote}|{paths.root}"


def test_a_run_without_its_cluster_leaves_the_generation_before(
    published: Run, with_extra: None, inbox: Path, paths: DataPaths
) -> None:
    before = publishing.require_current(paths)
    for more in ([], ["--full-refresh"]):
        result = published("run", "--inbox", inbox, *more, "--target", "spark", dbt=refuse_to_build)
        assert result.exit_code == 2, result.output
        assert "什么：没有可用的集群" in result.stderr
        assert str(paths.root) in result.stderr
        assert "yibao cluster start" in result.stderr and "SPARK_REMOTE" in result.stderr
        assert "Traceback" not in result.output
        assert publishing.require_current(paths) == before
    log = json.loads((paths.root / "logs" / "last-run.json").read_text(encoding="utf-8"))
    assert (log["exit_code"], log["run_id"]) == (2, None)
    assert published("publish").exit_code == 0, "what the other engine built may still be published"
    nothing = published("publish", "--target", "spark")
    assert nothing.exit_code == 2 and "还没有建好的数仓" in nothing.stderr


def test_a_run_on_a_cluster_publishes_what_it_brought_home(
    yibao: Run, inbox: Path, paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = small_cluster.join(monkeypatch)
    asked: list[bool] = []

    def on_cluster(request: DbtRequest, _: Listener) -> BuildResult:
        asked.append(request.full_refresh)
        write_manifest(request.engine)
        there.noted = f"invocation-{len(asked)}"
        small_cluster.called(request.engine, there.noted)
        with duckdb.connect() as connection:
            connection.execute(TABLES)
            names = connection.execute("select table_name from duckdb_tables()").fetchall()
            there.tables = {name: connection.table(name).to_arrow_table() for (name,) in names}
        return BuildResult(Outcome.PASSED)

    result = yibao("run", "--inbox", inbox, "--target", "spark", dbt=on_cluster)
    assert result.exit_code == 0, result.output
    assert cells(result, "参保率") == ["参保率", "96.07%", "+1.20个百分点", "95.00%"]
    assert not paths.warehouse.exists()
    generation = publishing.require_current(paths)
    assert "96.07%" in yibao("show", "参保率").stdout
    status = yibao("status").stdout
    assert "数仓（spark）：通过" in status and "数仓（duckdb）" not in status
    assert yibao("publish").exit_code == 2, "the other engine built nothing"
    assert yibao("run", "--inbox", inbox, "--target", "spark", dbt=on_cluster).exit_code == 0
    assert asked == [True, False]
    there.noted = "somebody else"
    assert yibao("publish", "--target", "spark").exit_code == 3
    assert publishing.require_current(paths) != generation
