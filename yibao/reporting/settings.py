"""What the bureau settles of its reports: letterhead, heads of the forms, sections and indicators (report.toml).

The shipped file holds every key with its default; the bureau's own lies over it, key by key. A key or code that nobody
knows is refused: a misspelt one would be ignored in silence.
"""

from __future__ import annotations

import difflib
import re
import string
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.reporting.bureau import bureau_of
from yibao.reporting.content import Letterhead

FILE_NAME = "report.toml"
DEFAULT_FILE = Path(__file__).parent / "forms" / FILE_NAME

_LETTERHEAD = ("issuer", "recipient", "red_head", "document_number", "signer", "contact")
_FORMS = ("authority", "approval", "valid_until")
_CONTENTS = ("sections", "indicators")


@dataclass(frozen=True)
class Known:
    """What a settings file may name: sections by product, indicators, and forms by their codes."""

    sections: Mapping[str, Collection[str]]
    indicators: Collection[str]
    forms: Collection[str]


@dataclass(frozen=True)
class Contents:
    """The sections of a product and the indicators of its main table, in the bureau's order; empty: the product's own."""

    sections: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """A whole report.toml. The letterhead is as written: `letterhead_for` fills it in."""

    letterhead: Letterhead
    responsible: str = ""
    products: Mapping[str, Contents] = field(default_factory=dict)

    def contents(self, product: str) -> Contents:
        """What is settled for a product; nothing for one that the file does not name."""
        return self.products.get(product, Contents())

    def letterhead_for(self, region_name: str, period: str) -> Letterhead:
        """The letterhead of one report: without an issuer the region's bureau, the document number of that month."""
        year, month = period.split("-")
        number = self.letterhead.document_number.format(year=year, month=int(month))
        issuer = self.letterhead.issuer or bureau_of(region_name)
        return replace(self.letterhead, issuer=issuer, document_number=number)


def read_settings(paths: DataPaths, known: Known) -> Settings:
    """The shipped settings with `DATA/config/report.toml` over them, where there is one.

    Raises Problem (exit 2) that names file, key and what to do.
    """
    files = [DEFAULT_FILE, paths.config / FILE_NAME]
    return parse([(str(file), _text(file)) for file in files if file.exists()], known)


def parse(layers: Sequence[tuple[str, str]], known: Known) -> Settings:
    """The settings of several texts, each with the name of its file; a later one goes before an earlier one.

    Raises Problem (exit 2).
    """
    held: dict[str, Any] = {}
    for file, text in layers:
        _lay_over(held, _checked(file, _tables(file, text), known))
    forms = held.get("forms", {})
    letterhead = Letterhead(
        **{name: held.get("letterhead", {}).get(name, "") for name in _LETTERHEAD},
        form_numbers=tuple(forms.get("numbers", {}).items()),
        form_authority=forms.get("authority", ""),
        form_approval=forms.get("approval", ""),
        form_valid_until=forms.get("valid_until", ""),
    )
    products = {
        product: Contents(**{name: tuple(held[product].get(name, ())) for name in _CONTENTS})
        for product in known.sections
        if product in held
    }
    return Settings(letterhead, held.get("people", {}).get("responsible", ""), products)


def _text(file: Path) -> str:
    try:
        # the editor of Windows puts a byte order mark before it
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            "报告的配置文件不是UTF-8编码",
            where=str(file),
            todo="请用记事本打开该文件，“另存为”时编码选UTF-8。",
        ) from None
    except OSError as error:
        raise Problem(
            "报告的配置文件读不了",
            where=f"{file}（{error.strerror}）",
            todo="请检查该文件的权限，关闭正在使用它的程序。",
        ) from error


def _tables(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise Problem(
            "报告的配置文件写法有误",
            where=f"{file} {f'第 {line[1]} 行' if line else '末尾'}",
            todo="请检查该行的引号、方括号和等号是否成对（半角）；写法参照出厂的 report.toml。",
        ) from None


def _checked(file: str, tables: dict[str, Any], known: Known) -> dict[str, Any]:
    """The tables, when every key and code in them is known and every value is of the right kind."""
    for name, table in tables.items():
        _require_known(name, ("letterhead", "people", "forms", *known.sections), "部分", f"{file} [{name}]")
        if not isinstance(table, dict):
            raise _wrong_kind(f"{file} {name}", f"“[{name}]”单独占一行，下面写各项")
        keys: Collection[str] = {
            "letterhead": _LETTERHEAD,
            "people": ("responsible",),
            "forms": (*_FORMS, "numbers"),
        }.get(name, _CONTENTS)
        for key, value in table.items():
            where = f"{file} [{name}] {key}"
            _require_known(key, keys, "项", where)
            if name in known.sections:
                _require_codes(value, known.sections[name] if key == "sections" else known.indicators, where)
            elif key == "numbers":
                _require_numbers(value, known.forms, where)
            else:
                _require_text(value, where)
            if key == "document_number":
                _require_pattern(value, where)
    return tables


def _require_codes(value: Any, known: Collection[str], where: str) -> None:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise _wrong_kind(where, '方括号里写代码，例如 ["overview", "fund"]')
    for code in value:
        _require_known(code, known, "代码", where)
    twice = sorted({code for code in value if value.count(code) > 1})
    if twice:
        raise Problem(f"代码写了两次：{'、'.join(twice)}", where=where, todo="请每个代码只留一个。")


def _require_numbers(value: Any, known: Collection[str], where: str) -> None:
    if not isinstance(value, dict):
        raise _wrong_kind(where, "“[forms.numbers]”单独占一行，下面每行写一个表的代码和表号")
    for code, number in value.items():
        _require_known(code, known, "表的代码", where)
        _require_text(number, f"{where} {code}")


def _require_text(value: Any, where: str) -> None:
    if not isinstance(value, str) or "\n" in value:
        raise _wrong_kind(where, "半角双引号里写一行文字")


def _require_pattern(value: str, where: str) -> None:
    try:
        parts = string.Formatter().parse(value)
        names = {
            f"{name}{how or ''}{converted or ''}" for _, name, how, converted in parts if name is not None
        }
    except ValueError:
        names = {"{"}
    if not names <= {"year", "month"}:
        raise Problem(
            f"发文字号里有不认识的花括号：{value}",
            where=where,
            todo="花括号里只能写 {year}（年）和 {month}（月）；其他文字照写，不加花括号。",
        )


def _require_known(name: str, known: Collection[str], noun: str, where: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    raise Problem(
        f"报告的配置文件里有不认识的{noun}：{name}",
        where=where,
        todo=f"最接近的有：{'、'.join(near)}。" if near else f"可以写的有：{'、'.join(sorted(known))}。",
    )


def _wrong_kind(where: str, how: str) -> Problem:
    return Problem("报告的配置文件里有一项的写法不对", where=where, todo=f"应当{how}。")


def _lay_over(held: dict[str, Any], upper: Mapping[str, Any]) -> None:
    for key, value in upper.items():
        if isinstance(value, dict):
            _lay_over(held.setdefault(key, {}), value)
        else:
            held[key] = value
