"""Views of different tilt: B is first drawn as A's camera would see it, by the poses, and features are looked for there.

SIFT finds a place again at any turn and scale, but not when the one camera looks down and the other far aslant.
"""

from __future__ import annotations

import cv2
import numpy as np

from tongqu.systems.timeline.analytics.registration.features import Features
from tongqu.systems.timeline.analytics.registration.matching import Homography, moved
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.refine import scaling

STRONG = 1.4
"""From this ratio of stretching in two directions on, B is drawn anew."""


def stretch(homography: Homography, a: Picture) -> float:
    """Return by how much more one direction is stretched than the other, at the middle of A; 1 is none.

    >>> from tongqu.systems.timeline.analytics.registration.pictures import picture_of
    >>> round(stretch(np.diag([1.0, 2.0, 1.0]), picture_of(np.zeros((80, 80), np.uint8))), 3)
    2.0
    """
    middle = np.array([[a.width / 2, a.height / 2]])
    corners = moved(middle + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), homography)
    sizes = np.linalg.svd((corners[1:] - corners[0]).T, compute_uv=False)
    return float(sizes[0] / max(sizes[1], 1e-9))


def drawn_for(a: Picture, b: Picture, homography: Homography, long_side: int) -> Picture:
    """Return B as A's camera would see it by this homography, with A's width and height."""
    scale = a.long_side / min(long_side, a.long_side)
    size = round(a.width / scale), round(a.height / scale)
    inner = np.linalg.inv(scaling(b.per_pixel)) @ homography @ scaling(scale)
    drawn = cv2.warpPerspective(b.grey, inner, size, flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP)
    return Picture(np.asarray(drawn, np.uint8), a.width, a.height)


def back_in_b(features: Features, homography: Homography) -> Features:
    """Return features of the drawn picture with their places in B itself (their direction and size stay A's)."""
    return Features(moved(features.points, homography), features.angles, features.sizes, features.descriptors)
