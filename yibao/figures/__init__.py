"""Reading the figures of a published generation as one user may see them. Dashboard and reports ask here."""

from yibao.figures.catalogue import Catalogue, Indicator, Measure, catalogue
from yibao.figures.indicators import Selection, Value, alerts, below, parts, series, values
from yibao.figures.places import (
    UNKNOWN_TOWNSHIP,
    Institution,
    Period,
    Region,
    Scheme,
    institutions,
    periods,
    regions,
    schemes,
)
from yibao.figures.quarantine import (
    QuarantinedRow,
    QuarantinedRule,
    quarantined_open,
    quarantined_rows,
    quarantined_rules,
)
from yibao.figures.reader import Figures, open_figures
from yibao.figures.rules import AlertRule, alert_rules
from yibao.figures.scope import Scope, has_rule
from yibao.figures.settlements import Narrowing, Settlement, Totals, settlement_totals, settlements

__all__ = [
    "UNKNOWN_TOWNSHIP",
    "AlertRule",
    "Catalogue",
    "Figures",
    "Indicator",
    "Institution",
    "Measure",
    "Narrowing",
    "Period",
    "QuarantinedRow",
    "QuarantinedRule",
    "Region",
    "Scheme",
    "Scope",
    "Selection",
    "Settlement",
    "Totals",
    "Value",
    "alert_rules",
    "alerts",
    "below",
    "catalogue",
    "has_rule",
    "institutions",
    "open_figures",
    "parts",
    "periods",
    "quarantined_open",
    "quarantined_rows",
    "quarantined_rules",
    "regions",
    "schemes",
    "series",
    "settlement_totals",
    "settlements",
    "values",
]
