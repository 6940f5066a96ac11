"""Reads the index of cells: the newest views that share a cell with a place, from any instant backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

Key = tuple[int, int]
"""Time in microseconds, and the id of a view: the order of the index within a cell."""
_OLDEST, _NEWEST = -(2**62), 2**62

_OF_A_CELL = (
    "SELECT taken_us, view_id FROM (SELECT taken_us, view_id FROM timeline_viewcell"
    " WHERE cell = %s AND is_nadir = %s AND taken_us >= %s AND (taken_us, view_id) < (%s, %s)"
    " ORDER BY taken_us DESC, view_id DESC LIMIT %s) AS of_a_cell"
)


@dataclass(frozen=True)
class Span:
    """Which part of the order is read: views before `before`, none older than `oldest_us`; `views` says of which kind."""

    before: Key = (_NEWEST, 0)
    oldest_us: int = _OLDEST
    views: tuple[bool, ...] = (True, False)


def candidates(cells: Sequence[int], span: Span, most: int) -> list[Key]:
    """Return the keys of the newest views in any of the cells, each once, newest first, at most so many.

    Each cell is a range of the index that is read from its end, so that the cost follows `most`, not the views there.
    """
    parts = [(cell, view) for cell in cells for view in span.views]
    if not parts:
        return []
    sql = " UNION ALL ".join([_OF_A_CELL] * len(parts))
    values = [value for cell, view in parts for value in (cell, view, span.oldest_us, *span.before, most)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return sorted(set(rows), reverse=True)[:most]
