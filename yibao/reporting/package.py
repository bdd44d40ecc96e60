"""The package for the superior bureau: the documents, the numbers behind them, and what they were made from; one zip.

It goes from bureau to bureau, so its cells are exact, small ones too; it holds no row of a person or of a settlement.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from yibao.figures import Figures, catalogue
from yibao.landing import mask_numbers
from yibao.problem import Problem
from yibao.publishing import Provenance
from yibao.reporting import delimited, trace
from yibao.reporting.content import Report

FORMAT = "yibao-package"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
INDICATORS = "indicators.csv"
TRACE = "trace.csv"
TABLES = "tables/"

_CLASSIFICATION = "内部"
_NOTE = (
    "供医保部门之间上报、汇总。人数为1至4人的单元格没有隐去，不得公开；公示用表另行生成。不含个人明细。"
    "CSV 为 UTF-8，空单元格表示没有数；列的类型见 files；以 = + - @ 开头的文字前加了一个 '。"
)

_COLUMNS = (
    "period",
    "period_mode",
    "region_code",
    "insutype",
    "breakdown",
    "breakdown_value",
    "indicator_code",
    "numerator",
    "denominator",
    "value",
    "status",
)
_COMPARED = """
    starts_with(listed.region_code, asked.region)
    and listed.period in (
        select unnest([period, last_year_period, previous_period]) from dim_period where period = asked.period
    )
