"""Which dbt project is used, and when its code counts as changed."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from yibao.problem import Problem
from yibao.project import Project, catalogue_hash, code_fingerprint, find_project

REPOSITORY = Path(__file__).parents[2]


def make(root: Path, name: str = "yibao") -> Path:
    (root / "models").mkdir(parents=True)
    (root / "seeds").mkdir()
    (root / "dbt_project.yml").write_text(f"name: {name}\n", encoding="utf-8")
    (root / "models" / "a.sql").write_text("select 1\n", encoding="utf-8")
    (root / "seeds" / "indicator.csv").write_text("code\npart_rate\n", encoding="utf-8")
    return root


def test_the_repository_is_found_by_itself() -> None:
    assert find_project().root == REPOSITORY


def test_an_installed_package_carries_its_project(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "yibao"
    make(package / "_project")
    assert find_project(package=package).root == package / "_project"


def test_a_strange_project_beside_the_package_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, name="jaffle_shop")
    with pytest.raises(Problem, match="安装可能不完整"):
        find_project(package=tmp_path / "yibao")


def test_an_explicit_folder_must_hold_yibao(tmp_path: Path) -> None:
    make(tmp_path / "other", name="jaffle_shop")
    for folder in (tmp_path / "other", tmp_path / "missing"):
        with pytest.raises(Problem, match="没有 yibao 的 dbt 项目"):
            find_project(folder)
    assert find_project(make(tmp_path / "mine")).root == tmp_path / "mine"


def test_the_fingerprint_follows_the_code_and_nothing_else(tmp_path: Path) -> None:
    project = Project(make(tmp_path))
    before = code_fingerprint(project)
    (tmp_path / "models" / "a.sql").write_bytes(b"select 1\r\n")
    (tmp_path / "models" / "notes.md").write_text("text", encoding="utf-8")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "b.sql").write_text("select 2", encoding="utf-8")
    assert code_fingerprint(project) == before
    changed = {
        code_fingerprint(project, version="9"),
        _with(project, "models/a.sql", "select 2\n"),
        _with(project, "models/b.sql", "select 1\n"),
        _with(project, "macros/m.sql", "x"),
        _with(project, "seeds/indicator.csv", "code\n"),
        _with(project, "dbt_project.yml", "name: yibao\nversion: 2\n"),
    }
    assert len(changed | {before}) == 7


def test_the_catalogue_hash_follows_the_seeds(tmp_path: Path) -> None:
    project = Project(make(tmp_path))
    before = catalogue_hash(project)
    (tmp_path / "models" / "a.sql").write_text("select 2\n", encoding="utf-8")
    assert catalogue_hash(project) == before
    (tmp_path / "seeds" / "measure.csv").write_text("measure\n", encoding="utf-8")
    assert catalogue_hash(project) != before


def _with(project: Project, name: str, text: str) -> str:
    path = project.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return code_fingerprint(project)


# ---- rooms ----
# used module by module, since they have no door
OPEN = {"reporting", "consolidation", "commands"}


def test_a_room_is_used_through_its_door() -> None:
    files = [*(REPOSITORY / "yibao").rglob("*.py"), *(REPOSITORY / "dashboard").rglob("*.py")]
    assert not {use for file in files for use in past_the_door(file)}


def past_the_door(file: Path) -> Iterator[tuple[str, str]]:
    """The room of the file, and what it takes from another room beside what that one hands out."""
    top, second, *_ = file.relative_to(REPOSITORY).with_suffix("").parts
    own = second if top == "yibao" else top
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("yibao."):
            continue
        room, _, module = str(node.module).removeprefix("yibao.").partition(".")
        if room in OPEN | {own}:
            continue
        if module:
            yield own, f"{room}.{module}"
        elif (REPOSITORY / "yibao" / room / "__init__.py").is_file():
            handed_out = importlib.import_module(f"yibao.{room}").__all__
            yield from ((own, f"{room}.{name.name}") for name in node.names if name.name not in handed_out)
