"""Two expectations of our own, in great-expectations' own form. Only `great.Judge` imports this: it takes 6 to 9 seconds."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

_ROWS, _ROWS_WHERE, _ROWS_OF_QUERY = "table.row_count", "table.rows_where", "unexpected_rows_query.row_count"
_aggregate_on = partial(
    metric_partial,
    partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
    domain_type=MetricDomainTypes.TABLE,
)


class CountedRows(UnexpectedRowsExpectation):
    """The rows of a query are the failures. great-expectations' own asks the query twice, for the count and for rows
    that are then thrown away; this asks once."""

    metric_dependencies = (_ROWS_OF_QUERY,)

    def _validate(self, metrics: dict[Any, Any], *_: Any, **__: Any) -> dict[Any, Any]:
        unexpected = metrics[_ROWS_OF_QUERY]
        return {"success": unexpected == 0, "result": {"unexpected_count": unexpected}}


class _RowsWhere(TableMetricProvider):
    """How many rows meet an SQL condition. An aggregate: great-expectations asks all those of a table in one query, and
    each alone where that query broke."""

    metric_name = _ROWS_WHERE
    value_keys = ("condition",)

    @_aggregate_on(SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls, *, metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: Any
    ) -> Any:
        condition: sa.ColumnElement[bool] = sa.literal_column(f"({metric_value_kwargs['condition']}\n)")
        return sa.func.count(sa.case((condition, 1))), metric_domain_kwargs, {}

    @_aggregate_on(SparkDFExecutionEngine)
    def _spark(
        cls, *, metric_domain_kwargs: dict[str, Any], metric_value_kwargs: dict[str, Any], **_: Any
    ) -> Any:
        # of the extra `cluster`
        from pyspark.sql import functions

        condition = functions.expr(f"case when ({metric_value_kwargs['condition']}\n) then 1 end")
        return functions.count(condition), metric_domain_kwargs, {}


class CountedWhere(BatchExpectation):
    """Rows that meet the SQL `condition` are the failures; `mostly` is the share of all rows that must not be (0 to 1)."""

    condition: str
    mostly: float = 1

    metric_dependencies = (_ROWS, _ROWS_WHERE)
    success_keys = ("condition", "mostly")

    def _validate(self, metrics: dict[Any, Any], *_: Any, **__: Any) -> dict[Any, Any]:
        rows, unexpected = metrics[_ROWS], metrics[_ROWS_WHERE]
        allowed = (1 - Decimal(str(self.mostly))) * rows
        # of how many is told where a share was asked for: another condition is about some of the rows, not about all
        asked = rows if self.mostly < 1 else None
        return {
            "success": unexpected <= allowed,
            "result": {"element_count": asked, "unexpected_count": unexpected},
        }
