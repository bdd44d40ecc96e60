"""`python -m bench.peer --inbox DIR --out FILE`: four indicators with pandas, as a competent analyst would.

part_rate, ip_actual_ratio, ip_avg_cost, out_county_rate; for each month, as month value and year to date (part_rate: year
to date), by county and township, for all schemes and each. It reads only the files and columns these need, keeps
admissions only as soon as a file is read, types, drops exact duplicates (over what it reads), joins persons by certificate.
It does without all else that the road does: lineage, quarantine, conservation, superseded rows, reversals
without original, warnings, the other 48 indicators and breakdowns, tests, publishing. Amounts are floats.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]

from bench.peer_read import Frame, Keep, read

EMPLOYEE = ("310", "340")
ADMISSIONS = (*(str(code) for code in range(21, 29)), "52")
KEYS = ["period", "period_mode", "region_code", "insutype", "indicator_code"]
OUT_OF_COUNTY = ("2", "3", "4")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.peer", description=__doc__)
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="CSV of the values")
    given = parser.parse_args()
    rows = 0

    def counted(part: Frame) -> Frame:
        nonlocal rows
        rows += len(part)
        return part

    enrollment = read_enrollment(given.inbox, counted)
    contribution = read_contribution(given.inbox, enrollment, counted)
    population = read_population(given.inbox, counted)
    admissions = read_admissions(given.inbox, enrollment, counted)
    periods = pd.period_range(admissions["period"].min(), admissions["period"].max(), freq="M")
    schemes = ["all", *sorted(enrollment["insutype"].unique())]
    values = pd.concat(
        [
            participation(enrollment, contribution, population, periods, schemes),
            care(admissions, periods),
        ]
    )
    values["value"] = values["numerator"] / values["denominator"].where(values["denominator"] > 0)
    values.loc[values["indicator_code"] != "ip_avg_cost", "value"] *= 100
    values.to_csv(given.out, index=False)
    print(json.dumps({"rows": rows, "cells": len(values)}))
    return 0


def read_enrollment(inbox: Path, counted: Keep) -> Frame:
    needed = ["psn_no", "region_code", "insutype", "year", "status", "begin_date"]
    found = read(inbox, "enrollment", needed, ["certno", "psn_type", "end_date", "updt_time"], counted)
    found = found.drop_duplicates()
    found["year"] = found["year"].astype(int)
    # a person is its certificate; whole numbers join and group many times faster than text
    found["person"] = pd.factorize(found["certno"].str.upper().fillna(found["psn_no"]))[0]
    found["employee"] = found["insutype"].isin(EMPLOYEE)
    found["county"] = found["region_code"].str[:6]
    found["township"] = found["region_code"].str[:9].str.pad(9, "right", "0")
    found["exempt"] = (found["psn_type"] == "12") | (found["insutype"] == "340")
    stopped = found["status"].isin(["2", "4"])
    stop = found["end_date"].where(~stopped, found["end_date"].fillna(found["updt_time"]))
    # status 0, or stopped without a date: never effective
    never = (found["status"] == "0") | (stopped & stop.isna())
    found["stop"] = stop.dt.normalize().fillna(pd.Timestamp(2262, 1, 1)).mask(never, pd.Timestamp(1700, 1, 1))
    return found


def read_contribution(inbox: Path, enrollment: Frame, counted: Keep) -> Frame:
    needed = ["payment_id", "psn_no", "insutype", "year", "pay_time", "total_amount"]
    found = read(inbox, "contribution", needed, [], counted).drop_duplicates()
    found["person"] = found["psn_no"].map(person_of(enrollment))
    found["employee"] = found["insutype"].isin(EMPLOYEE)
    return found.dropna(subset=["person"]).astype({"person": int, "year": int})


def read_population(inbox: Path, counted: Keep) -> Frame:
    needed = ["year", "region_code", "population_type", "head_count"]
    found = read(inbox, "population", needed, [], counted).drop_duplicates()
    found = found[(found["population_type"] == "registered") & (found["head_count"] >= 0)]
    found["township"] = found["region_code"].str[:9]
    # villages count only where their township is not given itself
    whole = set(found.loc[found["region_code"].str.len() == 9, "township"])
    found = found[(found["region_code"].str.len() == 9) | ~found["township"].isin(whole)]
    found = found.astype({"year": int})
    by_township = found.groupby(["year", "township"])["head_count"].sum()
    by_county = by_township.groupby(["year", by_township.index.get_level_values(1).str[:6]]).sum()
    both = pd.concat([by_township, by_county.rename_axis(["year", "township"])])
    return both.rename("denominator").rename_axis(["year", "region_code"]).reset_index()


def read_admissions(inbox: Path, enrollment: Frame, counted: Keep) -> Frame:
    needed = ["setl_id", "psn_no", "insutype", "med_type", "inst_code", "insu_admdvs", "setl_time"]
    needed += ["total_cost", "pool_pay", "valid_flag"]
    found = read(
        inbox,
        "settlement",
        needed,
        ["inst_admdvs", "location_class"],
        lambda part: counted(part)[part["med_type"].isin(ADMISSIONS) & (part["valid_flag"] == "1")],
    )
    found = found.drop_duplicates()
    found = found[found["setl_time"] < pd.Timestamp(2031, 1, 1)]
    register = read(inbox, "institution", ["inst_code", "region_code"], [], counted)
    place = register.drop_duplicates("inst_code").set_index("inst_code")["region_code"].str[:6]
    at = found["inst_admdvs"].str[:6].fillna(found["inst_code"].map(place))
    outside = (at != found["insu_admdvs"]).where(at.notna(), found["location_class"].isin(OUT_OF_COUNTY))
    found["period"] = found["setl_time"].dt.to_period("M")
    found["year"] = found["setl_time"].dt.year
    # where the person is enrolled that year; the row of a paying scheme first
    home = enrollment.sort_values(["employee", "status", "begin_date"]).drop_duplicates(["person", "year"])
    found["person"] = found["psn_no"].map(person_of(enrollment)).fillna(-1).astype(int)
    found = found.merge(home[["person", "year", "township"]], on=["person", "year"], how="left")
    found["township"] = found["township"].fillna(found["insu_admdvs"] + "000")
    found["cases"] = 1 - 2 * (found["total_cost"] < 0).astype(int)
    found["out_cases"] = found["cases"].where(outside.to_numpy(), 0)
    return found.rename(columns={"insu_admdvs": "county"})


def person_of(enrollment: Frame) -> pd.Series:
    return enrollment.drop_duplicates("psn_no", keep="last").set_index("psn_no")["person"]


def rolled(found: Frame, keys: list[str], sums: list[str]) -> Frame:
    """Sums by county and township, for all schemes and each; `found` has county, township, insutype."""
    fine = found.groupby([*keys, "county", "township", "insutype"], as_index=False)[sums].sum()
    parts = []
    for region in ("county", "township"):
        for scheme in (fine["insutype"], "all"):
            part = fine.assign(region_code=fine[region], insutype=scheme)
            parts.append(part.groupby([*keys, "region_code", "insutype"])[sums].sum())
    return pd.concat(parts)


def participation(
    enrollment: Frame, contribution: Frame, population: Frame, periods: pd.PeriodIndex, schemes: list[str]
) -> Frame:
    """part_rate: insured on the last day of each month over the registered population."""
    parts = []
    for period in periods:
        day, year = period.end_time.normalize(), period.year
        here = enrollment[
            (enrollment["year"] == year) & (enrollment["begin_date"] <= day) & (enrollment["stop"] > day)
        ]
        paid = contribution[(contribution["year"] == year) & (contribution["pay_time"] <= period.end_time)]
        net = paid.groupby(["person", "employee"])["total_amount"].sum()
        payers = net[net > 0].reset_index()[["person", "employee"]].assign(paid=True)
        here = here.merge(payers, on=["person", "employee"], how="left")
        here = here[here["exempt"] | here["paid"].notna()]
        # once in a county: employee before resident, then the newest beginning
        order = ["employee", "begin_date", "updt_time"]
        counted = here.sort_values(order, ascending=False).drop_duplicates(["person", "county"])
        insured = rolled(counted.assign(numerator=1), [], ["numerator"])["numerator"]
        cells = population[population["year"] == year].merge(pd.DataFrame({"insutype": schemes}), how="cross")
        place = pd.MultiIndex.from_frame(cells[["region_code", "insutype"]])
        cells["numerator"] = insured.reindex(place, fill_value=0).to_numpy()
        parts.append(cells.assign(period=str(period)))
    return pd.concat(parts).assign(period_mode="ytd", indicator_code="part_rate")[
        [*KEYS, "numerator", "denominator"]
    ]


def care(admissions: Frame, periods: pd.PeriodIndex) -> Frame:
    """The three indicators of admissions, by month and year to date."""
    sums = ["total_cost", "pool_pay", "cases", "out_cases"]
    month = rolled(admissions, ["period"], sums).unstack(["region_code", "insutype"])
    month = month.reindex(periods, fill_value=0).fillna(0).rename_axis("period")
    to_date = month.groupby(month.index.year).cumsum()
    parts = []
    for mode, wide in (("month", month), ("ytd", to_date)):
        long = wide.stack(["region_code", "insutype"], future_stack=True).reset_index()
        for code, numerator, denominator in (
            ("ip_actual_ratio", "pool_pay", "total_cost"),
            ("ip_avg_cost", "total_cost", "cases"),
            ("out_county_rate", "out_cases", "cases"),
        ):
            cells = long[["period", "region_code", "insutype"]].assign(
                period_mode=mode,
                indicator_code=code,
                numerator=long[numerator],
                denominator=long[denominator],
            )
            parts.append(cells[[*KEYS, "numerator", "denominator"]])
    return pd.concat(parts)


if __name__ == "__main__":
    raise SystemExit(main())
