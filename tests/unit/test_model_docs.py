"""What `dbt docs` shows: each model with its grain, each test with a word for the bureau, texts written once."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from yibao.contract import load_contract

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "models" / "staging" / "_sources.yml"
PAPERS = [
    path for path in sorted((ROOT / "models").rglob("_*.yml")) if not path.name.startswith("_unit_tests")
]
PAPERS = [path for path in PAPERS if "sources:" not in path.read_text(encoding="utf-8")]
DATA_TESTS = ROOT / "tests" / "data"


def entries(path: Path, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))[kind]
    return found


def documented() -> Iterator[tuple[str, dict[str, Any]]]:
    """Models and seeds with what their YAML says."""
    for path in PAPERS:
        yield from ((entry["name"], entry) for entry in entries(path, "models"))
    yield from ((entry["name"], entry) for entry in entries(ROOT / "seeds" / "_seeds.yml", "seeds"))


def blocks(path: Path) -> dict[str, str]:
    """The doc blocks of a Markdown file: name -> text."""
    text = path.read_text(encoding="utf-8")
    return {
        name: body.strip()
        for name, body in re.findall(r"{% docs (\w+) %}(.*?){% enddocs %}", text, re.DOTALL)
    }


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.parent.name))
def test_the_paper_of_a_folder_lists_its_models_in_order(paper: Path) -> None:
    listed = [entry["name"] for entry in entries(paper, "models")]
    assert listed == sorted(path.stem for path in paper.parent.glob("*.sql"))


def test_every_folder_of_models_has_its_paper() -> None:
    folders = {path.parent for path in (ROOT / "models").rglob("*.sql")}
    assert folders == {paper.parent for paper in PAPERS}


def test_descriptions_begin_with_the_grain() -> None:
    loose = [name for name, entry in documented() if not entry["description"].startswith("One row per ")]
    assert loose == []


def test_no_column_text_repeats_the_name() -> None:
    columns = [(name, column) for name, entry in documented() for column in entry["columns"]]
    names = {column["name"]: column["name"].strip("_").replace("_", " ") for _, column in columns}
    empty = [
        (name, column["name"])
        for name, column in columns
        if not re.sub(r"\W", " ", column.get("description", "").lower())
        .strip()
        .replace(names[column["name"]], "", 1)
    ]
    assert empty == []


def test_every_field_of_the_contract_has_a_text() -> None:
    """The staging models show only what they add; of a field, the contract tells."""
    tables = entries(CONTRACT, "sources")[0]["tables"]
    silent = [
        f"{table['name']}.{column['name']}"
        for table in tables
        for column in table["columns"]
        if not column.get("description")
    ]
    assert tables
    assert silent == []


def test_measures_are_described_by_their_definition() -> None:
    definitions = {row["measure"]: row["definition"] for row in seed("measure")}
    texts = blocks(ROOT / "models" / "marts" / "docs.md")
    assert texts
    assert [name for name, text in texts.items() if not text.endswith(f": {definitions[name]}.")] == []


def test_published_tables_have_a_contract() -> None:
    models = [entry for path in PAPERS for entry in entries(path, "models")]
    published = {
        entry["name"] for entry in models if entry.get("config", {}).get("meta", {}).get("published")
    }
    enforced = {entry["name"] for entry in models if entry.get("config", {}).get("contract")}
    wide = {entry["name"] for entry in models if entry["name"].startswith(("mart_", "dim_"))}
    assert published == enforced
    assert published == wide | {
        "dataset_month",
        "dataset_score",
        "file_conservation",
        "indicator_drift",
        "indicator_trend",
        "indicator_value",
        "quarantine",
        "reconciliation",
        "reconciliation_difference",
        "row_warning",
        "township_completeness",
        "warning_count",
    }


def generic_tests() -> Iterator[tuple[str, dict[str, Any]]]:
    for _, entry in documented():
        for place in [entry, *entry["columns"]]:
            for test in place.get("data_tests", []):
                yield from test.items()


def test_every_test_has_a_plain_name_and_a_word_for_the_bureau() -> None:
    """An engine may have to use the name as an identifier; the run shows `zh` when the test fails."""
    own = {path.stem for path in (DATA_TESTS / "generic").glob("*.sql")}
    silent = []
    for kind, test in generic_tests():
        told = kind in own or test.get("config", {}).get("meta", {}).get("zh")
        if not (told and re.fullmatch(r"[a-z_0-9]{1,63}", test["name"])):
            silent.append(test["name"])
    assert silent == []
    for name in own:
        assert "meta={'zh':" in (DATA_TESTS / "generic" / f"{name}.sql").read_text(encoding="utf-8")


def test_every_data_test_is_described_and_has_a_word_for_the_bureau() -> None:
    listed = entries(DATA_TESTS / "_data.yml", "data_tests")
    names = [entry["name"] for entry in listed]
    assert names == sorted(path.stem for path in DATA_TESTS.glob("*.sql"))
    assert [entry["name"] for entry in listed if not entry["description"]] == []
    assert [entry["name"] for entry in listed if not entry["config"]["meta"]["zh"]] == []


def test_the_privacy_test_knows_every_personal_field() -> None:
    fields = {
        field.name
        for dataset in load_contract(CONTRACT).datasets.values()
        for field in dataset.fields
        if field.pii
    }
    asked = re.search(
        r"field in \(([^)]*)\)", (DATA_TESTS / "no_raw_identity.sql").read_text(encoding="utf-8")
    )
    assert asked
    assert set(re.findall(r"'(\w+)'", asked[1])) == fields
