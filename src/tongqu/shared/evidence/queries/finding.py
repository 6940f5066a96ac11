"""Finds evidence: by filters, near a point, newer than an instant, and as points on a map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from tongqu.kernel.geometry import distance_m
from tongqu.shared.evidence.analytics.nearness import FARTHEST_M, cells_within
from tongqu.shared.evidence.models import Evidence, EvidenceQuerySet
from tongqu.shared.evidence.rules.words import Kind, Size
from tongqu.shared.region.models import Division, Person, below

MOST_POINTS = 5000
_CELLS_AT_ONCE = 400
BBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class Filters:
    """What a list of evidence is narrowed to; nothing set means everything."""

    kind: str = ""
    source: str = ""
    division: Division | None = None
    since_on: date | None = None
    until_on: date | None = None
    has_place: bool | None = None
    camera: str = ""
    restricted: bool | None = None

    def q(self) -> Q:
        """Return the condition for the database; days are local and both included."""
        wanted = Q()
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.source:
            wanted &= Q(source=self.source)
        if self.division is not None:
            wanted &= below("division_path", self.division.path)
        if self.since_on is not None:
            wanted &= Q(taken_at__gte=_midnight(self.since_on))
        if self.until_on is not None:
            wanted &= Q(taken_at__lt=_midnight(self.until_on + timedelta(days=1)))
        if self.has_place is not None:
            wanted &= Q(lon__isnull=not self.has_place)
        if self.camera:
            wanted &= Q(camera=self.camera)
        if self.restricted is not None:
            wanted &= Q(restricted=self.restricted)
        return wanted


@dataclass(frozen=True)
class Near:
    """A piece of evidence and how far from the asked place it was taken."""

    evidence: Evidence
    distance_m: float


def evidence_list(person: Person, at: datetime, filters: Filters | None = None) -> EvidenceQuerySet:
    """Return the evidence in the person's sight that the filters let through, newest first."""
    return visible(person, at).filter((filters or Filters()).q()).select_related("division", "unit")


def visible(person: Person, at: datetime) -> EvidenceQuerySet:
    """Return the evidence in the person's sight."""
    return Evidence.objects.visible_to(person, at)


def choices(person: Person, at: datetime, field: str) -> list[str]:
    """Return the values of `source` or `camera` among the newest evidence in sight, for a filter."""
    newest = visible(person, at).exclude(**{field: ""}).order_by("-stored_at", "-id")[:2000]
    return sorted(set(newest.values_list(field, flat=True)))


def near(rows: EvidenceQuerySet, lon: float, lat: float, radius_m: float) -> list[Near]:
    """Return the rows within the radius (at most 5 km), nearest first: by cells, then by exact distance."""
    radius_m = min(radius_m, FARTHEST_M)
    cells = cells_within(lon, lat, radius_m)
    found: list[Evidence] = []
    for start in range(0, len(cells), _CELLS_AT_ONCE):
        found += rows.filter(cell__in=cells[start : start + _CELLS_AT_ONCE])
    distances = distance_m(
        np.full(len(found), lon),
        np.full(len(found), lat),
        np.array([row.lon for row in found], dtype=float),
        np.array([row.lat for row in found], dtype=float),
    )
    close = [Near(row, float(away)) for row, away in zip(found, distances, strict=True) if away <= radius_m]
    return sorted(close, key=lambda item: (item.distance_m, item.evidence.pk))


def newer_photos_near(
    lon: float,
    lat: float,
    since: datetime,
    radius_m: float = 100,
    *,
    person: Person | None = None,
    at: datetime | None = None,
) -> list[Near]:
    """Return photos of the same place taken after `since`, nearest first: what a finished job is verified by.

    Only what the person may see, if one is named; a system that decides by itself names none.
    """
    rows = Evidence.objects.all() if person is None else Evidence.objects.visible_to(person, at)
    return near(rows.filter(kind=Kind.PHOTO, taken_at__gt=since), lon, lat, radius_m)


def photo_points(
    person: Person, at: datetime, bbox: BBox | None = None, filters: Filters | None = None
) -> dict[str, Any]:
    """Return photos in sight as GeoJSON points, the newest 5,000 at most; `truncated` says that there are more."""
    wanted = Q(kind=Kind.PHOTO, lon__isnull=False) & (filters or Filters()).q()
    if bbox is not None:
        west, south, east, north = bbox
        wanted &= Q(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    fields = (
        "sha256",
        "name",
        "lon",
        "lat",
        "taken_at",
        "restricted",
        "is_invented",
        "gimbal_yaw_deg",
        "flight_yaw_deg",
    )
    rows = list(
        visible(person, at).filter(wanted).order_by("-stored_at", "-id").values(*fields)[: MOST_POINTS + 1]
    )
    return {
        "type": "FeatureCollection",
        "truncated": len(rows) > MOST_POINTS,
        "features": [_feature(row) for row in rows[:MOST_POINTS]],
    }


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    """Return one photo as a GeoJSON feature."""
    yaw = row["flight_yaw_deg"] if row["gimbal_yaw_deg"] is None else row["gimbal_yaw_deg"]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "properties": {
            "sha256": row["sha256"],
            "title": row["name"],
            "at": row["taken_at"].isoformat() if row["taken_at"] else None,
            "url": reverse("evidence:detail", args=[row["sha256"]]),
            # The thumbnail of restricted evidence is a look at it, so that a popup does not ask for it.
            "thumb": "" if row["restricted"] else reverse("evidence:file", args=[row["sha256"], Size.THUMB]),
            "heading": yaw,
            "restricted": row["restricted"],
            "invented": row["is_invented"],
        },
    }


def _midnight(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))
