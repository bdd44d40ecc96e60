"""The whole way: read and judge the packages, add them up, publish; nothing is published when one is refused."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

import duckdb

from yibao import durable
from yibao.consolidation.adding import NAMED, Place, Target, add_up, prepare, take
from yibao.consolidation.archive import Limits
from yibao.consolidation.checking import Demand, Judgement, Verdict, judge
from yibao.consolidation.manifest import PackageManifest
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.reading import Package, Standard, read_manifest, read_package
from yibao.consolidation.shapes import model_shapes, seed_types
from yibao.consolidation.writing import Taken, city_name, publish_city, taken_from
from yibao.disk import problem_of
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.project import Project
from yibao.publishing import Generation

_MEMORY_LIMIT = "1GB"
# one package is read while the one before it is taken; each is a package in memory
_READERS = 2
_READER: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "512MB", "threads": 1}
_DRAFT = ".consolidating-"
# told (done, total, what)
Show = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Request:
    """What `yibao consolidate` was asked for; `names` are the Chinese names of the datasets, for the quality page."""

    packages: tuple[Path, ...]
    city: Place
    demand: Demand
    targets: tuple[Target, ...]
    names: Mapping[str, str]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Outcome:
    """Every package's judgement; the generation, None where any of them stopped it."""

    judgements: tuple[Judgement, ...]
    generation: Generation | None


def consolidate(project: Project, paths: DataPaths, request: Request, now: datetime, show: Show) -> Outcome:
    """The caller holds the lock of the data folder.

    Raises Problem: exit 2 for a data folder that is a county's own, exit 1 when the disk cannot be written. What is wrong
    with a package is in its judgement, not raised.
    """
    _require_own_folder(paths)
    judgements = judge(*_manifests(request), request.demand)
    sql = ModelSql(project, NAMED)
    with _draft(paths) as database:
        try:
            return _build(project, paths, request, judgements, sql, database, now, show)
        except duckdb.Error as error:
            told = problem_of(error, database)
            if told is None:
                raise
            raise told from error


def _build(
    project: Project,
    paths: DataPaths,
    request: Request,
    judgements: Sequence[Judgement],
    sql: ModelSql,
    database: Path,
    now: datetime,
    show: Show,
) -> Outcome:
    city = city_name(request.city, judgements)
    stopped = any(judgement.stops for judgement in judgements)
    judged: list[Judgement] = []
    taken: list[Taken] = []
    with duckdb.connect(str(database), config={"memory_limit": _MEMORY_LIMIT}) as connection:
        # one transaction: what is thrown away is not made durable 60 times before
        connection.begin()
        connection.execute("set force_compression = 'uncompressed'")
        standard = prepare(connection, project, sql, request.demand.period, request.targets)
        for number, (judgement, package) in enumerate(_ahead(judgements, request.limits, standard)):
            show(number, len(judgements), judgement.county.name)
            # read even where another package stopped it all: what is wrong is told at once
            if package is not None:
                taken.append(taken_from(package))
                if not stopped:
                    take(connection, sql, package, city)
            judged.append(judgement)
            stopped = stopped or judgement.stops
        show(len(judgements), len(judgements), "")
        if stopped or not taken:
            return Outcome(tuple(judged), None)
        add_up(connection, sql, city)
        connection.commit()
    tables = [*model_shapes(project), *seed_types(project)]
    generation = publish_city(
        project, paths, database, tables, request.demand.period, judged, taken, request.names, now
    )
    return Outcome(tuple(judged), generation)


def _ahead(
    judgements: Sequence[Judgement], limits: Limits, standard: Standard
) -> Iterator[tuple[Judgement, Package | None]]:
    """Every judgement in order, after its package was read; those that are not taken are not read."""
    with ExitStack() as opened:
        checkers: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        for _ in range(_READERS):
            checkers.put(opened.enter_context(duckdb.connect(config=_READER)))
        # left first, so that no reader outlives its connection
        readers = opened.enter_context(ThreadPoolExecutor(_READERS))
        waiting = deque[Future[tuple[Judgement, Package | None]]]()
        for judgement in judgements:
            waiting.append(readers.submit(_read, judgement, limits, standard, checkers))
            if len(waiting) == _READERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read(
    judgement: Judgement,
    limits: Limits,
    standard: Standard,
    checkers: SimpleQueue[duckdb.DuckDBPyConnection],
) -> tuple[Judgement, Package | None]:
    if judgement.verdict is not Verdict.TAKEN or judgement.path is None:
        return judgement, None
    checker = checkers.get()
    try:
        return judgement, read_package(judgement.path, limits, standard, checker)
    except Problem as problem:
        return replace(judgement, verdict=Verdict.FAILED, problem=problem), None
    except OSError as error:
        return replace(judgement, verdict=Verdict.ERROR, problem=_unread(judgement.path, error)), None
    finally:
        checkers.put(checker)


def _manifests(
    request: Request,
) -> tuple[list[tuple[Path, PackageManifest]], list[tuple[Path, Problem, bool]]]:
    read: list[tuple[Path, PackageManifest]] = []
    unread: list[tuple[Path, Problem, bool]] = []
    for path in request.packages:
        try:
            read.append((path, read_manifest(path, request.limits)))
        except Problem as problem:
            unread.append((path, problem, True))
        except OSError as error:
            unread.append((path, _unread(path, error), False))
    return read, unread


def _unread(path: Path, error: OSError) -> Problem:
    return Problem(
        f"文件读不出来：{error.strerror or error}",
        where=str(path),
        todo="请检查路径、权限和磁盘，再执行一次。",
        exit_code=ExitCode.NOT_PUBLISHED,
    )


def _require_own_folder(paths: DataPaths) -> None:
    if paths.landing.exists() or paths.warehouse.exists() or paths.spark.exists():
        raise Problem(
            "这个数据文件夹里有县区自己导入的数据，不能再发布汇总数",
            where=str(paths.root),
            todo="请用 --data 另指一个文件夹，专放汇总。",
        )


@contextmanager
def _draft(paths: DataPaths) -> Iterator[Path]:
    """A database to build the city in; what a process that died left there goes."""
    for leftover in paths.root.glob(f"{_DRAFT}*"):
        durable.remove_folder(leftover)
    folder = paths.root / f"{_DRAFT}{secrets.token_hex(6)}"
    folder.mkdir()
    try:
        yield folder / "city.duckdb"
    finally:
        durable.remove_folder(folder)
