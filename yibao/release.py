"""The step from a checked warehouse to a published generation: which period, and where it comes from."""

from __future__ import annotations

from datetime import datetime

import duckdb

from yibao import __version__, disk, marts, publishing
from yibao.intake import corrected_files, dataset_names, refused_files
from yibao.landing import read_ledger
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.project import Project, catalogue_hash
from yibao.publishing import Contents, Generation, InputSheet, Provenance
from yibao.quality import CheckedWarehouse
from yibao.quality_page import page_of_generation


def publish_checked(
    project: Project, paths: DataPaths, warehouse: CheckedWarehouse, period: str | None, now: datetime
) -> Generation:
    """Publishes the warehouse for a period: that given, else that of the build, else the newest reported.

    Raises Problem: exit 2 when the period is not reported or another program has the warehouse open, exit 1 when it
    cannot be read or the disk not be written.
    """
    try:
        return _publish(project, paths, warehouse, period, now)
    except duckdb.Error as error:
        told = disk.problem_of(error, warehouse.built.database)
        if told is None:
            raise
        raise told from error


def _publish(
    project: Project, paths: DataPaths, warehouse: CheckedWarehouse, period: str | None, now: datetime
) -> Generation:
    with duckdb.connect(str(warehouse.built.database), read_only=True) as connection:
        known = marts.periods(connection)
        counties = tuple(region.code for region in marts.counties(connection) if region.level == "county")
        built_from = marts.files(connection)
    chosen = choose_period(known, period or warehouse.built.asked_period)
    landed = (
        InputSheet(entry.file, entry.sheet, entry.dataset, entry.rows, entry.sha256, entry.batch)
        for entry in read_ledger(paths)
    )
    # a file that was landed since the build is in no figure
    inputs = tuple(sheet for sheet in landed if sheet.label in built_from)
    provenance = Provenance(
        code_version=__version__,
        code_fingerprint=warehouse.built.code_fingerprint,
        catalogue_hash=catalogue_hash(project),
        inputs=inputs,
        refused=refused_files(paths),
        corrected=corrected_files(paths, {sheet.file for sheet in inputs}),
    )
    names = dataset_names(project)
    return publishing.publish(
        paths,
        warehouse,
        Contents(chosen, counties, provenance),
        now,
        page=lambda generation: page_of_generation(generation, names),
    )


def choose_period(known: tuple[str, ...], asked: str | None) -> str:
    """The period asked for, else the newest. Raises Problem (exit 2) when it is not among those reported."""
    if not known:
        raise Problem(
            "数据里没有任何可报告的月份",
            where="表 dim_period",
            todo="请导入结算单、基金账或检查记录中的至少一种，再执行 yibao run。",
        )
    if asked is None:
        return max(known)
    if asked not in known:
        raise Problem(
            "这个期间没有数据",
            where=f"--period {asked}",
            todo=f"有数据的期间：{_ranges(known)}。请改用其中的月份，或先导入该月的文件。",
        )
    return asked


def _ranges(periods: tuple[str, ...]) -> str:
    ordered = sorted(periods)
    return (
        "、".join(ordered) if len(ordered) <= 12 else f"{ordered[0]} 至 {ordered[-1]}（{len(ordered)} 个月）"
    )
