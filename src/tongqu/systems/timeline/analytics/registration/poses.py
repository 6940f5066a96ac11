"""The first guess of a registration: where the poses of two photos put the pixels of the one in the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.rays import rotation
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of
from tongqu.systems.timeline.analytics.registration.register import Guess
from tongqu.systems.timeline.analytics.tangent import on_the_plane
from tongqu.systems.timeline.analytics.views import View

LEAST_ERROR_PX = 5.0


@dataclass(frozen=True)
class Posed:
    """What a pose says: the frame, how far its outline may be off, the ground to a pixel, whether it was edited."""

    frame: Frame
    error_m: float
    gsd_m: float
    is_edited: bool = False


def guess_of(a: Posed, b: Posed) -> Guess:
    """Return where the poses put A's pixels in B, and how far off that may be.

    A photo that a program wrote anew may have been turned by it: its pose then speaks against nothing.
    """
    east, north = on_the_plane(np.array([a.frame.lon]), np.array([a.frame.lat]), b.frame.lon, b.frame.lat)
    there = picture_of_ground(b.frame, float(east[0]), float(north[0]))
    homography = there @ inverse_of(picture_of_ground(a.frame, 0.0, 0.0))
    error_px = math.hypot(a.error_m, b.error_m) / b.gsd_m
    if a.is_edited or b.is_edited:
        error_px = max(error_px, math.hypot(b.frame.camera.width, b.frame.camera.height))
    return Guess(homography / np.abs(homography).max(), max(error_px, LEAST_ERROR_PX), b.gsd_m)


def picture_of_ground(frame: Frame, east_m: float, north_m: float) -> Homography:
    """Return the map from level ground (east, north in metres) to pixels of a camera above that place."""
    camera = frame.camera
    into_camera = rotation(frame.yaw_deg, frame.pitch_deg, frame.roll_deg).T
    from_camera = np.array([[1.0, 0.0, -east_m], [0.0, 1.0, -north_m], [0.0, 0.0, -frame.height_m]])
    ahead, right, down = into_camera @ from_camera
    # Here (0, 0) is the middle of the first pixel; a camera counts from its corner.
    return np.stack(
        [
            camera.focal_px * right + (camera.centre_x - 0.5) * ahead,
            camera.focal_px * down + (camera.centre_y - 0.5) * ahead,
            ahead,
        ]
    )


def guess_between(a: View, b: View) -> Guess | None:
    """Return where A's pixels lie in B if the ground is level and the poses are right; None without footprints.

    Its error is that of both footprints together, in pixels of B. Lens distortion is left out: it is far smaller.
    """
    posed_a, posed_b = _posed(a), _posed(b)
    if posed_a is None or posed_b is None or not b.footprint.gsd_m:
        return None
    return guess_of(posed_a, posed_b)


def _posed(view: View) -> Posed | None:
    pose, camera, stand, found = view.shot.pose, view.shot.camera, view.stand, view.footprint
    if found.is_approximate:
        return None
    assert camera is not None  # noqa: S101 - a footprint that is no circle has them all
    assert stand is not None  # noqa: S101
    frame = Frame(
        pose.lon, pose.lat, stand.height_m, pose.yaw_deg or 0.0, pose.pitch_deg or 0.0, pose.roll_deg, camera
    )
    return Posed(frame, found.error_m, found.gsd_m or math.nan, bool(view.shot.edited_with))
