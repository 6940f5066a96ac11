"""Finds the smallest division at a point: an H3 cell first, and an exact test only where borders run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from tongqu.kernel.geometry import Cells, Outline, cell_of, cell_outlines, cells_of

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

OUTSIDE = -1
_MIXED = -2
_NOBODY = np.iinfo(np.int64).max
_TOUCH_DEG = 1e-9
"""Points this near to an outline (0.1 mm) count as inside where no outline holds them: rounding leaves slivers."""
_GROWTH = 1.00001
"""Cells are tested a little larger than drawn, because their true sides are curved."""


@dataclass(frozen=True)
class Place:
    """A division as the index knows it; `depth` grows towards the smallest divisions."""

    id: int
    depth: int
    code: str
    outline: Outline


@dataclass(frozen=True)
class _Table:
    """What is known about the cells met so far, sorted by cell.

    `verdict` holds the number of the one place that answers for the whole cell, or `OUTSIDE`, or `_MIXED`; a
    mixed cell's candidates are `candidates[begins[i]:ends[i]]`, the first that holds the point wins.
    """

    cells: Cells
    verdict: Ids
    begins: Ids
    ends: Ids
    candidates: Ids


def _no_cells() -> _Table:
    nothing = np.empty(0, np.int64)
    return _Table(nothing, nothing, nothing, nothing, nothing)


class PlaceIndex:
    """Divisions with outlines, in the order in which they are asked: smallest level first, then by code.

    The table of cells fills itself as points are asked for, so that a process starts at once; only cells in the
    bounds of the region are kept, so it cannot grow without end. On a shared border the lower code wins.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        ordered = sorted(places, key=lambda place: (-place.depth, place.code))
        self._ids = np.array([place.id for place in ordered], np.int64)
        self._depths = np.array([place.depth for place in ordered], np.int64)
        self._outlines = np.array([place.outline for place in ordered], dtype=object)
        shapely.prepare(self._outlines)
        self._tree = shapely.STRtree(self._outlines)
        self._bounds = tuple(shapely.total_bounds(self._outlines)) if ordered else (1.0, 1.0, 0.0, 0.0)
        self._table = _no_cells()
        self._lock = Lock()

    def find(self, lon: float, lat: float) -> int:
        """Return the id of the smallest division at the point, `OUTSIDE` if there is none."""
        west, south, east, north = self._bounds
        if not (west <= lon <= east and south <= lat <= north):
            return OUTSIDE
        place = self._place_at(lon, lat)
        return OUTSIDE if place < 0 else int(self._ids[place])

    def find_many(self, lons: Floats, lats: Floats) -> Ids:
        """Return the id of the smallest division at each point, `OUTSIDE` where there is none."""
        west, south, east, north = self._bounds
        found = np.full(len(lons), OUTSIDE, np.int64)
        near = np.flatnonzero((lons >= west) & (lons <= east) & (lats >= south) & (lats <= north))
        if near.size:
            places = self._places_at(lons[near], lats[near])
            hit = places >= 0
            found[near[hit]] = self._ids[places[hit]]
        return found

    def _place_at(self, lon: float, lat: float) -> int:
        """Return the place of one point without arrays, which are slow for a single one."""
        table, cell = self._table, cell_of(lon, lat)
        row = int(np.searchsorted(table.cells, cell))
        if row < len(table.cells) and int(table.cells[row]) == cell:
            verdict = int(table.verdict[row])
            if verdict != _MIXED:
                return verdict
            candidates = table.candidates[table.begins[row] : table.ends[row]].tolist()
            for place in candidates:
                if self._depths[place] != self._depths[candidates[0]]:
                    break
                if shapely.contains_xy(self._outlines[place], lon, lat):
                    return int(place)
        return int(self._places_at(np.array([lon]), np.array([lat]))[0])

    def _places_at(self, lons: Floats, lats: Floats) -> Ids:
        cells = cells_of(lons, lats)
        table = self._table_with(cells)
        rows = np.searchsorted(table.cells, cells)
        places: Ids = table.verdict[rows]
        mixed = np.flatnonzero(places == _MIXED)
        if mixed.size:
            places[mixed] = self._exact(table, rows[mixed], lons[mixed], lats[mixed])
        return places

    def _exact(self, table: _Table, rows: Ids, lons: Floats, lats: Floats) -> Ids:
        """Test the points of mixed cells against the outlines of their candidates."""
        counts = table.ends[rows] - table.begins[rows]
        point = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(point)) - np.repeat(np.cumsum(counts) - counts, counts)
        place = table.candidates[table.begins[rows][point] + within]
        holds = np.zeros(len(point), bool)
        for pairs in _by_place(place):
            at = point[pairs]
            holds[pairs] = shapely.contains_xy(self._outlines[place[pairs[0]]], lons[at], lats[at])
        best = _first_of(point[holds], place[holds], len(rows))
        touched = self._touching(best, point[~holds], place[~holds], lons, lats)
        best = np.minimum(best, touched)
        return np.where(best == _NOBODY, OUTSIDE, best)

    def _touching(self, best: Ids, point: Ids, place: Ids, lons: Floats, lats: Floats) -> Ids:
        """Return the first place that each point touches, among those of a smaller level than what holds it."""
        held = best[point] != _NOBODY
        depth = np.where(held, self._depths[np.where(held, best[point], 0)], -1)
        smaller = self._depths[place] > depth
        point, place = point[smaller], place[smaller]
        near = shapely.dwithin(self._outlines[place], shapely.points(lons[point], lats[point]), _TOUCH_DEG)
        return _first_of(point[near], place[near], len(best))

    def _table_with(self, cells: Cells) -> _Table:
        """Return the table of cells once it holds all of these."""
        table = self._table
        if _holds_all(table, cells):
            return table
        with self._lock:
            # Another thread may have filled some or all of them in the meantime; then there is less to do.
            missing = np.setdiff1d(cells, self._table.cells)
            self._table = _merged(self._table, self._classified(missing))
            return self._table

    def _classified(self, cells: Cells) -> _Table:
        """Find out for each cell (sorted) who answers for all of it, or who shares it."""
        hexagons = cell_outlines(cells, growth=_GROWTH)
        cell, place = self._tree.query(hexagons)
        meets, whole, closed = (
            np.zeros(len(cell), bool),
            np.zeros(len(cell), bool),
            np.zeros(len(cells), bool),
        )
        for pairs in _by_place(place):
            # What a smaller place holds wholly is decided; larger places need not be asked.
            pairs = pairs[~closed[cell[pairs]]]
            if pairs.size:
                outline = self._outlines[place[pairs[0]]]
                meets[pairs] = shapely.intersects(outline, hexagons[cell[pairs]])
                pairs = pairs[meets[pairs]]
                whole[pairs] = shapely.contains_properly(outline, hexagons[cell[pairs]])
                closed[cell[pairs]] = whole[pairs]
        return _decided(cells, cell[meets], place[meets], whole[meets])


