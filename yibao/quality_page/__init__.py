"""The quality page (数据质量报告): one offline HTML file for a generation, or for a check that was not published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yibao import durable
from yibao.paths import DataPaths
from yibao.publishing import PAGE, Generation
from yibao.quality_page import labels
from yibao.quality_page.reading import (
    CHECK_ID,
    newest_check,
    read_agreements,
    read_check,
    read_differing,
    read_generation,
    read_tables,
)
from yibao.quality_page.rendering import moment, render, result_mark, sentence
from yibao.quality_page.report import Agreement, Books, DatasetMonth, QualityReport, Result

__all__ = [
    "CHECK_ID",
    "Agreement",
    "Books",
    "DatasetMonth",
    "QualityReport",
    "Result",
    "check_page",
    "labels",
    "moment",
    "newest_check",
    "page_of_check",
    "page_of_generation",
    "read_agreements",
    "read_check",
    "read_differing",
    "read_generation",
    "read_tables",
    "render",
    "result_mark",
    "sentence",
    "write_check_page",
]


def page_of_generation(generation: Generation, names: Mapping[str, str]) -> str:
    """The page of what was published; `names` are the Chinese names of the datasets.

    Raises Problem (exit 1) when the generation's tables cannot be read.
    """
    return render(read_generation(generation), names)


def page_of_check(paths: DataPaths, check_id: str, names: Mapping[str, str]) -> str:
    """The page of a check, published or not. Raises Problem: exit 2 when there is none, exit 1 when it is damaged."""
    return render(read_check(paths, check_id), names)


def check_page(paths: DataPaths, check_id: str) -> Path:
    """Where the page of a check lies."""
    return paths.quality / check_id / PAGE


def write_check_page(paths: DataPaths, check_id: str, names: Mapping[str, str]) -> Path:
    """Writes the page of a check beside its results. Raises Problem as `page_of_check` does, OSError."""
    page = check_page(paths, check_id)
    durable.write_text(page, page_of_check(paths, check_id, names))
    return page
