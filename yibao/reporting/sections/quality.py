"""口径说明 and 数据质量说明: how the figures are defined, and how good the data are that they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.labels import dataset
from yibao.quality_page import labels
from yibao.reporting import balance
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Figure, How, Paragraph, Table
from yibao.reporting.scene import Scene, full_width
from yibao.reporting.sections.section import Section
from yibao.reporting.sections.thin import thin_months
from yibao.reporting.sentences import Clause

_VERDICTS = {"passed": "通过", "failed": "未通过", "error": "检查出错"}
_CALIBRES = "主要指标口径表"
_FILES = "数据接收情况表"
_AGREEMENTS = {
    "equal": "相符",
    "timing": "跨期入账",
    "missing_left..missing_right": "只有一方有数",
    "differs": "不符",
}
_COLUMNS = {
    "landed_rows": "接收",
    "accepted_rows": "采用",
    "quarantined_rows": "隔离",
    "duplicate_rows": "重复",
    "superseded_rows": "被更正替代",
}


def calibre_body(scene: Scene) -> tuple[Block, ...]:
    """What holds for all figures; each indicator's own calibre stands in the annex."""
    return (
        *say.paragraph(
            say.sentence(
                (f"除注明“当月”的外，本报告数据均为{scene.year}年{scene.span}累计数",),
                ("参保人数、累计结余为期末数",),
                ("参保缴费自该年度集中征缴期起算",),
                ("去年同期为上年相同月份的累计数",),
            ),
            (
                "比率的增减以个百分点表示，金额和平均数的增减以百分比或其本身的计量单位表示；列示的数经四舍五入，计算使用未取整的数。",
            ),
        ),
        *say.paragraph(
            ("住院包括生育住院；住院人次、费用按结算月份统计，冲销的结算予以扣减。",),
            ("参保率以户籍人口为分母；报送了常住人口、长期外出人口的，一并列示按这两种口径计算的参保率。",),
            ("住院实际补偿比为统筹基金支付占住院费用的比重，计入大病保险、大额补助和医疗救助的另行注明。",),
            (f"各指标的计算公式和口径见附件《{_CALIBRES}》。",),
        ),
    )


def calibres(scene: Scene, figures: Sequence[Figure]) -> tuple[Table, ...]:
    """附表: formula and definition of every indicator among the figures, in the order of the catalogue."""
    catalogue = scene.numbers.catalogue
    # of an indicator whose value would tell of few persons, only the line that it crossed is told
    used = {dict(figure.origin.keys).get("indicator_code", figure.origin.code) for figure in figures}
    rows = [
        (full_width(indicator.name_zh), catalogue.formula(code), indicator.definition_zh)
        for code, indicator in catalogue.indicators.items()
        if code in used
    ]
    if not rows:
        return ()
    columns = tuple(Column((head,)) for head in ("指标", "计算公式", "口径"))
    return (balance.table("calibres", _CALIBRES, columns, rows, ""),)


def quality_body(scene: Scene) -> tuple[Block, ...]:
    """What was delivered and used, what was checked, what agrees with what."""
    return (*_files(scene), *_checks(scene), *_reconciled(scene))


def _figure(
    scene: Scene, table: str, column: str, name: str, how: How = "cell", *keys: tuple[str, str]
) -> Figure:
    return scene.numbers.cell(table, column, "count", name, keys, how=how)


def _rows(scene: Scene, column: str, *keys: tuple[str, str]) -> Figure:
    return _figure(scene, "file_conservation", column, f"{_COLUMNS[column]}行数", "sum", *keys)


def _files(scene: Scene) -> tuple[Paragraph, ...]:
    if not _datasets(scene):
        # of a city: its figures were added up from packages
        return say.paragraph(
            (
                f"本报告由各{scene.below_noun}上报的数据包汇总，接收的文件和数据行见各{scene.below_noun}的报告。",
            )
        )
    files = _figure(scene, "file_conservation", "file", "文件（工作表）", "count")
    pending = _figure(scene, "quarantine", "row", "待更正问题", "count", ("status", "open"))
    return say.paragraph(
        say.sentence(
            ("本报告依据的数据来自导出文件（含工作簿的各工作表）", files, "个"),
            *(say.told(name, _rows(scene, column), "行") for column, name in _COLUMNS.items()),
        ),
        ("接收行数与各项之和相等。",) if _conserved(scene) else (),
        say.sentence(say.told("隔离的数据未计入本报告，尚待更正的问题", pending, "处"))
        if pending.value
        else (),
        (f"分类情况见附件《{_FILES}》。",),
        say.sentence(_thin(scene)),
    )


def _conserved(scene: Scene) -> bool:
    landed, *others = (_rows(scene, column).value or 0 for column in _COLUMNS)
    return landed == sum(others)


def _thin(scene: Scene) -> Clause:
    """The months of this year in which a dataset that comes by month had nothing, or much less than usual."""
    words = {"missing": "没有数据", "low": "数据不足平常的一半"}
    parts: list[Clause] = [
        (f"{dataset(each.dataset)}{int(each.month[5:])}月{words[each.status]}",)
        for each in thin_months(scene)
    ]
    return say.named("本年按月报送的数据中，", parts)


