"""Reads the index of cells: the newest (or oldest) views that share a cell with a place, from any place in the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

Key = tuple[int, int]
"""Time in microseconds, and the id of a view: the order of the index within a cell."""
OLDEST, NEWEST = -(2**62), 2**62

_BACKWARDS = (
    "SELECT taken_us, view_id FROM (SELECT taken_us, view_id FROM timeline_viewcell"
    " WHERE cell = %s AND is_nadir = %s AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) < (%s, %s)"
    " ORDER BY taken_us DESC, view_id DESC LIMIT %s) AS of_a_cell"
)
_FORWARDS = (
    "SELECT taken_us, view_id FROM (SELECT taken_us, view_id FROM timeline_viewcell"
    " WHERE cell = %s AND is_nadir = %s AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) > (%s, %s)"
    " ORDER BY taken_us, view_id LIMIT %s) AS of_a_cell"
)


@dataclass(frozen=True)
class Span:
    """Which part of the order is read: from `start_us` until before `end_us`, beyond `beyond`, of these kinds of view."""

    start_us: int = OLDEST
    end_us: int = NEWEST
    beyond: Key | None = None
    views: tuple[bool, ...] = (True, False)
    newest_first: bool = True

    @property
    def mark(self) -> Key:
        """The key beyond which reading goes on: at the beginning, the end of the order that it starts from."""
        if self.beyond is not None:
            return self.beyond
        return (self.end_us, 0) if self.newest_first else (self.start_us, 0)


def candidates(cells: Sequence[int], span: Span, most: int) -> list[Key]:
    """Return the keys of the next views in any of the cells, each once, in order, at most so many.

    Each cell is a range of the index that is read from where the last page ended, so that the cost follows `most`, not
    the views there.
    """
    parts = [(cell, view) for cell in cells for view in span.views]
    if not parts:
        return []
    sql = " UNION ALL ".join([_BACKWARDS if span.newest_first else _FORWARDS] * len(parts))
    values = [
        value for cell, view in parts for value in (cell, view, span.start_us, span.end_us, *span.mark, most)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return sorted(set(rows), reverse=span.newest_first)[:most]
