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
