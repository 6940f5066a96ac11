"""Counts cases by H3 cells: which cells a part of the map touches, and how many cases lie in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from tongqu.kernel.geometry import RESOLUTION
from tongqu.systems.cases.analytics.records import Narrowing, Records, is_overdue

Box = tuple[float, float, float, float]
MOST_RANGES = 64
"""Into so many coarse cells at most a box is divided to find its records; it is tested exactly afterwards."""
_DIGITS = 15
_RESOLUTION_AT = 52


@dataclass(frozen=True)
class Counted:
    """How many cases lie in a cell, and how many of them are late."""

    cell: int
    count: int
    late: int


def parents(cells: NDArray[np.int64], resolution: int) -> NDArray[np.int64]:
    """Return the cells of a coarser resolution in which the cells lie, by the bits of the H3 index.

    >>> child = h3.latlng_to_cell(28.94, 118.87, 9)
    >>> int(parents(np.array([child]), 6)[0]) == h3.cell_to_parent(child, 6)
    True
    """
    rest = (1 << (3 * (_DIGITS - resolution))) - 1
    blank = ~np.int64(0xF << _RESOLUTION_AT)
    found: NDArray[np.int64] = (cells & blank) | np.int64((resolution << _RESOLUTION_AT) | rest)
    return found


def children(cell: int, resolution: int = RESOLUTION) -> tuple[int, int]:
    """Return the lowest and the highest number that a cell of the finer resolution inside this one can have.

    >>> child = h3.latlng_to_cell(28.94, 118.87, 9)
    >>> low, high = children(h3.cell_to_parent(child, 5))
    >>> low <= child <= high, low <= h3.latlng_to_cell(29.94, 118.87, 9) <= high
    (True, False)
    """
    base = (cell & ~(0xF << _RESOLUTION_AT)) | (resolution << _RESOLUTION_AT)
    free = ((1 << (3 * (resolution - h3.get_resolution(cell)))) - 1) << (3 * (_DIGITS - resolution))
    return base & ~free, base | free


def ranges_of(box: Box) -> list[tuple[int, int]]:
    """Return ranges of cell numbers that hold every cell of the box (west, south, east, north), few of them."""
    west, south, east, north = box
    ring = [(south, west), (south, east), (north, east), (north, west)]
    shape = h3.LatLngPoly(ring)
    for resolution in range(RESOLUTION - 1, 0, -1):
        width = 2 * h3.average_hexagon_edge_length(resolution, unit="km") / 111
        if (east - west) * (north - south) / width**2 > MOST_RANGES:
            continue
        cells = h3.h3shape_to_cells_experimental(shape, resolution, contain="overlap")
        # A child may stick out of its parent, so the ring of neighbours is searched as well.
        around = {int(near) for cell in cells for near in h3.grid_disk(cell, 1)}
        return _merged(sorted(children(cell) for cell in around))
    return [(0, 2**63 - 2)]


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges that follow each other without a cell between them."""
    found: list[tuple[int, int]] = []
    step = 1 << (3 * (_DIGITS - RESOLUTION))
    for low, high in ranges:
        if found and low <= found[-1][1] + step:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def in_box(blocks: Iterable[Records], box: Box, wanted: Narrowing) -> list[Records]:
    """Return the wanted records that lie in the box, and some around it: parts ordered by cell, with few columns."""
    ranges = ranges_of(box)
    found = []
    for block in blocks:
        for low, high in ranges:
            rows = block.rows_of(low, high)
            if rows.start < rows.stop:
                part = block.part(rows)
                found.append(part.where(wanted(part), NEEDED))
    return [part for part in found if len(part)]


NEEDED = ("id", "cell", "red_min")
"""The columns by which cases are counted on a map, once it is known which."""


def counted(parts: Sequence[Records], resolution: int, at: datetime) -> list[Counted]:
    """Return how many records lie in each cell of the resolution, and how many are late at the instant.

    Each part is ordered by cell, so that equal parents stand together and no sorting is needed.
    """
    sums = [_runs(part, resolution, at) for part in parts]
    if not sums:
        return []
    cells, counts, late = (np.concatenate(column) for column in zip(*sums, strict=True))
    unique, place = np.unique(cells, return_inverse=True)
    totals = np.bincount(place, counts, len(unique)).astype(np.int64)
    lates = np.bincount(place, late, len(unique)).astype(np.int64)
    return [Counted(*row) for row in zip(unique.tolist(), totals.tolist(), lates.tolist(), strict=True)]


def _runs(part: Records, resolution: int, at: datetime) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    of_each = parents(part["cell"], resolution)
    starts = np.flatnonzero(np.concatenate(([True], of_each[1:] != of_each[:-1])))
    counts = np.diff(np.append(starts, len(of_each)))
    return of_each[starts], counts, np.add.reduceat(is_overdue(part, at).astype(np.int64), starts)


def middle(cell: int) -> tuple[float, float]:
    """Return longitude and latitude of a cell's middle, to five decimals.

    >>> middle(h3.latlng_to_cell(28.94, 118.87, 9))
    (118.86932, 28.93993)
    """
    lat, lon = h3.cell_to_latlng(cell)
    return round(lon, 5), round(lat, 5)


def newest(parts: Sequence[Records], most: int) -> list[int]:
    """Return the ids of the newest of the cases, the last first."""
    found = np.zeros(0, np.uint32)
    for ids in sorted((part["id"] for part in parts), key=lambda ids: int(ids.max()), reverse=True):
        # Most parts are older as a whole: a comparison is all that they cost.
        least = found[0] if len(found) == most else 0
        found = np.sort(np.concatenate([found, ids[ids > least]]))[-most:]
    return [int(pk) for pk in found[::-1]]
