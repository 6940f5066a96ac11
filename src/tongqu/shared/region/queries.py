"""Reads the region: where a point lies, who answers there, and when people work."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from copy import copy
from threading import Lock
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection
from django.db.models import Count, Q, QuerySet
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import shape

from tongqu.kernel.calendar import WorkCalendar, parse_spans
from tongqu.shared.region.analytics.place_index import Place, PlaceIndex
from tongqu.shared.region.models import (
    CalendarDay,
    Division,
    Person,
    Posting,
    Region,
    Unit,
    below,
)
from tongqu.shared.region.rules import PATH_LENGTHS, Level, OutlineQuality, Role, UnitKind


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
    """Return the divisions that the point lies in, largest first; nothing outside the region.

    The divisions come without their outlines, which are read when asked for.
    """
    places = _places()
    found = places.index.find(lon, lat)
    return places.chain(found) if found >= 0 else []


def locate_many(lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
    """Return the id of the smallest division that each point lies in, -1 outside."""
    return place_index().find_many(np.asarray(lons, np.float64), np.asarray(lats, np.float64))


def smallest_divisions(points: Sequence[tuple[float, float]]) -> list[Division | None]:
    """Return the smallest division that each point (longitude, latitude) lies in, None outside, without outlines."""
    if not points:
        return []
    places = _places()
    lons, lats = np.asarray(points, np.float64).T
    found = places.index.find_many(lons, lats)
    return [places.chain(number)[-1] if number >= 0 else None for number in found.tolist()]


def version_of(name: str) -> str:
    """Return a text that changes whenever the list does.

    It is asked for at every look at a list, so it goes past the building of a query, which takes ten times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM region_listversion WHERE name = %s", [name])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


T = TypeVar("T")


class Kept(Generic[T]):
    """Something made of a list and kept in memory for as long as the list stays as it is.

    The list's version is read each time; `make` is called again when it has changed.
    """

    def __init__(self, name: str, make: Callable[[], T]) -> None:
        self._name, self._make = name, make
        self._kept: list[tuple[str, T]] = []
        self._making = Lock()

    def get(self) -> T:
        """Return it, as the list is now."""
        version = version_of(self._name)
        if not self._kept or self._kept[0][0] != version:
            with self._making:
                if not self._kept or self._kept[0][0] != version:
                    self._kept[:] = [(version, self._make())]
        return self._kept[0][1]


class _Places:
    """The index of all outlines, and the chains of divisions that were asked for."""

    def __init__(self) -> None:
        depth = {level.value: number for number, level in enumerate(Level)}
        rows = list(
            Division.objects.exclude(outline=None).values_list("pk", "level", "path", "code", "outline")
        )
        self.index = PlaceIndex(
            [Place(pk, depth[level], code, shape(outline)) for pk, level, _, code, outline in rows]
        )
        self._paths = {pk: path for pk, _, path, _, _ in rows}
        self._chains: dict[int, list[Division]] = {}

    def chain(self, division_id: int) -> list[Division]:
        """Return the division and all that it is part of, largest first, as rows of the caller's own."""
        if division_id not in self._chains:
            self._chains[division_id] = _chain(self._paths[division_id])
        return [copy(division) for division in self._chains[division_id]]


_places_kept = Kept(Division.list_name, _Places)


def place_index() -> PlaceIndex:
    """Return the index of all outlines, made anew when a division has changed since."""
    return _places().index


def _places() -> _Places:
    return _places_kept.get()


def chain_of_id(division_id: int) -> list[Division]:
    """Return the division of the index and all that it is part of, largest first."""
    return _places().chain(division_id)


def chain_of(division: Division) -> list[Division]:
    """Return the division and all that it is part of, largest first."""
    return _chain(division.path)


def _chain(path: str) -> list[Division]:
    return list(Division.objects.filter(path__in=_prefixes(path)).order_by("path").defer("outline"))


def _prefixes(path: str) -> list[str]:
    return [path[:length] for length in PATH_LENGTHS if length <= len(path)]


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


