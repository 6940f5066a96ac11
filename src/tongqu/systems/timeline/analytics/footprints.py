"""The footprint: which ground a photo shows, how far its outline may be off, and how sharply it shows a place.

The border of the picture is sent out as rays, cut at the horizon, and laid on the ground within a stated range.

**Error.** Let `p` be a point of the outline and `q` each of east, north, height, yaw, pitch, roll and focal length, with
standard deviation `s`. To first order the point is off by `sqrt(sum((dp/dq)² · s²))`, the partial derivatives taken on the
level ground at that point. `error_m` is the root mean square of that over the outline, without the points that lie where
the range cuts it: one sigma of the horizontal distance (propagation of variances; JCGM 100:2008, §5.1.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray
from shapely import Polygon

from tongqu.kernel.geometry import Outline, polygonal
from tongqu.systems.timeline.analytics.rays import border, pixels_of, rotation, sights
from tongqu.systems.timeline.analytics.tangent import Array, Tangent
from tongqu.systems.timeline.analytics.terrain import Ground, march
from tongqu.systems.timeline.rules.camera import Camera
from tongqu.systems.timeline.rules.pose import Accuracy, CameraPose
from tongqu.systems.timeline.rules.reasons import Lack, NoFootprint, Refusal
from tongqu.systems.timeline.rules.stand import Stand

RANGE_HEIGHTS = 10.0
"""Ground farther away than so many heights is left out, unless a range is named."""
NADIR_DEG = 15.0
"""A line of sight within so many degrees of straight down makes a nadir view."""
UNKNOWN_REACH_M = 100.0
"""Radius of the circle for a photo that does not say what it sees."""
_NEAREST_POLE_DEG = 89.9
_HORIZON = 1e-4
_CIRCLE_QUARTER = 24
_BENT_SIDE, _STRAIGHT_SIDE = 16, 1
_PIECES_ON_GRID = 96
_SMALL = 1e-6


@dataclass(frozen=True)
class Footprint:
    """The ground that a photo shows, on WGS-84.

    `gsd_m` is the side of a pixel on the ground, across the line of sight, in the middle of the picture. `is_cut` says
    that the view goes on beyond `range_m`. An approximate one is a circle, and `lack` says what is missing.
    """

    outline: Outline
    error_m: float
    gsd_m: float | None = None
    is_cut: bool = False
    range_m: float | None = None
    lack: Lack | None = None

    @property
    def is_approximate(self) -> bool:
        """Whether a circle stands for the outline."""
        return self.lack is not None


@dataclass(frozen=True)
class Errors:
    """One sigma of everything that places an outline: metres, degrees, a share of the focal length."""

    place_m: float
    height_m: float
    yaw_deg: float
    tilt_deg: float
    focal: float

    @classmethod
    def of(cls, accuracy: Accuracy, stand: Stand, camera: Camera) -> Errors:
        """Gather them from pose, stand and camera."""
        return cls(accuracy.place_m, stand.error_m, accuracy.yaw_deg, accuracy.tilt_deg, camera.focal_error)


def footprint(
    camera: Camera,
    pose: CameraPose,
    stand: Stand,
    *,
    ground: Ground | None = None,
    range_m: float | None = None,
) -> Footprint:
    """Return the ground in the picture; raises `NoFootprint` when there is none, or it lies at a pole.

    `pose` must know its direction (`pose.lacks()` is None). Without `ground` it is flat below the camera.
    """
    if pose.yaw_deg is None or pose.pitch_deg is None:
        raise ValueError("the pose has no direction")
    tangent = Tangent(pose.lon, pose.lat, stand.height_sea_m)
    turn = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    reach = range_m if range_m is not None else RANGE_HEIGHTS * stand.height_m
    level, is_cut = _on_the_level(camera, turn, stand.height_m, reach)
    points, on_range = _laid(level, tangent, ground, reach)
    errors = Errors.of(pose.accuracy, stand, camera)
    return Footprint(
        outline=on_the_globe(points, tangent),
        error_m=_outline_error_m(points[~on_range] if not on_range.all() else points, pose, errors),
        gsd_m=_sampling_m(camera, turn, points, stand.height_m, reach),
        is_cut=is_cut or bool(on_range.any()),
        range_m=reach,
    )


def view_is_nadir(pose: CameraPose) -> bool:
    """Answer whether the camera looked straight down, or nearly."""
    return pose.off_nadir_deg is not None and pose.off_nadir_deg <= NADIR_DEG


def _on_the_level(camera: Camera, turn: Array, height_m: float, range_m: float) -> tuple[Array, bool]:
    """Return the outline on level ground as (east, north, up), and whether horizon or range cut it."""
    side = _STRAIGHT_SIDE if camera.brown.is_none else _BENT_SIDE
    seen = sights(camera, border(camera, side))
    rays = np.column_stack((np.ones(len(seen)), seen)) @ turn.T
    below = _below_the_horizon(rays)
    if len(below) < 3:
        raise NoFootprint(Refusal.SEES_NO_GROUND)
    flat = below[:, :2] * (height_m / -below[:, 2])[:, None]
    whole = shapely.make_valid(Polygon(flat))
    disc = shapely.Point(0, 0).buffer(range_m, quad_segs=_CIRCLE_QUARTER)
    # Cutting can leave splinters; the picture's ground is one piece.
    kept = largest(shapely.intersection(whole, disc))
    if kept is None:
        raise NoFootprint(Refusal.SEES_NO_GROUND)
    ring = shapely.get_coordinates(kept.exterior)[:-1]
    is_cut = len(below) != len(rays) or not disc.covers(whole)
    return np.column_stack((ring, np.full(len(ring), -height_m))), is_cut


def _below_the_horizon(rays: Array) -> Array:
    """Return the ring of rays cut where it crosses the horizon (Sutherland and Hodgman, 1974)."""
    limit = -_HORIZON
    kept = []
    for here, there in zip(rays, np.roll(rays, -1, axis=0), strict=True):
        if here[2] <= limit:
            kept.append(here)
        if (here[2] <= limit) != (there[2] <= limit):
            kept.append(here + (there - here) * ((limit - here[2]) / (there[2] - here[2])))
    return np.array(kept).reshape(-1, 3)


def _laid(
    level: Array, tangent: Tangent, ground: Ground | None, range_m: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Return the outline on the ground, and which of its points lie where the range cuts it."""
    if ground is None or ground.grid is None:
        return level, np.hypot(level[:, 0], level[:, 1]) > range_m * 0.999
    ring = shapely.linearrings(level)
    fine = shapely.get_coordinates(shapely.segmentize(ring, ring.length / _PIECES_ON_GRID), include_z=True)[
        :-1
    ]
    points, hit = march(fine, tangent=tangent, ground=ground, range_m=range_m)
    return points, ~hit


