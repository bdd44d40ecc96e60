"""Where the dbt project is, and which code it holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from yibao import __version__
from yibao.problem import Problem

PROJECT_FILE = "dbt_project.yml"
_CODE_FOLDERS = ("macros", "models", "seeds")
_CODE_SUFFIXES = {".sql", ".yml", ".yaml", ".csv", ".py"}
_CATALOGUE_FILES = ("indicator.csv", "measure.csv")


@dataclass(frozen=True)
class Project:
    """The dbt project `yibao`: models, macros, seeds and data tests."""

    root: Path

    @property
    def contract_file(self) -> Path:
        return self.root / "models" / "staging" / "_sources.yml"


def find_project(explicit: Path | None = None, *, package: Path | None = None) -> Project:
    """The project given by --project, else that of the repository the package lies in, else that of the wheel.

    Raises Problem when there is none, or when the folder holds another dbt project.
    """
    if explicit is not None:
        root = explicit.expanduser().absolute()
        if not _holds_yibao(root):
            raise Problem(
                "给定的文件夹里没有 yibao 的 dbt 项目",
                where=str(root / PROJECT_FILE),
                todo="请用 --project 指向含有 dbt_project.yml (name: yibao) 的文件夹，或去掉 --project 使用自带的项目。",
            )
        return Project(root)
    home = package if package is not None else Path(__file__).resolve().parent
    candidates = (home.parent, home / "_project")
    for root in candidates:
        if _holds_yibao(root):
            return Project(root)
    raise Problem(
        "找不到 yibao 的 dbt 项目，安装可能不完整",
        where="; ".join(str(root / PROJECT_FILE) for root in candidates),
        todo="请重新安装 yibao，或用 --project 指明项目文件夹。",
    )


def code_fingerprint(project: Project, *, version: str = __version__) -> str:
    """64 hex over models/, macros/, seeds/, dbt_project.yml and the version: another code gives another print.

    Line ends do not count, so that a checkout on Windows has the same fingerprint.
    """
    digest = hashlib.sha256(f"yibao {version}\n".encode())
    for path in _code_files(project):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(project.root).as_posix()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def catalogue_hash(project: Project) -> str:
    """64 hex over the indicator catalogue and the measures (seeds/indicator.csv, seeds/measure.csv)."""
    digest = hashlib.sha256()
    for name in _CATALOGUE_FILES:
        found = sorted((project.root / "seeds").rglob(name))
        content = found[0].read_bytes().replace(b"\r\n", b"\n") if found else b""
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _code_files(project: Project) -> list[Path]:
    files = [
        path
        for folder in _CODE_FOLDERS
        for path in (project.root / folder).rglob("*")
        if path.suffix in _CODE_SUFFIXES and path.is_file()
    ]
    return [project.root / PROJECT_FILE, *sorted(files, key=lambda path: path.as_posix())]


def _holds_yibao(root: Path) -> bool:
    try:
        content = yaml.safe_load((root / PROJECT_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    return isinstance(content, dict) and content.get("name") == "yibao"
