"""`yibao report`: one report composed once from the published generation, written in every form, all files or none."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from yibao import durable, issuing
from yibao.figures import UNKNOWN_TOWNSHIP, Figures, Region, Scope, catalogue, open_figures, periods, regions
from yibao.issuing import LISTING, ROLES, ReportKey, State, made_folder
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.reporting import excel, package, pdf, word
from yibao.reporting.content import Report, Status
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Product, require_parts
from yibao.reporting.products import PRODUCTS, known, name_zh
from yibao.reporting.settings import read_settings

TEMPLATE = "report.docx"
_LEVELS_ZH = {"city": "全市", "county": "全县", "township": "乡镇"}
# Windows takes none of these in a file's name
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


@dataclass(frozen=True)
class Asked:
    """Which report: period (YYYY-MM; None: that of the generation), product, part of the period (`Order.part`), region
    (code or name; None: the whole), status, and the day it bears (YYYY-MM-DD)."""

    period: str | None
    product: str
    part: str
    region: str | None
    status: Status
    dated: str


@dataclass(frozen=True)
class Made:
    """A report in its folder; `files` are its documents and, where it goes up, its package."""

    folder: Path
    report: Report
    product: Product
    # of all that the generation is of, not of a region below
    is_whole: bool
    # a mapping has no hash
    files: Mapping[str, bytes] = field(hash=False)


def make_report(paths: DataPaths, asked: Asked) -> Made:
    """Composes and writes it to DATA/reports/<period>/<product>[-<part>]/, in place of what was there.

    The same generation, settings, signatures and day give the same bytes. Raises Problem: exit 2 where nothing is published,
    the period or region is not, a setting is wrong, or signatures lack for a status that is no draft; OSError.
    """
    figures = open_figures(paths, Scope())
    product = PRODUCTS[asked.product]
    period = asked.period or figures.generation.period
    months = [month.period for month in periods(figures)]
    if period not in months:
        raise Problem(
            f"当前版里没有 {period} 的数据",
            where=f"--period {period}，当前版 {figures.generation.run_id}",
            todo=f"当前版有 {months[-1]} 至 {months[0]}；更新的月份请先导入数据、执行 yibao run，"
            "或用 yibao rollback --to 换到有它的一版（yibao status 列出各版）。",
        )
    region, is_whole = _region(figures, asked.region)
    _require_orderly(asked, product, region, is_whole)
    settings = read_settings(paths, known(catalogue(figures).indicators))
    contents = settings.contents(product.code)
    order = Order(
        period=period,
        region_code=region.code,
        region_name=region.name,
        dated=asked.dated,
        letterhead=settings.letterhead_for(_bureau_of(figures, region).name, period),
        status=asked.status,
        sections=contents.sections,
        indicators=contents.indicators,
        remarks=issuing.restatement_note(
            figures, issuing.history(paths).issues, period, region.code, is_final=asked.status == "final"
        ),
        part=asked.part,
    )
    numbers = Numbers(figures, period, region.code)
    if product.parts:
        order = replace(order, part=product.parts.chosen(numbers, order))
    key = ReportKey(period, region.code, product.code, order.part)
    state = issuing.state_of(paths, key, run_id=figures.generation.run_id)
    if asked.status != "draft":
        _require_signed(state, key)
    order = replace(order, sign_off=replace(state.sign_off, responsible=settings.responsible))
    report = product.compose(numbers, order)
    files = _written(paths, figures, product, report)
    folder = made_folder(paths, key, is_whole=is_whole)
    with durable.new_folder(folder) as aside:
        for name, content in {**files, LISTING: _listing(report, files)}.items():
            (aside / name).write_bytes(content)
    return Made(folder, report, product, is_whole, files)


def _written(paths: DataPaths, figures: Figures, product: Product, report: Report) -> dict[str, bytes]:
    template = paths.config / TEMPLATE
    title = _NOT_IN_NAMES.sub("-", report.title)
    documents = {
        f"{title}.docx": word.document(report, template if template.exists() else None),
        f"{title}.pdf": pdf.document(report),
        f"{title}.xlsx": excel.workbook(report),
    }
    if not product.goes_up:
        return documents
    before = _package_before(paths, report.identity.region_code, product)
    return documents | {f"{title}.zip": package.package(figures, report, documents, previous_sha256=before)}


def _package_before(paths: DataPaths, region: str, product: Product) -> str:
    """The sha256 of the package that was issued last, so that the superior bureau sees whether one is missing."""
    issues = [
        issue
        for issue in issuing.history(paths).issues
        if (issue.region_code, issue.product) == (region, product.code)
    ]
    if not issues:
        return ""
    return next((sha256 for name, sha256 in issues[-1].files.items() if name.endswith(".zip")), "")


def _region(figures: Figures, named: str | None) -> tuple[Region, bool]:
    """The region by code or name, and whether it is the whole that this generation is of."""
    known_regions = [
        # nobody is told of rows whose township is not known
        region
        for region in regions(figures)
        if region.level != "township" or not region.code.endswith(UNKNOWN_TOWNSHIP)
    ]
    whole = known_regions[0]
    if named is None:
        return whole, True
    for region in known_regions:
        if named in (region.code, region.name):
            return region, region == whole
    raise Problem(
        f"没有地区“{named}”",
        where=f"--region {named}",
        todo="请写地区代码或名称，例如 " + "、".join(region.name for region in known_regions[:3]) + "。",
    )


def _require_orderly(asked: Asked, product: Product, region: Region, is_whole: bool) -> None:
    require_parts(product, asked.part)
    if region.level not in product.levels:
        written = "、".join(_LEVELS_ZH[level] for level in product.levels)
        others = "、".join(one.name_zh for one in PRODUCTS.values() if region.level in one.levels)
        raise Problem(
            f"{product.name_zh}只编{written}的，不编“{region.name}”的",
            where=f"--region {asked.region}",
            todo=f"请去掉 --region；可以编一个{_LEVELS_ZH[region.level]}的有：{others}。",
        )
    if asked.status != "draft" and not is_whole:
        raise Problem(
            "只有全县（或全市）的报告由三人签字、报送；下面一个地区的只能是草稿",
            where=f"--region {asked.region} --status {asked.status}",
            todo="请去掉 --status，或去掉 --region。",
        )
    if product is PRODUCTS["public"] and not is_whole:
        # what one notice hides, another that was made apart could tell
        raise Problem(
            "公示只编全县（或全市）的一份：分开编的，遮住的小数目合起来可能推出来",
            where=f"--region {asked.region}",
            todo="请去掉 --region；各乡镇、各村都在这一份里。",
        )


def _bureau_of(figures: Figures, region: Region) -> Region:
    """Whose bureau writes: a township has none of its own."""
    return next((each for each in regions(figures) if each.code == region.code[:6]), region)


def _require_signed(state: State, key: ReportKey) -> None:
    missing = [role.name_zh for role in ROLES if state.signature(role) is None]
    if missing:
        raise Problem(
            f"三人还没有签齐，不能生成报送的正式稿；还差：{'、'.join(missing)}",
            where=f"{key.period} {name_zh(key.product, key.part)}，版本 {state.run_id}",
            todo=f"请先生成草稿、核对，再用 yibao sign {key.options} 依次签字。",
        )


def _listing(report: Report, files: Mapping[str, bytes]) -> bytes:
    told = {
        **report.identity.names,
        "dated": report.dated,
        "title": report.title,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
