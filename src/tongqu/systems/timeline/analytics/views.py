"""From what a photo says of itself to its footprint or its circle, and that as GeoJSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from tongqu.systems.timeline.analytics.footprints import Footprint, circle, footprint, view_is_nadir
from tongqu.systems.timeline.analytics.terrain import Grid, Ground
from tongqu.systems.timeline.rules.reasons import Lack, NoFootprint, Refusal
from tongqu.systems.timeline.rules.shots import Shot
from tongqu.systems.timeline.rules.stand import Known, Stand, stand_of

_DECIMALS = 8
"""Of degrees: about a millimetre."""


@dataclass(frozen=True)
class Surroundings:
    """What is known besides the photo: a terrain grid, a level of the ground above the sea, a height, a range."""

    grid: Grid | None = None
    level_m: float | None = None
    height_m: float | None = None
    range_m: float | None = None


@dataclass(frozen=True)
class View:
    """A shot, how high it was taken, and the ground that it shows."""

    shot: Shot
    footprint: Footprint
    stand: Stand | None = None

    @property
    def is_nadir(self) -> bool | None:
        """Whether it looks straight down; None when its tilt is not known."""
        return None if self.shot.pose.off_nadir_deg is None else view_is_nadir(self.shot.pose)


def view_of(shot: Shot, around: Surroundings | None = None) -> View:
    """Return the view of a shot; raises `NoFootprint` when it shows no ground or the grid lies elsewhere."""
    around = around or Surroundings()
    known = _known(shot, around)
    stand = stand_of(shot.pose, known, height_m=around.height_m)
    lack = shot.pose.lacks() or (stand if isinstance(stand, Lack) else None)
    if lack is None and shot.camera is None:
        lack = Lack.NO_FOCAL_LENGTH
    if lack is not None or shot.camera is None or isinstance(stand, Lack):
        return _circled(shot, lack or Lack.NO_HEIGHT, None if isinstance(stand, Lack) else stand)
    ground = Ground(stand.height_sea_m - stand.height_m, around.grid)
    return View(shot, footprint(shot.camera, shot.pose, stand, ground=ground, range_m=around.range_m), stand)


def _circled(shot: Shot, lack: Lack, stand: Stand | None) -> View:
    height_m = None if stand is None else stand.height_m
    return View(shot, circle(shot.pose, lack, camera=shot.camera, height_m=height_m), stand)


def _known(shot: Shot, around: Surroundings) -> Known:
    """Return the heights of the ground below and around the camera; raises `NoFootprint` if the grid lies elsewhere."""
    if around.grid is None:
        return Known(level_m=around.level_m)
    below = float(around.grid.at(np.array([shot.pose.lon]), np.array([shot.pose.lat]))[0])
    if np.isnan(below):
        if around.level_m is None:
            raise NoFootprint(Refusal.GRID_ELSEWHERE)
        return Known(level_m=around.level_m)
    heights = around.grid.heights
    return Known(around.level_m, below, float(np.nanmin(heights)), float(np.nanmax(heights)))


def feature_of(view: View, name: str) -> dict[str, Any]:
    """Return the view as a GeoJSON Feature (RFC 7946), with its error and what it rests on.

    Lengths are metres, angles degrees; `error_m` is one sigma of where the outline lies.
    """
    found = view.footprint
    geometry = shapely.geometry.mapping(
        shapely.transform(found.outline, lambda corners: corners.round(_DECIMALS))
    )
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "name": name,
            "approximate": found.is_approximate,
            "reason": str(found.lack) if found.lack else None,
            "error_m": round(found.error_m, 3),
            "view": {None: None, True: "nadir", False: "oblique"}[view.is_nadir],
            "gsd_m": _rounded(found.gsd_m, 5),
            "cut": found.is_cut,
            "range_m": _rounded(found.range_m, 2),
            **_pose_properties(view),
            "used": used(view),
        },
    }


def _pose_properties(view: View) -> dict[str, Any]:
    pose = view.shot.pose
    return {
        "camera": view.shot.model or None,
        "lon": pose.lon,
        "lat": pose.lat,
        "height_m": _rounded(view.stand.height_m if view.stand else None, 3),
        "yaw_deg": pose.yaw_deg,
        "pitch_deg": pose.pitch_deg,
        "roll_deg": pose.roll_deg,
    }


def used(view: View) -> dict[str, Any]:
    """Return by which tags height, direction, lens and ground are known, and how far each may be off (one sigma)."""
    pose, camera, stand = view.shot.pose, view.shot.camera, view.stand
    return {
        "position": "rtk" if pose.has_rtk else "gnss",
        "position_error_m": round(pose.accuracy.place_m, 3),
        "height": str(stand.basis) if stand else None,
        "height_error_m": _rounded(stand.error_m if stand else None, 3),
        "ground": str(stand.ground) if stand else None,
        "direction": str(pose.yaw_basis),
        "yaw_error_deg": pose.accuracy.yaw_deg,
        "tilt_error_deg": pose.accuracy.tilt_deg,
        "focal": str(camera.basis) if camera else None,
        "focal_px": _rounded(camera.focal_px if camera else None, 2),
        "focal_error": camera.focal_error if camera else None,
        "distortion": bool(camera and not camera.brown.is_none),
        "edited_with": view.shot.edited_with or None,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
