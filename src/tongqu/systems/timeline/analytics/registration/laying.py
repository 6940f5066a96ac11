"""Lays photos of a stack on the one that leads it: directly, or by way of a photo that is laid already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tongqu.systems.timeline.analytics.placing import Homography as Numbers
from tongqu.systems.timeline.analytics.registration.graph import Link, common_frame, link_error, link_of
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of, moved
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.quality import seen
from tongqu.systems.timeline.analytics.registration.register import Registration

WORST_LINK_PX = 6.0
"""A photo whose link the common frame misses by more than this, in its own pixels, is not laid."""


@dataclass(frozen=True)
class Bridge:
    """A photo that is laid already (`via`: from the leading photo's pixels to its own), and its registration to the new one."""

    picture: Picture
    via: Numbers
    found: Registration


def laid_over(lead: Picture, new: Picture, bridges: Sequence[Bridge]) -> Homography | None:
    """Return the homography from the leading photo to a new one that bridges lead to, or None.

    With several bridges all are fitted together; where the result misses them, since the ground between is not flat, the
    surest one is followed alone. A photo whose best bridge is missed by that, too, is not laid.
    """
    sure = sorted((one for one in bridges if one.found.accepted), key=lambda one: -one.found.residual.inliers)
    ways = [sure, sure[:1]] if len(sure) > 1 else [sure] if sure else []
    return next((found for way in ways if (found := _over(lead, new, way)) is not None), None)


def _over(lead: Picture, new: Picture, bridges: Sequence[Bridge]) -> Homography | None:
    links: list[Link] = []
    for place, bridge in enumerate(bridges, 2):
        link = link_of(place, 1, (bridge.picture, new), bridge.found)
        links += [] if link is None else [link, _known(lead, bridge, place)]
    frame = common_frame(2 + len(bridges), links).homographies
    to_lead = frame[1]
    if to_lead is None or min(link_error(link, frame) for link in links[::2]) > WORST_LINK_PX:
        return None
    homography = inverse_of(to_lead)
    return np.asarray(homography / homography[2, 2], float)


def _known(lead: Picture, bridge: Bridge, place: int) -> Link:
    """Return what is known of a laid photo as a link to the leading one.

    All of the laid photo counts, also what lies beyond the leading one's border: a photo that was itself laid by way of
    another may share no ground with it.
    """
    back = inverse_of(np.array(bridge.via, float).reshape(3, 3))
    grid, _within = seen(bridge.picture, lead, back)
    ahead = (grid @ back[2, :2] + back[2, 2]) * np.sign(back[2, 2]) > 0
    return Link(place, 0, grid[ahead], moved(grid[ahead], back))
