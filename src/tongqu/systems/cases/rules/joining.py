"""What is told of cases that are handled as one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Point = tuple[float, float]


def people_among(reporters: Iterable[tuple[str, str]]) -> int:
    """Return how many people reported: by telephone, else by name; each report without either counts as one.

    >>> people_among([("蒋一", "13800000001"), ("", "13800000001"), ("蒋一", ""), ("", ""), ("", "")])
    4
    """
    known: set[str] = set()
    unknown = 0
    for name, phone in reporters:
        digits = "".join(filter(str.isdigit, phone))
        who = digits or name.strip()
        if who:
            known.add(who)
        else:
            unknown += 1
    return len(known) + unknown


def middle(points: Sequence[Point]) -> Point:
    """Return the point (longitude, latitude in degrees) among these from which the others are nearest in all.

    It is a place that somebody named, so it lies in the region; the mean of all may lie in a lake. Distances are
    flat with the longitude shortened by the latitude, good enough to choose within a prefecture.

    >>> middle([(118.0, 28.0), (118.1, 28.0), (118.5, 28.0)])
    (118.1, 28.0)
    """
    shrink = math.cos(math.radians(points[0][1]))

    def sum_of_distances(at: Point) -> float:
        return sum(math.hypot((at[0] - lon) * shrink, at[1] - lat) for lon, lat in points)

    return min(points, key=sum_of_distances)
