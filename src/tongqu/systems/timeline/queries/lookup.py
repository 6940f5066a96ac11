"""Reads the index of cells: the newest (or oldest) views that share a cell with a place, from any place in the order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

Key = tuple[int, int]
"""Time in microseconds, and the id of a view: the order of the index within a cell."""
OLDEST, NEWEST = -(2**62), 2**62

# SQLite takes the rows of a recursive query from a queue in the order that is asked for, so that the ranges of the cells are merged as
# they are read: the newest row of each cell is put in, and for each row that is taken out, the next one of its cell.
_MERGED_BACKWARDS = (
    "WITH RECURSIVE walk (taken_us, view_id, cell, is_nadir) AS ("
    "SELECT first.taken_us, first.view_id, first.cell, first.is_nadir"
    " FROM json_each(%s) AS asked CROSS JOIN json_each(%s) AS kind CROSS JOIN timeline_viewcell AS first"
    " ON first.cell = asked.value AND first.is_nadir = kind.value AND (first.taken_us, first.view_id) ="
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = asked.value AND is_nadir = kind.value"
    " AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) < (%s, %s)"
    " ORDER BY taken_us DESC, view_id DESC LIMIT 1)"
    " UNION ALL SELECT later.taken_us, later.view_id, later.cell, later.is_nadir"
    " FROM walk CROSS JOIN timeline_viewcell AS later"
    " ON later.cell = walk.cell AND later.is_nadir = walk.is_nadir AND (later.taken_us, later.view_id) ="
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = walk.cell AND is_nadir = walk.is_nadir"
    " AND taken_us >= %s AND (taken_us, view_id) < (walk.taken_us, walk.view_id)"
    " ORDER BY taken_us DESC, view_id DESC LIMIT 1)"
    " ORDER BY 1 DESC, 2 DESC LIMIT %s)"
    " SELECT found.taken_us, found.view_id, view.footprint, found.times"
    " FROM (SELECT taken_us, view_id, count(*) AS times FROM walk GROUP BY taken_us, view_id) AS found"
    " LEFT JOIN timeline_photoview AS view ON view.id = found.view_id"
)
_MERGED_FORWARDS = (
    "WITH RECURSIVE walk (taken_us, view_id, cell, is_nadir) AS ("
    "SELECT first.taken_us, first.view_id, first.cell, first.is_nadir"
    " FROM json_each(%s) AS asked CROSS JOIN json_each(%s) AS kind CROSS JOIN timeline_viewcell AS first"
    " ON first.cell = asked.value AND first.is_nadir = kind.value AND (first.taken_us, first.view_id) ="
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = asked.value AND is_nadir = kind.value"
    " AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) > (%s, %s)"
    " ORDER BY taken_us, view_id LIMIT 1)"
    " UNION ALL SELECT later.taken_us, later.view_id, later.cell, later.is_nadir"
    " FROM walk CROSS JOIN timeline_viewcell AS later"
    " ON later.cell = walk.cell AND later.is_nadir = walk.is_nadir AND (later.taken_us, later.view_id) ="
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = walk.cell AND is_nadir = walk.is_nadir"
    " AND taken_us < %s AND (taken_us, view_id) > (walk.taken_us, walk.view_id)"
    " ORDER BY taken_us, view_id LIMIT 1)"
    " ORDER BY 1, 2 LIMIT %s)"
    " SELECT found.taken_us, found.view_id, view.footprint, found.times"
    " FROM (SELECT taken_us, view_id, count(*) AS times FROM walk GROUP BY taken_us, view_id) AS found"
    " LEFT JOIN timeline_photoview AS view ON view.id = found.view_id"
)

# PostgreSQL reads the first rows of each cell. A cell that gave as many as it might can hold more behind its last row; so what is
# found counts until just before the nearest of such ends, and reading goes on there.
_FIRST_BACKWARDS = (
    "WITH part AS MATERIALIZED (SELECT asked.number, of_a_cell.taken_us, of_a_cell.view_id"
    " FROM unnest(%s::bigint[], %s::boolean[]) WITH ORDINALITY AS asked (cell, nadir, number) CROSS JOIN LATERAL"
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = asked.cell AND is_nadir = asked.nadir"
    " AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) < (%s, %s)"
    " ORDER BY taken_us DESC, view_id DESC LIMIT %s) AS of_a_cell),"
    " cut AS (SELECT max(last) AS at FROM (SELECT min(taken_us) AS last FROM part"
    " GROUP BY number HAVING count(*) = %s) AS ends)"
    " SELECT found.taken_us, found.view_id, view.footprint, cut.at FROM cut LEFT JOIN"
    " (SELECT DISTINCT taken_us, view_id FROM part"
    " WHERE taken_us > coalesce((SELECT at FROM cut), %s)) AS found ON true"
    " LEFT JOIN timeline_photoview AS view ON view.id = found.view_id"
)
_FIRST_FORWARDS = (
    "WITH part AS MATERIALIZED (SELECT asked.number, of_a_cell.taken_us, of_a_cell.view_id"
    " FROM unnest(%s::bigint[], %s::boolean[]) WITH ORDINALITY AS asked (cell, nadir, number) CROSS JOIN LATERAL"
    " (SELECT taken_us, view_id FROM timeline_viewcell WHERE cell = asked.cell AND is_nadir = asked.nadir"
    " AND taken_us >= %s AND taken_us < %s AND (taken_us, view_id) > (%s, %s)"
    " ORDER BY taken_us, view_id LIMIT %s) AS of_a_cell),"
    " cut AS (SELECT min(last) AS at FROM (SELECT max(taken_us) AS last FROM part"
    " GROUP BY number HAVING count(*) = %s) AS ends)"
    " SELECT found.taken_us, found.view_id, view.footprint, cut.at FROM cut LEFT JOIN"
    " (SELECT DISTINCT taken_us, view_id FROM part"
    " WHERE taken_us < coalesce((SELECT at FROM cut), %s)) AS found ON true"
    " LEFT JOIN timeline_photoview AS view ON view.id = found.view_id"
)
# Each distinct cell of the coarsest resolution is one step along the index, however many views it holds.
_COARSEST_CELLS = (
    "WITH RECURSIVE step (cell) AS ("
    "SELECT min(cell) FROM timeline_viewcell WHERE cell > %s AND cell <= %s"
    " UNION ALL SELECT (SELECT min(cell) FROM timeline_viewcell WHERE cell > step.cell AND cell <= %s)"
    " FROM step WHERE step.cell IS NOT NULL)"
    " SELECT cell FROM step WHERE cell IS NOT NULL"
)
_COARSEST_RANGE = (-0x0860_0000_0000_0000, -0x0850_0000_0000_0000)
"""Cells of resolution 5 (H3 keeps it in bits 52 to 55, after the mode 1), with the minus of coarse ones."""
_CELLS_FOR_ONE_MORE, _MOST_MORE = 16, 3
"""A view lies in one of the few cells of a point, in four or so of the many cells of an area."""
_FEWEST_OF_A_CELL = 64
"""So many rows of each cell are read at least: a query costs more than a few rows too many."""


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


@dataclass(frozen=True)
class Batch:
    """Views that follow each other in the order, and where reading goes on: None, when there are no more."""

    found: list[Candidate]
    beyond: Key | None


Row = tuple[int, int, bytes | None, int]
"""Time, view, its footprint (None: it is gone, and its cells are not yet), and what the query tells besides."""


def candidates(cells: Sequence[int], span: Span, most: int) -> Batch:
    """Return the next views in any of the cells, each once, in order, without a gap: about so many.

    Each cell is a range of the index that is read from where the last page ended, so that the cost follows `most`, not
    the views there. A view lies in several cells: the more cells are asked, the more rows are read for as many views.
    """
    read = _from_postgresql if connection.vendor == "postgresql" else _from_sqlite
    rows, is_last = read(cells, span, most)
    rows.sort(reverse=span.newest_first)
    found = [Candidate((taken, number), bytes(outline)) for taken, number, outline, _told in rows if outline]
    return Batch(found, None if is_last else rows[-1][:2])


def cells_of_all_views() -> list[int]:
    """Return the cells of the coarsest resolution that any view in use touches, as they are kept."""
    first, last = _COARSEST_RANGE
    with connection.cursor() as cursor:
        cursor.execute(_COARSEST_CELLS, [first, last, last])
        return [cell for (cell,) in cursor.fetchall()]


def _from_sqlite(cells: Sequence[int], span: Span, most: int) -> tuple[list[Row], bool]:
    rows_at_most = most * (1 + min(len(cells) // _CELLS_FOR_ONE_MORE, _MOST_MORE))
    onward = span.start_us if span.newest_first else span.end_us
    kinds = json.dumps([int(kind) for kind in span.views])
    limits = (span.start_us, span.end_us, *span.mark, onward, rows_at_most)
    with connection.cursor() as cursor:
        sql = _MERGED_BACKWARDS if span.newest_first else _MERGED_FORWARDS
        cursor.execute(sql, [json.dumps(list(cells)), kinds, *limits])
        rows = cursor.fetchall()
    return rows, sum(times for *_row, times in rows) < rows_at_most


def _from_postgresql(cells: Sequence[int], span: Span, most: int) -> tuple[list[Row], bool]:
    parts = [(cell, kind) for cell in cells for kind in span.views]
    asked = [cell for cell, _kind in parts], [kind for _cell, kind in parts]
    of_a_cell = min(most, max(_FEWEST_OF_A_CELL, 8 * most // max(len(parts), 1)))
    while True:
        rows, is_last = _first_of_each(asked, span, of_a_cell)
        if rows or is_last:
            return rows, is_last
        # As many views of one instant lie in a cell as were read of it: where they end is not seen yet.
        of_a_cell *= 4


def _first_of_each(asked: tuple[list[int], list[bool]], span: Span, of_a_cell: int) -> tuple[list[Row], bool]:
    """Return what is found in the first rows of each cell, as far as all of them reach; and whether that is all."""
    sql, whole = (_FIRST_BACKWARDS, OLDEST) if span.newest_first else (_FIRST_FORWARDS, NEWEST)
    limits = (span.start_us, span.end_us, *span.mark, of_a_cell, of_a_cell, whole)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*asked, *limits])
        rows = cursor.fetchall()
    # There is one row at least, which tells where it was cut.
    return [row for row in rows if row[0] is not None], rows[0][3] is None
