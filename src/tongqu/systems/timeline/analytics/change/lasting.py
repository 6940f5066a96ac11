"""Lasting change told from passing change, over many dates.

All photos are compared with the first one of the stack. A place that is strange from one date on, and stays so, has changed
for good; one that is strange on some dates and then as before was a passing thing (a lorry, a puddle, straw); one that is
strange on the last date only is new: what becomes of it is not known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import shapely

from tongqu.systems.timeline.analytics.change.regions import Change

SAME_SHARE = 0.3
"""Share of the smaller place that two dates must have in common to be one place."""
LASTING_SHARE = 0.7


class Fate(StrEnum):
    """What became of a change."""

    LASTING = "lasting"
    PASSING = "passing"
    NEW = "new"


@dataclass(frozen=True)
class Traced:
    """A changed place: as it was seen last, the dates (numbers of comparisons) it was seen on, and what became of it."""

    change: Change
    dates: tuple[int, ...]
    fate: Fate


def traced(by_date: Sequence[Sequence[Change]]) -> list[Traced]:
    """Return the places that changed at any date, from the changes of each later photo against the first, in order of time.

    >>> import numpy as np
    >>> heap = Change(np.array([[0.0, 0], [9, 0], [9, 9], [0, 9]]), 4.0, 0.8)
    >>> [(one.dates, one.fate.value) for one in traced([[heap], [heap], [heap]])]
    [((0, 1, 2), 'lasting')]
    """
    places: list[tuple[Change, list[int]]] = []
    for date, found in enumerate(by_date):
        for change in found:
            known = next((n for n, (old, _) in enumerate(places) if is_same(old, change)), None)
            if known is None:
                places.append((change, [date]))
            else:
                dates = places[known][1]
                places[known] = (change, dates if dates[-1] == date else [*dates, date])
    traces = [
        Traced(change, tuple(dates), fate_of([date in dates for date in range(len(by_date))]))
        for change, dates in places
    ]
    return sorted(traces, key=lambda one: (list(Fate).index(one.fate), -one.change.score))


def is_same(one: Change, other: Change) -> bool:
    """Whether two changes are one place."""
    a, b = (
        shapely.make_valid(shapely.Polygon(change.outline)) if len(change.outline) > 2 else None
        for change in (one, other)
    )
    return a is not None and b is not None and share_ground(a, b)


def share_ground(a: shapely.Geometry, b: shapely.Geometry) -> bool:
    """Whether two outlines, in any flat coordinates, have so much in common that they are one place.

    >>> share_ground(shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)), share_ground(shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1))
    (True, False)
    """
    smaller = min(a.area, b.area)
    return bool(smaller > 0 and a.intersection(b).area >= SAME_SHARE * smaller)


def fate_of(seen: Sequence[bool]) -> Fate:
    """Return what became of a place, from whether it was strange at each date; it was at one of them at least.

    >>> [fate_of(seen).value for seen in ([True, True], [True, False], [False, True])]
    ['lasting', 'passing', 'new']
    """
    if not seen[-1]:
        return Fate.PASSING
    if sum(seen) == 1:
        return Fate.NEW
    share = sum(seen) / (len(seen) - list(seen).index(True))
    return Fate.LASTING if share >= LASTING_SHARE else Fate.PASSING
