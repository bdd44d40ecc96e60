"""定点机构: one institution: who it is, where it stands among its peers, who comes, what inspections found."""

from __future__ import annotations

import streamlit as st

from dashboard.components.indicators import note_coverage, note_of_county
from dashboard.components.institution_inspections import show_inspections
from dashboard.components.institution_patients import show_patients_by_month, show_patients_by_township
from dashboard.components.institution_peers import show_indicators_among_peers, show_months_among_peers
from dashboard.components.institution_profile import show_profile
from dashboard.components.show import note
from dashboard.view import View
from yibao.figures import Served, profile, served_by_institution
from yibao.labels import TIERS


def render(view: View) -> None:
    """The choice, then everything about the chosen one."""
    served = {each.key: each for each in served_by_institution(view.figures, view.chosen)}
    code = _choose(view, served)
    found = profile(view.figures, code) if code else None
    if found is None:
        note("所选期间没有可以查看的机构。")
        return
    show_profile(view, found, served.get(found.code))
    note_coverage(view)
    if view.region.level == "county":
        show_indicators_among_peers(view, found)
        show_months_among_peers(view, found)
    else:
        note_of_county(view, "机构的指标、位次和各月走势")
    if view.region.level == "township":
        show_patients_by_month(view, found)
    else:
        show_patients_by_township(view, found)
    show_inspections(view, found)


def _choose(view: View, served: dict[str, Served]) -> str | None:
    """Tier, then institution; the choice goes into the address.

    Of one township only those are offered where its people went: the others have nothing to show.
    """
    offered = [
        institution
        for institution in view.institutions.values()
        if institution.code in served or view.region.level != "township"
    ]
    if not offered:
        return None
    by_tier = {
        tier: [institution for institution in offered if institution.service_tier == tier] for tier in TIERS
    }
    tiers = [tier for tier in by_tier if by_tier[tier]]
    known = {institution.code: institution for institution in offered}
    busiest = next((code for code in served if code in known), offered[0].code)
    asked = view.parameters.get("inst", busiest)
    current = asked if asked in known else busiest
    rank = {code: number for number, code in enumerate(served)}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        tier = st.selectbox(
            "机构层级",
            tiers,
            index=tiers.index(known[current].service_tier),
            format_func=TIERS.__getitem__,
            width=140,
            filter_mode=None,
            placeholder="请选择",
        )
        members = sorted(
            (institution.code for institution in by_tier[tier]),
            key=lambda code: (rank.get(code, len(rank)), code),
        )
        code = st.selectbox(
            "机构",
            members,
            index=members.index(current) if current in members else 0,
            format_func=lambda code: known[code].name,
            width=360,
            filter_mode=None,
            placeholder="请选择",
        )
        if view.sees_rows and st.button("查看结算明细", type="tertiary"):
            view.go("settlements", inst=code)
    if code != current:
        view.go("institution", inst=code)
    return code
