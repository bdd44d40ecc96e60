"""DATA/logs: the reports of runs, and the tracebacks of unexpected errors (without personal data)."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yibao import durable
from yibao.paths import DataPaths
from yibao.problem import Problem

LAST_RUN = "last-run.json"

_LONG_NUMBER = re.compile(r"\d{7,}[\dXx]?")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")


def write_traceback(paths: DataPaths, error: BaseException, now: datetime) -> Path:
    """Writes where the error came from to DATA/logs/error-<time>.log and returns that path; OSError if it cannot."""
    path = paths.logs / f"error-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.log"
    durable.write_text(path, describe(error))
    return path


def describe(error: BaseException) -> str:
    """The traceback, the innermost cause first. Of messages only what cannot be a person's data is kept.

    A parser's message may quote the row it stumbled on: numbers of 7 digits and more become #, Chinese characters ※
    (except in our own Problems, whose texts hold none by contract). No local variables are written.
    """
    parts = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = "".join(traceback.format_tb(link.__traceback__))
        message = str(link) if isinstance(link, Problem) else scrub(str(link))
        parts.append(f"{frames}{type(link).__module__}.{type(link).__qualname__}: {message}\n")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n-- then --\n".join(reversed(parts))


def scrub(message: str) -> str:
    """The message without long numbers and Chinese characters."""
    return _CHINESE.sub("※", _LONG_NUMBER.sub("#", message))


def write_run_report(paths: DataPaths, name: str, report: Mapping[str, Any]) -> Path:
    """Writes DATA/logs/run-<name>.json, and the same as last-run.json; returns the first path."""
    text = json.dumps(report, ensure_ascii=False, indent=2, default=str) + "\n"
    path = paths.logs / f"run-{name}.json"
    durable.write_text(path, text)
    durable.write_text(paths.logs / LAST_RUN, text)
    return path


def read_last_run(paths: DataPaths) -> dict[str, Any] | None:
    """The report of the last run, None when there is none."""
    try:
        content = json.loads((paths.logs / LAST_RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
