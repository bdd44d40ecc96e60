"""Text that a spreadsheet could run."""

from __future__ import annotations

import re

# what a spreadsheet may take for a formula, once the table is saved as CSV or a cell is edited
FORMULA = r"\s*[=+\-@＝＋－＠]|[\t\r\n]"
# with a unit at most: Chinese signs behind a number make no formula
PLAIN_NUMBER = r"[-+]?[0-9][0-9,]*(\.[0-9]+)?(%|[一-龥]{1,4})?"
_FORMULA, _PLAIN_NUMBER = re.compile(FORMULA), re.compile(PLAIN_NUMBER)


def defused(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could take it for a formula; `-12.50万元` stays as it is."""
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text