def _datasets(scene: Scene) -> tuple[str, ...]:
    return scene.numbers.figures.rows(str, "select distinct dataset from file_conservation order by dataset")


@dataclass(frozen=True)
class _Run:
    check_id: str
    verdict: str


def _checks(scene: Scene) -> tuple[Paragraph, ...]:
    # a generation's own check is the last that it holds
    runs = scene.numbers.figures.rows(_Run, "select check_id, verdict from quality_run order by check_id")
    if not runs:
        return say.paragraph(("没有质量检查的记录。",))
    run = runs[-1]

    def held(column: str, name: str) -> Figure:
        return _figure(scene, "quality_run", column, name, "cell", ("check_id", run.check_id))

    return say.paragraph(
        say.sentence(
            say.told("数据质量检查共设检查项", held("expectations", "质量检查项"), "项"),
            say.told("通过", held("passed", "通过的检查项"), "项"),
            say.told("未通过的有关键项", held("failed_critical", "未通过的关键项"), "项"),
            say.told("提醒项", held("failed_warning", "未通过的提醒项"), "项"),
            say.told("参考项", held("failed_info", "未通过的参考项"), "项"),
            say.told("检查未能执行的", held("errors", "出错的检查项"), "项"),
            (f"检查结论为{_VERDICTS.get(run.verdict, run.verdict)}",),
        )
    )


def _reconciled(scene: Scene) -> tuple[Paragraph, ...]:
    kinds = scene.numbers.figures.rows(str, "select distinct kind from reconciliation order by kind")
    if not kinds:
        return say.paragraph(("没有对账记录。",))
    month = ("period", scene.order.period)
    return say.paragraph(
        say.sentence(
            ("数据之间对账", _agreements(scene), "项"),
            *(_agreement(scene, status, word) for status, word in _AGREEMENTS.items()),
            say.named("其中不符的有", [_kind(scene, kind) for kind in kinds]),
        ),
        _unbooked(scene),
        say.sentence(
            ("本月的对账", _agreements(scene, month), "项"),
            *(_agreement(scene, status, word, month) for status, word in _AGREEMENTS.items()),
        )
        if _agreements(scene, month).value
        else (),
    )


def _unbooked(scene: Scene) -> Clause:
    """The schemes whose books do not have what their settlements paid this year, with both amounts.

    By name only where these are printed alike, or 1 to 4 persons made them.
    """
    if scene.prefix:
        return ()
    keys = (("kind", "settlement_ledger"), ("measure", "amount_ytd"), ("period", scene.order.period))
    found = scene.numbers.figures.rows(
        str,
        """
        select insutype
        from reconciliation
        where kind = 'settlement_ledger' and measure = 'amount_ytd' and period = ? and status = 'differs'
        order by insutype
        """,
        (scene.order.period,),
    )

    def told(insutype: str) -> Clause:
        name = scene.schemes.get(insutype, insutype)
        settled, booked = (
            scene.numbers.cell("reconciliation", column, "wan", side, (*keys, ("insutype", insutype)))
            for column, side in (("left_value", "结算单的基金支付"), ("right_value", "台账的待遇支出"))
        )
        # who is in no scheme of the enrollment cannot be counted
        known = insutype in scene.schemes and not scene.tells_few("benefit_rate", insutype=insutype)
        if not known or settled.text == booked.text:
            return (name,)
        return (f"{name}（结算单", settled, "，台账", booked, "）")

    parts = [told(code) for code in found]
    return say.sentence(say.named("本年累计的基金支付，结算单与基金收支台账不一致的险种有", parts))


def _agreements(scene: Scene, *keys: tuple[str, str]) -> Figure:
    return _figure(scene, "reconciliation", "subject", "对账", "count", *keys)


def _agreement(scene: Scene, status: str, word: str, *keys: tuple[str, str]) -> Clause:
    number = _agreements(scene, ("status", status), *keys)
    return (word, number, "项") if number.value else ()


def _kind(scene: Scene, code: str) -> Clause:
    number = _agreements(scene, ("kind", code), ("status", "differs"))
    return (
        say.valued(labels.KINDS[code][1] if code in labels.KINDS else code, number, "项")
        if number.value
        else ()
    )


def quality_forms(scene: Scene) -> tuple[Table, ...]:
    """附表: rows by dataset, and where they went."""
    codes = _datasets(scene)
    if not codes:
        return ()
    columns = (
        Column(("数据类别",)),
        Column(("文件（工作表）",), "count"),
        *(Column(("数据行", name), "count") for name in _COLUMNS.values()),
    )
    rows = [
        *(_dataset(scene, dataset(code), ("dataset", code)) for code in codes),
        _dataset(scene, "合计"),
    ]
    return (
        balance.table(
            "files",
            _FILES,
            columns,
            rows,
            "单位：个，行",
            total=len(codes),
            added=tuple(range(1, len(columns))),
        ),
    )


def _dataset(scene: Scene, name: str, *keys: tuple[str, str]) -> tuple[Content, ...]:
    return (
        name,
        _figure(scene, "file_conservation", "file", "文件（工作表）", "count", *keys),
        *(_rows(scene, column, *keys) for column in _COLUMNS),
    )


CALIBRE = Section("口径说明", calibre_body)
QUALITY = Section("数据质量说明", quality_body, quality_forms)
