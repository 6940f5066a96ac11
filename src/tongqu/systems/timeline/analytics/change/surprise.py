"""Surprise: how far what one photo shows is from anything that ground of that look commonly became.

For each look of A the table counts which looks of B lie in its place. The looks that take a fair share are expected: the
sunny road's shadow, the green field's stubble. The surprise of a pixel is the distance of B's features to the nearest
expected look, the least over a small search about the pixel, so that a pixel or two of misalignment, and roofs that lean,
do not count. It is taken in both directions, and the larger counts: a heap that came is strange to the grass that was, one
that went is strange to the grass that is.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.change.looks import Looks, Map, shaded

EXPECTED_SHARE = 0.03
SHADES = (0.6, 0.35, 1.7, 2.8)
"""Shares of its light that ground may have left in a shadow, or may get more of when one goes."""
STRANGE = 7.0
SHADOWS_MOVED = 0.015
BAND_PX = 150_000
"""So many pixels are looked at together: some 100 MB."""
KIN = 9.0
"""Distance in the space of looks within which neighbours share their counts."""


def surprise(looks: Looks, common: NDArray[np.bool_], reach_px: int) -> Map:
    """Return the surprise of each pixel in units of the look space; 0 outside the common ground.

    `reach_px` is how far a pixel's counterpart may lie from its place.
    """
    na, nb = looks.numbers
    table = _table(na[common], nb[common], looks.book)
    plain = _both(looks, table, reach_px, common, ())
    under_shadow = _both(looks, table, reach_px, common, SHADES)
    explained = (plain > STRANGE) & (under_shadow < STRANGE) & common
    # Only where much of the ground is explained so did shadows move; else a dark place is a burnt or wetted one.
    return under_shadow if explained.sum() >= SHADOWS_MOVED * common.sum() else plain


def _both(
    looks: Looks,
    table: NDArray[np.float64],
    reach_px: int,
    common: NDArray[np.bool_],
    shades: tuple[float, ...],
) -> Map:
    """Return the larger surprise of both directions."""
    (fa, fb), (na, nb) = looks.features, looks.numbers
    there = _strange(fb, na, table, looks.book, reach_px, shades)
    back = _strange(fa, nb, table.T, looks.book, reach_px, shades)
    return np.where(common, np.maximum(there, back), 0).astype(np.float32)


def _table(a: NDArray[np.int32], b: NDArray[np.int32], book: Map) -> NDArray[np.float64]:
    """Return how often each look of A lies where each look of B does, shared among looks that are nearly alike."""
    size = len(book)
    counts = np.bincount(a * size + b, minlength=size * size).reshape(size, size).astype(np.float64)
    apart = np.linalg.norm(book[:, None] - book[None], axis=2)
    kin = np.exp(-((apart / KIN) ** 2))
    kin /= kin.sum(axis=1, keepdims=True)
    return np.asarray(kin.T @ counts @ kin)


def _strange(
    features: Map,
    numbers: NDArray[np.int32],
    table: NDArray[np.float64],
    book: Map,
    reach_px: int,
    shades: tuple[float, ...],
) -> Map:
    """Return the distance of `features` to the nearest look expected of the ground numbered in the other photo."""
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1e-9)
    expected = share >= np.minimum(EXPECTED_SHARE, share.max(axis=1, keepdims=True))
    expected = np.hstack([expected, *[np.eye(len(book), dtype=np.bool_)] * len(shades)])
    book = np.concatenate([book, *[shaded(book, light) for light in shades]])
    found = np.zeros(numbers.shape, np.float32)
    # In bands of rows with what lies within reach of them, so that large pictures need no more memory.
    rows = max(1, BAND_PX // numbers.shape[1])
    for top in range(0, len(numbers), rows):
        first, last = max(top - reach_px, 0), top + rows + reach_px
        band = _of_band(features[first:last], numbers[first:last], expected, book, reach_px)
        found[top : top + rows] = band[top - first : top - first + rows]
    return found


def _of_band(
    features: Map, numbers: NDArray[np.int32], expected: NDArray[np.bool_], book: Map, reach_px: int
) -> Map:
    """Return the distance of `features` to the nearest expected look, the least within reach."""
    window = np.ones((2 * reach_px + 1, 2 * reach_px + 1), np.uint8)
    found = np.zeros(numbers.shape, np.float32)
    rows = features.reshape(-1, features.shape[-1])
    squares = (rows**2).sum(axis=1)
    off = squares[None] - 2 * book @ rows.T + (book**2).sum(axis=1)[:, None]
    for number in np.unique(numbers):
        least_square = np.maximum(off[expected[number]].min(axis=0), 0)
        nearest = np.sqrt(least_square).reshape(numbers.shape).astype(np.float32)
        # The least over the window is the search for the counterpart.
        least = cv2.erode(nearest, window)
        here = numbers == number
        found[here] = least[here]
    return found
