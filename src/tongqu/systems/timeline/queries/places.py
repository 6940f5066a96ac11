"""The places that photos show: counted on the map, and as a list, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely

from tongqu.kernel.geometry import cell_of
from tongqu.shared.region.models import Person
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.queries.photos import Asked, photos_at

MOST_COUNTED = 1000
"""So many of the newest photos in a box are counted; a page says so when there are more."""
_FINEST, _COARSEST = 11, 3
_ZOOM_OF_FINEST = 16.0
LIST_RESOLUTION = 8
"""A place of the list is a cell of this size: about a kilometre across."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Place:
    """Photos of one cell: the newest of them, how many there are, and where (longitude, latitude)."""

    newest: PhotoView
    count: int
    lon: float
    lat: float


@dataclass(frozen=True)
class Places:
    """The places in a box, newest first; `cut` says that older photos were not counted."""

    places: list[Place]
    cut: bool


def resolution_at(zoom: float) -> int:
    """Return the size of the cells in which photos are counted at a zoom of the map: a cell is about 60 pixels wide."""
    return max(_COARSEST, min(_FINEST, round(_FINEST - (_ZOOM_OF_FINEST - zoom) / 1.4)))


def places_in(
    person: Person, box: Box | None, resolution: int, *, at: datetime, most: int = MOST_COUNTED
) -> Places:
    """Return the places that photos in the person's sight show, each counted once, in the cell of its middle."""
    asked = Asked(None if box is None else shapely.box(*box))
    stack = photos_at(person, asked, at=at, limit=most)
    views = [seen.view for seen in stack.photos]
    cells: dict[int, list[PhotoView]] = {}
    for view in views:
        cells.setdefault(cell_of(*_middle(view), resolution), []).append(view)
    found = [_place(group) for group in cells.values()]
    found.sort(key=lambda place: (place.newest.taken_us, place.newest.pk), reverse=True)
    return Places(found, stack.next is not None)


def _middle(view: PhotoView) -> tuple[float, float]:
    if view.east - view.west > 180:
        # Across the antimeridian: a point in the larger of its two parts.
        inside = shapely.point_on_surface(view.outline)
        return inside.x, inside.y
    return (view.west + view.east) / 2, (view.south + view.north) / 2


def _place(views: list[PhotoView]) -> Place:
    """Return a place whose mark lies in the middle of its newest exact photo, so that a click there finds a picture."""
    newest = next((view for view in views if not view.is_approximate), views[0])
    return Place(views[0], len(views), *_middle(newest))


def as_points(found: Places) -> dict[str, Any]:
    """Return places as GeoJSON points."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": {"count": place.count},
        }
        for place in found.places
    ]
    return {"type": "FeatureCollection", "cut": found.cut, "features": features}
