"""Joins clusters that are one issue told in different words: the same place, and alike as wholes.

Average linkage compares messages pair by pair and so parts an issue whose tellers copied two different texts. The
centroids of the parts are less alike than copies but more than strangers. They are compared only where both parts name the same place,
so that a policy or a firm spoken of everywhere does not draw its messages together.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.cases.analytics.whereabouts import NEAR_M, Whereabouts

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

JOIN = 0.25
WINDOW_DAYS = 180
LEAST_SHARE = 3


class _Cluster:
    """A cluster on its way: its rows, the sum of their vectors, and what its place and time are."""

    def __init__(
        self,
        rows: NDArray[np.int64],
        total: csr_matrix,
        names: Sequence[frozenset[str]],
        where: Whereabouts,
        days: NDArray[np.float64],
    ) -> None:
        self.rows, self.total = rows, total
        self.size = float(np.sqrt(total.multiply(total).sum()))
        borne = Counter(name for row in rows for name in names[row])
        self.names = frozenset(name for name, count in borne.items() if LEAST_SHARE * count >= len(rows))
        named = Counter(str(name) for name in where.districts[rows] if name)
        self.district = max(named.items(), key=lambda each: (each[1], each[0]))[0] if named else ""
        known = where.metres[rows][~np.isnan(where.metres[rows][:, 0])]
        self.middle = known.mean(axis=0) if len(known) else None
        self.since, self.until = float(days[rows].min()), float(days[rows].max())

    def likeness(self, other: _Cluster) -> float:
        """Return the cosine of both centroids, or nought where place or time keeps them apart."""
        apart_days = max(self.since, other.since) - min(self.until, other.until)
        if apart_days > WINDOW_DAYS or self._is_elsewhere(other) or not self.names & other.names:
            return 0.0
        return float(self.total.multiply(other.total).sum()) / max(self.size * other.size, 1e-12)

    def _is_elsewhere(self, other: _Cluster) -> bool:
        """Answer whether both are known to be at different places: by their points, else by their districts."""
        if self.middle is not None and other.middle is not None:
            return float(np.hypot(*(self.middle - other.middle))) > NEAR_M
        return bool(self.district and other.district and self.district != other.district)


def joined(
    vectors: csr_matrix,
    labels: NDArray[np.int64],
    names: Sequence[frozenset[str]],
    where: Whereabouts,
    days: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the numbers of the clusters after the likest have been joined, again and again, down to `JOIN`.

    `names` are the places that each message names. Two clusters come together when a third of the messages of each
    name the same one, they lie at most 180 days apart, and their points (or without any the districts that they mostly name)
    do not lie elsewhere.
    """
    # Imported where it is used: most processes never need it.
    from scipy.sparse import csr_matrix

    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    ends = np.cumsum([0, *(len(part) for part in parts)])
    totals = (
        csr_matrix((np.ones(len(order), np.float32), order, ends), shape=(len(parts), len(order))) @ vectors
    )
    alive = {
        number: _Cluster(rows, totals[number], names, where, days)
        for number, rows in enumerate(parts)
        if any(names[row] for row in rows)
    }
    nameless = [rows for number, rows in enumerate(parts) if number not in alive]
    heap, made = list(_pairs(alive)), len(parts)
    heapq.heapify(heap)
    while heap:
        _far, one, other = heapq.heappop(heap)
        if one not in alive or other not in alive:
            continue
        first, second = alive.pop(one), alive.pop(other)
        rows = np.sort(np.concatenate([first.rows, second.rows]))
        alive[made] = _Cluster(rows, first.total + second.total, names, where, days)
        for pair in _pairs_with(made, alive):
            heapq.heappush(heap, pair)
        made += 1
    found = np.zeros(len(labels), dtype=np.int64)
    ended = [*nameless, *(each.rows for each in alive.values())]
    for number, rows in enumerate(sorted(ended, key=lambda rows: int(rows[0]))):
        found[rows] = number
    return found


def _pairs(alive: dict[int, _Cluster]) -> Iterator[tuple[float, int, int]]:
    """Yield every pair worth joining, once, found through the places that they name."""
    bearing: defaultdict[str, list[int]] = defaultdict(list)
    for number, each in alive.items():
        for name in each.names:
            bearing[name].append(number)
    seen = {
        (one, other) for numbers in bearing.values() for one in numbers for other in numbers if one < other
    }
    for one, other in seen:
        if (like := alive[one].likeness(alive[other])) >= JOIN:
            yield -like, one, other


def _pairs_with(new: int, alive: dict[int, _Cluster]) -> Iterator[tuple[float, int, int]]:
    for number, each in alive.items():
        if number != new and (like := alive[new].likeness(each)) >= JOIN:
            yield -like, number, new