def units_answering(division: Division) -> list[Unit]:
    """Return the active units of the division itself, and the governments around it, nearest first."""
    own = list(division.units.filter(is_active=True).order_by("-kind", "path"))
    around = Unit.objects.filter(
        division__path__in=_prefixes(division.path)[:-1], kind=UnitKind.TERRITORY, is_active=True
    )
    return own + list(around.select_related("division").order_by("-division__path", "path"))


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
    """Return the divisions of a level that have outlines as a GeoJSON collection, with corners to about a metre."""
    chosen = Division.objects.filter(level=level).exclude(outline=None)
    if within is not None:
        chosen = chosen.filter(below("path", within.path))
    return {"type": "FeatureCollection", "features": [feature(division) for division in chosen]}


def feature(division: Division) -> dict[str, Any]:
    """Return one division as a GeoJSON feature."""
    return {
        "type": "Feature",
        "id": division.pk,
        "geometry": _rounded(division.outline),
        "properties": {
            "code": division.code,
            "name": division.name,
            "level": division.level,
            "approximate": division.is_approximate,
            "centre": [division.centre_lon, division.centre_lat],
        },
    }


def _rounded(value: Any) -> Any:
    """Return a geometry with its coordinates rounded to five decimals."""
    if isinstance(value, dict):
        return {**value, "coordinates": _rounded(value["coordinates"])}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return round(value, 5) if isinstance(value, float) else value


def map_version() -> str:
    """Return a text that changes whenever a division does."""
    return version_of(Division.list_name)


def find_divisions(text: str, level: str = "") -> QuerySet[Division]:
    """Return the divisions whose code begins with the text or whose name, in any language, holds it."""
    chosen = Division.objects.defer("outline").order_by("code")
    if level:
        chosen = chosen.filter(level=level)
    if text.isdigit():
        return chosen.filter(code__startswith=text)
    if text:
        named = Q(name_zh_hans__icontains=text) | Q(name_zh_hant__icontains=text) | Q(name_en__icontains=text)
        chosen = chosen.filter(named)
    return chosen


def counts_by_level() -> dict[Level, int]:
    """Return how many divisions there are of each level, the largest level first."""
    counted = dict(Division.objects.order_by().values_list("level").annotate(Count("pk")))
    return {level: counted.get(level.value, 0) for level in Level}


def calendar_days(year: int) -> QuerySet[CalendarDay]:
    """Return the holidays and shifted working days of a year."""
    return the_region().calendar_days.filter(on__year=year).order_by("on")


def export_region() -> dict[str, bytes]:
    """Return the region as the files that an import reads; derived areas are left out, they are derived again."""
    region = the_region()
    given = Division.objects.exclude(outline=None).exclude(outline_quality=OutlineQuality.DERIVED)
    features = [
        {
            "type": "Feature",
            "properties": {"code": division.code, "quality": division.outline_quality},
            "geometry": division.outline,
        }
        for division in given
    ]
    collection = {"type": "FeatureCollection", "coordinate_system": "WGS-84", "features": features}
    postings = Posting.objects.order_by("person__username", "unit__code", "role")
    return {
        "region.csv": _csv(Region.objects.filter(pk=region.pk), "time_zone", "work_spans", "is_invented"),
        "divisions.csv": _csv(
            Division.objects.order_by("path"), "code", "level", "parent:parent__code", "name_zh_hans", "name_zh_hant",
            "name_en", "centre_lon", "centre_lat", "centre_quality", "area_km2", "source", "is_invented",
        ),
        "outlines.geojson": json.dumps(collection, ensure_ascii=False).encode(),
        "units.csv": _csv(
            Unit.objects.order_by("path"), "code", "kind", "parent:parent__code", "division:division__code",
            "name_zh_hans", "name_zh_hant", "name_en", "answers_for", "phone", "is_active",
        ),
        "people.csv": _csv(
            Person.objects.order_by("username"), "username", "name", "phone", "email", "language", "is_invented"
        ),
        "postings.csv": _csv(
            postings, "username:person__username", "unit:unit__code", "role", "since_on", "until_on"
        ),
        "calendar.csv": _csv(region.calendar_days.order_by("on"), "on", "is_working", "name"),
    }  # fmt: skip


def _csv(rows: QuerySet[Any], *columns: str) -> bytes:
    """Write rows as CSV; a column `heading:field` takes its heading from before the colon."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.split(":")[0] for column in columns)
    for values in rows.values_list(*(column.split(":")[-1] for column in columns)):
        writer.writerow(int(value) if isinstance(value, bool) else value for value in values)
    return text.getvalue().encode()
