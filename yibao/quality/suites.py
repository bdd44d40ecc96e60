"""The suites of expectations/*.yml: what is expected of a table, how grave a failure is, and who mends it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from yibao.contract import Contract, Dataset, load_contract
from yibao.problem import Problem
from yibao.project import Project
from yibao.quality.kinds import KINDS

FOLDER = "expectations"
LAYERS = ("landed", "fact", "mart")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_PLACE = re.compile(r"\{([^{}]*)\}")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Severity(StrEnum):
    """What a failure means: the figures must not go out; they go out and it is said; for knowledge."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Condition:
    """SQL that says of one row whether it fails: all that are asked of a table are asked in one pass over it.

    `shows` are the columns told beside the key. `mostly` is the share of rows (0 to 1) that must not fail; where it is
    given, the table fails as a whole and its rows are not listed.
    """

    sql: str
    shows: tuple[str, ...]
    mostly: float | None


@dataclass(frozen=True)
class Expectation:
    """One thing expected of a table, in one of three ways: `kind` and `arguments` are great-expectations' own; `where`
    is a condition of failing rows; `rows` is SQL whose rows are the failures, for what one row alone does not say,
    with the places {table} (the suite's table) and {schema}."""

    id: str
    severity: Severity
    owner: str
    zh: str
    en: str
    todo_zh: str
    kind: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    where: Condition | None = None
    rows: str | None = None


@dataclass(frozen=True)
class Suite:
    """What is expected of one table; `key` are the columns that name a failing row; `dataset` None where of none."""

    name: str
    table: str
    layer: str
    dataset: str | None
    zh: str
    key: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    file: Path


def load_suites(project: Project) -> tuple[Suite, ...]:
    """All suites of a project, by name.

    Raises Problem (exit 2) for a file that is wrong: which file, which expectation, and what to change.
    """
    folder = project.root / FOLDER
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise Problem(
            "没有任何数据质量规则文件",
            where=str(folder),
            todo="请恢复 expectations 文件夹（git checkout），或重新安装 yibao。",
        )
    contract = load_contract(project.contract_file)
    suites = tuple(_suite(path, contract) for path in files)
    owners: dict[str, Path] = {}
    for suite in suites:
        for expectation in suite.expectations:
            if expectation.id in owners:
                raise _wrong(suite.file, f"编号重复，{owners[expectation.id].name} 里已经有", expectation.id)
            owners[expectation.id] = suite.file
    return suites


