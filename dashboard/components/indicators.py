"""Cards of indicators as the filters cut them, and what to say when the period's settlements are not all there."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.cards import Card, show_cards
from dashboard.components.show import note
from dashboard.view import View
from yibao.figures import series, values

_MONTHS_DRAWN = 13
# every indicator of settlements tells alike whether they were delivered
_TELLS = "ip_avg_cost"


def show_indicators(view: View, codes: Sequence[str]) -> None:
    """A card for each indicator, with the light, the changes and the last months."""
    now = values(view.figures, codes, view.chosen)
    months = series(view.figures, codes, view.chosen)
    show_cards(
        [
            Card(
                view.catalogue[code],
                now.get(code),
                months[code][-_MONTHS_DRAWN:],
                "" if view.chosen.mode == "ytd" or view.catalogue[code].has_month else "累计",
            )
            for code in codes
        ],
        view.catalogue,
    )


def note_coverage(view: View) -> None:
    """One line where settlements of a month are missing: sums of the tables are then not those of the whole period."""
    value = values(view.figures, [_TELLS], view.chosen).get(_TELLS)
    if value is not None and value.status == "no_data":
        note(
            f"所选期间（{view.chosen.period} {view.mode_zh}）的结算数据没有报全，指标不计算；"
            "下面由结算相加的表只含已报送的月份，不是全期数。"
        )


def note_of_county(view: View, what: str) -> None:
    """One line in place of what is counted for a county as a whole."""
    if view.user.region_code is not None:
        note(f"{what}按全县计算，乡镇账号不显示。")
    else:
        note(f"{what}按全县计算，请在上方“地区”中选择县查看。")
