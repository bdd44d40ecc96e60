"""The numbers before headings, as official documents have them: 一、 （一） 1. （1）."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yibao.reporting.content import Block, Heading

_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 in Chinese: 一, 十, 二十一. Raises ValueError for another number."""
    if not 0 < number < 100:
        raise ValueError(f"no Chinese number for {number}")
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else _DIGITS[tens])
        + ("十" if tens else "")
        + (_DIGITS[ones] if ones or not tens else "")
    )


def headings(blocks: Iterable[Block]) -> Iterator[str]:
    """The text of each heading with its number, in order; a level starts again under each heading above it."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if isinstance(block, Heading):
            at = block.level - 1
            counts[at] += 1
            counts[at + 1 :] = [0] * (3 - at)
            yield _number(block.level, counts[at]) + block.text


def _number(level: int, count: int) -> str:
    if level == 1:
        return f"{chinese(count)}、"
    if level == 2:
        return f"（{chinese(count)}）"
    return f"{count}." if level == 3 else f"（{count}）"
