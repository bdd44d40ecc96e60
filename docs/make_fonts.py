"""Makes the fonts of yibao/fonts out of the free fonts they come from (yibao/fonts/README.md). Not part of the product.

Needs Debian's fonts-noto-cjk, texlive-lang-chinese and unicode-data, unpacked below one folder, and from PyPI fonttools
and cffsubr:

    for package in fonts-noto-cjk texlive-lang-chinese unicode-data; do
        apt-get download $package && dpkg-deb -x ${package}_*.deb DEBS
    done
    python docs/make_fonts.py DEBS

The same packages give the same bytes. It takes some minutes; further arguments name single files to make.
"""

from __future__ import annotations

import bz2
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cffsubr
from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "yibao" / "fonts"
NOTO = "usr/share/fonts/opentype/noto"
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
UNIHAN = "usr/share/unicode/Unihan_OtherMappings.txt.bz2"
# the place of Simplified Chinese in the Noto collections
SC = 2


@dataclass(frozen=True)
class Made:
    """One font: where it comes from and what it is called here."""

    file: str
    source: str
    number: int
    family: str
    style: str


FONTS = (
    Made("YibaoSong-Regular.otf", f"{NOTO}/NotoSerifCJK-Regular.ttc", SC, "Yibao Song", "Regular"),
    Made("YibaoSong-Bold.otf", f"{NOTO}/NotoSerifCJK-Bold.ttc", SC, "Yibao Song", "Bold"),
    Made("YibaoHei-Regular.otf", f"{NOTO}/NotoSansCJK-Regular.ttc", SC, "Yibao Hei", "Regular"),
    Made("YibaoHei-Bold.otf", f"{NOTO}/NotoSansCJK-Bold.ttc", SC, "Yibao Hei", "Bold"),
    Made("YibaoFang-Regular.otf", f"{FANDOL}/FandolFang-Regular.otf", -1, "Yibao Fang", "Regular"),
    Made("YibaoKai-Regular.otf", f"{FANDOL}/FandolKai-Regular.otf", -1, "Yibao Kai", "Regular"),
)


def main() -> None:
    """Writes every font (or those named) into yibao/fonts."""
    debs = Path(sys.argv[1])
    wanted = repertoire(debs / UNIHAN)
    for made in FONTS:
        if sys.argv[2:] and made.file not in sys.argv[2:]:
            continue
        font = cut_down(debs / made.source, made.number, wanted)
        renamed(font, made)
        cffsubr.subroutinize(font)
        font.save(TARGET / made.file)
        size = (TARGET / made.file).stat().st_size
        print(f"{made.file}: {len(font.getBestCmap())} characters, {size / 1e6:.2f} MB", flush=True)


def repertoire(unihan: Path) -> set[int]:
    """What is kept, as far as a font has it: 通用规范汉字表 (Unihan's kTGH), all of GB 2312, Latin, signs and forms."""
    wanted = set(_general_standard(unihan)) | set(_gb2312())
    for first, last in (
        (0x20, 0x7E),
        (0xA0, 0xFF),
        (0x2010, 0x2027),  # dashes, quotation marks, ellipsis
        (0x2030, 0x203B),  # per mille to reference mark
        (0x2070, 0x209C),  # raised and lowered digits
        (0x2160, 0x217F),  # Roman numerals
        (0x2190, 0x2199),  # arrows
        (0x2460, 0x249B),  # numbers in circles, in brackets, with a point
        (0x25A0, 0x25FF),  # squares, triangles, circles
        (0x3000, 0x301F),  # CJK punctuation
        (0x3220, 0x3229),  # ㈠ to ㈩
        (0xFF01, 0xFF5E),  # full-width forms
    ):
        wanted |= set(range(first, last + 1))
    return wanted | {ord(sign) for sign in "€™−√∞≈≠≤≥∶⊙℃℉㎡㎎㎏㎜㎝㎞㏄☆★〇￥￡"}


def _general_standard(unihan: Path) -> Iterator[int]:
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        for line in lines:
            code, _, rest = line.partition("\t")
            if rest.startswith("kTGH\t"):
                yield int(code.removeprefix("U+"), 16)


def _gb2312() -> Iterator[int]:
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes((row, cell)).decode("gb2312", errors="ignore")
            yield from map(ord, text)


def cut_down(path: Path, number: int, wanted: set[int]) -> TTFont:
    """The font with these characters only; no hints, no variants, its date kept."""
    options = subset.Options()
    # with its features, a third of the font would be Japanese and Korean forms
    options.layout_features = []
    options.drop_tables += ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 5, 7, 13, 14]
    options.recalc_timestamp = False
    font = TTFont(path, fontNumber=number, lazy=True, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return font


def renamed(font: TTFont, made: Made) -> None:
    """A changed font bears its own name: both licences ask to tell the two apart, and so no font of the machine is taken."""
    script = made.file.removesuffix(".otf")
    names = font["name"]
    origin = names.getDebugName(5) or ""
    names.removeNames(nameID=5)
    for number, text in (
        (1, made.family),
        (2, made.style),
        (3, script),
        (4, f"{made.family} {made.style}"),
        (5, f"{origin.split(';')[0]}; subset of {Path(made.source).stem} made for yibao"),
        (6, script),
    ):
        names.setName(text, number, 3, 1, 0x409)
    table = font["CFF "].cff
    table.fontNames = [script]
    top = table.topDictIndex[0]
    for field, text in (("FullName", f"{made.family} {made.style}"), ("FamilyName", made.family)):
        if hasattr(top, field):
            setattr(top, field, text)


if __name__ == "__main__":
    main()
