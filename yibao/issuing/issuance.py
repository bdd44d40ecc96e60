"""Issuing a report: frozen first, then written into the ledger, then put in place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from yibao import audit_log
from yibao.audit_log import Action, AuditEntry
from yibao.issuing.entries import Issued
from yibao.issuing.frozen import copies_of, sheets_of, write_draft
from yibao.issuing.ledger import append, put_in_place, settle
from yibao.issuing.made import MadeReport
from yibao.issuing.rules import require_may_issue, state_in
from yibao.issuing.signing import logged, stamp
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.publishing import Manifest, find, open_generation
from yibao.reporting.content import STATUS_ZH, Status
from yibao.reporting.products import PRODUCTS

_POLICY = ("alert_rule", "rule", "tolerance")


@dataclass(frozen=True)
class Issuer:
    """Who gives the command (the login name for the audit log), and why a second time; the reason may be empty."""

    by: str
    reason: str = ""


def issue(paths: DataPaths, made: MadeReport, status: Status, issuer: Issuer, now: datetime) -> Issued:
    """Freezes and enters a signed report, with the values of its period where it goes to the superior bureau.

    The caller holds the lock of the data folder.

    A process that dies on the way leaves nothing, or (once the line is in the ledger) an issue that the next command puts in
    place. Raises Problem: exit 2 when the rules do not allow it, exit 1 when ledger, landing or generation are damaged.
    """
    found = settle(paths)
    told = made.listing
    state = state_in(found.entries, told.key, told.run_id)
    require_may_issue(state, status, issuer.reason)
    if told.status != status:
        raise Problem(
            f"报告上印的是“{STATUS_ZH[told.status]}”，与要报送的“{STATUS_ZH[status]}”不符",
            where=str(made.folder),
            todo=f"请用 yibao report {told.key.options} --status {status} 重新生成这份报告，再报送。",
        )
    of_period = [entry for entry in found.issues if entry.period == told.period]
    name = "-".join(filter(None, (told.region_code, told.product, told.part)))
    number = 1 + sum(entry.key == told.key for entry in of_period)
    with open_generation(find(paths, told.run_id)) as opened:
        manifest = opened.generation.manifest
        sheets = sheets_of(paths, manifest.provenance)
        bare = Issued(
            *told.key,
            issue=f"{told.period}/{name}-{number}",
            status=status,
            run_id=told.run_id,
            dated=told.dated,
            at=stamp(now),
            by=issuer.by,
            reason=issuer.reason.strip(),
            catalogue_hash=manifest.provenance.catalogue_hash,
            policy_hash=_policy_hash(manifest),
            code_version=manifest.provenance.code_version,
            code_fingerprint=manifest.provenance.code_fingerprint,
            batches=tuple(sorted({sheet.batch for sheet in sheets})),
            inputs=tuple(sorted({sheet.sha256 for sheet in sheets})),
            files={name: hashlib.sha256(content).hexdigest() for name, content in made.files.items()},
            copies={},
            previous=of_period[-1].issue if of_period else None,
        )
        # a notice or a bulletin that goes nowhere above takes no place of what the superior bureau was told of the period
        copies = copies_of(opened, bare, sheets) if PRODUCTS[told.product].goes_up else {}
    entry = replace(
        bare, copies={name: hashlib.sha256(content).hexdigest() for name, content in copies.items()}
    )
    write_draft(paths, entry.issue, {**made.files, **copies})
    # the log first: what it cannot tell of must not happen
    audit_log.record(
        paths, AuditEntry(now, issuer.by, "", Action.REPORT_ISSUED, filters=logged(told, status))
    )
    append(paths, entry)
    put_in_place(paths, entry.issue)
    return entry


def _policy_hash(manifest: Manifest) -> str:
    """Over the published rules: which values raise an alert, which rows a warning, which drift is tolerated."""
    hashes = {name: manifest.tables[name].content_hash for name in _POLICY if name in manifest.tables}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
