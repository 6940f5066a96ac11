"""The page of the time axis: the map, the stack of a place, and the places that photos show, newest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.rules.words import Size
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Level
from tongqu.systems.timeline.analytics.heat import legend
from tongqu.systems.timeline.pages.viewer_words import words
from tongqu.systems.timeline.queries.change_messages import CAUSES
from tongqu.systems.timeline.queries.photos import with_divisions
from tongqu.systems.timeline.queries.places import LIST_RESOLUTION, Place, places_in
from tongqu.systems.timeline.rules.changes import JUDGES, Cause
from tongqu.systems.timeline.rules.exports import Format

_ANY_CASE = "000000-000000"
MOST_NEWEST, MOST_PHOTOGRAPHED = 40, 20
"""So many of the newest places are listed, and so many of those with most photos."""


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the viewer; the address says which place, photo and way of comparing stand in it."""
    person, at = person_of(request), now()
    found = places_in(person, None, LIST_RESOLUTION, at=at)
    listed = _listed(found.places)
    with_divisions(place.newest for place in listed)
    context = {
        "places": [_told(place) for place in listed],
        "is_cut": found.cut or len(found.places) > len(listed),
        "viewer": _config(person),
        "legend": legend(),
        "formats": list(Format),
        "causes": [(cause, CAUSES[cause]) for cause in Cause],
    }
    return render(request, "timeline/show.html", context)


def _listed(places: list[Place]) -> list[Place]:
    """Return the places to list, newest first."""
    most = sorted(places, key=lambda place: -place.count)[:MOST_PHOTOGRAPHED]
    kept = {id(place) for place in (*places[:MOST_NEWEST], *most)}
    return [place for place in places if id(place) in kept]


def _told(place: Place) -> dict[str, Any]:
    photo = place.newest.evidence
    return {
        "lon": round(place.lon, 6),
        "lat": round(place.lat, 6),
        "count": place.count,
        "name": photo.division.name if photo.division else coordinates(place.lon, place.lat),
        "taken": localtime(place.newest.taken_at),
        "is_invented": photo.is_invented,
        "thumb": "" if photo.restricted else reverse("evidence:file", args=[photo.sha256, Size.THUMB]),
    }


def coordinates(lon: float, lat: float) -> str:
    """Return a place in degrees as people read them."""
    north = _("%(degrees)s° N") if lat >= 0 else _("%(degrees)s° S")
    east = _("%(degrees)s° E") if lon >= 0 else _("%(degrees)s° W")
    return f"{north % {'degrees': f'{abs(lat):.4f}'}}, {east % {'degrees': f'{abs(lon):.4f}'}}"


def _config(person: Person) -> dict[str, Any]:
    focus = next((posting.unit.division for posting in person.postings_now), None)
    difference = reverse("timeline:difference", args=[0, 0, 0, 0, 0])
    return {
        "stack": reverse("timeline:stack"),
        "places": reverse("timeline:places"),
        "cases": reverse("timeline:cases"),
        "add": reverse("timeline:add"),
        "export": reverse("timeline:export"),
        "changes": reverse("timeline:changes"),
        "changesAsk": reverse("timeline:changes-ask"),
        "judges": bool(person.roles & JUDGES),
        "case": reverse("cases:detail", args=[_ANY_CASE]).replace(_ANY_CASE, "{number}"),
        "difference": difference.replace("/0/0/0/0/0.", "/{a}/{b}/{z}/{x}/{y}."),
        "outlines": [
            {"level": level, "url": reverse("region:outlines", args=[level])}
            for level in (Level.COUNTY, Level.TOWNSHIP)
        ],
        "focus": focus.code if focus is not None and focus.parent_id else "",
        "words": words(),
    }
