"""How good a registration is, and when it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of, moved
from tongqu.systems.timeline.analytics.registration.pictures import Grey, Picture
from tongqu.systems.timeline.analytics.registration.refine import Measured, scaling
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp, warped

LEAST_MATCHES = 12
"""Matches that agree in place, direction and size. Pairs that share no ground reach 3; mirrored ones, on small
symmetric things, 31 (`bench/register.py`)."""
LEAST_MATCHES_SMALL_OVERLAP = 20
SMALL_OVERLAP = 0.3
"""Below this overlap more matches are asked for: a row of roof windows fits the next row in a corner of the pictures."""
MANY_MATCHES = 60
LEAST_AGAINST_POSE = 40
LEAST_MEASURED = 12
LEAST_OVERLAP = 0.02
LEAST_SHARE = 0.025
"""Share of the patches looked for in the common ground that were found where the homography says."""
LEAST_COVER = 0.06
"""Share of the common ground that lies among the patches found. Mirrored pairs reach 0.05, true ones 0.08."""
LEAST_LIKENESS = 0.12
"""Correlation of the common ground seen coarsely. Mirrored pairs have 0.0, woods seen from two places 0.2."""
COARSE_PX = 128
COARSE_WINDOW = 21
LEAST_COARSE_PX = 100
LARGEST_DRIFT = 0.01
"""How far off the homography may be expected to be over the common ground, as a share of A's longer side."""
LEAST_DEVIATION_PX = 0.5
LARGEST_RESIDUAL_PX = 4.0
LARGEST_HELD_BACK_PX = 8.0
HELD_BACK_REACH = 4.0
"""Held-back matches farther off than this many gates are counted as wrong, not averaged in."""
LEAST_HELD_BACK_SHARE = 0.34


class Reason(StrEnum):
    """Why a registration was accepted or refused."""

    REGISTERED = "registered"
    FEW_MATCHES = "few_matches"
    FEW_MEASURED = "few_measured"
    LARGE_RESIDUAL = "large_residual"
    HELD_BACK_DISAGREES = "held_back_disagrees"
    AGAINST_POSE = "against_pose"
    LITTLE_OVERLAP = "little_overlap"
    LITTLE_SUPPORT = "little_support"
    LOOKS_DIFFERENT = "looks_different"


WORDS = {
    Reason.REGISTERED: "The pictures show the same ground, and matches that the fit never saw agree.",
    Reason.FEW_MATCHES: "Too few points of the one picture are found in the other: they show other ground, or it looks too different.",
    Reason.FEW_MEASURED: "Points agree roughly, but too few patches could be measured exactly.",
    Reason.LARGE_RESIDUAL: "The best fit leaves too large residuals.",
    Reason.HELD_BACK_DISAGREES: "Matches that the fit never saw do not agree with it.",
    Reason.AGAINST_POSE: "The pictures fit together elsewhere than their poses say, on too little evidence.",
    Reason.LITTLE_SUPPORT: "The pictures agree on a small part of the ground that they should share, and not on the rest.",
    Reason.LOOKS_DIFFERENT: "Some points agree, but the ground about them does not look alike.",
    Reason.LITTLE_OVERLAP: "The pictures have hardly any ground in common.",
}


@dataclass(frozen=True)
class Residual:
    """Residuals of one model in pixels of B: medians over its inliers and over held-back matches."""

    inliers: int
    inlier_px: float | None
    held_back: int
    """Held-back matches whose patches could be measured."""
    held_back_agreeing: int
    held_back_px: float | None
    """Median over those that lie within four gates."""


def residual_of(
    fitted: Measured, checks: Measured, homography: Homography, warp: LocalWarp | None, gate_px: float
) -> Residual:
    """Return the residuals of a homography with or without its warp."""
    off = offsets(fitted, homography, warp)
    inside = off[off <= gate_px]
    held = offsets(checks, homography, warp)
    agreeing = held[held <= HELD_BACK_REACH * gate_px]
    return Residual(len(inside), _median(inside), len(held), len(agreeing), _median(agreeing))


