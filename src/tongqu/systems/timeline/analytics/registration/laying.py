"""Lays photos of a stack on the one that leads it: directly, or by way of a photo that is laid already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.placing import Homography as Numbers
from tongqu.systems.timeline.analytics.rays import rotation
from tongqu.systems.timeline.analytics.registration.graph import Link, common_frame, link_error, link_of
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of, moved
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.quality import seen
from tongqu.systems.timeline.analytics.registration.register import Guess, Registration
from tongqu.systems.timeline.analytics.tangent import on_the_plane

LEAST_ERROR_PX = 5.0
WORST_LINK_PX = 6.0
"""A photo whose link the common frame misses by more than this, in its own pixels, is not laid."""


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
    there = _picture_of_ground(b.frame, float(east[0]), float(north[0]))
    homography = there @ inverse_of(_picture_of_ground(a.frame, 0.0, 0.0))
    error_px = math.hypot(a.error_m, b.error_m) / b.gsd_m
    if a.is_edited or b.is_edited:
        error_px = max(error_px, math.hypot(b.frame.camera.width, b.frame.camera.height))
    return Guess(homography / np.abs(homography).max(), max(error_px, LEAST_ERROR_PX), b.gsd_m)


def _picture_of_ground(frame: Frame, east_m: float, north_m: float) -> Homography:
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


@dataclass(frozen=True)
class Bridge:
    """A photo that is laid already (`via`: from the leading photo's pixels to its own), and its registration to the new one."""

    picture: Picture
    via: Numbers
    found: Registration


def laid_over(lead: Picture, new: Picture, bridges: Sequence[Bridge]) -> Homography | None:
    """Return the homography from the leading photo to a new one that bridges lead to, or None.

    With several bridges all are fitted together; a photo whose best bridge is missed by the result is not laid.
    """
    links: list[Link] = []
    for place, bridge in enumerate(bridges, 2):
        link = link_of(place, 1, (bridge.picture, new), bridge.found)
        if link is not None:
            links += [link, _known(lead, bridge, place)]
    if not links:
        return None
    frame = common_frame(2 + len(bridges), links).homographies
    to_lead = frame[1]
    if to_lead is None or min(link_error(link, frame) for link in links[::2]) > WORST_LINK_PX:
        return None
    homography = inverse_of(to_lead)
    return np.asarray(homography / homography[2, 2], float)


def _known(lead: Picture, bridge: Bridge, place: int) -> Link:
    """Return what is known of a laid photo as a link to the leading one."""
    via = np.array(bridge.via, float).reshape(3, 3)
    grid, common = seen(lead, bridge.picture, via)
    return Link(place, 0, moved(grid[common], via), grid[common])
