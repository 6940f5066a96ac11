"""Features of a picture: points that are found again in another picture of the place, and what they look like."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.pictures import Picture

Points = NDArray[np.float64]
"""Rows of (x, y) in pixels of the whole upright photo; (0, 0) is the middle of its upper left pixel."""

LEAST_CONTRAST = 0.008
LAYERS = 2
MORE = 1.3
"""So many times as many are found as kept; more costs time and finds no more matches (decision 0140)."""


@dataclass(frozen=True)
class Features:
    """Points, the direction (degrees) and size (photo pixels) of each, and unit descriptors (rows of 128)."""

    points: Points
    angles: NDArray[np.float64]
    sizes: NDArray[np.float64]
    descriptors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.points)


def features_of(picture: Picture, long_side: int, most: int) -> Features:
    """Return up to `most` SIFT features found at this size, spread over the picture; found once for a photo.

    Descriptors are square roots of L1-normalised SIFT (Arandjelović and Zisserman, 2012), so that products of two are
    similarities of 0..1. Raw contrast is low on purpose (haze, snow, dusk); spreading keeps one tree from taking all.
    """
    return picture.known(("features", long_side, most), lambda: _found(picture, long_side, most))


def _found(picture: Picture, long_side: int, most: int) -> Features:
    small, scale = picture.at_size(long_side)
    detector = cv2.SIFT.create(
        nfeatures=int(most * MORE), nOctaveLayers=LAYERS, contrastThreshold=LEAST_CONTRAST
    )
    found, raw = detector.detectAndCompute(small, None)
    if not found:
        nothing = np.empty(0)
        return Features(np.empty((0, 2)), nothing, nothing, np.empty((0, 128), np.float32))
    rows = np.array([(k.pt[0], k.pt[1], k.angle, k.size, k.response) for k in found])
    kept = _spread(rows, small.shape[1], small.shape[0], most)
    rows, raw = rows[kept], np.asarray(raw, np.float32)[kept]
    unit = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6))
    return Features((rows[:, :2] + 0.5) * scale - 0.5, rows[:, 2], rows[:, 3] * scale, unit)


def _spread(rows: NDArray[np.float64], width: int, height: int, most: int) -> NDArray[np.intp]:
    """Return the rows to keep: the strongest of each cell of a grid come before any cell's next ones."""
    cell = (rows[:, 1] * 12 // height).astype(int) * 16 + (rows[:, 0] * 16 // width).astype(int)
    order = np.lexsort((rows[:, 0], rows[:, 1], -rows[:, 4]))
    by_cell = order[np.argsort(cell[order], kind="stable")]
    starts = np.r_[0, np.flatnonzero(np.diff(cell[by_cell])) + 1]
    rank = np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)]))
    turn = np.argsort(rank, kind="stable")
    return np.sort(by_cell[turn[:most]])
