"""A registration as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np

from tongqu.systems.timeline.analytics.registration.register import Registration


def report(found: Registration) -> dict[str, Any]:
    """Return the registration for JSON: residuals in pixels of B at full resolution, medians.

    `residual_px` and `residual_held_back_px` are those of the homography with its warp, where there is one; the
    `homography_` ones those of the homography alone.
    """
    residual, plain = found.residual, found.plain
    return {
        "accepted": found.accepted,
        "reason": str(found.reason),
        "message": found.words,
        "by": found.by or None,
        "homography": _matrix(found),
        "homography_maps": "pixels of A to pixels of B, both upright and at full resolution; (0, 0) is the middle of the upper left pixel",
        "matches": found.matches,
        "inliers": residual.inliers,
        "residual_px": _rounded(residual.inlier_px),
        "residual_held_back_px": _rounded(residual.held_back_px),
        "held_back": residual.held_back,
        "held_back_agreeing": residual.held_back_agreeing,
        "residual_m": _rounded(found.metres(residual.inlier_px), 4),
        "homography_inliers": plain.inliers,
        "homography_residual_px": _rounded(plain.inlier_px),
        "homography_residual_held_back_px": _rounded(plain.held_back_px),
        "has_warp": found.warp is not None,
        "overlap": _rounded(found.overlap),
        "pose_error_px": _rounded(found.pose_error_px, 1),
        "pose_error_m": _rounded(found.metres(found.pose_error_px), 3),
    }


def _matrix(found: Registration) -> list[list[float]] | None:
    if found.homography is None:
        return None
    last = found.homography[2, 2]
    matrix = found.homography if last == 0 else found.homography / last
    return [[float(np.format_float_scientific(x, precision=12)) for x in row] for row in matrix]


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
