"""No raw certificate and no full name leaves the inbox (semantics 3 and 8), whatever a run meets and whatever it leaves."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import docx
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typst
import xlsxwriter  # type: ignore[import-untyped]

from tests.integration.conftest import INBOX, ROOT, yibao
from tests.integration.identity_scan import Identities, scan
from tests.reference.contract import load_datasets
from tests.reference.read import read_inbox
from yibao import accounts, cli, fonts
from yibao.accounts import Role
from yibao.paths import DataPaths

# full and valid, of nobody
CERTIFICATE, NAME = "990101199001011237", "欧阳测"


@cache
def demo_identities() -> Identities:
    """All certificates and all names of persons of the demo exports: the columns that the contract marks."""
    datasets = load_datasets()
    found: dict[str, set[str]] = {"id": set(), "name": set()}
    for row in read_inbox(INBOX, datasets).rows:
        for field in datasets[row.dataset].fields:
            if field.pii and (text := row.texts[field.name]):
                found[field.pii].add(text)
    assert len(found["id"]) > 1000 and len(found["name"]) > 500
    return Identities(found["id"], found["name"])


# the scan itself -----------------------------------------------------------------------------------------------------


def as_text(encoding: str) -> Callable[[Path, str], None]:
    return lambda path, text: path.write_bytes(f'7,"{text}",x'.encode(encoding))


def as_parquet(path: Path, text: str) -> None:
    pq.write_table(pa.table({"note": ["a", f"见{text}。"] * 1000}), path, compression="zstd")


def as_table(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema kept; create table kept.notes as select [?, 'x'] as note", [text])


def as_workbook(path: Path, text: str) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_string(0, 0, text)


def as_word(path: Path, text: str) -> None:
    """In a paragraph of two runs, the way Word keeps what was typed in two goes."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    for part in (text[:1], text[1:]):
        paragraph.add_run(part)
    document.save(str(path))


def as_pdf(path: Path, text: str) -> None:
    own = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.folder()])
    path.write_bytes(typst.compile(f'#"{text}"'.encode(), font_paths=own))


def as_package(path: Path, text: str) -> None:
    """A workbook embedded in a Word file within a package, as a chart's data are."""
    book, word = path.with_suffix(".book"), path.with_suffix(".word")
    as_workbook(book, text)
    for outer, inner, name in ((word, book, "word/embeddings/chart1.xlsx"), (path, word, "report.docx")):
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(inner, name)
        inner.unlink()


def as_backup(path: Path, text: str) -> None:
    table = path.with_suffix(".table")
    as_table(table, text)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(table, "published/marts.duckdb")
    table.unlink()


def as_gzip(path: Path, text: str) -> None:
    stream = io.BytesIO(gzip.compress(text.encode()))
    path.write_bytes(stream.getvalue())


def as_file_name(path: Path, text: str) -> None:
    path.with_name(text).touch()


PLANTS: dict[str, Callable[[Path, str], None]] = {
    "utf-8": as_text("utf-8"),
    "gb18030": as_text("gb18030"),
    "utf-16-le": as_text("utf-16-le"),
    "utf-16-be": as_text("utf-16-be"),
    "parquet": as_parquet,
    "duckdb": as_table,
    "workbook": as_workbook,
    "word": as_word,
    "pdf": as_pdf,
    "workbook in word in zip": as_package,
    "database in backup": as_backup,
    "gzip": as_gzip,
    "file name": as_file_name,
}


@pytest.mark.parametrize("where", PLANTS)
@pytest.mark.parametrize(
    ("text", "known"),
    [
        (CERTIFICATE, True),
        ("990101900101123", True),
        ("990101199001011237".translate(str.maketrans("0123456789", "０１２３４５６７８９")), True),
        ("990101199001011245", False),
        ("990***********1237", False),
    ],
)
def test_the_scan_finds_a_certificate(tmp_path: Path, where: str, text: str, known: bool) -> None:
    PLANTS[where](tmp_path / "x.bin", text)
    assert bool(scan(tmp_path, Identities([CERTIFICATE, "990101900101123"], [NAME]))) is known


