"""基金监管: inspections, what they found, and what came of it. A visit (家次) is no institution (家)."""

from __future__ import annotations

from yibao.figures import actions, inspected_by_month, violations
from yibao.labels import label
from yibao.reporting import balance
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Figure, How, Kind, Paragraph, Table
from yibao.reporting.scene import Scene
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause

# the kinds of violation that the text names
_NAMED = 3


def body(scene: Scene) -> tuple[Block, ...]:
    """Visits and findings, what was done about them, the money."""
    visits = _sum(scene, "mart_supervision", "inspection_visits", "检查家次")
    if not visits.value:
        return say.paragraph((f"{scene.span}没有检查定点医药机构的记录。",))
    return (*_visits(scene, visits), *_kinds(scene))


def _figure(
    scene: Scene, table: str, column: str, name: str, kind: Kind, how: How, *keys: tuple[str, str]
) -> Figure:
    return scene.numbers.cell(table, column, kind, name, (scene.year_to_date, *scene.place, *keys), how=how)


def _sum(
    scene: Scene, table: str, column: str, name: str, kind: Kind = "count", *keys: tuple[str, str]
) -> Figure:
    return _figure(scene, table, column, name, kind, "sum", *keys)


def _institutions(scene: Scene, table: str, name: str, *keys: tuple[str, str]) -> Figure:
    return _figure(scene, table, "inst_code", name, "count", "distinct", *keys)


def _visits(scene: Scene, visits: Figure) -> tuple[Paragraph, ...]:
    findings = _figure(scene, "mart_finding", "finding_id", "检查发现问题", "count", "count")
    found: Clause = ()
    if findings.value:
        found = say.sentence(
            ("发现问题", findings, "个"),
            say.told("涉及机构", _institutions(scene, "mart_finding", "有问题的机构"), "家"),
            say.told("已办结", scene.count("finding_closed_rate"), "个"),
            *scene.ratio("finding_closed_rate", target=False),
        )
    return say.paragraph(
        say.sentence(
            (f"{scene.span}，检查定点医药机构", visits, "家次"),
            say.told("涉及机构", _institutions(scene, "mart_supervision", "检查机构"), "家"),
        ),
        say.sentence(
            say.told("协议管理的", scene.count("inspect_coverage", "denominator"), "家机构中"),
            say.told("已检查", scene.count("inspect_coverage"), "家"),
            *scene.ratio("inspect_coverage"),
        ),
        found,
        _done(scene),
        _money(scene),
    )


def _done(scene: Scene) -> Clause:
    """处理: the institutions by what was done about them."""
    done = [each.action for each in actions(scene.numbers.figures, scene.order.period, scene.prefix)]
    parts: list[Clause] = [
        (
            _action(action),
            _institutions(scene, "mart_finding", f"{_action(action)}机构", ("action", action)),
            "家",
        )
        for action in done
        if action and action != "none"
    ]
    return say.sentence(say.named("按处理方式分（同一机构有多种处理的分别计入），", parts))


def _action(code: str) -> str:
    return label("inspection_finding", "action", code)


def _money(scene: Scene) -> Clause:
    amounts = {
        "追回医保基金": _sum(scene, "mart_supervision", "recovered_amount", "追回金额", "wan"),
        "拒付": _sum(scene, "mart_supervision", "refused_amount", "拒付金额", "wan"),
        "行政处罚": _sum(scene, "mart_supervision", "fine_amount", "行政处罚金额", "wan"),
    }
    return say.sentence(*(say.told(name, amount) for name, amount in amounts.items() if amount.value))


def _kinds(scene: Scene) -> tuple[Paragraph, ...]:
    found = violations(scene.numbers.figures, scene.order.period, scene.prefix)
    parts = [
        say.valued(
            label("inspection_finding", "violation_type", each.violation_type),
            _sum(
                scene,
                "mart_finding",
                "violation_amount",
                "违规金额",
                "wan",
                ("violation_type", each.violation_type),
            ),
        )
        for each in [each for each in found if each.violation and each.violation_type != "other"][:_NAMED]
    ]
    return say.paragraph(
        say.sentence(
            say.told("检查发现违规金额", _sum(scene, "mart_finding", "violation_amount", "违规金额", "wan")),
            say.named("已归类的违规中金额较大的有", parts),
        )
    )


def forms(scene: Scene) -> tuple[Table, ...]:
    """附表: inspections by month."""
    found = inspected_by_month(scene.numbers.figures, scene.order.period, scene.prefix)
    months = [each.at for each in found if each.at]
    if not months:
        return ()
    rows = [_month(scene, f"{int(month[5:])}月", ("period", month)) for month in months]
    columns = (
        Column(("月份",)),
        Column(("检查", "家次"), "count"),
        Column(("发现问题", "个数"), "count"),
        Column(("发现问题", "已办结"), "count"),
        Column(("金额", "违规"), "wan"),
        Column(("金额", "追回"), "wan"),
        Column(("金额", "拒付"), "wan"),
        Column(("金额", "行政处罚"), "wan"),
    )
    return (
        balance.table(
            "supervision",
            "定点医药机构监督检查情况表",
            columns,
            [*rows, _month(scene, "合计", scene.year_to_date)],
            "单位：家次，个，万元",
            total=len(rows),
            added=(1, 2, 3, 4, 5, 6, 7),
            notes=("问题和金额计入检查当月；同一机构检查多次的计多个家次。",),
        ),
    )


def _month(scene: Scene, name: str, period: tuple[str, str]) -> tuple[Content, ...]:
    def figure(column: str, told: str, kind: Kind) -> Figure:
        return scene.numbers.cell("mart_supervision", column, kind, told, (period, *scene.place), how="sum")

    return (
        name,
        figure("inspection_visits", "检查家次", "count"),
        figure("findings_total", "发现问题", "count"),
        figure("findings_closed", "已办结问题", "count"),
        figure("violation_amount", "违规金额", "wan"),
        figure("recovered_amount", "追回金额", "wan"),
        figure("refused_amount", "拒付金额", "wan"),
        figure("fine_amount", "行政处罚金额", "wan"),
    )


SUPERVISION = Section("基金监管", body, forms)
