"""One file through all rules: a Word document, a workbook, or a package of both."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from yibao.figures import Figures, periods
from yibao.problem import Problem
from yibao.reporting import trace
from yibao.reporting.check import (
    balance,
    form,
    free_numbers,
    numbers,
    published,
    sheet_file,
    sheet_numbers,
    sums,
    word_file,
    wording,
)
from yibao.reporting.check.document import Document
from yibao.reporting.check.finding import Finding
from yibao.reporting.check.quantity import tidy

_TRACE = "trace.csv"
_MANIFEST = "manifest.json"


def check_file(path: Path, figures: Figures) -> tuple[Finding, ...]:
    """Everything found in a .docx, .xlsx or .zip, form first. Raises Problem (exit 2) for a file that cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Problem(
            "文件打不开", where=str(path), todo="请确认文件存在、没有被其他程序占用，再检查一次。"
        ) from error
    # what is told twice of one place is one finding
    return tuple(dict.fromkeys(_content(content, path.name, figures)))


def _content(content: bytes, name: str, figures: Figures) -> Iterator[Finding]:
    kind = Path(name).suffix.lower()
    if kind == ".docx":
        document = word_file.read(io.BytesIO(content), name)
        yield from form.findings(document)
        yield from _numbers(document, figures)
        yield from sentences(document)
    elif kind == ".xlsx":
        document = sheet_file.read(io.BytesIO(content), name)
        found = sheet_numbers.sources(document)
        yield from numbers.other_run(document, figures.generation.run_id)
        yield from sheet_numbers.changed_by_hand(found)
        yield from numbers.against_generation(found, lambda figure: trace.look_up(figures, figure.origin))
        yield from balance.totals(document, ())
        yield from balance.changes(document)
    elif kind == ".zip":
        yield from _package(content, name, figures)
    else:
        raise Problem(
            "只能检查 .docx、.xlsx 和上报包 .zip", where=name, todo="请把文件另存为其中一种格式后再检查。"
        )


def sentences(document: Document) -> Iterator[Finding]:
    """What the rules on words and sums see in the paragraphs, read as one text."""
    passages = [passage for passage in document.passages if passage.text.strip()]
    # a line break inside a paragraph would part it in two
    texts = [tidy(passage.text.replace("\n", "　")) for passage in passages]
    whole = "\n".join(texts)
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    for name, rule in (*wording.RULES, *sums.RULES):
        for fault in rule(whole):
            passage = passages[bisect(starts, fault.at) - 1]
            yield Finding(name, fault.level, passage.named, fault.what, fault.todo)


def _numbers(document: Document, figures: Figures) -> Iterator[Finding]:
    found, told = numbers.bound(document)
    yield from told
    yield from numbers.other_run(document, figures.generation.run_id)
    yield from numbers.changed_by_hand(found)
    yield from numbers.against_generation(found, lambda figure: trace.look_up(figures, figure.origin))
    yield from numbers.direction(found)
    yield from balance.one_figure_twice(found)
    yield from balance.traced_ratios(numbers.carried(document))
    yield from balance.totals(document, found)
    yield from balance.changes(document)
    period = numbers.period_of(document)
    known = [one.period for one in periods(figures)]
    if period not in known and numbers.carried(document):
        # one of ours that is about weeks or days
        period = max(known)
    if period not in known:
        yield Finding(
            "期间",
            "warning",
            "全文",
            f"文件的期间（{period or '没有写明'}）不在已发布的数据中，文中的数没有逐个核对",
            "请在标题中写明年月；期间没有发布的，请先发布（yibao status 可以查看）。",
        )
        return
    yield from free_numbers.unaccounted(
        document,
        published.published(figures, period, numbers.region_of(document), numbers.carried(document)),
    )


def _package(content: bytes, name: str, figures: Figures) -> Iterator[Finding]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {entry: archive.read(entry) for entry in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Problem(
            "这个文件不是能读的上报包（.zip）", where=name, todo="请重新生成上报包，或重新复制一份。"
        ) from error
    yield from _manifest(files)
    if _TRACE in files:
        yield from _trace(files[_TRACE], figures)
    for entry, inside in sorted(files.items()):
        if entry.lower().endswith((".docx", ".xlsx")):
            for finding in _content(inside, entry, figures):
                yield replace(finding, place=f"{entry} {finding.place}")


def _manifest(files: dict[str, bytes]) -> Iterator[Finding]:
    """Every file is the one that the manifest names."""
    try:
        listed = {entry: one["sha256"] for entry, one in json.loads(files[_MANIFEST])["files"].items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        yield Finding(
            "上报包", "error", _MANIFEST, "没有清单，或清单不能读", "请用 yibao report 重新生成上报包。"
        )
        return
    for entry in sorted(listed.keys() | files.keys() - {_MANIFEST}):
        if entry not in files or entry not in listed:
            what = "清单中有，包里没有" if entry in listed else "包里有，清单中没有"
            yield Finding("上报包", "error", entry, what, "请用 yibao report 重新生成上报包。")
        elif hashlib.sha256(files[entry]).hexdigest() != listed[entry]:
            yield Finding(
                "上报包",
                "error",
                entry,
                "与清单中的校验码不符：打包以后改动过",
                "请用 yibao report 重新生成上报包。",
            )


def _trace(content: bytes, figures: Figures) -> Iterator[Finding]:
    """Every number of the report is still what is published."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        told = trace.from_json(json.dumps(rows))
    except (ValueError, KeyError, TypeError, ArithmeticError):
        yield Finding("上报包", "error", _TRACE, "数据清单不能读", "请用 yibao report 重新生成上报包。")
        return
    yield from balance.traced_ratios(told)
    yield from numbers.against_generation(
        numbers.listed(_TRACE, told), lambda figure: trace.look_up(figures, figure.origin)
    )
