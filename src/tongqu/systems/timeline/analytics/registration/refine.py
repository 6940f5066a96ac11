"""Refinement: where exactly a patch of A lies in B, to a fraction of a pixel, measured patch by patch."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of, moved
from tongqu.systems.timeline.analytics.registration.pictures import Grey, Picture

WINDOW_PX = 25
LEVELS = 2
THERE_AND_BACK_PX = 0.7
LEAST_LIKENESS = 0.7
PATCH_PX = 15
LEAST_CONTRAST = 6.0
LEAST_CORNERED = 0.08
LIGHT_WINDOW = 11
EVEN_DEVIATION = 40.0
MIDDLE = 128


@dataclass(frozen=True)
class Measured:
    """Points of A and where they were measured in B, in pixels of the photos; `likeness` is their correlation."""

    a: Points
    b: Points
    likeness: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.a)

    def only(self, keep: NDArray[np.bool_]) -> Measured:
        """Return those kept."""
        return Measured(self.a[keep], self.b[keep], self.likeness[keep])


@dataclass(frozen=True)
class Pair:
    """Two photos at their working size, B brought into A's frame by a first homography."""

    a: Grey
    b_in_a: Grey
    scale: float
    homography: Homography

    def into_a(self, points: Points) -> NDArray[np.float32]:
        """Return photo pixels of A in pixels of the working size."""
        return np.asarray((points + 0.5) / self.scale - 0.5, np.float32)

    def out_of_a(self, points: NDArray[np.float32]) -> Points:
        """Return pixels of the working size in photo pixels of A."""
        return (points.astype(np.float64) + 0.5) * self.scale - 0.5


def scaling(scale: float) -> Homography:
    """Return the map from pixels of a picture made smaller by `scale` to those of the whole (middles of pixels)."""
    shift = (scale - 1) / 2
    return np.array([[scale, 0.0, shift], [0.0, scale, shift], [0.0, 0.0, 1.0]])


def bring_together(a: Picture, b: Picture, homography: Homography, long_side: int) -> Pair:
    """Warp B, evenly lit, into A's frame at this size (or at the size that both have)."""
    grey_a, scale_a = lit(a, long_side)
    grey_b, scale_b = lit(b, long_side)
    inner = np.linalg.inv(scaling(scale_b)) @ homography @ scaling(scale_a)
    b_in_a = cv2.warpPerspective(
        grey_b, inner, (grey_a.shape[1], grey_a.shape[0]),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=MIDDLE,
    )  # fmt: skip
    return Pair(grey_a, np.asarray(b_in_a, np.uint8), scale_a, homography)


def lit(picture: Picture, long_side: int) -> tuple[Grey, float]:
    """Return the picture at this size, evenly lit, and photo pixels to one of its pixels; made once for a photo."""

    def make() -> tuple[Grey, float]:
        grey, scale = picture.at_size(long_side)
        return evenly_lit(grey), scale

    return picture.known(("lit", long_side), make)


def evenly_lit(grey: Grey) -> Grey:
    """Return the picture with the same mean and contrast everywhere, so that cloud, haze and exposure fall away.

    Patches are tracked by their brightness, which is another in each photo. Mean and deviation are taken from a picture
    an eighth as large, over windows of about 80 pixels.
    """
    small = cv2.resize(grey, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA).astype(np.float32)
    squares = cv2.resize(
        cv2.multiply(grey, grey, dtype=cv2.CV_32F), None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA
    )
    mean = cv2.blur(small, (LIGHT_WINDOW, LIGHT_WINDOW))
    deviation = np.sqrt(np.maximum(cv2.blur(squares, (LIGHT_WINDOW, LIGHT_WINDOW)) - mean**2, 16.0))
    gain = (EVEN_DEVIATION / deviation).astype(np.float32)
    size = grey.shape[1], grey.shape[0]
    gains = cv2.resize(gain, size, interpolation=cv2.INTER_LINEAR)
    offsets = cv2.resize(MIDDLE - mean * gain, size, interpolation=cv2.INTER_LINEAR)
    even = cv2.add(cv2.multiply(grey, gains, dtype=cv2.CV_32F), offsets, dtype=cv2.CV_8U)
    return np.asarray(even, np.uint8)


