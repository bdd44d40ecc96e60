"""Control totals: what other offices have in their books; some agree with the exports, some do not."""

from __future__ import annotations

from decimal import Decimal

from .text import Row


def _accepted(found: list[Row]) -> list[Row]:
    return [r for r in found if r.get("#fate", "accepted") == "accepted"]


def _sum(found: list[Row], name: str) -> Decimal:
    return sum((Decimal(r[name]) for r in found), Decimal(0))


def control_totals(data: dict[str, list[Row]]) -> list[Row]:
    """Totals over the rows that the rules accept; every fourth one differs, and its source says who keeps
    it."""
    found: list[tuple[str, str, str, str, Decimal, str]] = []
    bills = _accepted(data["settlement"])
    for period in ("2024-12", "2025-03", "2025-08", "2025-12", "2026-06", "2026-09"):
        month = [r for r in bills if r["setl_time"].startswith(period)]
        found.append(("settlement", "rows", period, "", Decimal(len(month)), "结算股"))
        found.append(("settlement", "amount", period, "", _sum(month, "total_cost"), "结算股"))
        found.append(("settlement", "fund_amount", period, "", _sum(month, "fund_total"), "基金财务股"))
    for year in ("2024", "2025", "2026"):
        people = [r for r in _accepted(data["enrollment"]) if r["year"] == year]
        found.append(("enrollment", "rows", year, "", Decimal(len(people)), "参保股"))
        for scheme in ("310", "390"):
            heads = {r["psn_no"] for r in people if r["insutype"] == scheme}
            found.append(("enrollment", "persons", year, scheme, Decimal(len(heads)), "税务局"))
        paid = [r for r in _accepted(data["contribution"]) if r["year"] == year]
        found.append(
            (
                "contribution",
                "amount",
                year,
                "390",
                _sum([r for r in paid if r["insutype"] == "390"], "total_amount"),
                "税务局",
            )
        )
    off = {
        "rows": Decimal(3),
        "amount": Decimal("400.00"),
        "fund_amount": Decimal("-120.50"),
        "persons": Decimal(2),
    }
    rows: list[Row] = []
    for n, (dataset, measure, period, scheme, value, source) in enumerate(found, start=1):
        differs = n % 4 == 0
        rows.append(
            {
                "control_id": f"K{n:04d}",
                "dataset": dataset,
                "measure": measure,
                "period": period,
                "insutype": scheme,
                "value": str(value + off[measure] if differs else value),
                "source": source,
                "#kind": "control_total_differs" if differs else "control_total_agrees",
                "#level": "case",
                "#fate": "accepted",
            }
        )
    return rows