def offsets(measured: Measured, homography: Homography, warp: LocalWarp | None) -> NDArray[np.float64]:
    """Return how far off each measurement is, in pixels of B."""
    return np.asarray(np.linalg.norm(warped(measured.a, homography, warp) - measured.b, axis=1))


def _median(values: NDArray[np.float64]) -> float | None:
    return float(np.median(values)) if len(values) else None


@dataclass(frozen=True)
class Evidence:
    """What speaks for a registration; shares and likeness are 0..1, `scale` is photo to measured pixels, at least 1.

    `drift` is the error to be expected of the homography over the common ground, as a share of the longer side.
    """

    matches: int
    residual: Residual
    overlap: float
    share: float
    cover: float
    likeness: float
    scale: float = 1.0
    against_pose: bool = False
    drift: float = 0.0

    @property
    def matches_needed(self) -> int:
        """How many matches this overlap asks for."""
        if self.against_pose:
            return LEAST_AGAINST_POSE
        return LEAST_MATCHES if self.overlap >= SMALL_OVERLAP else LEAST_MATCHES_SMALL_OVERLAP


def verdict(evidence: Evidence) -> Reason:
    """Decide on a registration by the first thing that speaks against it.

    >>> good = Residual(40, 1.0, 9, 9, 1.1)
    >>> verdict(Evidence(60, good, 0.5, share=0.3, cover=0.4, likeness=0.5)).value
    'registered'
    >>> verdict(Evidence(15, good, 0.2, share=0.3, cover=0.4, likeness=0.5)).value
    'few_matches'
    """
    residual, scale = evidence.residual, evidence.scale
    held_share = residual.held_back_agreeing / max(residual.held_back, 1)
    few = evidence.matches < MANY_MATCHES
    questions = (
        (evidence.overlap < LEAST_OVERLAP, Reason.LITTLE_OVERLAP),
        (evidence.against_pose and evidence.matches < LEAST_AGAINST_POSE, Reason.AGAINST_POSE),
        (evidence.matches < evidence.matches_needed, Reason.FEW_MATCHES),
        (residual.inliers < LEAST_MEASURED, Reason.FEW_MEASURED),
        (few and min(evidence.share / LEAST_SHARE, evidence.cover / LEAST_COVER) < 1, Reason.LITTLE_SUPPORT),
        (evidence.drift > LARGEST_DRIFT, Reason.LITTLE_SUPPORT),
        (evidence.likeness < LEAST_LIKENESS, Reason.LOOKS_DIFFERENT),
        ((residual.inlier_px or 0.0) > LARGEST_RESIDUAL_PX * scale, Reason.LARGE_RESIDUAL),
        (residual.held_back >= 4 and held_share < LEAST_HELD_BACK_SHARE, Reason.HELD_BACK_DISAGREES),
        ((residual.held_back_px or 0.0) > LARGEST_HELD_BACK_PX * scale, Reason.HELD_BACK_DISAGREES),
    )
    return next((reason for wrong, reason in questions if wrong), Reason.REGISTERED)


def cover_of(points: Points, a: Picture, common: float) -> float:
    """Return the share of the common ground (`common` of A) that lies within the convex hull of points of A."""
    if len(points) < 3 or common <= 0:
        return 0.0
    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))) / (a.width * a.height * common))