def largest(shape: shapely.Geometry) -> Polygon | None:
    """Return the largest area of a geometry, or None when it has none."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > _SMALL]
    return max(parts, key=lambda part: part.area) if parts else None


def on_the_globe(points: Array, tangent: Tangent) -> Outline:
    """Return a ring of (east, north, up) as an outline in degrees, in two parts where it crosses the antimeridian.

    Raises `NoFootprint` within a tenth of a degree of a pole, where an outline in degrees has no meaning.
    """
    places = tangent.degrees(points)
    if np.abs(places[:, 1]).max() > _NEAREST_POLE_DEG:
        raise NoFootprint(Refusal.NEAR_POLE)
    whole = largest(shapely.make_valid(Polygon(places[:, :2] * _FINE))) if len(places) > 2 else None
    if whole is None:
        raise NoFootprint(Refusal.SEES_NO_GROUND)
    return _split(shapely.orient_polygons(shapely.transform(whole, lambda corners: corners / _FINE)))


_FINE = 1e5
"""Degrees are counted in these parts while areas are compared: about metres."""


def _split(outline: Polygon) -> Outline:
    """Return the outline cut at the antimeridian (RFC 7946, §3.1.9)."""
    west, _south, east, _north = outline.bounds
    if west >= -180 and east <= 180:
        return outline
    parts = []
    for left in (-540.0, -180.0, 180.0):
        part = shapely.intersection(outline, shapely.box(left, -90, left + 360, 90))
        parts += list(shapely.get_parts(shapely.affinity.translate(part, xoff=-left - 180)))
    return polygonal(shapely.GeometryCollection(parts))


def circle(
    pose: CameraPose, lack: Lack, *, camera: Camera | None = None, height_m: float | None = None
) -> Footprint:
    """Return a circle in place of an outline that is not known, at least as wide as the picture could reach.

    Its radius is what the picture reaches from this height, if that is known, or 100 m; and the error of the place.
    """
    radius = UNKNOWN_REACH_M
    if camera is not None and height_m is not None and height_m > 0:
        radius = max(radius, _reach_m(camera, pose, height_m))
    error = pose.accuracy.place_m * math.sqrt(2)
    tangent = Tangent(pose.lon, pose.lat)
    ring = shapely.get_coordinates(shapely.Point(0, 0).buffer(radius + error, quad_segs=16).exterior)[:-1]
    points = np.column_stack((ring, np.zeros(len(ring))))
    return Footprint(on_the_globe(points, tangent), radius + error, range_m=radius, lack=lack)


def _reach_m(camera: Camera, pose: CameraPose, height_m: float) -> float:
    """Return how far away the farthest ground in the picture may lie."""
    half = math.degrees(math.atan(math.hypot(camera.width, camera.height) / 2 / camera.focal_px))
    steepest = (pose.off_nadir_deg or 0.0) + half
    farthest = RANGE_HEIGHTS * height_m
    return farthest if steepest >= 84 else min(math.tan(math.radians(steepest)) * height_m, farthest)


def _outline_error_m(points: Array, pose: CameraPose, errors: Errors) -> float:
    """Return one sigma of the outline's place, as the module says."""
    variance = np.full(len(points), 2.0 * errors.place_m**2)
    turn = rotation(pose.yaw_deg or 0.0, pose.pitch_deg or 0.0, pose.roll_deg)
    seen = points @ turn
    for sigma, moved in _moves(points, seen, pose, errors):
        shift = (moved - points)[:, :2] / _SMALL * sigma
        variance += (shift**2).sum(axis=1)
    return float(np.sqrt(variance.mean()))


