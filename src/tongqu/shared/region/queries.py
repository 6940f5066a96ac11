"""Reads the region: where a point lies, who answers there, and when people work."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from django.db.models import QuerySet
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import shape

from tongqu.kernel.calendar import WorkCalendar, parse_spans
from tongqu.shared.region.models import Division, Person, Region, Unit, below
from tongqu.shared.region.rules import Level, Role, UnitKind


class NoRegion(Exception):
    """No region has been set up yet."""

    def __init__(self) -> None:
        super().__init__("No region is set up. Import one: `tongqu region import FOLDER`.")


def the_region() -> Region:
    """Return the region that this installation serves; raises `NoRegion`."""
    region = Region.objects.select_related("root").first()
    if region is None:
        raise NoRegion
    return region


def work_calendar() -> WorkCalendar:
    """Return when people of the region work."""
    region = the_region()
    days = region.calendar_days.values_list("on", "is_working")
    return WorkCalendar(ZoneInfo(region.time_zone), parse_spans(region.work_spans), dict(days))


def locate(lon: float, lat: float) -> list[Division]:
    """Return the divisions that the point lies in, largest first; nothing outside the region."""
    found = int(locate_many([lon], [lat])[0])
    return chain_of(Division.objects.get(pk=found)) if found >= 0 else []


def locate_many(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
    """Return the id of the smallest division that each point lies in, -1 outside."""
    points = shapely.points(np.asarray(lons, float), np.asarray(lats, float))
    found = np.full(len(points), -1, np.int64)
    rows = Division.objects.exclude(outline=None).order_by("path").values_list("pk", "outline")
    for pk, outline in sorted(rows, key=lambda row: row[0]):
        found[shapely.intersects(shape(outline), points)] = pk
    return found


def chain_of(division: Division) -> list[Division]:
    """Return the division and all that it is part of, largest first."""
    prefixes = [division.path[:length] for length in range(1, len(division.path) + 1)]
    return list(Division.objects.filter(path__in=prefixes).order_by("path"))


def divisions_below(division: Division) -> QuerySet[Division]:
    """Return the division and everything in it."""
    return Division.objects.filter(below("path", division.path))


def units_below(unit: Unit) -> QuerySet[Unit]:
    """Return the unit and every unit under it."""
    return Unit.objects.filter(below("path", unit.path))


def unit_for(division: Division, kind: UnitKind = UnitKind.TERRITORY) -> Unit | None:
    """Return the active unit of the kind that answers for the division, or for the nearest one around it."""
    for part in reversed(chain_of(division)):
        unit = part.units.filter(kind=kind, is_active=True).order_by("path").first()
        if unit is not None:
            return unit
    return None


def supervisor_of(unit: Unit) -> Unit | None:
    """Return the nearest active unit above."""
    above = unit.parent
    while above is not None and not above.is_active:
        above = above.parent
    return above


def heads_of(unit: Unit) -> QuerySet[Person]:
    """Return who heads the unit now."""
    return people_in(unit, Role.UNIT_HEAD)


def people_in(unit: Unit, *roles: Role) -> QuerySet[Person]:
    """Return who is posted to the unit now, in one of the roles if any are named."""
    held = Person.objects.filter(is_active=True, postings__unit=unit, postings__until_on=None)
    return (held.filter(postings__role__in=roles) if roles else held).distinct()


def outlines(level: Level, within: Division | None = None) -> dict[str, Any]:
    """Return the divisions of a level that have outlines as a GeoJSON collection."""
    chosen = Division.objects.filter(level=level).exclude(outline=None)
    if within is not None:
        chosen = chosen.filter(below("path", within.path))
    return {"type": "FeatureCollection", "features": [feature(division) for division in chosen]}


def feature(division: Division) -> dict[str, Any]:
    """Return one division as a GeoJSON feature."""
    return {
        "type": "Feature",
        "id": division.pk,
        "geometry": division.outline,
        "properties": {
            "code": division.code,
            "name": division.name,
            "level": division.level,
            "approximate": division.is_approximate,
            "centre": [division.centre_lon, division.centre_lat],
        },
    }
