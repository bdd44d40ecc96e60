"""What the wheel carries, so that a plain `pip install` has the dbt project."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml

from yibao import __version__

ROOT = Path(__file__).resolve().parents[2]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_wheel_carries_every_folder_of_the_dbt_project() -> None:
    carried = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    folders = [
        path for key in ("model-paths", "seed-paths", "macro-paths", "test-paths") for path in project[key]
    ]
    for name in ["dbt_project.yml", "profiles.yml", "demo", "expectations", *folders]:
        assert carried[name] == f"yibao/_project/{name}"
        # a folder that git does not keep breaks every install from a fresh clone
        assert (ROOT / name).is_file() or any(path.is_file() for path in (ROOT / name).rglob("*")), name


def test_one_version() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert pyproject()["project"]["version"] == __version__ == project["version"]
