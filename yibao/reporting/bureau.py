"""The bureau of a region. A city without some of its counties bears them in its name: its bureau is still the city's own."""

from __future__ import annotations

LEFT_OUT = "（不含"


def bureau_of(region_name: str) -> str:
    """`示范市医疗保障局`, also of `示范市（不含河西县）`."""
    return f"{region_name.partition(LEFT_OUT)[0]}医疗保障局"


def left_out_of(region_name: str) -> str:
    """`（不含河西县）` of such a city, else nothing: a text that names the bureau alone must say it beside."""
    _, mark, names = region_name.partition(LEFT_OUT)
    return mark + names
