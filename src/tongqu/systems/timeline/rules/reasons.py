"""Why a photo has no footprint, or only a circle in its place."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons for which a photo gets no footprint at all; `queries.messages` says each in words."""

    NO_POSITION = "no-position"
    UNREADABLE = "unreadable"
    SEES_NO_GROUND = "sees-no-ground"
    NEAR_POLE = "near-pole"
    GRID_ELSEWHERE = "grid-elsewhere"
    GRID_UNREADABLE = "grid-unreadable"


class Lack(StrEnum):
    """What keeps a photo from having more than a circle."""

    NO_HEIGHT = "no-height"
    NOT_ABOVE_GROUND = "not-above-ground"
    NO_DIRECTION = "no-direction"
    NO_TILT = "no-tilt"
    IMPOSSIBLE_TILT = "impossible-tilt"
    NO_FOCAL_LENGTH = "no-focal-length"


class NoFootprint(Exception):
    """A photo has no footprint, for one reason.

    >>> str(NoFootprint(Refusal.NO_POSITION))
    'no-position'
    """

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(str(reason))
