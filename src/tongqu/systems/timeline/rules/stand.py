"""How high the camera stood above which ground: which of the heights that a photo writes down counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tongqu.systems.timeline.rules.pose import LOWEST_M, CameraPose, HeightBasis
from tongqu.systems.timeline.rules.reasons import Lack

_NEAR_THE_GROUND_M = 20.0
"""How far the take-off may seem to lie off the ground of the grid before the height above the sea is not believed."""
_FLAT_ERROR, _FLAT_ERROR_M = 0.02, 0.5
"""What unknown relief under a photo is worth: a part of the height, and a least."""
GRID_ERROR_M = 2.0
"""What a height of a terrain grid may be off."""


class GroundBasis(StrEnum):
    """What stands for the ground."""

    FLAT = "flat"
    LEVEL = "given-level"
    GRID = "grid"


@dataclass(frozen=True)
class Known:
    """What is known of the ground besides the photo: metres above the sea, below the camera and around it."""

    level_m: float | None = None
    below_m: float | None = None
    lowest_m: float | None = None
    highest_m: float | None = None

    @property
    def is_grid(self) -> bool:
        """Whether a grid says how high the ground below the camera lies."""
        return self.below_m is not None


@dataclass(frozen=True)
class Stand:
    """Height of the camera above the ground below it, and above the sea; one sigma of the former; and by what."""

    height_m: float
    height_sea_m: float
    error_m: float
    basis: HeightBasis
    ground: GroundBasis


def stand_of(pose: CameraPose, known: Known | None = None, *, height_m: float | None = None) -> Stand | Lack:
    """Return how high the camera stood, or what keeps that from being known.

    1. A height that the asker gives counts.
    2. With a level or grid of the ground, the height above the sea counts if it can be believed: it comes from RTK, or
       nothing contradicts it. It is contradicted when the take-off that follows from both heights lies more than 20 m
       off the ground of the grid.
    3. Else the height above the take-off counts, and the take-off is taken to lie as high as the ground below.

    >>> from tongqu.systems.timeline.rules.pose import CONSUMER
    >>> pose = CameraPose(118.87, 28.97, 60.0, 140.0, 0.0, -90.0, 0.0, CONSUMER)
    >>> stand_of(pose).height_m, stand_of(pose, Known(level_m=90.0)).height_m
    (60.0, 50.0)
    >>> stand_of(pose, Known(below_m=400.0, lowest_m=380.0, highest_m=420.0)).height_m
    60.0
    """
    known = known or Known()
    ground = _ground_of(known)
    below = known.below_m if known.below_m is not None else known.level_m
    found, basis = _height(pose, known, below, height_m)
    if found is None:
        return Lack.NO_HEIGHT
    if found < LOWEST_M:
        return Lack.NOT_ABOVE_GROUND
    if below is None:
        below = pose.height_sea_m - found if pose.height_sea_m is not None else 0.0
    return Stand(found, below + found, _error_m(pose, basis, ground, found), basis, ground)


def _ground_of(known: Known) -> GroundBasis:
    if known.is_grid:
        return GroundBasis.GRID
    return GroundBasis.FLAT if known.level_m is None else GroundBasis.LEVEL


def _height(
    pose: CameraPose, known: Known, below: float | None, given: float | None
) -> tuple[float | None, HeightBasis]:
    if given is not None:
        return given, HeightBasis.GIVEN
    if below is not None and pose.height_sea_m is not None and _is_believed(pose, known):
        return pose.height_sea_m - below, HeightBasis.SEA
    if pose.height_m is not None:
        return pose.height_m, HeightBasis.TAKE_OFF
    return None, HeightBasis.UNKNOWN


def _is_believed(pose: CameraPose, known: Known) -> bool:
    """Answer whether nothing contradicts the height above the sea."""
    if pose.has_rtk or pose.height_m is None or pose.height_sea_m is None:
        return True
    if known.lowest_m is None or known.highest_m is None:
        return True
    take_off = pose.height_sea_m - pose.height_m
    return known.lowest_m - _NEAR_THE_GROUND_M <= take_off <= known.highest_m + _NEAR_THE_GROUND_M


def _error_m(pose: CameraPose, basis: HeightBasis, ground: GroundBasis, height_m: float) -> float:
    """Return one sigma of the height above the ground: of the camera's height and of the ground's, together."""
    of_camera = {
        HeightBasis.GIVEN: 0.0,
        HeightBasis.TAKE_OFF: pose.accuracy.height_m,
    }.get(basis, pose.accuracy.height_sea_m)
    of_ground = GRID_ERROR_M if ground == GroundBasis.GRID else max(_FLAT_ERROR * height_m, _FLAT_ERROR_M)
    return float((of_camera**2 + of_ground**2) ** 0.5)
