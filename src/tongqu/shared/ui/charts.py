"""Reads the numbers of a chart back as a table, for screen readers and for CSV."""

from __future__ import annotations

from typing import Any


def rows_of(option: dict[str, Any]) -> list[list[Any]]:
    """Return the chart's numbers as rows, the first of them heads.

    >>> rows_of({"xAxis": {"data": ["Mon", "Tue"]}, "series": [{"name": "Closed", "data": [3, 5]}]})
    [['', 'Closed'], ['Mon', 3], ['Tue', 5]]
    >>> rows_of({"series": [{"type": "pie", "data": [{"name": "Late", "value": 2}]}]})
    [['', ''], ['Late', 2]]
    """
    series = option.get("series", [])
    series = series if isinstance(series, list) else [series]
    names = [one.get("name", "") for one in series]
    columns = [[_value(point) for point in one.get("data", [])] for one in series]
    labels = _labels(option, series)
    length = max((len(column) for column in columns), default=0)
    return [
        ["", *names],
        *([_at(labels, row), *(_at(column, row) for column in columns)] for row in range(length)),
    ]


def _labels(option: dict[str, Any], series: list[dict[str, Any]]) -> list[Any]:
    """Return the categories: those of an axis, else the names of the points themselves."""
    for axis in ("xAxis", "yAxis"):
        found = option.get(axis, {})
        found = found[0] if isinstance(found, list) and found else found
        if isinstance(found, dict) and found.get("data"):
            return list(found["data"])
    points = series[0].get("data", []) if series else []
    return [point.get("name", "") if isinstance(point, dict) else _first(point) for point in points]


def _first(point: Any) -> Any:
    return point[0] if isinstance(point, list) and len(point) > 1 else ""


def _value(point: Any) -> Any:
    value = point.get("value") if isinstance(point, dict) else point
    return value[-1] if isinstance(value, list) and value else value


def _at(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else ""
