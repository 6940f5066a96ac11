"""Where a photo was taken and what ground it shows, as GeoJSON."""

from __future__ import annotations

from typing import Any

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.rules.footprints import footprint


def ground_of(photo: Evidence) -> list[tuple[float, float]]:
    """Return the corners of the ground that the photo shows; nothing when its pose is not fully known."""
    yaw = photo.gimbal_yaw_deg if photo.gimbal_yaw_deg is not None else photo.flight_yaw_deg
    if photo.lon is None or photo.lat is None or yaw is None or photo.gimbal_pitch_deg is None:
        return []
    if not photo.height_ground_m or photo.height_ground_m < 0 or not photo.focal_35mm:
        return []
    return footprint(
        photo.lon,
        photo.lat,
        height_m=photo.height_ground_m,
        yaw_deg=yaw,
        pitch_deg=photo.gimbal_pitch_deg,
        focal_35mm=photo.focal_35mm,
        aspect=(photo.width or 4) / (photo.height or 3),
    )


def ground_features(photo: Evidence) -> dict[str, Any]:
    """Return the outline of the ground as a GeoJSON collection, empty when it is not known."""
    corners = ground_of(photo)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": corners},
            "properties": {"name": photo.name, "approximate": True},
        }
    ]
    return {"type": "FeatureCollection", "features": features if corners else []}


def point_features(photo: Evidence) -> dict[str, Any]:
    """Return the place of one photo as a GeoJSON collection."""
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [photo.lon, photo.lat]},
        "properties": {"title": photo.name, "at": photo.taken_at.isoformat() if photo.taken_at else None},
    }
    return {"type": "FeatureCollection", "features": [feature] if photo.has_place else []}
