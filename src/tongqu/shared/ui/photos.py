"""What a page shows of a photo: its addresses, its caption and the facts beside it."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


def file_url(sha256: str, size: str) -> str:
    """Return the address of a photo in a size: thumb, web or original."""
    return reverse("evidence:file", args=[sha256, size])


def photo_card(photo: Any) -> dict[str, Any]:
    """Return what the strip and the viewer show of a piece of evidence."""
    return {
        "thumb": file_url(photo.sha256, "thumb"),
        "web": file_url(photo.sha256, "web"),
        "original": file_url(photo.sha256, "original"),
        "name": photo.name,
        "caption": _instant(photo.taken_at) or photo.name,
        "facts": json.dumps(facts_of(photo), ensure_ascii=False),
        "is_invented": photo.is_invented,
    }


def facts_of(photo: Any) -> list[tuple[str, str]]:
    """Return what is known of a photo as pairs of term and value; unknown things are left out."""
    known = [
        (_("Name"), photo.name),
        (_("Taken"), _instant(photo.taken_at)),
        (_("Position"), _position(photo)),
        (_("Height above ground"), _metres(photo.height_ground_m)),
        (_("Height above sea"), _metres(photo.height_sea_m)),
        (_("Camera points"), _degrees(photo.gimbal_yaw_deg, photo.gimbal_pitch_deg)),
        (_("Camera"), photo.camera),
        (_("Size"), f"{photo.width} × {photo.height}" if photo.width else ""),
        ("SHA-256", photo.sha256),
    ]
    return [(term, str(value)) for term, value in known if value]


def _instant(at: Any) -> str:
    return date_format(localtime(at), "Y-m-d H:i") if at else ""


def _position(photo: Any) -> str:
    return f"{photo.lat:.6f}, {photo.lon:.6f}" if photo.lon is not None else ""


def _metres(height: float | None) -> str:
    return f"{height:.1f} m" if height is not None else ""


def _degrees(yaw: float | None, pitch: float | None) -> str:
    """Return where the camera points: compass bearing and tilt."""
    if pitch is None:
        return ""
    bearing = "" if yaw is None else f"{yaw % 360:.0f}° / "
    return f"{bearing}{pitch:.0f}°"
