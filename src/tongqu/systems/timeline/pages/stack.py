"""What the viewer asks for: the photos of a place with how they lie on each other, and the places that photos show."""

from __future__ import annotations

import math

from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.timeline.actions.aligning import ask_for_alignment
from tongqu.systems.timeline.pages.asking import asked_of, number_of
from tongqu.systems.timeline.pages.photo import told_photo
from tongqu.systems.timeline.queries.places import as_points, places_in, resolution_at
from tongqu.systems.timeline.queries.stack import laid_stack


@door(SIGNED_IN)
@require_safe
@gzip_page
def stack(request: HttpRequest) -> JsonResponse:
    """Return the photos of the place `lon`, `lat`, newest first, taken from the day `from` to the day `to`.

    `before` is where the page before ended. Photos that nobody has laid on the others yet are laid in the background;
    `aligning` says that it is worth asking again.
    """
    laid = laid_stack(person_of(request), asked_of(request), at=now())
    waiting = ask_for_alignment(laid)
    answer = JsonResponse(
        {
            "photos": [told_photo(seen, laid) for seen in laid.photos],
            "next": "{},{}".format(*laid.stack.next) if laid.stack.next else None,
            "aligning": waiting,
        }
    )
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door(SIGNED_IN)
@require_safe
@gzip_page
def places(request: HttpRequest) -> JsonResponse:
    """Return how many photos show each cell of the box `bbox`, at the zoom of the map, as GeoJSON points."""
    zoom = number_of(request.GET, "zoom", 0, 24)
    found = places_in(person_of(request), _box(request.GET.get("bbox", "")), resolution_at(zoom), at=now())
    answer = JsonResponse(as_points(found))
    patch_cache_control(answer, private=True, max_age=10)
    return answer


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    west, south, east, north = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
    if not (west < east and south < north):
        message = _("Write the box as west,south,east,north in degrees.")
        raise BadInput([Problem(message, code="bad-box", field="bbox")])
    return west, south, east, north
