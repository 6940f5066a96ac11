"""What the viewer asks for: the photos of a place with how they lie on each other, and the places that photos show."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import shapely
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.timeline.actions.aligning import ask_for_alignment
from tongqu.systems.timeline.pages.photo import told_photo
from tongqu.systems.timeline.queries.photos import Asked
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
    zoom = _number(request, "zoom", 0, 24)
    found = places_in(person_of(request), _box(request.GET.get("bbox", "")), resolution_at(zoom), at=now())
    answer = JsonResponse(as_points(found))
    patch_cache_control(answer, private=True, max_age=10)
    return answer


def asked_of(request: HttpRequest) -> Asked:
    """Return the place and the time that are asked for; raises `BadInput`."""
    point = shapely.Point(_number(request, "lon", -180, 180), _number(request, "lat", -85, 85))
    end = _day(request, "to")
    return Asked(
        point,
        start=_midnight(_day(request, "from")),
        end=_midnight(None if end is None else end + timedelta(days=1)),
        beyond=_before(request.GET.get("before", "")),
    )


def _number(request: HttpRequest, name: str, least: float, most: float) -> float:
    try:
        value = float(request.GET.get(name, ""))
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        message = _("Write %(name)s as a number from %(least)s to %(most)s.")
        text = message % {"name": name, "least": least, "most": most}
        raise BadInput([Problem(text, code="bad-number", field=name)])
    return value


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or found.year in (1, 9999):
        raise BadInput([Problem(_("Write the day as 2026-09-16."), code="bad-day", field=name)])
    return found


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def _before(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 2 or not all(part.lstrip("-").isdecimal() and len(part) < 19 for part in parts):
        raise BadInput([Problem(_("Take `before` from the page before."), code="bad-page", field="before")])
    return int(parts[0]), int(parts[1])


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
