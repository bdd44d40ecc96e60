"""manifest.json of a county's package: what it says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.consolidation.refusal import refused
from yibao.formula import FORMULA
from yibao.months import month_before, year_before
from yibao.problem import Problem

MANIFEST = "manifest.json"
FORMAT, FORMAT_VERSION = "yibao-package", 1
STATUSES = ("draft", "provisional", "final")
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_COUNTY = re.compile(r"[0-9]{4}(0[1-9]|[1-9][0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HASH = re.compile(r"[0-9a-f]{64}")
# what is shown on pages and written into workbooks: no formula, nothing that is not printed
_TEXT = re.compile(rf"(?!{FORMULA}).+")


@dataclass(frozen=True)
class Listed:
    """A file that the manifest lists; `rows` of a table, below its header."""

    sha256: str
    size: int
    rows: int | None = None


@dataclass(frozen=True)
class PackageManifest:
    """The manifest, its values in their forms: period YYYY-MM, county_code 6 digits, dated YYYY-MM-DD, hashes 64 hex."""

    product: str
    period: str
    county_code: str
    county_name: str
    run_id: str
    status: str
    dated: str
    catalogue_hash: str
    code_version: str
    # as JSON, to be compared
    calibres: str
    files: Mapping[str, Listed]


def read_text(text: bytes, package: str) -> PackageManifest:
    """Reads manifest.json. Raises Problem (exit 3) naming the entry that is missing or wrong."""
    where = f"{package} / {MANIFEST}"
    try:
        content = json.loads(text.decode("utf-8-sig"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise refused(f"清单 {MANIFEST} 读不出来", where) from error
    if not isinstance(content, dict):
        raise refused(f"清单 {MANIFEST} 不是对象", where)
    if content.get("format") != FORMAT:
        raise refused(
            f"不是数据包：{MANIFEST} 没有写明格式 {FORMAT}", where, "请确认发来的是 yibao 生成的数据包。"
        )
    version = content.get("format_version")
    if version != FORMAT_VERSION:
        raise refused(
            f"数据包格式版本是 {version!r:.20}，本机只认 {FORMAT_VERSION}",
            where,
            "请与该县区统一 yibao 版本后重新生成、报送数据包。",
        )

    def text_of(name: str, form: re.Pattern[str], longest: int = 200) -> str:
        value = content.get(name)
        # nothing that hides, turns text round or cannot be written
        if (
            not isinstance(value, str)
            or len(value) > longest
            or not value.isprintable()
            or not form.fullmatch(value)
        ):
            raise _wrong(name, value, where)
        return value

    status = content.get("status")
    if status not in STATUSES:
        raise _wrong("status", status, where)
    calibres = content.get("calibres")
    if not isinstance(calibres, dict):
        raise _wrong("calibres", type(calibres).__name__, where)
    return PackageManifest(
        product=text_of("product", _TEXT),
        period=text_of("period", _PERIOD),
        county_code=text_of("region_code", _COUNTY),
        county_name=text_of("region_name", _TEXT, 40),
        run_id=text_of("run_id", _TEXT),
        status=status,
        dated=_day(text_of("dated", _DAY), where),
        catalogue_hash=text_of("catalogue_hash", _HASH),
        code_version=text_of("code_version", _TEXT),
        calibres=json.dumps(calibres, ensure_ascii=False, sort_keys=True),
        files=_files(content.get("files"), where),
    )


def compared(period: str) -> tuple[str, str, str]:
    """The periods that a package brings: the report's, the month before, the same month of last year."""
    return (period, month_before(period), year_before(period))


def _files(content: Any, where: str) -> dict[str, Listed]:
    if not isinstance(content, dict) or not content:
        raise _wrong("files", type(content).__name__, where)
    listed = {}
    for name, entry in content.items():
        sha256 = entry.get("sha256") if isinstance(entry, dict) else None
        size = entry.get("size") if isinstance(entry, dict) else None
        rows = entry.get("rows") if isinstance(entry, dict) else None
        if (
            not isinstance(sha256, str)
            or not _HASH.fullmatch(sha256)
            or type(size) is not int
            or size < 0
            or type(rows) not in (int, type(None))
        ):
            raise _wrong(f"files.{name!r:.80}", entry, where)
        listed[name] = Listed(sha256, size, rows)
    return listed


def _no_number(text: str) -> float:
    raise ValueError(text)


def _day(text: str, where: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise _wrong("dated", text, where) from error
    return text


def _wrong(name: str, value: object, where: str) -> Problem:
    return refused(f"清单里的 {name} 不对：{value!r:.60}", f"{where}，{name}")