@pytest.mark.parametrize("where", PLANTS)
@pytest.mark.parametrize(("text", "known"), [(NAME, True), ("欧**", False)])
def test_the_scan_finds_a_name(tmp_path: Path, where: str, text: str, known: bool) -> None:
    PLANTS[where](tmp_path / "x.bin", text)
    assert bool(scan(tmp_path, Identities([CERTIFICATE], [NAME]))) is known


# what runs leave -----------------------------------------------------------------------------------------------------


def leaks(folder: Path, *told: str) -> dict[str, set[str]]:
    """What is found below the folder, and in what was told on the screen."""
    found = scan(folder, demo_identities())
    if on_screen := demo_identities().found_in("\n".join(told).encode()):
        found["(screen)"] = on_screen
    return found


def test_the_inbox_is_full_of_identities() -> None:
    """The scan sees them there, in text of each encoding and in workbooks."""
    found = scan(INBOX, demo_identities())
    assert found.keys() >= {
        "参保登记_2025.csv",
        "参保登记_2026.xlsx",
        "结算单补报_2026年.csv",
        "重点人群名单.xlsx",
    }


def test_a_run_leaves_no_identity(demo_data: Path) -> None:
    """Landing, warehouse, generation, quality, logs, dbt's manifests and compiled SQL, and what is there tomorrow."""
    told = demo_data.with_name(f"{demo_data.name}.out").read_text(encoding="utf-8")
    assert "已发布" in told
    assert len([path for path in demo_data.rglob("*") if path.is_file()]) > 300
    assert leaks(demo_data, told) == {}


def test_what_is_landed_of_a_person_is_a_hash_and_a_mask(demo_data: Path) -> None:
    masked = {"id": re.compile(r"..(.\*+....|.?\*+)|.?\*+"), "name": re.compile(r".\*\*")}
    hashed = re.compile("[0-9a-f]{32}")
    seen = 0
    with duckdb.connect() as connection:
        for dataset in load_datasets().values():
            landed = f"read_parquet('{demo_data.as_posix()}/landing/files/*/{dataset.name}-*.parquet', union_by_name = true)"
            for field in dataset.fields:
                if field.pii:
                    pairs = connection.execute(
                        f"select distinct {field.name}, {field.name}_mask from {landed} where {field.name} is not null"
                    ).fetchall()
                    assert [pair for pair in pairs if not hashed.fullmatch(pair[0])] == []
                    assert [pair for pair in pairs if not masked[field.pii].fullmatch(pair[1])] == []
                    seen += len(pairs)
    assert seen > 3000


@pytest.fixture
def some_exports(tmp_path: Path) -> Path:
    """Exports with persons in them, and files that are refused."""
    inbox = tmp_path / "inbox"
    shutil.copytree(INBOX.with_name("inbox_bad"), inbox)
    for name in (
        "参保登记_2025.csv",
        "重点人群名单.xlsx",
        "转诊备案.csv",
        "结算单_2026年第三季度.csv",
        "基础资料.xlsx",
    ):
        shutil.copy2(INBOX / name, inbox / name)
    return inbox


