"""The package of the demo county: no row of a person, and indicators that add up again at the superior bureau."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from tests.unit.reporting.kit import sample_report
from yibao.figures import Scope, open_figures
from yibao.paths import DataPaths
from yibao.reporting.package import package

OF_A_PERSON = re.compile(r"psn|cert|name_mask|setl_id|record_key|household|birth|^key$|^row$|^file$")


def test_the_package_holds_no_person_and_its_parts_add_up(demo_data: Path) -> None:
    figures = open_figures(DataPaths(demo_data), Scope())
    report = sample_report()
    report = replace(report, identity=replace(report.identity, run_id=figures.generation.run_id))
    with zipfile.ZipFile(io.BytesIO(package(figures, report, {}))) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    listed = json.loads(files["manifest.json"])["files"]
    columns = {column for entry in listed.values() for column in entry.get("columns", ())}
    assert not [column for column in columns if OF_A_PERSON.search(column)]
    assert "indicators.csv" in listed
    assert len([name for name in listed if name.startswith("tables/")]) == 15
    # a masked name or certificate has stars
    assert not [name for name, text in files.items() if name.endswith(".csv") and "**" in text]

    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(files["indicators.csv"])):
        key = (row["indicator_code"], row["period"], row["period_mode"], row["insutype"], row["breakdown"])
        if key == ("ip_actual_ratio", "2026-09", "ytd", "all", "none"):
            sums[len(row["region_code"])] += Decimal(row["numerator"])
    assert sums[6] == sums[9] > 0
