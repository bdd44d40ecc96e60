"""Suites run by great-expectations: nothing sent, nothing written, no progress bars; only here is it imported."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import Any

from yibao.problem import Problem
from yibao.quality.kinds import KINDS
from yibao.quality.results import Judged, Status
from yibao.quality.source import Source
from yibao.quality.suites import Expectation, Suite

_TABLE, _SCHEMA = "{table}", "{schema}"
# great-expectations wants its batch named, and gives it an alias or none by whether it reads the word join: so named,
# but read by its own name
_BATCH = "/* {batch} */"
# a broken query is repeated in its message; what matters stands first
_MESSAGE_LENGTH = 300
# counts, and none of the values that failed: they may be personal
_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


class Judge:
    """great-expectations, imported once (6 to 9 seconds)."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        # dbt opens the root logger for everybody's remarks; without it only warnings are told
        logging.getLogger("great_expectations").propagate = False
        import great_expectations
        from great_expectations.data_context.types.base import ProgressBarsConfig

        from yibao.quality import counted

        self._gx, self._counted = great_expectations, counted
        self._context = great_expectations.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)

    def prepare(self, suite: Suite, schema: str) -> Any:
        """The suite as great-expectations' own. Raises Problem (exit 2) for arguments that its type does not take."""
        made = [self._expectation(suite, expectation, schema) for expectation in suite.expectations]
        return self._gx.ExpectationSuite(name=suite.name, expectations=made)

    def judge(self, suite: Suite, prepared: Any, source: Source) -> Mapping[str, Judged]:
        """Every expectation of the suite by its id. Nothing is raised: what does not run is an error of its own."""
        try:
            batch = source.batch(self._context, suite.table)
            answer = batch.validate(prepared, result_format=_FORMAT)
            found = {result.expectation_config.meta["id"]: _judged(result) for result in answer.results}
        except Exception as error:
            broken = Judged(Status.ERROR, message=_first_line(str(error)) or type(error).__name__)
            found = dict.fromkeys((expectation.id for expectation in suite.expectations), broken)
        lost = Judged(Status.ERROR, message="great-expectations gave no result")
        return {expectation.id: found.get(expectation.id, lost) for expectation in suite.expectations}

    def _expectation(self, suite: Suite, expectation: Expectation, schema: str) -> Any:
        meta = {"id": expectation.id, "owner": expectation.owner, "zh": expectation.zh, "en": expectation.en}
        common: dict[str, Any] = {"severity": expectation.severity.value, "meta": meta}
        expectations = self._gx.expectations
        try:
            if expectation.rows is not None:
                query = f"{_BATCH} {failing_rows(suite, expectation, schema)}"
                return self._counted.CountedRows(unexpected_rows_query=query, **common)
            if (where := expectation.where) is not None:
                return self._counted.CountedWhere(condition=where.sql, mostly=where.mostly or 1, **common)
            assert expectation.kind is not None
            kind = getattr(expectations, "".join(part.title() for part in expectation.kind.split("_")))
            return kind(**expectation.arguments, **KINDS[expectation.kind].fixed, **common)
        except (ValueError, TypeError) as error:
            raise Problem(
                f"数据质量规则的参数不对：{' '.join(str(error).split())[:_MESSAGE_LENGTH]}",
                where=f"{suite.file}，{expectation.id}",
                todo="请对照 great-expectations 1.24 的说明改正 arguments 后重试。",
            ) from error


def failing_rows(suite: Suite, expectation: Expectation, schema: str) -> str | None:
    """The SQL of all rows that fail: the key, then the columns judged. None where a table fails as a whole."""
    table = f"{schema}.{suite.table}"
    if expectation.rows is not None:
        return expectation.rows.replace(_SCHEMA, schema).replace(_TABLE, table)
    if (where := expectation.where) is not None:
        return None if where.mostly else _rows_where(suite, table, where.shows, where.sql)
    assert expectation.kind is not None
    kind = KINDS[expectation.kind]
    if kind.failing is None:
        return None
    condition = kind.failing(expectation.arguments).replace(_TABLE, table)
    return _rows_where(suite, table, kind.columns(expectation.arguments), condition)


def _rows_where(suite: Suite, table: str, columns: Iterable[str], condition: str) -> str:
    return f"select {', '.join(dict.fromkeys([*suite.key, *columns]))} from {table} where {condition}"


def _judged(result: Any) -> Judged:
    if message := _exception(result.exception_info):
        return Judged(Status.ERROR, message=message)
    found: Mapping[str, Any] = result.result
    observed = found.get("observed_value")
    return Judged(
        Status.PASS if result.success else Status.FAIL,
        element_count=found.get("element_count"),
        unexpected_count=found.get("unexpected_count"),
        observed=None if observed is None else str(observed)[:_MESSAGE_LENGTH],
    )


def _exception(info: Mapping[str, Any]) -> str:
    """What was raised, or nothing. great-expectations gives one record, or one for each of its metrics."""
    records = [info] if "raised_exception" in info else [record for record in info.values()]
    raised = [str(record["exception_message"]) for record in records if record.get("raised_exception")]
    return _first_line(raised[0]) or "unknown error" if raised else ""


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0][:_MESSAGE_LENGTH] if lines else ""
