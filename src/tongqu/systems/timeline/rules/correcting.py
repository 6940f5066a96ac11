"""When registered photos justify a new version of a pose."""

from __future__ import annotations

from enum import StrEnum

SURER = 0.75
"""A new version must state at most this share of the error that is stated now: so that versions come to an end."""
FAR_OFF = 3.0


class Grounds(StrEnum):
    """Why a pose is corrected."""

    SURER = "surer"
    """Several flights together know better where the ground lies."""
    TURNED = "turned"
    """A program that edited the photo turned it and left its tags, which now put it elsewhere."""


def grounds_of(
    *, now_m: float, better_m: float, moved_m: float, flights: int, is_edited: bool, is_first: bool
) -> Grounds | None:
    """Return what justifies a correction: errors of the place now and then (one sigma), and how far the photo would move.

    >>> surer = dict(moved_m=1.0, flights=2, is_edited=False, is_first=True)
    >>> grounds_of(now_m=3.5, better_m=2.4, **surer).value, grounds_of(now_m=3.5, better_m=2.8, **surer)
    ('surer', None)
    >>> turned = dict(now_m=3.5, better_m=3.6, flights=1, is_edited=True)
    >>> grounds_of(moved_m=30.0, is_first=True, **turned).value, grounds_of(moved_m=30.0, is_first=False, **turned)
    ('turned', None)
    >>> grounds_of(moved_m=9.0, is_first=True, **turned)
    """
    if flights > 1 and better_m <= SURER * now_m:
        return Grounds.SURER
    if is_edited and is_first and moved_m > FAR_OFF * better_m:
        return Grounds.TURNED
    return None
