"""The first guess of a registration: where the poses of two photos put the pixels of the one in the other."""

from __future__ import annotations

import math

import numpy as np

from tongqu.systems.timeline.analytics.rays import rotation
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of
from tongqu.systems.timeline.analytics.registration.register import Guess
from tongqu.systems.timeline.analytics.tangent import Tangent
from tongqu.systems.timeline.analytics.views import View

LEAST_ERROR_PX = 5.0


def guess_between(a: View, b: View) -> Guess | None:
    """Return where A's pixels lie in B if the ground is level and the poses are right; None without footprints.

    Its error is that of both footprints together, in pixels of B. Lens distortion is left out: it is far smaller. A
    photo that went through an editing program may have been turned there, and its tags not with it: the guess then
    speaks against nothing.
    """
    if a.footprint.is_approximate or b.footprint.is_approximate or not b.footprint.gsd_m:
        return None
    tangent = Tangent(a.shot.pose.lon, a.shot.pose.lat)
    east, north, _ = tangent.metres(np.array([[b.shot.pose.lon, b.shot.pose.lat, 0.0]]))[0]
    homography = _picture_of_ground(b, east, north) @ inverse_of(_picture_of_ground(a, 0.0, 0.0))
    error_px = math.hypot(a.footprint.error_m, b.footprint.error_m) / b.footprint.gsd_m
    if b.shot.camera is not None and (a.shot.edited_with or b.shot.edited_with):
        error_px = max(error_px, math.hypot(b.shot.camera.width, b.shot.camera.height))
    return Guess(homography / np.abs(homography).max(), max(error_px, LEAST_ERROR_PX), b.footprint.gsd_m)


def _picture_of_ground(view: View, east_m: float, north_m: float) -> Homography:
    """Return the map from level ground (east, north in metres) to pixels, for a camera above this place."""
    pose, camera, stand = view.shot.pose, view.shot.camera, view.stand
    assert camera is not None  # noqa: S101 - a footprint that is no circle has them all
    assert stand is not None  # noqa: S101
    into_camera = rotation(pose.yaw_deg or 0.0, pose.pitch_deg or 0.0, pose.roll_deg).T
    from_camera = np.array([[1.0, 0.0, -east_m], [0.0, 1.0, -north_m], [0.0, 0.0, -stand.height_m]])
    ahead, right, down = into_camera @ from_camera
    # Here (0, 0) is the middle of the first pixel; a camera counts from its corner.
    return np.stack(
        [
            camera.focal_px * right + (camera.centre_x - 0.5) * ahead,
            camera.focal_px * down + (camera.centre_y - 0.5) * ahead,
            ahead,
        ]
    )
