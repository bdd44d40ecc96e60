"""The placeholders of a template, `{{名称}}`: found even where Word has split them, and replaced."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator

from lxml import etree

from yibao.reporting.word.markup import W

# a Chinese keyboard types full-width braces
_PLACEHOLDER = re.compile(r"[{｛]{2}\s*([^{}｛｝]+?)\s*[}｝]{2}")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# from a placeholder's name and the properties of the run it stood in (None: it had none) to what stands there instead
Replacement = Callable[[str, etree._Element | None], list[etree._Element]]


def paragraphs(story: etree._Element) -> Iterator[tuple[etree._Element, list[str]]]:
    """The paragraphs of a body, header or footer that hold placeholders, with the names of these."""
    for paragraph in list(story.iter(f"{W}p")):
        names = _PLACEHOLDER.findall("".join(node.text or "" for node in _texts(paragraph)))
        if names:
            yield paragraph, names


def stands_alone(paragraph: etree._Element) -> bool:
    """Whether the paragraph holds one placeholder and nothing else."""
    return bool(_PLACEHOLDER.fullmatch("".join(node.text or "" for node in _texts(paragraph)).strip()))


def fill(paragraph: etree._Element, replacement: Replacement) -> None:
    """Replaces every placeholder of the paragraph, each in the letters of its first brace."""
    _part_runs(paragraph)
    found = _PLACEHOLDER.finditer("".join(node.text or "" for node in _texts(paragraph)))
    # from the last, so that what is put in moves no place before it
    for match in reversed(list(found)):
        covered = _cut(_texts(paragraph), match.start(), match.end())
        first = covered[0].getparent()
        for element in replacement(match.group(1), first.find(f"{W}rPr")):
            first.addprevious(element)
        for node in covered:
            run = node.getparent()
            run.getparent().remove(run)


def text_run(content: str, properties: etree._Element | None) -> etree._Element:
    """A run of this text with a copy of these properties."""
    run = etree.Element(f"{W}r")
    if properties is not None:
        run.append(copy.deepcopy(properties))
    node = etree.SubElement(run, f"{W}t")
    node.text = content
    node.set(_XML_SPACE, "preserve")
    return run


def _texts(paragraph: etree._Element) -> list[etree._Element]:
    """Its own texts, not those of a text box that is anchored in it."""
    return [node for node in paragraph.iter(f"{W}t") if next(node.iterancestors(f"{W}p"), None) is paragraph]


def _part_runs(paragraph: etree._Element) -> None:
    """Gives every text a run of its own."""
    for node in _texts(paragraph):
        run = node.getparent()
        properties = run.find(f"{W}rPr")
        for child in [child for child in run if child is not properties][:-1]:
            before = etree.Element(f"{W}r")
            if properties is not None:
                before.append(copy.deepcopy(properties))
            before.append(child)
            run.addprevious(before)


def _cut(texts: list[etree._Element], start: int, end: int) -> list[etree._Element]:
    """The texts that hold exactly what stands from `start` to `end`, cut off from what stands around it."""
    covered = []
    at = 0
    for node in texts:
        content = node.text or ""
        begin, stop = max(start - at, 0), min(end - at, len(content))
        at += len(content)
        if begin >= stop:
            continue
        run = node.getparent()
        if content[:begin]:
            run.addprevious(text_run(content[:begin], run.find(f"{W}rPr")))
        if content[stop:]:
            run.addnext(text_run(content[stop:], run.find(f"{W}rPr")))
        node.text = content[begin:stop]
        covered.append(node)
    return covered
