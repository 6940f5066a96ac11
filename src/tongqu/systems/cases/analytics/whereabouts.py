"""Where messages speak from: how much the distance of two lessens their being one issue, and which lie near each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tongqu.kernel.geometry import MEAN_RADIUS_M

OTHER_PLACE = 0.6
"""The factor for two that name different districts, while the point of one is unknown."""
HALF_M = 1500.0
"""At this distance of their points two messages count as half as alike, at twice of it as hardly alike."""
NEAR_M = 3000.0


@dataclass(frozen=True)
class Whereabouts:
    """District (nothing for none) and point of each message, in metres east and north (NaN for none), shape (n, 2)."""

    districts: NDArray[np.str_]
    metres: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Return those of the rows."""
        return type(self)(self.districts[rows], self.metres[rows])

    def nearness(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return 1 for rows at one place down to 0 far apart; the two are broadcast against each other."""
        names, others = self.districts[one], self.districts[other]
        apart = (names != others) & (names != "") & (others != "")
        away = self.metres[one] - self.metres[other]
        far = np.hypot(away[..., 0], away[..., 1])
        by_point = 1 / (1 + (far / HALF_M) ** 4)
        return np.where(np.isnan(far), np.where(apart, OTHER_PLACE, 1.0), by_point)

    def neighbours(self, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of rows (each of shape (pairs,)) whose points lie near each other, the nearest `most` of each row."""
        # Imported where it is used: most processes never need it.
        from scipy.spatial import cKDTree

        known = np.flatnonzero(~np.isnan(self.metres[:, 0]))
        if len(known) < 2:
            return known[:0], known[:0]
        points = self.metres[known]
        _far, found = cKDTree(points).query(points, k=min(most + 1, len(known)), distance_upper_bound=NEAR_M)
        rows, others = np.repeat(np.arange(len(known)), found.shape[1]), found.ravel()
        is_pair = (others < len(known)) & (others != rows)
        return known[rows[is_pair]], known[others[is_pair]]


def metres_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitudes and latitudes (NaN for none), shape (n, 2), as metres east and north on a plane through their middle.

    >>> metres_of(np.array([[118.0, 29.0], [118.0, 29.01], [np.nan, np.nan]])).round()
    array([[   0., -556.],
           [   0.,  556.],
           [  nan,   nan]])
    """
    known = ~np.isnan(points[:, 0])
    middle = points[known].mean(axis=0) if known.any() else np.zeros(2)
    scale = np.radians(1) * MEAN_RADIUS_M * np.array([np.cos(np.radians(middle[1])), 1.0])
    return np.asarray((points - middle) * scale, dtype=np.float64)
