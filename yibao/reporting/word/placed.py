"""Which figure of the report a template means by `{{part_rate}}` or `{{part_rate.last_year_change}}`."""

from __future__ import annotations

from yibao.reporting.content import Figure, Report


def placed_figure(report: Report, name: str) -> int | None:
    """The number of the figure with this code (`code`: its value, `code.column`: another column); None where there is none.

    Of several cells of one indicator the whole region's of the report's own period is meant, all schemes, year to date;
    of two figures of one cell that which prints its sign.
    """
    found = [
        (figure.size_only, number)
        for number, figure in enumerate(report.figures)
        if _means(report, figure, name)
    ]
    return min(found)[1] if found else None


def _means(report: Report, figure: Figure, name: str) -> bool:
    origin = figure.origin
    if origin.minus is not None:
        return False
    # the code of a cell that is no indicator's is table.column already
    if name != f"{origin.code}.{origin.column}" and (
        name != origin.code or ("." not in origin.code and origin.column != "value")
    ):
        return False
    plain = {
        "period": report.identity.period,
        "period_mode": "ytd",
        "region_code": report.identity.region_code,
        "insutype": "all",
        "breakdown": "none",
        "breakdown_value": "all",
    }
    return all(plain.get(key, value) == value for key, value in origin.keys)
