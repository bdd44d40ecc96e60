"""Sections: pages across for wide tables, between pages upright."""

from __future__ import annotations

import copy
import itertools

from docx.oxml import OxmlElement
from lxml import etree

from yibao.reporting.word.markup import W


def part(body: etree._Element, across: set[etree._Element]) -> None:
    """Ends a section wherever upright pages and pages across meet; `across` are the blocks that stand across.

    The last child of the body is the template's own section, from which the others are made.
    """
    upright = body[-1]
    lying = _turned(upright)
    blocks = list(body)[:-1]
    for block, following in itertools.pairwise(blocks):
        if (block in across) == (following in across):
            continue
        ending = copy.deepcopy(lying if block in across else upright)
        if block.tag != f"{W}p":
            block.addnext(OxmlElement("w:p"))
            block = block.getnext()
        block.set_sectPr(ending)
    if blocks and blocks[-1] in across:
        body.replace(upright, lying)


def _turned(section: etree._Element) -> etree._Element:
    """The same page, turned: the bound edge (left) comes on top."""
    turned = copy.deepcopy(section)
    size = turned.find(f"{W}pgSz")
    width, height = size.get(f"{W}w"), size.get(f"{W}h")
    size.set(f"{W}w", height)
    size.set(f"{W}h", width)
    size.set(f"{W}orient", "landscape")
    margins = turned.find(f"{W}pgMar")
    top, bottom, left, right = (margins.get(f"{W}{side}") for side in ("top", "bottom", "left", "right"))
    for side, value in (("top", left), ("right", top), ("bottom", right), ("left", bottom)):
        margins.set(f"{W}{side}", value)
    # what stands in the foot must fit into the narrower margin below
    for distance in ("header", "footer"):
        margins.set(f"{W}{distance}", str(int(margins.get(f"{W}{distance}")) // 2))
    return turned
