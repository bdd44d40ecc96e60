"""The workbooks of one listing, in a folder named after the generation: all of them or none."""

from __future__ import annotations

import re
from pathlib import Path

from yibao import durable
from yibao.returns.listing import Listing
from yibao.returns.workbook import write_refused_files, write_returned_rows

# Windows takes none of these in a file's name
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')

# of the 255 that a file's name may have; the rest is for what the list is of
_SOURCE_BYTES = 180


def write_returns(listing: Listing, out: Path) -> dict[str, Path]:
    """Writes OUT/<run_id>/ with one workbook for each source and dataset, and names them by their titles.

    The same generation gives the same bytes; a folder that is there already is replaced. Raises OSError.
    """
    target = out / listing.about.run_id
    written: dict[str, Path] = {}
    with durable.new_folder(target) as aside:
        for rows in listing.rows:
            write_returned_rows(aside / _free_name(written, rows.name), rows, listing.about)
            written[rows.name] = target / _free_name(written, rows.name)
        for files in listing.files:
            write_refused_files(aside / _free_name(written, files.name), files, listing.about)
            written[files.name] = target / _free_name(written, files.name)
    return written


def _free_name(taken: dict[str, Path], title: str) -> str:
    source, _, what = _NOT_IN_NAMES.sub("-", title).rpartition("_")
    # a folder of the inbox may have a name as long as a name may be
    name = f"{source.encode()[:_SOURCE_BYTES].decode(errors='ignore')}_{what}"
    # two folders of the inbox may differ in such a character only
    while any(path.name == f"{name}.xlsx" for path in taken.values()):
        name += "-"
    return f"{name}.xlsx"
