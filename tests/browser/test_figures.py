"""What the page shows is what was published, to the last digit, and so is what it hands out."""

from __future__ import annotations

import hashlib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.browser.conftest import Enter
from tests.browser.site import TOWN, Site
from yibao import audit_log, publishing
from yibao.audit_log import Action

COUNTY = "990101"
CENT = Decimal("0.01")
_HEADLINE = """
select value.indicator_code, value.value
from indicator_value as value
inner join indicator on value.indicator_code = indicator.code
where
    headline is not null and region_code = ? and insutype = 'all' and breakdown = 'none'
    and period = (select max(period) from dim_period)
    and period_mode = case when contains(modes, 'month') then ? else 'ytd' end
"""


def asked(site: Site, sql: str, *values: str) -> list[tuple[str, Decimal | None]]:
    """The rows of a query on the published file itself, without our reader."""
    database = publishing.require_current(site.paths).database
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql, list(values)).fetchall()


@pytest.mark.parametrize(("region", "mode"), [(COUNTY, "ytd"), (COUNTY, "month"), (TOWN, "ytd")])
def test_the_cards_show_the_published_values(site: Site, enter: Enter, region: str, mode: str) -> None:
    page, _ = enter("leader")
    site.open(page, f"overview?region={region}&mode={mode}")
    shown = {
        str(card.get_attribute("data-code")): card.locator(".figure b").inner_text()
        for card in page.locator(".card").all()
    }
    published = dict(asked(site, _HEADLINE, region, mode))
    # the catalogue names those of the county; a township lacks those of the fund
    assert len(shown) >= 8 and published.keys() <= shown.keys()
    numbers = {
        code: f"{value.quantize(CENT, ROUND_HALF_UP):,}"
        for code, value in published.items()
        if value is not None
    }
    assert numbers and {code: shown[code] for code in numbers} == numbers
    for code in shown.keys() - numbers.keys():
        assert not any(letter.isdigit() for letter in shown[code]), (code, shown[code])


def test_what_is_handed_out_holds_the_figures_and_is_written_down(
    site: Site, enter: Enter, tmp_path: Path
) -> None:
    page, _ = enter("analyst")
    site.open(page, f"overview?region={COUNTY}&mode=ytd")
    with page.expect_download() as waiting:
        page.locator(".st-key-xlsx-regions button").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)

    sheet = openpyxl.load_workbook(file)["数据"]
    handed_out = {
        str(name): rate
        for name, rate, *_ in sheet.iter_rows(min_row=5, max_col=2, values_only=True)
        if isinstance(rate, float | int)
    }
    published = asked(
        site,
        """
        select region_name, value
        from indicator_value inner join dim_region using (region_code)
        where
            parent_code = ? and indicator_code = 'part_rate' and insutype = 'all' and breakdown = 'none'
            and value is not null and period = (select max(period) from dim_period)
        """,
        COUNTY,
    )
    assert handed_out == {name: pytest.approx(float(value or 0)) for name, value in published}
    assert len(handed_out) >= 3
    run_id = publishing.require_current(site.paths).run_id
    assert run_id in str(sheet["A3"].value)

    written = [entry for entry in audit_log.entries(site.paths) if entry.action is Action.EXPORT][-1]
    assert (written.user, written.page) == ("analyst", "总览：各乡镇参保率（由低到高）")
    assert written.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert written.filters["region"] == COUNTY
    assert written.rows is not None and written.rows >= len(handed_out)
    audit_log.verify(site.paths)
