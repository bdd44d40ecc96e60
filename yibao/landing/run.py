"""A landing run: inbox in, landed Parquet, ledger and refusals out."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from yibao import disk
from yibao.contract import Contract
from yibao.landing import store
from yibao.landing.crew import WORTH_A_PROCESS, Crew, Failed, open_crew
from yibao.landing.errors import LandingError, Refusal
from yibao.landing.inbox import InboxFile, list_inbox
from yibao.landing.keys import PseudonymKey, require_same_key
from yibao.landing.ledger import LedgerEntry, read_ledger
from yibao.landing.refusal_history import remember_refusals
from yibao.landing.source_file import Job, Landed, Looked
from yibao.landing.summary import (
    LandingSummary,
    Progress,
    ProgressCallback,
    RefusedFile,
    SkippedFile,
    TakenFile,
)
from yibao.paths import DataPaths

_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


def land(
    inbox: Path,
    paths: DataPaths,
    contract: Contract,
    now: datetime,
    key: PseudonymKey,
    progress: ProgressCallback | None = None,
    workers: int = 1,
) -> LandingSummary:
    """Lands every new file of the inbox (semantics 1); each whole or not at all, even when the process dies.

    `now` stamps the batch; its time zone (the machine's when it has none) gives the date of a file. `workers` is the
    most processes to use; small inboxes are landed in this one. A file that cannot be taken is refused, told in the
    summary and in landing/refusals.json, and stays where it is.

    Raises LandingError when there is no such inbox, when another run is landing, when the key is another, or when a worker process died;
    Problem when the disk is full or cannot be written (what was committed before stays landed).
    """
    files = list_inbox(inbox)
    moment = now if now.tzinfo else now.astimezone()
    with _only_run(paths):
        try:
            require_same_key(paths, key)
            store.prepare(paths, contract)
            run = _Run(paths, read_ledger(paths), moment, progress)
            total = sum(file.size for file in files)
            count = min(workers, len(files)) if total >= WORTH_A_PROCESS else 1
            with open_crew(contract, key.secret, count, run.report) as crew:
                run.look(crew, files)
                run.land(crew)
            refused = sorted(run.refused, key=lambda file: file.file)
            store.write_refusals(paths, refused)
            remember_refusals(paths, refused, run.batch)
        except OSError as error:
            raise disk.disk_problem(error, paths.root) from error
        finally:
            store.sweep(paths)
    return run.summary(key.notices)


@contextmanager
def _only_run(paths: DataPaths) -> Iterator[None]:
    try:
        paths.landing.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.landing_lock, timeout=0):
            yield
    except Timeout as error:
        raise LandingError(
            "另一个导入正在进行",
            where=str(paths.root),
            todo="请等它结束后再运行。",
        ) from error
    except OSError as error:
        raise disk.disk_problem(error, paths.landing) from error


def _older(name: str, entry: LedgerEntry, newest: LedgerEntry) -> str:
    """For a file that is put back as it was before a later content of its name came: it is not landed again."""
    return (
        f"{name}：这一份与第 {int(entry.batch)} 批的相同，没有再导入；第 {int(newest.batch)} 批导入过同名的另一份“{newest.file}”，"
        "同一主键的行仍以那一份为准。要改回这一份的，请在业务系统更正后重新导出；导出来仍一字不差的，在表头上方加一行标题再放进收件夹。"
    )


@dataclass
class _Run:
    paths: DataPaths
    ledger: list[LedgerEntry]
    now: datetime
    progress: ProgressCallback | None
    taken: list[TakenFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    twins: dict[str, list[str]] = field(
        default_factory=dict
    )  # sha256 to the further names of a file of this run
    done: dict[int, int] = field(default_factory=dict)
    telling: threading.Lock = field(default_factory=threading.Lock)  # reports come from a thread too

    @property
    def batch(self) -> str:
        last = max((int(entry.batch) for entry in self.ledger), default=0)
        return f"{last + 1:06d}"

    @property
    def landed_at(self) -> str:
        # later than every batch before it, even where the clock was set back
        moment = self.now.astimezone(UTC)
        last = max((entry.landed_at for entry in self.ledger), default=None)
        if last is not None:
            before = datetime.strptime(last, _INSTANT).replace(tzinfo=UTC)
            moment = max(moment, before + timedelta(microseconds=1))
        return moment.strftime(_INSTANT)

    def look(self, crew: Crew, files: Sequence[InboxFile]) -> None:
        """Pass one: every file is skipped, refused or becomes a job."""
        known = {entry.sha256: entry for entry in self.ledger}
        names = {entry.file for entry in self.ledger}
        # the newest of each name; the ledger is read in the order of batches
        by_name = {entry.given_name: entry for entry in self.ledger}
        batch, landed_at = self.batch, self.landed_at
        for file, found in zip(files, crew.look([file.path for file in files]), strict=True):
            if not isinstance(found, Looked):
                self._refuse(file.name, None, found)
                continue
            sha = found.fingerprint.sha256
            if sha in known:
                entry = known[sha]
                message = f"内容与第 {int(entry.batch)} 批已导入的“{entry.file}”相同，已略过"
                self.skipped.append(SkippedFile(file.name, "already_landed", message))
                newest = by_name.get(file.name, entry)
                if newest.batch > entry.batch:
                    self.notices.append(_older(file.name, entry, newest))
            elif sha in self.twins:
                self.twins[sha].append(file.name)
            else:
                self.twins[sha] = []
                name = f"{file.name}~{sha[:8]}" if file.name in names else file.name
                self.jobs.append(
                    Job(
                        path=file.path,
                        looked=found,
                        file=name,
                        file_id=f"{batch}-{sha[:12]}",
                        batch=batch,
                        landed_at=landed_at,
                        draft=store.new_draft(self.paths),
                        zone=self.now.tzinfo,
                    )
                )

    def land(self, crew: Crew) -> None:
        """Pass two: jobs become landed files, committed in the order of their names."""
        for number, (job, found) in enumerate(zip(self.jobs, crew.land(self.jobs), strict=True)):
            sha = job.looked.fingerprint.sha256
            if isinstance(found, Landed):
                store.commit(job.draft, self.paths, job.file_id)
                self.taken.append(TakenFile(job.file, job.file_id, found.entries))
                self.notices += [f"{job.file}：{notice}" for notice in found.notices]
                for twin in self.twins[sha]:
                    message = f"内容与“{job.file}”相同，只导入一次"
                    self.skipped.append(SkippedFile(twin, "same_content", message))
            else:
                store.discard(job.draft)
                if isinstance(found, Failed) and found.unwritten is not None:
                    raise OSError(found.unwritten, os.strerror(found.unwritten), str(self.paths.root))
                for name in (job.file.removesuffix(f"~{sha[:8]}"), *self.twins[sha]):
                    self._refuse(name, sha, found)
            self.report(number, job.looked.fingerprint.size, finished=True)

    def report(self, task: int, done: int, finished: bool = False) -> None:
        """Tells the caller how far the file of this job is; a finished one is told once."""
        if self.progress is None:
            return
        job = self.jobs[task]
        size = job.looked.fingerprint.size
        with self.telling:
            if done < self.done.get(task, 0) or (done >= size and not finished):
                return
            self.done[task] = done
            everything = sum(other.looked.fingerprint.size for other in self.jobs)
            self.progress(Progress(job.file, done, size, sum(self.done.values()), everything))

    def summary(self, notices: Sequence[str]) -> LandingSummary:
        """The run, told in the order of file names."""
        batch = self.jobs[0].batch if self.taken else None
        return LandingSummary(
            batch=batch,
            landed_at=self.jobs[0].landed_at if self.taken else None,
            taken=tuple(self.taken),
            skipped=tuple(sorted(self.skipped, key=lambda file: file.file)),
            refused=tuple(sorted(self.refused, key=lambda file: file.file)),
            notices=(*notices, *self.notices),
        )

    def _refuse(self, name: str, sha: str | None, found: Refusal | Failed | Landed) -> None:
        if isinstance(found, Refusal):
            code, message = found.reason_code, found.message_zh
        else:
            reason = found.message if isinstance(found, Failed) else ""
            code = "unreadable"
            message = f"文件读不了（{reason}）。请检查文件权限，关闭正在打开它的程序后再运行。"
        seen_at = self.now.astimezone(UTC).strftime(_INSTANT)
        self.refused.append(RefusedFile(name, sha, code, message, seen_at))