def test_a_run_whose_check_fails_leaves_no_identity(tmp_path: Path, some_exports: Path) -> None:
    """A check that finds every person: its rows, its SQL and its message stay without one."""
    project = tmp_path / "project"
    for name in ("models", "macros", "seeds", "tests/data", "expectations"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy2(ROOT / name, project / name)
    found = "select certno, certno_mask, psn_name, psn_name_mask from {{ ref('stg_enrollment') }}\n"
    (project / "tests" / "data" / "nobody_is_enrolled.sql").write_text(found, encoding="utf-8")
    done = yibao("run", "--inbox", some_exports, "--project", project, data=tmp_path / "data")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "nobody_is_enrolled" in done.stderr
    shutil.rmtree(some_exports)
    assert leaks(tmp_path, done.stdout, done.stderr) == {}


SURPRISED = """
import sys
from yibao.landing import {module}

def surprise(*arguments, **options):
    cells = [column.to_pylist() for column in arguments[0].columns]
    try:
        raise UnicodeError(cells)
    except UnicodeError as cause:
        error = {error}(f"cannot read {{cells}}")
        error.add_note(str(cells))
        raise error from cause

{module}.landed_table = surprise
from yibao.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize(("command", "error"), [("land", "KeyError"), ("run", "ValueError")])
def test_an_unexpected_error_leaves_no_identity(
    tmp_path: Path, some_exports: Path, command: str, error: str
) -> None:
    """An error whose message, cause and notes quote a whole file."""
    data = tmp_path / "data"
    script = SURPRISED.format(module="source_file", error=error)
    done = subprocess.run(
        [sys.executable, "-c", script, command, "--inbox", str(some_exports), "--data", str(data)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "YIBAO_KEY_FILE": str(tmp_path / "key")},
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 1 and error in done.stderr, done.stdout + done.stderr
    assert list((data / "logs").glob("error-*.log"))
    shutil.rmtree(some_exports)
    assert leaks(tmp_path, done.stdout, done.stderr) == {}


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PASSWORD = "qiu-tian-2026-shouhuo"
SIGNERS = {"prepared": "zhang", "reviewed": "li", "approved": "wang"}
SEPTEMBER = ["--period", "2026-09"]
# how each command is called on the demo county, one after the other
CALLS: dict[str, list[list[str]]] = {
    # by other tests here
    "run": [],
    "land": [["land", "--inbox", str(INBOX)]],
    "check": [["check"]],
    "publish": [["publish", "--period", "2026-08"]],
    "status": [["status"]],
    "show": [["show", "参保率", "--by", "region"]],
    "rollback": [["rollback"]],
    "quality": [["quality"]],
    "returns": [["returns"]],
    "report": [["report", "--date", "2026-10-05"]],
    "sign": [
        ["sign", *SEPTEMBER, "--as", role, "--user", user, "--password-stdin"]
        for role, user in SIGNERS.items()
    ],
    "issue": [
        ["report", "--date", "2026-10-05", "--status", "provisional"],
        ["issue", *SEPTEMBER, "--status", "provisional"],
    ],
    "issued": [["issued"]],
    "consolidate": [["consolidate", "data/reports/2026-09/monthly", *SEPTEMBER, "--expect", "expect.csv"]],
    "backup": [["backup", "--to", "kept"]],
    "restore": [["restore", "--from", "kept/*.tar.gz"]],
    "prune": [["prune", "--keep-generations", "1"]],
    "cluster": [["cluster", "stop"]],
    "user": [["user", "add", "zhao", "--role", "leader", "--display", "赵主任"]],
    "audit": [["audit"]],
    # serves until it is stopped
    "dashboard": [],
}
# these fill a data folder of their own
FOLDERS = {"consolidate": "city", "restore": "restored"}


def test_every_command_is_listed_here() -> None:
    assert set(CALLS) == set(cli.main.commands)


def add_signers(paths: DataPaths) -> None:
    first = "chun-tian-2026-bozhong"
    for name in SIGNERS.values():
        accounts.add_user(paths, name, name.title(), Role.LEADER, None, NOW, first)
        session = accounts.log_in(paths, name, first, NOW)
        assert isinstance(session, accounts.Session)
        assert isinstance(
            accounts.change_password(paths, session.token, first, PASSWORD, NOW), accounts.Session
        )


def test_no_command_tells_or_writes_an_identity(tmp_path: Path, demo_data: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    shutil.copy2(demo_data.with_name(f"{demo_data.name}.key"), tmp_path / "data.key")
    (tmp_path / "expect.csv").write_text("区划代码,名称\n990101,示范县\n", encoding="utf-8")
    add_signers(DataPaths(data))
    told = []
    for command, calls in CALLS.items():
        for call in calls:
            words = [str(next(tmp_path.glob(word))) if "*" in word else word for word in call]
            done = yibao(*words, data=tmp_path / FOLDERS.get(command, "data"), typed=PASSWORD)
            assert done.returncode == 0, (call, done.stdout + done.stderr)
            told += [done.stdout, done.stderr]
    # each did what it is for
    for made in ("data/issued/2026-09/*/*.docx", "city/published/CURRENT", "restored/published/CURRENT"):
        assert list(tmp_path.glob(made)), made
    assert leaks(tmp_path, *told) == {}
