"""The fonts that travel with the program, so that a paper or a picture looks alike on every machine (README.md here)."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

# families; SONG also has a bold face, the title's
SONG, HEI, FANG, KAI = "Yibao Song", "Yibao Hei", "Yibao Fang", "Yibao Kai"
# what another face lacks is set in this one: it has every character that we have
_WIDEST = "YibaoSong-Regular.otf"


def folder() -> Path:
    """Where the font files lie."""
    return Path(__file__).parent


def missing(text: str) -> tuple[str, ...]:
    """The characters of the text that none of the fonts has, each once, in order; empty where all can be printed."""
    known = characters(_WIDEST)
    return tuple(dict.fromkeys(character for character in text if ord(character) not in known))


@cache
def characters(file: str) -> frozenset[int]:
    """The code points that Song or Hei map to a glyph: the `cmap` table of format 12 (OpenType specification)."""
    content = (folder() / file).read_bytes()
    tables = {
        content[at : at + 4]: struct.unpack_from(">I", content, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", content, 4)[0], 16)
    }
    start = tables[b"cmap"]
    count = struct.unpack_from(">H", content, start + 2)[0]
    offsets = [start + struct.unpack_from(">I", content, start + 8 + 8 * at)[0] for at in range(count)]
    whole = next(offset for offset in offsets if struct.unpack_from(">H", content, offset)[0] == 12)
    groups = struct.unpack_from(">I", content, whole + 12)[0]
    found: set[int] = set()
    for group in range(groups):
        first, last, _ = struct.unpack_from(">III", content, whole + 16 + 12 * group)
        found.update(range(first, last + 1))
    return frozenset(found)
