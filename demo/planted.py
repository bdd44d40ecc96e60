"""The list of what was planted and where: kinds with their places, and what becomes of every file's rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .files import Place

FATES = ("accepted", "quarantined", "duplicate", "superseded")
KEYS = {
    "settlement": "setl_id", "settlement_item": "item_sn", "enrollment": "psn_no",
    "contribution": "payment_id",
    "referral": "filing_id", "fund_ledger": "entry_id", "priority_roster": "roster_id",
    "population": "region_code",
    "inspection_finding": "finding_id", "control_total": "control_id",
}  # fmt: skip


def planted(places: list[Place], refused: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    """No certificate and no name stands here: rows are told by file, sheet, row and their own number."""
    kinds: dict[str, Any] = {}
    files: dict[str, Counter[str]] = {}
    datasets: dict[str, str] = {}
    for place in places:
        key = place.file if place.sheet is None else f"{place.file}#{place.sheet}"
        datasets[key] = place.dataset
        files.setdefault(key, Counter())[place.note.get("#fate", "accepted")] += 1
        kind = place.note.get("#kind")
        if not kind:
            continue
        entry = kinds.setdefault(kind, {"level": place.note.get("#level", "case"), "count": 0, "rows": []})
        row: dict[str, Any] = {
            "dataset": place.dataset,
            "file": place.file,
            "sheet": place.sheet,
            "row": place.row,
        }
        number = place.note.get(KEYS[place.dataset], "")
        row |= {"number": number} if number else {}
        row |= {"field": place.note["#field"]} if "#field" in place.note else {}
        row |= {"fate": place.note["#fate"]}
        entry["rows"].append(row)
        entry["count"] += 1
    return {
        "settings": settings,
        "kinds": dict(sorted(kinds.items())),
        "files": {
            key: {"dataset": datasets[key], "landed": sum(count.values())}
            | {fate: count[fate] for fate in FATES}
            for key, count in sorted(files.items())
        },
        "refused": refused,
    }