def _moves(points: Array, seen: Array, pose: CameraPose, errors: Errors) -> list[tuple[float, Array]]:
    """Return for each quantity its sigma, and where the points go when it grows by a millionth."""
    angles = np.array([pose.yaw_deg or 0.0, pose.pitch_deg or 0.0, pose.roll_deg])
    down = points[:, 2:]
    found = [(errors.height_m, points * ((down - _SMALL) / down))]
    for axis, sigma in enumerate((errors.yaw_deg, errors.tilt_deg, errors.tilt_deg)):
        turned = seen @ rotation(*(angles + np.eye(3)[axis] * _SMALL)).T
        found.append((sigma, turned * (down / turned[:, 2:])))
    wider = seen * [1 + _SMALL, 1, 1] @ rotation(*angles).T
    found.append((errors.focal, wider * (down / wider[:, 2:])))
    return found


def _sampling_m(camera: Camera, turn: Array, points: Array, height_m: float, range_m: float) -> float:
    """Return the ground sampling distance in the middle of the picture, or of the footprint where that is cut off."""
    sight = turn[:, 0]
    if math.hypot(sight[0], sight[1]) * height_m <= range_m * -sight[2]:
        return float(height_m / -sight[2] / camera.focal_px)
    return float(np.linalg.norm(points.mean(axis=0)) / camera.focal_px)


def pixel_of(camera: Camera, pose: CameraPose, tangent: Tangent, places: Array) -> Array:
    """Return where places, rows of (longitude, latitude, height above the sea), fall in the picture.

    NaN for what lies behind the camera. `tangent` touches at the camera's place and height.
    """
    turn = rotation(pose.yaw_deg or 0.0, pose.pitch_deg or 0.0, pose.roll_deg)
    ahead = tangent.metres(places) @ turn
    seen = ahead[:, 1:] / np.where(ahead[:, :1] > 0, ahead[:, :1], np.nan)
    return pixels_of(camera, seen)
