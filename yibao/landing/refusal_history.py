"""Every file that was ever refused, so that one that came again and was taken can be told as corrected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from yibao import durable
from yibao.landing.errors import LandingError
from yibao.landing.ledger import LedgerEntry
from yibao.landing.summary import RefusedFile
from yibao.paths import DataPaths
from yibao.problem import ExitCode


@dataclass(frozen=True)
class PastRefusal:
    """A refusal as it was first told. `batch`: the number of the batch that this landing made, or would have made."""

    file: str
    sha256: str | None
    reason_code: str
    message_zh: str
    batch: str


@dataclass(frozen=True)
class Correction:
    """A file that was refused, and the landed one of the same name that came later, in `batch`."""

    refusal: PastRefusal
    corrected_file: str
    batch: str


def remember_refusals(paths: DataPaths, refused: Sequence[RefusedFile], batch: str) -> None:
    """Adds what was refused for the first time: same name with the same content stands once."""
    past = read_history(paths)
    known = {(refusal.file, refusal.sha256) for refusal in past}
    new = [
        PastRefusal(file.file, file.sha256, file.reason_code, file.message_zh, batch)
        for file in refused
        if (file.file, file.sha256) not in known
    ]
    if new:
        content = [asdict(refusal) for refusal in (*past, *new)]
        durable.write_text(paths.refusal_history, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def read_history(paths: DataPaths) -> tuple[PastRefusal, ...]:
    """In the order in which they were refused. Raises LandingError when the file cannot be read."""
    try:
        content = json.loads(paths.refusal_history.read_text(encoding="utf-8"))
        return tuple(PastRefusal(**item) for item in content)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        raise LandingError(
            "拒收记录读不出来",
            where=str(paths.refusal_history),
            todo="请从备份恢复这个文件；没有备份时删除它，以后的退回清单只是不再列出以前已更正的拒收文件。",
            exit_code=ExitCode.UNEXPECTED,
        ) from error


def corrections(history: Sequence[PastRefusal], ledger: Sequence[LedgerEntry]) -> tuple[Correction, ...]:
    """The refused files that came again under their name and were taken; of several the first that came."""
    taken: dict[str, list[LedgerEntry]] = {}
    for entry in sorted(ledger, key=lambda entry: (entry.batch, entry.file)):
        taken.setdefault(entry.given_name, []).append(entry)
    found = []
    for refusal in history:
        # a name is taken or refused by one landing, never both: an equal number is a later landing
        later = (entry for entry in taken.get(refusal.file, ()) if entry.batch >= refusal.batch)
        first = next(later, None)
        if first is not None:
            found.append(Correction(refusal, first.file, first.batch))
    return tuple(found)
