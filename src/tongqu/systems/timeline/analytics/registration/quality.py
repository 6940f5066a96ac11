"""How good a registration is, and when it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, moved
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.refine import Measured
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp, warped

LEAST_MATCHES = 12
"""Matches that agree in place, direction and size. Pairs that share no ground reach 4 (bench/register.py)."""
LEAST_AGAINST_POSE = 40
LEAST_MEASURED = 12
LEAST_OVERLAP = 0.02
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


WORDS = {
    Reason.REGISTERED: "The pictures show the same ground, and matches that the fit never saw agree.",
    Reason.FEW_MATCHES: "Too few points of the one picture are found in the other: they show other ground, or it looks too different.",
    Reason.FEW_MEASURED: "Points agree roughly, but too few patches could be measured exactly.",
    Reason.LARGE_RESIDUAL: "The best fit leaves too large residuals.",
    Reason.HELD_BACK_DISAGREES: "Matches that the fit never saw do not agree with it.",
    Reason.AGAINST_POSE: "The pictures fit together elsewhere than their poses say, on too little evidence.",
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


def verdict(
    matches: int, residual: Residual, overlap: float, against_pose: bool, scale: float
) -> Reason:
    """Decide on a registration; `scale` is photo pixels to one pixel of the measuring, at least 1.

    >>> verdict(3, Residual(40, 1.0, 9, 9, 1.1), 0.5, False, 1.0).value
    'few_matches'
    >>> verdict(60, Residual(40, 1.0, 9, 9, 1.1), 0.5, False, 1.0).value
    'registered'
    """
    held_share = residual.held_back_agreeing / max(residual.held_back, 1)
    questions = (
        (matches < LEAST_MATCHES, Reason.FEW_MATCHES),
        (overlap < LEAST_OVERLAP, Reason.LITTLE_OVERLAP),
        (residual.inliers < LEAST_MEASURED, Reason.FEW_MEASURED),
        ((residual.inlier_px or 0.0) > LARGEST_RESIDUAL_PX * scale, Reason.LARGE_RESIDUAL),
        (residual.held_back >= 4 and held_share < LEAST_HELD_BACK_SHARE, Reason.HELD_BACK_DISAGREES),
        ((residual.held_back_px or 0.0) > LARGEST_HELD_BACK_PX * scale, Reason.HELD_BACK_DISAGREES),
        (against_pose and matches < LEAST_AGAINST_POSE, Reason.AGAINST_POSE),
    )
    return next((reason for wrong, reason in questions if wrong), Reason.REGISTERED)


def overlap_of(a: Picture, b: Picture, homography: Homography) -> float:
    """Return the share of the one picture that the other shows, the larger of the two shares."""
    inverse = np.linalg.inv(homography)
    return max(float(inside.mean()) for inside in (seen(a, b, homography)[1], seen(b, a, inverse)[1]))


def seen(a: Picture, b: Picture, homography: Homography) -> tuple[Points, NDArray[np.bool_]]:
    """Return a grid of points over A and which of them B shows."""
    x, y = np.meshgrid((np.arange(48) + 0.5) / 48 * a.width, (np.arange(48) + 0.5) / 48 * a.height)
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    ahead = grid @ homography[2, :2] + homography[2, 2] > 0
    at = moved(grid, homography)
    within = (at >= 0).all(axis=1) & (at[:, 0] < b.width) & (at[:, 1] < b.height)
    return grid, ahead & within
