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


def test_the_fonts_travel_with_their_licences() -> None:
    project = pyproject()["project"]
    texts = {
        path.relative_to(ROOT).as_posix() for name in project["license-files"] for path in ROOT.glob(name)
    }
    assert texts == {"LICENSE", "yibao/fonts/LICENSE-Fandol.txt", "yibao/fonts/LICENSE-Noto.txt"}
    files = sorted((ROOT / "yibao" / "fonts").glob("*.otf"))
    assert len(files) == 6
    assert all(path.read_bytes()[:4] == b"OTTO" for path in files)
    # all of them together, in bytes: what an install has to carry
    assert sum(path.stat().st_size for path in files) < 20_000_000


def test_one_version() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert pyproject()["project"]["version"] == __version__ == project["version"]
