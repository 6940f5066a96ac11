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

_BEFORE = (
    "SELECT found.taken_us, found.view_id, view.footprint FROM (SELECT DISTINCT taken_us, view_id FROM ("
)
_AFTER_BACKWARDS = (
    ") AS of_all ORDER BY taken_us DESC, view_id DESC LIMIT %s) AS found"
    " JOIN timeline_photoview AS view ON view.id = found.view_id"
)
_AFTER_FORWARDS = (
    ") AS of_all ORDER BY taken_us, view_id LIMIT %s) AS found"
    " JOIN timeline_photoview AS view ON view.id = found.view_id"
)
# One plan for any number of cells: PostgreSQL takes longer to plan a union of many parts than to run it.
_LATERAL_BACKWARDS = (
    "SELECT found.taken_us, found.view_id, view.footprint FROM (SELECT DISTINCT of_a_cell.taken_us, of_a_cell.view_id"
    " FROM unnest(%s::bigint[], %s::boolean[]) AS asked (cell, nadir) CROSS JOIN LATERAL"
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = asked.cell AND is_nadir = asked.nadir"
    " AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) < (%s, %s)"
    " ORDER BY taken_us DESC, view_id DESC LIMIT %s) AS of_a_cell"
    " ORDER BY 1 DESC, 2 DESC LIMIT %s) AS found JOIN timeline_photoview AS view ON view.id = found.view_id"
)
_LATERAL_FORWARDS = (
    "SELECT found.taken_us, found.view_id, view.footprint FROM (SELECT DISTINCT of_a_cell.taken_us, of_a_cell.view_id"
    " FROM unnest(%s::bigint[], %s::boolean[]) AS asked (cell, nadir) CROSS JOIN LATERAL"
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = asked.cell AND is_nadir = asked.nadir"
    " AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) > (%s, %s)"
    " ORDER BY taken_us, view_id LIMIT %s) AS of_a_cell"
    " ORDER BY 1, 2 LIMIT %s) AS found JOIN timeline_photoview AS view ON view.id = found.view_id"
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


@dataclass(frozen=True)
class Candidate:
    """A view that shares a cell with the place: its key and its footprint (WKB)."""

    key: Key
    footprint: bytes


def candidates(cells: Sequence[int], span: Span, most: int) -> list[Candidate]:
    """Return the next views in any of the cells, each once, in order, at most so many.

    Each cell is a range of the index that is read from where the last page ended, so that the cost follows `most`, not
    the views there.
    """
    parts = [(cell, view) for cell in cells for view in span.views]
    if not parts:
        return []
    limits = (span.start_us, span.end_us, *span.mark, most)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = _LATERAL_BACKWARDS if span.newest_first else _LATERAL_FORWARDS
            cursor.execute(sql, [[cell for cell, _v in parts], [view for _c, view in parts], *limits, most])
        else:
            inner = " UNION ALL ".join([_BACKWARDS if span.newest_first else _FORWARDS] * len(parts))
            sql = "".join((_BEFORE, inner, _AFTER_BACKWARDS if span.newest_first else _AFTER_FORWARDS))
            cursor.execute(sql, [value for part in parts for value in (*part, *limits)] + [most])
        rows = cursor.fetchall()
    found = [Candidate((taken, number), bytes(outline)) for taken, number, outline in rows]
    return sorted(found, key=lambda each: each.key, reverse=span.newest_first)
