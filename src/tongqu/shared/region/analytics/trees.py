"""Finds the way in the trees of divisions and units."""

from __future__ import annotations

from collections.abc import Mapping


def nearest_above(path: str, by_path: Mapping[str, str]) -> str:
    """Return the code of the smallest division around the path, or nothing.

    >>> nearest_above("330803102", {"3308": "330800", "330803": "330803"})
    '330803'
    """
    return next((by_path[path[:n]] for n in range(len(path) - 1, 0, -1) if path[:n] in by_path), "")


def way_up(code: str, parents: Mapping[str, str]) -> list[str]:
    """Return the unit and those above it, stopping where the way closes on itself.

    >>> way_up("a", {"a": "b", "b": "a"})
    ['a', 'b']
    """
    way: list[str] = []
    while code and code not in way:
        way.append(code)
        code = parents.get(code, "")
    return way


def is_in_circle(code: str, parents: Mapping[str, str]) -> bool:
    """Answer whether the unit stands under itself by way of those above it.

    >>> is_in_circle("a", {"a": "b", "b": "a"}), is_in_circle("a", {"a": "b", "b": ""})
    (True, False)
    """
    return parents.get(way_up(code, parents)[-1], "") == code
