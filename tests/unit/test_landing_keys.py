"""The pseudonym key: made once, kept apart, never replaced silently."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from yibao.landing import LandingError, open_key
from yibao.paths import DataPaths, data_paths, key_path
from yibao.problem import Problem


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path / "data")


def test_the_key_is_made_on_first_use_and_stays(paths: DataPaths, tmp_path: Path) -> None:
    file = tmp_path / "config" / "yibao" / "pseudonym.key"
    first = open_key(paths, file)
    assert first.created and len(first.secret) == 32 and not first.notices
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    second = open_key(paths, file)
    assert not second.created
    assert second.secret == first.secret
    assert json.loads(paths.key_record.read_text())["key_id"] == first.key_id
    assert list(file.parent.iterdir()) == [file]


def test_the_key_does_not_show_itself(paths: DataPaths, tmp_path: Path) -> None:
    key = open_key(paths, tmp_path / "k")
    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in repr(key)
    assert key.secret.hex()[:8] not in paths.key_record.read_text()


def test_a_lost_key_is_not_replaced(paths: DataPaths, tmp_path: Path) -> None:
    file = tmp_path / "k"
    open_key(paths, file)
    file.unlink()
    with pytest.raises(LandingError) as caught:
        open_key(paths, file)
    assert "找不到密钥" in caught.value.what and "备份" in caught.value.todo
    assert not file.exists()


def test_another_key_is_refused(paths: DataPaths, tmp_path: Path) -> None:
    first = open_key(paths, tmp_path / "k")
    other = open_key(DataPaths(tmp_path / "elsewhere"), tmp_path / "k2")
    with pytest.raises(LandingError) as caught:
        open_key(paths, tmp_path / "k2")
    assert first.key_id in caught.value.what and other.key_id in caught.value.what


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "\ufeff甲"])
def test_a_damaged_key_is_refused(paths: DataPaths, tmp_path: Path, content: str) -> None:
    (tmp_path / "k").write_text(content, encoding="utf-8")
    with pytest.raises(LandingError, match="密钥文件损坏"):
        open_key(paths, tmp_path / "k")
    assert not paths.key_record.exists()


def test_the_key_may_not_lie_with_the_data(paths: DataPaths) -> None:
    with pytest.raises(LandingError, match="不能放在数据文件夹"):
        open_key(paths, paths.root / "keys" / "k")
    assert not paths.root.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_key_that_others_can_read_is_told(paths: DataPaths, tmp_path: Path) -> None:
    open_key(paths, tmp_path / "k")
    (tmp_path / "k").chmod(0o644)
    (notice,) = open_key(paths, tmp_path / "k").notices
    assert "chmod 600" in notice


def test_a_key_folder_that_cannot_be_made_is_told(paths: DataPaths, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Problem, match="密钥文件不能读写：同名的位置上是一个文件"):
        open_key(paths, tmp_path / "file" / "k")


def test_what_a_first_run_that_died_left_beside_the_key_goes(paths: DataPaths, tmp_path: Path) -> None:
    """A draft of the key is a secret too, also where it never became the key."""
    (tmp_path / ".k-0123abcd").write_text("x")
    made = open_key(paths, tmp_path / "k")
    assert not (tmp_path / ".k-0123abcd").exists()
    (tmp_path / ".k-0123abcd").write_text("x")
    (tmp_path / ".k-mine").write_text("x")
    assert open_key(paths, tmp_path / "k").key_id == made.key_id
    assert sorted(path.name for path in tmp_path.glob(".k-*")) == [".k-mine"]


def test_where_the_key_lies() -> None:
    assert key_path({"YIBAO_KEY_FILE": "/x/k"}) == Path("/x/k")
    assert key_path({"XDG_CONFIG_HOME": "/c"}, windows=False) == Path("/c/yibao/pseudonym.key")
    assert key_path({}, windows=False) == Path.home() / ".config/yibao/pseudonym.key"
    assert key_path({"APPDATA": "/a"}, windows=True) == Path("/a/yibao/pseudonym.key")


def test_where_the_data_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_paths(None, {}).root == tmp_path / "data"
    assert data_paths(None, {"YIBAO_DATA": "/d"}).root == Path("/d")
    assert data_paths(Path("here"), {"YIBAO_DATA": "/d"}).root == tmp_path / "here"
