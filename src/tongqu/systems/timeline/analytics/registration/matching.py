"""Matching: which feature of one picture is which of the other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Features, Points

Homography = NDArray[np.float64]
"""3 × 3, from pixels of A to pixels of B, its last number 1."""

RATIO = 0.85
GUIDED_RATIO = 0.92
HELD_BACK_EVERY = 4
"""One feature of A in so many is never used for fitting, only for checking."""


@dataclass(frozen=True)
class Matches:
    """Rows of features that belong together: indices into A's and B's features."""

    a: NDArray[np.intp]
    b: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.a)

    def only(self, keep: NDArray[np.bool_]) -> Matches:
        """Return those kept."""
        return Matches(self.a[keep], self.b[keep])


def moved(points: Points, homography: Homography) -> Points:
    """Return the points in the other picture.

    >>> moved(np.array([[1.0, 2.0]]), np.array([[1.0, 0, 5], [0, 1, 0], [0, 0, 1]])).tolist()
    [[6.0, 2.0]]
    """
    if not len(points):
        return np.empty((0, 2))
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), homography)[0], np.float64)


def inverse_of(homography: Homography) -> Homography:
    """Return the map the other way."""
    return np.asarray(np.linalg.inv(homography), np.float64)


def matched(a: Features, b: Features, guess: Homography | None = None, reach_px: float = 0.0) -> Matches:
    """Return pairs that are each other's best, and clearly better than the next (Lowe's ratio of distances).

    With a guess only features of B within `reach_px` of where it puts A's are asked; the ratio is then less strict,
    since fewer can be confused.
    """
    if len(a) < 2 or len(b) < 2:
        nobody = np.empty(0, np.intp)
        return Matches(nobody, nobody)
    alike = a.descriptors @ b.descriptors.T
    ratio = RATIO
    if guess is not None:
        at = moved(a.points, guess)
        far = (at[:, None, 0] - b.points[None, :, 0]) ** 2 + (at[:, None, 1] - b.points[None, :, 1]) ** 2
        alike[far > reach_px**2] = -1.0
        ratio = GUIDED_RATIO
    rows = np.arange(len(a))
    best = alike.argmax(axis=1)
    top = alike[rows, best]
    mutual = alike.argmax(axis=0)[best] == rows
    alike[rows, best] = -1.0
    second = alike.max(axis=1)
    # Descriptors are unit vectors: squared distance is 2 - 2·similarity.
    clear = (1 - top) < ratio**2 * (1 - second)
    keep = np.flatnonzero(mutual & clear & (top > 0.0))
    return Matches(keep, best[keep])


def held_back(features: Features) -> NDArray[np.bool_]:
    """Return which features of A are for checking only: about a quarter, chosen by where they lie.

    Two features on one spot (SIFT gives one for each strong direction) fall on the same side.
    """
    x, y = np.round(features.points * 4).astype(np.int64).T
    mixed: NDArray[np.bool_] = (x * 73_856_093 ^ y * 19_349_663) % 1009 % HELD_BACK_EVERY == 0
    return mixed
