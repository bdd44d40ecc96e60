"""Inspections of each month and what they found."""

from __future__ import annotations

from .care import INSTITUTIONS
from .chance import stream
from .county import COUNTY
from .money import yuan
from .text import Row

_METHODS = ("routine", "special", "unannounced", "cross", "random", "complaint", "routine", "self")
_VIOLATIONS = (
    "overcharge", "unreasonable", "swap", "hanging_bed", "drug_sale", "induced", "split", "impersonation",
    "fictitious",
    "forged", "other",
)  # fmt: skip
_ACTIONS = (
    "rectify",
    "interview",
    "rectify",
    "suspend",
    "fine",
    "none",
    "rectify",
    "interview",
    "terminate",
    "transfer",
)


def inspections(months: list[tuple[int, int]], seed: int) -> tuple[list[Row], list[Row]]:
    """Four to six inspections a month, two to four findings in every month."""
    rng = stream(seed, "inspection")
    inside = [i for i in INSTITUTIONS if i.region.startswith(COUNTY)]
    visits: list[Row] = []
    findings: list[Row] = []
    for n, (year, month) in enumerate(months):
        for k in range(4 + n % 3):
            inst = inside[(n * 5 + k * 7 + int(rng.random() * 3)) % len(inside)]
            number = len(visits) + 1
            method = _METHODS[(n + 3 * k) % len(_METHODS)] if k else "routine"
            dom = 3 + 4 * k + int(rng.random() * 3)
            visits.append(
                {
                    "inspection_id": f"C{year}{number:05d}",
                    "inst_code": inst.code,
                    "inspected_on": f"{year}-{month:02d}-{dom:02d}",
                    "method": method,
                    "inspectors": f"第{1 + number % 3}检查组",
                }
            )
            if k > 0 and rng.random() > 0.45:
                continue
            amount = int(20000 + rng.random() * 900000)
            what = _VIOLATIONS[int(rng.random() * len(_VIOLATIONS))]
            action = _ACTIONS[int(rng.random() * len(_ACTIONS))]
            done = n < len(months) - 3 or rng.random() < 0.5
            findings.append(
                {
                    "finding_id": f"W{year}{len(findings) + 1:05d}",
                    "inspection_id": f"C{year}{number:05d}",
                    "violation_type": "drug_sale" if inst.type == "2" else what,
                    "case_count": str(1 + int(rng.random() * 14)),
                    "violation_amount": yuan(amount),
                    "recovered_amount": yuan(amount if done else amount // 3),
                    "refused_amount": yuan(amount // 5 if k % 2 else 0),
                    "fine_amount": yuan(amount if action == "fine" else 0),
                    "action": action,
                    "acted_on": f"{year}-{month:02d}-28",
                    "case_no": f"示医保立〔{year}〕{len(findings) + 1}号"
                    if action in ("fine", "transfer")
                    else "",
                    "status": "closed" if done else "open",
                }
            )
    return visits, findings
