"""Where a photo in sight lies on the ground: by its own pose, or by that of the photo it was registered to."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from tongqu.systems.timeline.analytics.footprints import RANGE_HEIGHTS
from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.placing import Placement, Reach
from tongqu.systems.timeline.analytics.registration.warp import LocalWarp
from tongqu.systems.timeline.analytics.terrain import Grid, Ground
from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.terrain import grid_around
from tongqu.systems.timeline.rules.reasons import NoFootprint
from tongqu.systems.timeline.rules.stand import GroundBasis

_GRIDS = 32
"""So many pieces of terrain are kept in memory: one for each photo that is looked at."""


def frame_of(view: PhotoView) -> Frame | None:
    """Return pose and camera of a view, or None for an approximate one."""
    camera = view.camera()
    if view.is_approximate or camera is None or view.yaw_deg is None or view.pitch_deg is None:
        return None
    return Frame(
        view.lon, view.lat, view.height_m or 0.0, view.yaw_deg, view.pitch_deg, view.roll_deg, camera
    )


def placement_of(view: PhotoView, alignment: Alignment | None = None) -> Placement | None:
    """Return where the photo lies, or None when it is approximate: then it cannot be laid on the ground.

    An alignment that was refused counts as none.
    """
    frame = frame_of(view)
    if frame is None:
        return None
    reach = Reach(view.lon, view.lat, view.range_m or RANGE_HEIGHTS * frame.height_m)
    if alignment is not None and alignment.is_accepted and alignment.view_id == view.pk:
        lead = frame_of(alignment.reference)
        if lead is not None:
            warp = None if alignment.warp is None else LocalWarp.of(alignment.warp)
            ground = _ground_of(alignment.reference)
            return Placement(lead, view.width, view.height, reach, tuple(alignment.homography), warp, ground)
    return Placement(frame, view.width, view.height, reach, ground=_ground_of(view))


def _ground_of(view: PhotoView) -> Ground | None:
    """Return the terrain that the view's own footprint was laid on, or None where that was level ground."""
    if view.used.get("ground") != GroundBasis.GRID or view.height_m is None or view.height_sea_m is None:
        return None
    reach_m = view.range_m or RANGE_HEIGHTS * view.height_m
    grid = _grid(settings.TERRAIN_GRID, view.lon, view.lat, reach_m)
    return None if grid is None else Ground(view.height_sea_m - view.height_m, grid)


@lru_cache(maxsize=_GRIDS)
def _grid(path: str, lon: float, lat: float, reach_m: float) -> Grid | None:
    """Return the terrain around a place, read once for the many tiles of a photo; None where there is none any more."""
    try:
        return grid_around(Path(path), lon, lat, reach_m) if path else None
    except NoFootprint:
        return None
