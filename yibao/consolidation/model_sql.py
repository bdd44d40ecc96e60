"""The project's own SQL over tables of ours: a model's text, or one that uses its macros, made ready for DuckDB.

What the superior bureau makes of county figures must follow the rules of the models to the letter, so it runs their text
instead of a copy. dbt itself would need a profile, a warehouse and 6 s for it. A test holds the outcome to what dbt built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from yibao.project import Project

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\(.*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)


class _Returned(Exception):
    """dbt's `return`: a macro's value as it is, not as text."""

    def __init__(self, value: object) -> None:
        self.value = value


class ModelSql:
    """Renders SQL with the project's macros. `ref` and `accepted` name a table of the same name, or as `named` says."""

    def __init__(self, project: Project, named: Mapping[str, str]) -> None:
        self._named = named
        self._rendered: dict[str, str] = {}
        self._models = project.root / "models"
        self._environment = Environment(
            extensions=["jinja2.ext.do"],
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
        )
        known = self._environment.globals
        for file in sorted((project.root / "macros").rglob("*.sql")):
            self._take(file)
        known.update({"return": _return, "adapter": self, "ref": self._ref, "accepted": self._ref})

    def model(self, name: str) -> str:
        """The select of models/**/<name>.sql. Raises FileNotFoundError where the project has no such model."""
        if name not in self._rendered:
            found = next(self._models.rglob(f"{name}.sql"), None)
            if found is None:
                raise FileNotFoundError(f"{name}.sql")
            self._rendered[name] = self.text(found.read_text(encoding="utf-8"))
        return self._rendered[name]

    def text(self, template: str) -> str:
        """SQL of ours that uses the project's macros."""
        return self._environment.from_string(template).render()

    def dispatch(self, name: str) -> Any:
        """The macro for DuckDB, as `adapter.dispatch` finds it."""
        return self._environment.globals[f"default__{name}"]

    def _ref(self, relation: str) -> str:
        return f'"{self._named.get(relation, relation)}"'

    def _take(self, file: Path) -> None:
        for found in _MACRO.finditer(file.read_text(encoding="utf-8")):
            # each in a template of its own: one that calls another finds it among the globals, where `return` is caught
            self._environment.globals[found[1]] = self._callable(found[1], found[0])

    def _callable(self, name: str, source: str) -> Callable[..., Any]:
        # few of the project's macros are ever called
        template = cache(lambda: self._environment.from_string(source))

        def call(*given: Any, **named: Any) -> Any:
            try:
                return getattr(template().module, name)(*given, **named)
            except _Returned as returned:
                return returned.value

        return call


def _return(value: object) -> None:
    raise _Returned(value)
