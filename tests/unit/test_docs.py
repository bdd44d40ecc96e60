"""The papers keep up with the code: whatever the bureau can meet is explained, every link leads somewhere."""

from __future__ import annotations

import ast
import csv
import importlib.util
import re
from pathlib import Path

import pytest

from tests.properties.test_bad_files import NOISE_NAMES
from tests.properties.test_delivery import BY_FILE, FACTS
from yibao.contract import load_contract

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAPERS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted(DOCS.glob("*.md"))]


def seed(name: str, column: str) -> list[str]:
    with (ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def refusal_codes() -> set[str]:
    """Every text that landing gives a Refusal as its code."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "yibao" / "landing").glob("*.py")
    ]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    given = [call.args[0] for call in calls if getattr(call.func, "id", "") == "Refusal"]
    return {str(code.value) for code in given if isinstance(code, ast.Constant)}


def test_the_manual_explains_every_refusal() -> None:
    manual = (DOCS / "manual.zh.md").read_text(encoding="utf-8")
    codes = refusal_codes()
    assert codes
    assert [code for code in sorted(codes) if f"`{code}`" not in manual] == []


def test_the_manual_explains_every_row_rule() -> None:
    manual = (DOCS / "manual.zh.md").read_text(encoding="utf-8")
    assert [code for code in seed("rule", "rule_code") if f"`{code}`" not in manual] == []


def test_the_calibres_name_every_indicator() -> None:
    calibres = (DOCS / "calibres.zh.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", calibres, re.MULTILINE))
    expected = dict(zip(seed("indicator", "code"), seed("indicator", "name_zh"), strict=True))
    wanted = {code: name.replace("(", "（").replace(")", "）") for code, name in expected.items()}
    assert {code: named.get(code) for code in wanted} == wanted


def test_the_papers_count_what_there_is() -> None:
    files = sorted((ROOT / "expectations").glob("*.yml"))
    severities = re.findall(
        r"^    severity: (\w+)", "".join(path.read_text(encoding="utf-8") for path in files), re.MULTILINE
    )
    critical, warning, info = (severities.count(name) for name in ("critical", "warning", "info"))
    counted = f"{len(files)} 个文件、{len(severities)} 条规则（关键 {critical}、提醒 {warning}、参考 {info}）"
    models = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "models").rglob("*.yml"))
    published = models.count("published: true")
    told = (
        counted,
        f"发布的 {published} 张表中的 {published - len(BY_FILE)} 张和 {len(FACTS)} 张明细表逐行相等",
        f"冠以 {len(NOISE_NAMES)} 种文件名",
    )
    trust = (DOCS / "trust.zh.md").read_text(encoding="utf-8")
    assert [count for count in told if count not in trust] == []
    indicators = len(seed("indicator", "code"))
    assert f" {indicators} indicators" in PAPERS[0].read_text(encoding="utf-8")
    assert f"{indicators} 项指标" in PAPERS[1].read_text(encoding="utf-8")


def test_the_table_of_fields_is_that_of_the_contract() -> None:
    spec = importlib.util.spec_from_file_location("make_fields", DOCS / "make_fields.py")
    assert spec and spec.loader
    make_fields = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_fields)
    page = make_fields.page(load_contract(make_fields.CONTRACT))
    assert (DOCS / "fields.zh.md").read_text(encoding="utf-8") == page, "run: python docs/make_fields.py"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(paper: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)]+)\)", paper.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        page = (paper.parent / file).resolve() if file else paper
        headings = (
            re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE) if page.is_file() else []
        )
        if not page.exists() or (anchor and anchor not in {slug(heading) for heading in headings}):
            broken.append(target)
    assert broken == []


def slug(heading: str) -> str:
    """The anchor of a heading, as the usual renderers make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
