"""What a check found, on the screen: what failed, where, how many, what to do."""

from __future__ import annotations

from yibao import formatting
from yibao.formatting import MISSING
from yibao.quality import Report, Result, Severity, Status, Verdict
from yibao.screen import Column, Screen

VERDICT_ZH = {
    Verdict.PASSED: "通过，可以发布",
    Verdict.FAILED: "未通过，不能发布",
    Verdict.ERROR: "有检查没有做成，不能发布",
}
_SEVERITY_ZH = {Severity.CRITICAL: "关键", Severity.WARNING: "提醒", Severity.INFO: "参考"}
_ORDER = {severity: number for number, severity in enumerate(Severity)}
_LINES_SHOWN = 20


def show(screen: Screen, report: Report) -> None:
    """One line on the whole, then every expectation that failed or could not be evaluated, the gravest first."""
    screen.heading("数据质量检查")
    failed = {severity: len(report.failed(severity)) for severity in Severity}
    counts = "，".join(f"{_SEVERITY_ZH[severity]}不符 {count} 项" for severity, count in failed.items())
    screen.line(
        f"{VERDICT_ZH[report.verdict]}：共 {len(report.results)} 项，符合 {report.passed} 项，{counts}，"
        f"没有检查成 {len(report.errors)} 项（{report.check_id}）"
    )
    told = sorted(
        (result for result in report.results if result.judged.status is not Status.PASS),
        key=lambda result: (
            result.judged.status is not Status.ERROR,
            _ORDER[result.expectation.severity],
            result.tolerance_zh is not None,
            result.expectation.id,
        ),
    )
    if told:
        columns = [
            Column("级别"),
            Column("检查"),
            Column("表"),
            Column("不符", figure=True),
            Column("怎么办"),
        ]
        screen.table(columns, [_line(result) for result in told[:_LINES_SHOWN]])
    if len(told) > _LINES_SHOWN:
        screen.line(f"另有 {len(told) - _LINES_SHOWN} 项，见 quality_result 表")


def _line(result: Result) -> list[str]:
    expectation, judged = result.expectation, result.judged
    level = "出错" if judged.status is Status.ERROR else _SEVERITY_ZH[expectation.severity]
    if judged.unexpected_count is not None:
        found = f"{formatting.count(judged.unexpected_count, grouped=True)} 行"
    else:
        found = judged.observed or MISSING
    todo = judged.message or expectation.todo_zh
    if result.tolerance_zh:
        todo = f"已容忍：{result.tolerance_zh}"
    return [level, expectation.zh, f"{result.suite.zh} {result.suite.table}", found, todo]
