"""The map of cases: counted cells from afar, single cases from near, and a list of what is in sight."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.analytics.cells import Box
from tongqu.systems.cases.forms.seeing import MapForm
from tongqu.systems.cases.queries.map import View, cells_in


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the map with its filters; the cases themselves come from `cells`."""
    form = MapForm(request.GET or None)
    context = {"form": form, "map": _config(person_of(request), request), "queue": _queue(request)}
    return render(request, "cases/map.html", context)


def _config(person: Person, request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.copy()
    cells = f"{reverse('cases:cells')}?{asked.urlencode()}"
    asked["heat"] = "1"
    heat = f"{reverse('cases:cells')}?{asked.urlencode()}"
    outlines = [
        {"kind": "outlines", "level": level, "url": reverse("region:outlines", args=[level]), "label": label}
        for level, label in ((Level.COUNTY, _("Counties")), (Level.TOWNSHIP, _("Townships")))
    ]
    focus = next((posting.unit.division for posting in person.postings_now), None)
    return {
        "label": _("Map of cases"),
        "tall": True,
        "layers": [
            *outlines,
            {"kind": "heat", "url": heat, "label": _("Heat"), "bbox": True, "on": False},
            {"kind": "counts", "url": cells, "label": _("Cases"), "bbox": True, "live": True},
        ],
        "focus": focus.code if focus is not None and focus.parent_id else "",
    }


def _queue(request: HttpRequest) -> str:
    """Return the address of the queue with the same filters."""
    asked = request.GET.copy()
    asked.setdefault("group", "open")
    return f"{reverse('cases:queue')}?{asked.urlencode()}"


@door(SIGNED_IN)
@require_safe
@gzip_page
def cells(request: HttpRequest) -> JsonResponse:
    """Return the cases in a box as GeoJSON: `bbox` in degrees, `zoom` of the map, and the filters of the map."""
    view = View(_box(request.GET.get("bbox", "")), _zoom(request.GET.get("zoom", "")), "heat" in request.GET)
    answer = JsonResponse(cells_in(person_of(request), MapForm(request.GET).wanted(), view, at=now()))
    # Short, and only in this reader's browser: for going back and forth on the map.
    patch_cache_control(answer, private=True, max_age=10)
    return answer


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _bad_box() from None
    # A map that is wider than the world asks for more than there is.
    west, south, east, north = max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
    if not (west < east and south < north):
        raise _bad_box()
    return west, south, east, north


def _bad_box() -> BadInput:
    message = _("Write the box as west,south,east,north in degrees.")
    return BadInput([Problem(message, code="bad-box", field="bbox")])


def _zoom(text: str) -> float:
    try:
        zoom = float(text)
    except ValueError:
        zoom = math.nan
    if not 0 <= zoom <= 24:
        message = _("Write the zoom of the map as a number from 0 to 24.")
        raise BadInput([Problem(message, code="bad-zoom", field="zoom")])
    return zoom
