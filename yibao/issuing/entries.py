"""The entries of the ledger: a signature, an issue. Times are ISO in UTC, hashes sha256 in hex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from yibao import formatting
from yibao.reporting.content import Status


class SigningRole(StrEnum):
    """三审制: who made it, who looked through it, who answers for it; in this order."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"
    APPROVED = "approved"

    @property
    def name_zh(self) -> str:
        return _NAMES[self]


_NAMES = {
    SigningRole.PREPARED: "制表",
    SigningRole.REVIEWED: "审核",
    SigningRole.APPROVED: "签发",
}
ROLES = tuple(SigningRole)


class ReportKey(NamedTuple):
    """Which report: what is signed, issued and listed for itself. `part` is of the period, empty where it has one document."""

    period: str
    region_code: str
    product: str
    part: str = ""

    @property
    def options(self) -> str:
        """How the commands name it."""
        part = f" --part {self.part}" if self.part else ""
        return f"--period {self.period} --product {self.product}{part}"


@dataclass(frozen=True)
class OfReport:
    """What is of one report."""

    period: str
    region_code: str
    product: str
    part: str

    @property
    def key(self) -> ReportKey:
        return ReportKey(self.period, self.region_code, self.product, self.part)


@dataclass(frozen=True)
class Signed(OfReport):
    """One user signed one run's report."""

    run_id: str
    role: SigningRole
    user: str
    display_name: str
    at: str


@dataclass(frozen=True)
class Issued(OfReport):
    """A report that was sent. `issue` is the folder of its frozen copy below DATA/issued, `previous` the issue before it.

    `policy_hash` is that of the alert rules, quality rules and tolerances; `batches` and `inputs` (sha256 of the landed
    files) tell what the run was made from; `files` are those of the report, `copies` what was frozen beside them, none where
    it did not go to the superior bureau.
    """

    issue: str
    status: Status
    run_id: str
    dated: str
    at: str
    by: str
    reason: str
    catalogue_hash: str
    policy_hash: str
    code_version: str
    code_fingerprint: str
    batches: tuple[str, ...]
    inputs: tuple[str, ...]
    # a mapping has no hash
    files: Mapping[str, str] = field(hash=False)
    copies: Mapping[str, str] = field(hash=False)
    previous: str | None


Entry: TypeAlias = Signed | Issued
_KINDS: dict[str, type[Signed] | type[Issued]] = {"signed": Signed, "issued": Issued}


def moment_of(entry: Entry) -> datetime:
    """When it was entered."""
    return datetime.fromisoformat(entry.at)


def day_of(entry: Entry) -> str:
    """The day on the bureau's calendar, YYYY-MM-DD."""
    return formatting.clock(moment_of(entry))[:10]


def to_record(entry: Entry) -> dict[str, Any]:
    """What the chain keeps of an entry."""
    kind = next(name for name, kept in _KINDS.items() if isinstance(entry, kept))
    return {"kind": kind, **asdict(entry)}


def from_record(record: Mapping[str, Any]) -> Entry:
    """Reads what `to_record` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    kind = _KINDS[record["kind"]]
    # the first ledgers knew no parts
    content = {item.name: record[item.name] for item in fields(kind) if item.name != "part"}
    content["part"] = record.get("part", "")
    if kind is Signed:
        return Signed(**{**content, "role": SigningRole(content["role"])})
    return Issued(
        **{**content, "batches": tuple(content["batches"]), "inputs": tuple(content["inputs"])},
    )
