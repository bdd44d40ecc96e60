"""Which dataset a header row belongs to (semantics 1): header texts against the contract."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yibao.contract import Contract, Dataset, Field
from yibao.landing.errors import Refusal

TITLE_ROWS = 5
_QUOTED_HEADERS = 12
# a longer cell is no header; a hint for more columns would help nobody, and take minutes
_LONGEST_HEADER = 200
_HINTED_HEADERS = 60
_DATA_CELL = re.compile(r"[-+¥￥]?[\d,.:/年月日时分秒\- ]+")


@dataclass(frozen=True)
class Header:
    """A recognised header row.

    `position` indexes the rows given; `names` are the header texts as written (trimmed), `fields` the contract fields
    they mean, None for an extra column; both as wide as the row.
    """

    position: int
    dataset: Dataset
    names: tuple[str, ...]
    fields: tuple[Field | None, ...]


@dataclass(frozen=True)
class _Candidate:
    dataset: Dataset
    fields: tuple[Field | None, ...]
    missing: tuple[Field, ...]

    @property
    def matched(self) -> int:
        return len({field.name for field in self.fields if field is not None})

    @property
    def share(self) -> float:
        required = len(self.dataset.required)
        return (required - len(self.missing)) / required if required else 1.0


def fold(text: str) -> str:
    """A header as it is compared: full-width forms folded, all spaces out, latin in lower case."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if not char.isspace() and char not in "\ufeff\u200b").casefold()


def find_header(rows: Sequence[Sequence[str]], contract: Contract, where: str = "") -> Header:
    """The header among the first rows (blank ones left out): at most five title rows stand above it.

    `where` names the sheet in messages, empty for a text file. Raises Refusal with one of the codes ambiguous_dataset,
    duplicate_column, missing_columns, unknown_dataset, no_header.
    """
    best: tuple[tuple[float, int], Sequence[str], _Candidate] | None = None
    meanings = [
        (dataset, {fold(text): field for field in dataset.fields for text in reversed(field.headers)})
        for dataset in contract.datasets.values()
    ]
    for position, row in enumerate(rows[: TITLE_ROWS + 1]):
        folded = [fold(cell[:_LONGEST_HEADER]) for cell in row]
        candidates = [_candidate(folded, dataset, meaning) for dataset, meaning in meanings]
        complete = [candidate for candidate in candidates if not candidate.missing]
        if complete:
            return _decided(position, row, complete, where)
        for candidate in candidates:
            rank = (candidate.share, candidate.matched)
            if candidate.matched and (best is None or rank > best[0]):
                best = (rank, row, candidate)
    if best is not None:
        raise _missing(best[1], best[2], where)
    raise _nothing(rows[: TITLE_ROWS + 1], contract, where)


def _candidate(folded: Sequence[str], dataset: Dataset, meaning: Mapping[str, Field]) -> _Candidate:
    fields = tuple(map(meaning.get, folded))
    found = {field.name for field in fields if field is not None}
    return _Candidate(dataset, fields, tuple(field for field in dataset.required if field.name not in found))


def _decided(position: int, row: Sequence[str], complete: list[_Candidate], where: str) -> Header:
    most = max(candidate.matched for candidate in complete)
    winners = [candidate for candidate in complete if candidate.matched == most]
    if len(winners) > 1:
        names = "、".join(f"“{winner.dataset.zh}”" for winner in winners)
        raise Refusal(
            "ambiguous_dataset",
            f"{where}表头同时符合 {names}，无法判断是哪一种数据。请补上该类数据特有的列（见字段表）后重新导出。",
        )
    winner = winners[0]
    _refuse_doubles(row, winner, where)
    return Header(position, winner.dataset, tuple(cell.strip() for cell in row), winner.fields)


def _refuse_doubles(row: Sequence[str], winner: _Candidate, where: str) -> None:
    by_field: dict[str, list[str]] = {}
    for cell, field in zip(row, winner.fields, strict=True):
        if field is not None:
            by_field.setdefault(field.name, []).append(cell.strip())
    for name, cells in by_field.items():
        if len(cells) > 1:
            zh = winner.dataset.field(name).zh
            raise Refusal(
                "duplicate_column",
                f"{where}“{zh}”出现了 {len(cells)} 次（列名：{'、'.join(cells)}），无法判断以哪一列为准。"
                "请只保留一列后重新导出。",
            )
    for text, times in Counter(fold(cell) for cell in row).items():
        if text and times > 1:
            raise Refusal(
                "duplicate_column", f"{where}列名“{text}”出现了 {times} 次。请删除或改名重复的列后重新导出。"
            )


def _missing(row: Sequence[str], candidate: _Candidate, where: str) -> Refusal:
    wanted = "、".join(field.zh for field in candidate.missing)
    hints = []
    unknown = [cell for cell, field in zip(row, candidate.fields, strict=True) if field is None]
    free = _short(unknown)
    for field in candidate.missing:
        for text in field.headers:
            close = difflib.get_close_matches(fold(text), list(free), n=1, cutoff=0.6)
            if close and close[0]:
                hints.append(f"“{free[close[0]]}”可能就是“{field.zh}”")
                break
    hint = f"最接近的列：{'；'.join(hints)}。" if hints else ""
    code = "missing_columns" if candidate.share >= 0.5 else "unknown_dataset"
    return Refusal(
        code,
        f"{where}表头最接近“{candidate.dataset.zh}”，但缺少必填列：{wanted}。{hint}"
        f"文件中的列：{_quote(row)}。请补上这些列，或把列名改成字段表里的名称后重新导出。",
    )


def _nothing(rows: Sequence[Sequence[str]], contract: Contract, where: str) -> Refusal:
    widest = max(rows, key=lambda row: sum(1 for cell in row if cell.strip()), default=())
    cells = [cell.strip() for cell in widest if cell.strip()]
    if len(cells) < 2 or any(_DATA_CELL.fullmatch(cell) for cell in cells):
        return Refusal(
            "no_header",
            f"{where}前 {TITLE_ROWS + 1} 行里没有找到表头。请在数据上方加一行列名（见字段表；表头上方的标题行不能超过 {TITLE_ROWS} 行）。",
        )
    known = {
        fold(text): field.zh
        for d in contract.datasets.values()
        for field in d.fields
        for text in field.headers
    }
    hints = []
    for folded, cell in _short(cells).items():
        close = difflib.get_close_matches(folded, list(known), n=1, cutoff=0.6)
        if close:
            hints.append(f"“{cell}”接近“{known[close[0]]}”")
    hint = f"最接近的列：{'；'.join(hints[:5])}。" if hints else ""
    # not quoted: where no cell is a column that we know, the row may be one of persons' names
    return Refusal(
        "unknown_dataset",
        f"{where}没有一个列名属于已知的数据（{'、'.join(d.zh for d in contract.datasets.values())}）。"
        f"{hint}请确认文件是否放错，或按字段表改列名。",
    )


def _short(cells: Sequence[str]) -> dict[str, str]:
    """The first cells that may be a header, folded, to how they are written."""
    texts = [cell.strip() for cell in cells if len(cell) <= _LONGEST_HEADER]
    return {fold(text): text for text in texts[:_HINTED_HEADERS]}


def _quote(row: Sequence[str]) -> str:
    # a "header" may be a data row: digits are hidden, since they may be a person's
    cells = [re.sub(r"\d{6,}", "****", cell.strip())[:30] for cell in row if cell.strip()]
    return "、".join(cells[:_QUOTED_HEADERS]) + ("……" if len(cells) > _QUOTED_HEADERS else "")
