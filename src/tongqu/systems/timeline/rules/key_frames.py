"""Which moments of a film become photos: one each time the drone has moved on far enough over the ground."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tongqu.kernel.geometry import distance_m
from tongqu.systems.timeline.rules.telemetry import Moment

_MOST_TURN_DEG = 20.0
"""A camera that turned this far shows other ground, though the drone hovered."""


def key_moments(moments: Iterable[Moment], spacing_m: float) -> list[Moment]:
    """Return the first moment, and each that lies `spacing_m` from the last one taken, or looks elsewhere.

    >>> flown = [Moment(t, 118.87, 28.97 + t * 0.0001) for t in range(10)]  # 11.1 m a second
    >>> [moment.at_s for moment in key_moments(flown, 30)]
    [0, 3, 6, 9]
    """
    kept: list[Moment] = []
    for moment in moments:
        if not kept or _is_new(kept[-1], moment, spacing_m):
            kept.append(moment)
    return kept


def _is_new(last: Moment, moment: Moment, spacing_m: float) -> bool:
    if distance_m(last.lon, last.lat, moment.lon, moment.lat) >= spacing_m:
        return True
    return any(
        before is not None and now is not None and _turned(before, now) >= _MOST_TURN_DEG
        for before, now in ((last.yaw_deg, moment.yaw_deg), (last.pitch_deg, moment.pitch_deg))
    )


def _turned(before: float, now: float) -> float:
    """Return the angle between two directions.

    >>> _turned(-175.0, 175.0)
    10.0
    """
    return math.fabs((now - before + 180) % 360 - 180)
