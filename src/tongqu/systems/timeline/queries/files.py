"""Reads the view of a file that need not be evidence."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.analytics.contents import inspect
from tongqu.shared.evidence.queries.messages import problem
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.systems.timeline.analytics.views import Surroundings, View, view_of
from tongqu.systems.timeline.queries.messages import REFUSALS
from tongqu.systems.timeline.queries.terrain import grid_around
from tongqu.systems.timeline.rules.reasons import NoFootprint
from tongqu.systems.timeline.rules.shots import Shot, shot_of

_WIDEST_GRID_M = 20_000.0
_LEAST_GRID_M = 500.0


def shot_in(data: bytes, name: str) -> Shot:
    """Return what a picture says of itself; raises `Refused` and `NoFootprint`."""
    content = inspect(
        data, name, largest=settings.EVIDENCE_LARGEST_BYTES, most_pixels=settings.EVIDENCE_LARGEST_PIXELS
    )
    if content.picture is None:
        raise Refused(Reason.WRONG_TYPE, extension=Path(name).suffix or "?")
    return shot_of(content.picture.tags, content.picture.width, content.picture.height)


def surroundings(
    shot: Shot,
    *,
    grid: Path | None = None,
    level_m: float | None = None,
    height_m: float | None = None,
    range_m: float | None = None,
) -> Surroundings:
    """Return what is known around a shot, with the part of the terrain grid that it may see; raises `NoFootprint`."""
    if grid is None:
        return Surroundings(None, level_m, height_m, range_m)
    # Above the sea the camera may be far higher than above the ground; too much ground does no harm.
    heights = [height_m or 0.0, shot.pose.height_m or 0.0, shot.pose.height_sea_m or 0.0]
    reach = min(max(range_m or 12 * max(heights), _LEAST_GRID_M), _WIDEST_GRID_M)
    return Surroundings(grid_around(grid, shot.pose.lon, shot.pose.lat, reach), level_m, height_m, range_m)


def view_of_file(
    path: Path,
    *,
    grid: Path | None = None,
    level_m: float | None = None,
    height_m: float | None = None,
    range_m: float | None = None,
) -> View:
    """Return the view of a photo file; raises `BadInput` with the one reason why there is none."""
    try:
        shot = shot_in(_bytes_of(path), path.name)
        around = surroundings(shot, grid=grid, level_m=level_m, height_m=height_m, range_m=range_m)
        return view_of(shot, around)
    except Refused as refused:
        raise BadInput([problem(refused, path.name)]) from refused
    except NoFootprint as refused:
        raise BadInput([Problem(str(REFUSALS[refused.reason]), refused.reason, path.name)]) from refused


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            return source.read(settings.EVIDENCE_LARGEST_BYTES + 1)
    except OSError:
        raise Refused(Reason.VANISHED) from None