def drift_of(points: Points, deviation_px: float, homography: Homography, common: Points) -> float:
    """Return the error to be expected of a homography over the common ground, in pixels of B: the median of one sigma.

    The homography was fitted to these points of A, measured with this deviation. Its covariance follows from where they
    lie (Hartley and Zisserman, 2004, chapter 5): points on one small spot say little of ground far from it, however well
    they agree with each other.
    """
    if len(points) < 5 or not len(common):
        return float("inf")
    middle, size = points.mean(axis=0), max(float(points.std()), 1e-6)
    inner = homography @ np.array([[size, 0, middle[0]], [0, size, middle[1]], [0, 0, 1.0]])
    slopes = _slopes((points - middle) / size, inner).reshape(-1, 8)
    covariance = np.linalg.pinv(slopes.T @ slopes, hermitian=True) * deviation_px**2
    there = _slopes((common - middle) / size, inner)
    variances = np.einsum("nip,pq,niq->n", there, covariance, there)
    return float(np.median(np.sqrt(np.maximum(variances, 0.0))))


def _slopes(points: Points, homography: Homography) -> NDArray[np.float64]:
    """Return how far each point moves in B with each of the first eight numbers: (points, 2, 8)."""
    x, y = points.T
    at = moved(points, homography)
    depth = homography[2, 0] * x + homography[2, 1] * y + homography[2, 2]
    row = np.stack([x, y, np.ones_like(x)], axis=1) / depth[:, None]
    nought = np.zeros_like(row)
    last = -at[:, :, None] * row[:, None, :2]
    return np.concatenate([np.stack([row, nought], axis=1), np.stack([nought, row], axis=1), last], axis=2)


def likeness_of(a: Picture, b: Picture, homography: Homography) -> float:
    """Return how alike the common ground looks when seen coarsely: the correlation of evenly lit small pictures."""
    grey_a, scale_a = a.at_size(COARSE_PX)
    grey_b, scale_b = b.at_size(COARSE_PX * b.long_side / a.long_side)
    inner = np.linalg.inv(scaling(scale_b)) @ homography @ scaling(scale_a)
    size = grey_a.shape[1], grey_a.shape[0]
    back = cv2.WARP_INVERSE_MAP
    shown = cv2.warpPerspective(
        np.full(grey_b.shape, 255, np.uint8), inner, size, flags=cv2.INTER_NEAREST | back
    )
    common = np.asarray(shown) > 0
    if common.sum() < LEAST_COARSE_PX:
        return 0.0
    b_in_a = np.asarray(cv2.warpPerspective(grey_b, inner, size, flags=cv2.INTER_LINEAR | back))
    one, other = (_even(grey, common) for grey in (grey_a, np.asarray(b_in_a, np.uint8)))
    spread = float(np.sqrt((one**2).mean() * (other**2).mean()))
    return float((one * other).mean()) / max(spread, 1e-6)


def _even(grey: Grey, common: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the common pixels less the mean about them, by the deviation about them."""
    mask = common.astype(np.float32)
    window = COARSE_WINDOW, COARSE_WINDOW
    share = cv2.blur(mask, window) + 1e-3
    values = grey.astype(np.float32) * mask
    mean = cv2.blur(values, window) / share
    deviation = np.sqrt(np.maximum(cv2.blur(values**2, window) / share - mean**2, 4.0))
    even = ((grey - mean) / deviation)[common]
    return np.asarray(even - even.mean(), np.float32)


def overlap_of(a: Picture, b: Picture, homography: Homography) -> float:
    """Return the share of the one picture that the other shows, the larger of the two shares."""
    inverse = inverse_of(homography)
    return max(float(inside.mean()) for inside in (seen(a, b, homography)[1], seen(b, a, inverse)[1]))


def seen(a: Picture, b: Picture, homography: Homography) -> tuple[Points, NDArray[np.bool_]]:
    """Return a grid of points over A and which of them B shows."""
    x, y = np.meshgrid((np.arange(48) + 0.5) / 48 * a.width, (np.arange(48) + 0.5) / 48 * a.height)
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    ahead = grid @ homography[2, :2] + homography[2, 2] > 0
    at = moved(grid, homography)
    within = (at >= 0).all(axis=1) & (at[:, 0] < b.width) & (at[:, 1] < b.height)
    return grid, ahead & within
