"""What a photo, or a moment of a film, says of itself, and which of it was used: the input of every footprint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongqu.shared.evidence.rules.shots import RawTags, optics, text
from tongqu.systems.timeline.rules.camera import (
    FOCAL_ERRORS,
    Camera,
    FocalBasis,
    camera_of,
    focal_from_film,
    focal_from_view,
)
from tongqu.systems.timeline.rules.pose import CameraPose, YawBasis, accuracy_of, pose_of
from tongqu.systems.timeline.rules.telemetry import Moment


@dataclass(frozen=True)
class Shot:
    """The pose and the camera of one picture; `camera` is None when its focal length is unknown.

    `edited_with` names the program that wrote the file anew, if one did. Such a program may have turned the picture by
    half or quarter turns and set its orientation back to upright, so that the tags no longer say which side is up; the
    outline on the ground of a nadir view stays the same under half a turn, the place of a point in the picture does not.
    """

    pose: CameraPose
    camera: Camera | None
    model: str = ""
    edited_with: str = ""


_EDITORS = re.compile(
    r"photo viewer|photos|photoshop|lightroom|gimp|picasa|paint|acdsee|irfanview|snapseed|meitu", re.I
)


def editor_of(software: str) -> str:
    """Return the program, if it is one that people edit photos with, and not the camera's.

    >>> editor_of("Microsoft Windows Photo Viewer 10.0.10240.16384"), editor_of("v01.23.4920")
    ('Microsoft Windows Photo Viewer 10.0.10240.16384', '')
    """
    return software if _EDITORS.search(software) else ""


def shot_of(tags: RawTags, width: int, height: int) -> Shot:
    """Return what the tags of a picture of so many stored pixels tell; raises `NoFootprint` without a position."""
    return Shot(
        pose_of(tags),
        camera_of(tags, width, height),
        optics(tags).camera,
        editor_of(text(tags.image.get(305))),
    )


def shot_of_moment(moment: Moment, width: int, height: int, *, film_mm: float | None = None) -> Shot:
    """Return the pose and camera of a frame of so many pixels; `film_mm` counts where the telemetry names no lens.

    Telemetry of the older dialects knows no direction, so that such a frame gets a circle.
    """
    yaw = moment.flight_yaw_deg if moment.yaw_deg is None else moment.yaw_deg
    basis = YawBasis.GIMBAL if moment.yaw_deg is not None else YawBasis.AIRCRAFT
    pose = CameraPose(
        moment.lon,
        moment.lat,
        height_m=moment.height_m,
        height_sea_m=moment.height_sea_m,
        yaw_deg=yaw,
        pitch_deg=moment.pitch_deg,
        roll_deg=moment.roll_deg or 0.0,
        accuracy=accuracy_of(RawTags(), moment.height_m or 0.0, basis),
        yaw_basis=basis if yaw is not None else YawBasis.UNKNOWN,
    )
    return Shot(pose, _camera_of_moment(moment, width, height, film_mm))


def _camera_of_moment(moment: Moment, width: int, height: int, film_mm: float | None) -> Camera | None:
    """Return the camera: by its angle of view if that is told, else by its focal length as on 35 mm film."""
    if moment.wide_deg is not None and 0 < moment.wide_deg < 170:
        basis, focal_px = FocalBasis.FIELD_OF_VIEW, focal_from_view(width, moment.wide_deg)
    elif (film := film_mm or moment.focal_35mm) is not None:
        basis, focal_px = FocalBasis.FILM_35MM, focal_from_film(film, width, height)
    else:
        return None
    return Camera(width, height, focal_px, basis, FOCAL_ERRORS[basis])
