"""What a STAC client asks for (STAC API 1.0: item search, sort): read from query or body, refused with one reason."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

COLLECTION = "photos"
FEWEST, MOST, USUAL = 1, 200, 10
_SORTABLE = {"datetime", "properties.datetime"}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.I)
_SHAPES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip
_MOST_CORNERS = 5000
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class BadSearch(ValueError):
    """A search cannot be read: which parameter, and what to do."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(f"{field}: {message}")


@dataclass(frozen=True)
class Search:
    """A search that can be carried out. `place` is a GeoJSON geometry; times are from `start` until before `end`."""

    place: Mapping[str, Any] | None = None
    start: datetime | None = None
    end: datetime | None = None
    ids: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    limit: int = USUAL
    newest_first: bool = True
    token: str = ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it asks for other collections only."""
        return bool(self.collections) and COLLECTION not in self.collections


def search_of_body(asked: Mapping[str, Any]) -> Search:
    """Return the search that a JSON body asks for, in which lists are lists; raises `BadSearch`.

    >>> search_of_body({"bbox": "100,0,105,1"})
    Traceback (most recent call last):
    tongqu.systems.timeline.rules.stac.BadSearch: bbox: Give a list, not a text.
    """
    # One collection is often named without a list; there is no other reading of it.
    for field in ("bbox", "ids", "sortby"):
        if isinstance(asked.get(field), str):
            raise BadSearch(field, "Give a list, not a text.")
    return search_of(asked)


def search_of(asked: Mapping[str, Any]) -> Search:
    """Return the search that a query (texts) or a body (JSON values) asks for; raises `BadSearch`.

    >>> search_of({"bbox": "118,28,119,29", "datetime": "2026-09-16T00:00:00Z/..", "limit": "5"}).limit
    5
    >>> search_of({"bbox": [118, 28]})
    Traceback (most recent call last):
    tongqu.systems.timeline.rules.stac.BadSearch: bbox: Give four numbers (west, south, east, north) or six.
    """
    start, end = _times(asked.get("datetime"))
    return Search(
        _place(asked.get("bbox"), asked.get("intersects")),
        start,
        end,
        _names(asked.get("ids"), "ids"),
        _names(asked.get("collections"), "collections"),
        _limit(asked.get("limit")),
        _newest_first(asked.get("sortby")),
        _token(asked.get("token")),
    )


def _is_given(value: Any) -> bool:
    return value is not None and value != "" and value != []


def _place(bbox: Any, intersects: Any) -> Mapping[str, Any] | None:
    if _is_given(bbox) and _is_given(intersects):
        raise BadSearch("intersects", "Give either bbox or intersects, not both.")
    if _is_given(bbox):
        return _box(bbox)
    return _shape(intersects) if _is_given(intersects) else None


def _box(bbox: Any) -> Mapping[str, Any]:
    """Return a box as a polygon, or as two where it crosses the antimeridian (west lies east of east)."""
    parts = bbox.split(",") if isinstance(bbox, str) else bbox
    numbers = [_number(part) for part in parts] if isinstance(parts, list) else []
    if len(numbers) not in (4, 6) or not all(math.isfinite(each) for each in numbers):
        raise BadSearch("bbox", "Give four numbers (west, south, east, north) or six.")
    west, south = numbers[:2]
    east, north = numbers[len(numbers) // 2 : len(numbers) // 2 + 2]
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise BadSearch(
            "bbox", "Longitudes go from -180 to 180, latitudes from -90 to 90, south before north."
        )
    if west <= east:
        return {"type": "Polygon", "coordinates": [_ring(west, south, east, north)]}
    rings = [[_ring(west, south, 180, north)], [_ring(-180, south, east, north)]]
    return {"type": "MultiPolygon", "coordinates": rings}


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    # A box without an extent still finds what it touches.
    east, north = max(east, west + 1e-9), max(north, south + 1e-9)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _number(part: Any) -> float:
    if isinstance(part, bool):
        return math.nan
    try:
        return float(part)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _shape(intersects: Any) -> Mapping[str, Any]:
    message = "Give one GeoJSON geometry with longitudes and latitudes."
    if isinstance(intersects, str):
        try:
            intersects = json.loads(intersects)
        except (ValueError, RecursionError):
            raise BadSearch("intersects", message) from None
    if not isinstance(intersects, Mapping) or str(intersects.get("type")) not in _SHAPES:
        raise BadSearch("intersects", message)
    if intersects["type"] == "GeometryCollection":
        parts = intersects.get("geometries")
        if not isinstance(parts, list) or not parts:
            raise BadSearch("intersects", message)
        return {"type": "GeometryCollection", "geometries": [_shape(part) for part in parts]}
    corners = list(_corners(intersects.get("coordinates"), 0))
    if not corners or any(corner is None for corner in corners):
        raise BadSearch("intersects", message)
    if len(corners) > _MOST_CORNERS:
        raise BadSearch("intersects", f"The geometry has more than {_MOST_CORNERS} corners. Simplify it.")
    return intersects


def _corners(value: Any, depth: int) -> Sequence[tuple[float, float] | None]:
    """Return the positions of coordinates of any depth; None stands for what is none."""
    if not isinstance(value, list) or not value or depth > 4:
        return [None]
    if isinstance(value[0], list):
        return [corner for part in value for corner in _corners(part, depth + 1)]
    numbers = [_number(part) for part in value]
    if not 2 <= len(numbers) <= 4 or not all(map(math.isfinite, numbers)):
        return [None]
    return [(numbers[0], numbers[1])] if abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90 else [None]


def _times(value: Any) -> tuple[datetime | None, datetime | None]:
    """Return the interval of an instant, `a/b`, `a/..` or `../b`; both ends count, to the microsecond."""
    if not _is_given(value):
        return None, None
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) == 1:
        parts *= 2
    if len(parts) != 2 or all(part in ("", "..") for part in parts):
        raise BadSearch(
            "datetime", "Give an instant (RFC 3339), or two with a slash between them; `..` leaves one open."
        )
    start, end = (None if part in ("", "..") else _instant(part) for part in parts)
    if start is not None and end is not None and start > end:
        raise BadSearch("datetime", "The interval ends before it begins.")
    return start, None if end is None or end > _LATEST else end + timedelta(microseconds=1)


def _instant(text: str) -> datetime:
    refusal = BadSearch("datetime", "Write instants as 2026-09-16T02:00:00Z (RFC 3339).")
    if not _RFC3339.fullmatch(text):
        raise refusal
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal from None


def _names(value: Any, field: str) -> tuple[str, ...]:
    if not _is_given(value):
        return ()
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts) or len(parts) > MOST:
        raise BadSearch(field, f"Give at most {MOST} names.")
    return tuple(part.strip() for part in parts)


def _limit(value: Any) -> int:
    if not _is_given(value):
        return USUAL
    found = _number(value)
    if not math.isfinite(found) or found != int(found) or found < FEWEST:
        raise BadSearch("limit", f"Give a whole number from {FEWEST} to {MOST}.")
    # OGC API Features, requirement 20: more than the largest page is no error, the page is the largest.
    return min(int(found), MOST)


def _newest_first(value: Any) -> bool:
    """Return the order: `-datetime` (or nothing) is newest first, `+datetime` oldest first."""
    if not _is_given(value):
        return True
    wanted = (
        [_sort_text(part) for part in value.split(",")] if isinstance(value, str) else _sort_fields(value)
    )
    if not wanted or wanted[0][0] not in _SORTABLE:
        raise BadSearch("sortby", "Photos are sorted by properties.datetime, up (+) or down (-).")
    return wanted[0][1]


def _sort_text(part: str) -> tuple[str, bool]:
    # A plus in an address is read as a blank.
    return part.strip().lstrip("+-").strip(), part.strip().startswith("-")


def _sort_fields(value: Any) -> list[tuple[str, bool]]:
    parts = value if isinstance(value, list) else []
    return [
        (str(part.get("field")), part.get("direction", "asc") == "desc")
        for part in parts
        if isinstance(part, Mapping)
    ]


def _token(value: Any) -> str:
    if not _is_given(value):
        return ""
    if not isinstance(value, str) or len(value) > 500:
        raise BadSearch("token", "Send the token of the page before as it was given.")
    return value
