"""The plane's homography from matches of which many are wrong, and what makes one impossible."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Features, Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, Matches, moved

TURN_DEG = 25.0
SIZE_RATIO = 1.7
ITERATIONS = 8000
CONFIDENCE = 0.9999


@dataclass(frozen=True)
class Estimate:
    """A homography and which of the matches speak for it."""

    homography: Homography
    inliers: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many matches speak for it."""
        return int(self.inliers.sum())


def estimate(a: Features, b: Features, matches: Matches, gate_px: float) -> Estimate | None:
    """Return the homography that most matches agree on, within `gate_px` pixels of B.

    A match counts only if the direction and the size of its two features change as the homography says: a wrong match
    that falls within the gate by chance fails that nineteen times in twenty. MAGSAC++ (Barath et al., 2020) for the
    homography; a similarity, which needs two matches instead of four, is tried beside it and taken where it finds more.
    """
    if len(matches) < 4:
        return None
    pa, pb = a.points[matches.a], b.points[matches.b]
    found = [
        Estimate(h, agreeing(a, b, matches, h, gate_px))
        for h in (plane(pa, pb, gate_px), _similarity(pa, pb, gate_px))
        if h is not None and possible(h, pa)
    ]
    return max(found, key=lambda one: one.count, default=None)


def agreeing(
    a: Features, b: Features, matches: Matches, homography: Homography, gate_px: float
) -> NDArray[np.bool_]:
    """Return which matches agree with the homography in place, direction and size."""
    pa = a.points[matches.a]
    near = np.linalg.norm(moved(pa, homography) - b.points[matches.b], axis=1) <= gate_px
    turn, scale = _local(homography, pa, a.angles[matches.a])
    off = (b.angles[matches.b] - turn + 180.0) % 360.0 - 180.0
    sizes = np.log(b.sizes[matches.b] / (a.sizes[matches.a] * scale))
    agree: NDArray[np.bool_] = near & (np.abs(off) <= TURN_DEG) & (np.abs(sizes) <= np.log(SIZE_RATIO))
    return agree


def possible(homography: Homography, points: Points) -> bool:
    """Whether a camera can see the ground so: not mirrored, not across the horizon, not scaled more than eightfold."""
    if not np.isfinite(homography).all() or not len(points):
        return False
    x, y = points.T
    depth = homography[2, 0] * x + homography[2, 1] * y + homography[2, 2]
    det = np.linalg.det(homography)
    with np.errstate(divide="ignore", invalid="ignore"):
        area = det / depth**3
    return bool((depth > 0).all() and (area > 1 / 64).all() and (area < 64).all())


def plane(pa: Points, pb: Points, gate_px: float) -> Homography | None:
    """Return the homography of the plane that most points lie on (MAGSAC++, always the same draws), or None."""
    with_seed = cv2.UsacParams()
    with_seed.threshold = gate_px
    with_seed.confidence = CONFIDENCE
    with_seed.maxIterations = ITERATIONS
    with_seed.randomGeneratorState = 7
    with_seed.score = cv2.SCORE_METHOD_MAGSAC
    with_seed.loMethod = cv2.LOCAL_OPTIM_SIGMA
    with_seed.loIterations = 10
    with_seed.loSampleSize = 30
    with_seed.sampler = cv2.SAMPLING_UNIFORM
    with_seed.isParallel = False
    found, _ = cv2.findHomography(pa, pb, with_seed)
    return None if found is None else np.asarray(found / found[2, 2], np.float64)


def _similarity(pa: Points, pb: Points, gate_px: float) -> Homography | None:
    cv2.setRNGSeed(7)
    found, _ = cv2.estimateAffinePartial2D(
        pa, pb, method=cv2.RANSAC, ransacReprojThreshold=gate_px, maxIters=ITERATIONS, confidence=CONFIDENCE
    )
    return None if found is None else np.vstack([found, [0.0, 0.0, 1.0]])


def _local(
    homography: Homography, points: Points, angles: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where a direction (degrees) at each point turns to, and how much things there grow."""
    h = homography
    x, y = points.T
    depth = h[2, 0] * x + h[2, 1] * y + h[2, 2]
    at = moved(points, h)
    step = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=1)
    slope = step @ h[2, :2]
    out = (step @ h[:2, :2].T - at * slope[:, None]) / depth[:, None]
    grows = np.sqrt(np.abs(np.linalg.det(h) / depth**3))
    return np.degrees(np.arctan2(out[:, 1], out[:, 0])), grows