def suites_fingerprint(project: Project) -> str:
    """64 hex over the files of expectations/: a changed suite must be checked anew. Line ends do not count."""
    digest = hashlib.sha256()
    for path in sorted((project.root / FOLDER).glob("*.yml")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def private_columns(contract: Contract) -> frozenset[str]:
    """Certificates and names: pseudonyms in the warehouse, but no key or detail of a failing row all the same."""
    return frozenset(
        field.name for dataset in contract.datasets.values() for field in dataset.fields if field.pii
    )


def _suite(path: Path, contract: Contract) -> Suite:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _wrong(path, f"读不出来：{' '.join(str(error).split())[:200]}") from error
    if not isinstance(content, dict):
        raise _wrong(path, "内容应是 suite、table、expectations 等各项")
    _require_fields(path, None, content, _SUITE_FIELDS, {"dataset"})
    if content["suite"] != path.stem:
        raise _wrong(path, f"suite 应与文件名相同：{path.stem}")
    if content["layer"] not in LAYERS:
        raise _wrong(path, f"layer 应是 {'、'.join(LAYERS)} 之一")
    key = _names(path, None, "key", content["key"])
    if not key:
        raise _wrong(path, "key 至少写一列，否则说不出是哪一行不合格")
    if hidden := sorted(private_columns(contract).intersection(key)):
        raise _wrong(path, f"key 不能用证件号码或姓名：{'、'.join(hidden)}")
    dataset = content.get("dataset")
    if dataset is not None and dataset not in contract.datasets:
        raise _wrong(path, f"没有数据集 {dataset}")
    declared = contract.datasets.get(dataset or "")
    listed = content["expectations"]
    if not isinstance(listed, list) or not listed:
        raise _wrong(path, "expectations 应是一个列表，至少一条")
    table, owner = str(content["table"]), str(content["owner"])
    _names(path, None, "table", [table])
    return Suite(
        name=path.stem,
        table=table,
        layer=content["layer"],
        dataset=dataset,
        zh=str(content["zh"]),
        key=key,
        expectations=tuple(_expectation(path, owner, declared, item) for item in listed),
        file=path,
    )


_SUITE_FIELDS = ("suite", "table", "layer", "zh", "owner", "key", "expectations")
_FIELDS = ("id", "severity", "zh", "en", "todo_zh")
_WAYS = ("type", "where", "rows")


def _expectation(path: Path, owner: str, dataset: Dataset | None, content: Any) -> Expectation:
    if not isinstance(content, dict) or not _ID.fullmatch(str(content.get("id", ""))):
        raise _wrong(path, "每条要有 id，写法如 settlement.setl_id.present", str(content)[:60])
    identity = str(content["id"])
    _require_fields(path, identity, content, _FIELDS, {*_WAYS, "arguments", "shows", "mostly", "owner"})
    if content["severity"] not in set(Severity):
        raise _wrong(path, f"severity 应是 {'、'.join(Severity)} 之一", identity)
    kind, where, rows = (content.get(way) for way in _WAYS)
    if [kind, where, rows].count(None) != len(_WAYS) - 1:
        raise _wrong(path, "type、where、rows 要写一个，也只能写一个", identity)
    if kind is not None and kind not in KINDS:
        raise _wrong(
            path, f"不认识的 type {kind}，可用的有：{'、'.join(sorted(KINDS))}；或改写成 where", identity
        )
    arguments = content.get("arguments") or {}
    if not isinstance(arguments, dict) or (kind is None and arguments):
        raise _wrong(path, "arguments 应是 type 的各项参数；where 和 rows 没有参数", identity)
    if where is None and {"shows", "mostly"} & content.keys():
        raise _wrong(path, "shows 和 mostly 只和 where 一起写", identity)
    if kind is not None:
        arguments = _of_contract(path, identity, dataset, arguments)
        _names(path, identity, "arguments 里的列", list(KINDS[kind].columns(arguments)))
    if rows is not None:
        _require_places(path, identity, str(rows))
    return Expectation(
        id=identity,
        severity=Severity(content["severity"]),
        owner=str(content.get("owner") or owner),
        zh=str(content["zh"]).strip(),
        en=str(content["en"]).strip(),
        todo_zh=str(content["todo_zh"]).strip(),
        kind=kind,
        arguments=arguments,
        where=None if where is None else _condition(path, identity, content),
        rows=None if rows is None else str(rows).strip().rstrip(";"),
    )


def _condition(path: Path, identity: str, content: Mapping[str, Any]) -> Condition:
    sql, mostly = str(content["where"]).strip().rstrip(";"), content.get("mostly")
    if not sql or "{" in sql or "}" in sql:
        raise _wrong(path, "where 是说一行自己的条件，不能写花括号；要看别的表请改写成 rows", identity)
    if mostly is not None and not (isinstance(mostly, float) and 0 < mostly < 1):
        raise _wrong(path, "mostly 是 0 和 1 之间的小数，例如 0.98", identity)
    shows = _names(path, identity, "shows", content.get("shows", []))
    return Condition(sql, shows, mostly)


def _of_contract(
    path: Path, identity: str, dataset: Dataset | None, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The word `contract` stands for the codes of the column, or for all columns of the dataset."""
    meant = [name for name in ("value_set", "column_set") if arguments.get(name) == "contract"]
    if not meant:
        return arguments
    fields = {field.name: field for field in dataset.fields} if dataset else {}
    column = fields.get(arguments.get("column", ""))
    found = {"column_set": list(fields), "value_set": list(column.codes) if column else []}[meant[0]]
    if not found:
        raise _wrong(path, f"{meant[0]}: contract 要求 dataset 和 column 在输入契约里有代码表", identity)
    return {**arguments, meant[0]: found}


def _require_fields(
    path: Path, identity: str | None, content: Mapping[str, Any], needed: tuple[str, ...], may: set[str]
) -> None:
    if missing := [name for name in needed if content.get(name) in (None, "")]:
        raise _wrong(path, f"缺少 {'、'.join(missing)}", identity)
    if unknown := sorted(str(name) for name in set(content) - set(needed) - may):
        raise _wrong(path, f"不认识的项 {'、'.join(unknown)}", identity)


def _require_places(path: Path, identity: str, sql: str) -> None:
    places = set(_PLACE.findall(sql))
    left = _PLACE.sub("", sql)
    if "table" not in places or places - {"table", "schema"} or "{" in left or "}" in left:
        raise _wrong(path, "rows 里要有 {table}，此外花括号只能写 {schema}", identity)


def _names(path: Path, identity: str | None, what: str, names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(_NAME.fullmatch(str(name)) for name in names):
        raise _wrong(path, f"{what} 应是小写字母、数字、下划线组成的名称", identity)
    return tuple(str(name) for name in names)


def _wrong(path: Path, why: str, identity: str | None = None) -> Problem:
    return Problem(
        f"数据质量规则文件有误：{why}",
        where=f"{path}{'，' + identity if identity else ''}",
        todo="请按 docs/manual.zh.md 的“数据质量规则”一节改正这个文件；没有改过它的，请恢复原样或重新安装 yibao。",
    )