"""
# the catalogue's own order is part of it
_IN_ORDER = ("alert_rule", "indicator", "measure")
_ALL = "true"
_UNTIL = "listed.period <= asked.period"
_REGION = "starts_with(listed.region_code, asked.region)"
_TOWNSHIP = f"starts_with(listed.township, asked.region) and {_UNTIL}"
# the tables of no person, each with the rows that belong to the region and are not of a later month
_PUBLISHED = {
    "alert_rule": _ALL,
    # those elsewhere treat the county's insured too
    "dim_institution": _ALL,
    "dim_period": _UNTIL,
    "dim_region": f"{_REGION} or starts_with(asked.region, listed.region_code)",
    "dim_scheme": _ALL,
    "indicator": _ALL,
    "mart_admission_cost": _TOWNSHIP,
    "mart_collection": f"{_REGION} and listed.pay_month <= asked.period",
    "mart_compensation": _TOWNSHIP,
    "mart_flow": _TOWNSHIP,
    "mart_fund": f"{_REGION} and {_UNTIL}",
    "mart_participation": f"{_REGION} and {_UNTIL}",
    "mart_referral": _TOWNSHIP,
    # an institution may have no place, or one outside; only what another county of the generation inspected is not ours
    "mart_supervision": f"""
        {_UNTIL}
        and not exists (
            select 1
            from dim_region as other
            where
                other.level = 'county'
                and starts_with(listed.region_code, other.region_code)
                and not starts_with(other.region_code, asked.region)
                and not starts_with(asked.region, other.region_code)
        )
    """,
    "measure": _ALL,
}


@dataclass(frozen=True)
class _Described:
    column: str
    type: str


@dataclass(frozen=True)
class _Line:
    cells: list[str | None]


@dataclass(frozen=True)
class _Listed:
    """A table as CSV, and what the manifest tells of it."""

    content: bytes
    rows: int
    columns: dict[str, str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def package(
    figures: Figures, report: Report, documents: Mapping[str, bytes], *, previous_sha256: str = ""
) -> bytes:
    """The zip; the same arguments give the same bytes.

    `documents` are Word, PDF and workbook by file name. `previous_sha256` is that of the package that was issued before
    this one, empty for the first. Raises Problem (exit 2) where the generation has no indicator of the report's period
    and region, ValueError for a report of another generation, or a document whose name is none.
    """
    if report.identity.run_id != figures.generation.run_id:
        raise ValueError(f"a report of {report.identity.run_id}, figures of {figures.generation.run_id}")
    region, period = report.identity.region_code, report.identity.period
    tables = {INDICATORS: _listed(figures, "indicator_value", _COMPARED, region, period, _COLUMNS)}
    if not tables[INDICATORS].rows:
        raise Problem(
            "这一版里没有该期间、该地区的指标，不能打包上报",
            where=f"{period} {region}，版本 {figures.generation.run_id}",
            todo="请用 yibao status 查看已发布的期间；期间没有发布的，请先执行 yibao run。",
        )
    for name, condition in _PUBLISHED.items():
        # a generation of before a table was published lacks it
        if name in figures.generation.manifest.tables:
            tables[f"{TABLES}{name}.csv"] = _listed(figures, name, condition, region, period)
    files = {name: listed.content for name, listed in tables.items()} | {TRACE: trace.listing(report.figures)}
    for name in documents:
        if not name or set(name) & set("/\\:") or name in (*files, MANIFEST):
            raise ValueError(f"no name for a document: {name!r}")
    files |= documents
    manifest = _manifest(figures, report, tables[f"{TABLES}alert_rule.csv"], previous_sha256)
    text = json.dumps(manifest | {"files": _told(files, tables)}, ensure_ascii=False, indent=2) + "\n"
    return _zipped(files | {MANIFEST: text.encode()}, date.fromisoformat(report.dated))


def _listed(
    figures: Figures, table: str, condition: str, region: str, period: str, columns: tuple[str, ...] = ()
) -> _Listed:
    """The rows of a table for which the condition holds, every cell as DuckDB's own text.

    The catalogue's in their own order, all others in that of their columns.
    """
    described = figures.rows(_Described, f"select column_name, column_type from (describe {table})")
    types = {one.column: one.type for one in described if not columns or one.column in columns}
    texts = ", ".join(f'cast(listed."{name}" as varchar)' for name in types)
    lines = figures.rows(
        _Line,
        f"""
        with asked as (select ? as region, ? as period)

        select [{texts}] as cells from {table} as listed, asked where {condition}
        {"" if table in _IN_ORDER else "order by cells"}
        """,
        (region, period),
        kept=False,
    )
    return _Listed(delimited.encoded(tuple(types), (line.cells for line in lines)), len(lines), types)


def _manifest(figures: Figures, report: Report, alert_rules: _Listed, previous_sha256: str) -> dict[str, Any]:
    identity = report.identity
    manifest = figures.generation.manifest
    known = catalogue(figures)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "classification": _CLASSIFICATION,
        "classification_note": _NOTE,
        "product": identity.product,
        "title": report.title,
        "period": identity.period,
        "region_code": identity.region_code,
        "region_name": identity.region_name,
        "status": identity.status,
        "dated": report.dated,
        "as_of": identity.as_of,
        "run_id": identity.run_id,
        "database_sha256": manifest.database_sha256,
        "code_version": identity.code_version,
        "code_fingerprint": manifest.provenance.code_fingerprint,
        "catalogue_hash": identity.catalogue_hash,
        "rules_hash": alert_rules.sha256,
        "calibres": {
            code: {"name_zh": indicator.name_zh, "unit": indicator.unit, "formula": known.formula(code)}
            for code, indicator in known.indicators.items()
        },
        "sign_off": asdict(report.sign_off),
        "previous_sha256": previous_sha256,
        "inputs": _inputs(manifest.provenance),
    }


def _inputs(provenance: Provenance) -> list[dict[str, str]]:
    """Every landed file once. A name is as the file was delivered, but for certificate and mobile numbers in it."""
    known = sorted({(sheet.batch, sheet.file, sheet.sha256) for sheet in provenance.inputs})
    names = mask_numbers(pa.array([name for _, name, _ in known], pa.string())).to_pylist()
    return [
        {"file": name, "sha256": sha256, "batch": batch}
        for name, (batch, _, sha256) in zip(names, known, strict=True)
    ]


def _told(files: Mapping[str, bytes], tables: Mapping[str, _Listed]) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for name, content in sorted(files.items()):
        told[name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        if name in tables:
            told[name] |= {"rows": tables[name].rows, "columns": tables[name].columns}
    return told


def _zipped(files: Mapping[str, bytes], day: date) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            # else the entries tell on what system they were packed
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return stream.getvalue()