def _by_place(place: Ids) -> list[Ids]:
    """Return the positions of each place in the list, place by place in their order."""
    order = np.argsort(place, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(place[order])) + 1) if order.size else []


def _first_of(point: Ids, place: Ids, points: int) -> Ids:
    """Return the least place of each point, `_NOBODY` where it has none."""
    best = np.full(points, _NOBODY, np.int64)
    np.minimum.at(best, point, place)
    return best


def _holds_all(table: _Table, cells: Cells) -> bool:
    if not table.cells.size:
        return False
    rows = np.minimum(np.searchsorted(table.cells, cells), len(table.cells) - 1)
    return bool(np.all(table.cells[rows] == cells))


def _decided(cells: Cells, cell: Ids, place: Ids, whole: NDArray[np.bool_]) -> _Table:
    """Turn the pairs of cells and places that meet into a table."""
    order = np.lexsort((place, cell))
    cell, place, whole = cell[order], place[order], whole[order]
    begins = np.searchsorted(cell, np.arange(len(cells)), side="left")
    ends = np.searchsorted(cell, np.arange(len(cells)), side="right")
    verdict = np.where(begins == ends, OUTSIDE, _MIXED)
    some = begins < ends
    first = np.where(some, begins, 0)
    if len(cell):
        verdict = np.where(some & whole[first], place[first], verdict)
    return _Table(cells, verdict, begins, ends, place)


def _merged(old: _Table, new: _Table) -> _Table:
    """Join two tables of different cells."""
    shift = len(old.candidates)
    cells = np.concatenate((old.cells, new.cells))
    order = np.argsort(cells, kind="stable")
    return _Table(
        cells[order],
        np.concatenate((old.verdict, new.verdict))[order],
        np.concatenate((old.begins, new.begins + shift))[order],
        np.concatenate((old.ends, new.ends + shift))[order],
        np.concatenate((old.candidates, new.candidates)),
    )