def measure(pair: Pair, points: Points, starts: Points) -> Measured:
    """Return where each point of A lies in B, searched from `starts` (in B), for those that can be trusted."""
    found, trusted = tracked(pair, points, starts)
    return found.only(trusted)


def tracked(pair: Pair, points: Points, starts: Points) -> tuple[Measured, NDArray[np.bool_]]:
    """Return where each point of A seems to lie in B, and which of them can be trusted.

    Pyramidal Lucas-Kanade there and back; trusted are points that come back to where they began, whose patches correlate,
    and that have contrast to be measured by.
    """
    if not len(points):
        return Measured(points, points, np.empty(0)), np.empty(0, bool)
    begin = pair.into_a(points)[:, None]
    first = pair.into_a(moved(starts, inverse_of(pair.homography)))[:, None]
    there, ok, _ = _track(pair.a, pair.b_in_a, begin, first)
    back, ok_back, _ = _track(pair.b_in_a, pair.a, there, begin)
    returned = np.linalg.norm((back - begin)[:, 0], axis=1) <= THERE_AND_BACK_PX
    likeness = _likeness(pair, begin[:, 0], there[:, 0])
    trusted = returned & (ok[:, 0] == 1) & (ok_back[:, 0] == 1) & (likeness >= LEAST_LIKENESS)
    found = Measured(points, moved(pair.out_of_a(there[:, 0]), pair.homography), likeness)
    return found, np.asarray(trusted, bool)


def _track(
    one: Grey, other: Grey, begin: NDArray[np.float32], first: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.uint8], object]:
    found = cv2.calcOpticalFlowPyrLK(
        one, other, begin, first.copy(),
        winSize=(WINDOW_PX, WINDOW_PX), maxLevel=LEVELS,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.02),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW, minEigThreshold=1e-4,
    )  # fmt: skip
    return np.asarray(found[0], np.float32), np.asarray(found[1]), found[2]


def _likeness(pair: Pair, at_a: NDArray[np.float32], at_b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the normalised cross-correlation of the patches about the points; 0 where one is flat or a mere edge."""
    patches = [_patches(grey, at) for grey, at in ((pair.a, at_a), (pair.b_in_a, at_b))]
    spread = [np.sqrt((patch**2).mean(axis=1)) for patch in patches]
    flat = (
        (spread[0] < LEAST_CONTRAST) | (spread[1] < LEAST_CONTRAST) | (_cornered(patches[0]) < LEAST_CORNERED)
    )
    product = (patches[0] * patches[1]).mean(axis=1) / np.maximum(spread[0] * spread[1], 1e-6)
    return np.where(flat, 0.0, product).astype(np.float64)


def _cornered(patches: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the smaller by the larger eigenvalue of each patch's structure tensor: near 0 on a straight edge.

    A patch on a straight edge can slide along it: it fits anywhere on any roof's rim, and says nothing.
    """
    square = patches.reshape(-1, PATCH_PX, PATCH_PX)
    dx = square[:, 1:-1, 2:] - square[:, 1:-1, :-2]
    dy = square[:, 2:, 1:-1] - square[:, :-2, 1:-1]
    xx, yy, xy = ((one * other).sum(axis=(1, 2)) for one, other in ((dx, dx), (dy, dy), (dx, dy)))
    half, root = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    return np.asarray((half - root) / np.maximum(half + root, 1e-6), np.float64)


def _patches(grey: Grey, at: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of patch values less their mean."""
    step = np.arange(PATCH_PX, dtype=np.float32) - PATCH_PX // 2
    x = np.repeat(at[:, :1] + step[None], PATCH_PX, axis=0)
    y = (at[:, 1:2] + step[None]).reshape(-1, 1).repeat(PATCH_PX, axis=1)
    # OpenCV's remap takes at most 32,767 rows a call.
    parts = [
        cv2.remap(grey, x[i : i + 30_000], y[i : i + 30_000].astype(np.float32), cv2.INTER_LINEAR)
        for i in range(0, len(x), 30_000)
    ]
    rows = np.concatenate(parts).reshape(len(at), -1).astype(np.float32)
    return np.asarray(rows - rows.mean(axis=1, keepdims=True), np.float32)
