"""The home page: what is burning, what is late, who owes it, what changed since yesterday."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.journal.queries import last_seq
from tongqu.shared.region.models import Person
from tongqu.shared.region.queries import NoRegion
from tongqu.shared.region.rules import Level
from tongqu.site import queries

STEPS: dict[str, Promise] = {
    "new": gettext_lazy("To accept"),
    "dispatch": gettext_lazy("To dispatch"),
    "handling": gettext_lazy("Being handled"),
    "check": gettext_lazy("To verify"),
    "closing": gettext_lazy("To close"),
}


@door(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the cockpit; before there is a region, what to do first."""
    person, at = person_of(request), now()
    try:
        return render(request, "site/cockpit.html", _cockpit(person, at))
    except NoRegion:
        return render(request, "site/no_region.html")


def _cockpit(person: Person, at: datetime) -> dict[str, Any]:
    watches = queries.is_watcher(person)
    return _now(person, at) | {
        "map": _map(person),
        "watches": watches,
        "mine": [] if watches else _with_lamps(queries.my_duties(person, at), at),
        "burning": _with_lamps(queries.burning(person, at), at),
        "standings": queries.standings(person, at),
        "photos": queries.newest_photos(person, at),
    }


@door(SIGNED_IN)
@require_safe
def changed(request: HttpRequest) -> HttpResponse:
    """Send the parts of the cockpit that follow the journal: the counts and the newest events."""
    return render(request, "site/cockpit_now.html", _now(person_of(request), now()))


def _now(person: Person, at: datetime) -> dict[str, Any]:
    seq = last_seq()
    counts = queries.counts(person, at)
    return {
        "seq": seq,
        "at": at,
        "counts": counts,
        "lamps": {str(lamp): number for lamp, number in counts.lamps.items()},
        "steps": [
            {"label": label, "count": counts.groups[key], "url": f"{reverse('cases:queue')}?group={key}"}
            for key, label in STEPS.items()
        ],
        "events": queries.newest_events(person, seq),
    }


def _with_lamps(duties: list[Any], at: datetime) -> list[dict[str, Any]]:
    return [{"duty": duty, "lamp": duty.lamp(at), "is_late": duty.due_at <= at} for duty in duties]


def _map(person: Person) -> dict[str, Any]:
    """Return the layers of the region's map, which opens on the territory of the person's unit."""
    outlines = [
        {"kind": "outlines", "level": level, "url": reverse("region:outlines", args=[level]), "label": label}
        for level, label in ((Level.COUNTY, _("Counties")), (Level.TOWNSHIP, _("Townships")))
    ]
    photos = {"kind": "photos", "url": reverse("evidence:points"), "label": _("Photos"), "live": True}
    cases = {"kind": "cases", "url": reverse("cases:points"), "label": _("Open cases"), "live": True}
    focus = next((posting.unit.division for posting in person.postings_now), None)
    return {
        "label": _("Map of the region"),
        "tall": True,
        "layers": [*outlines, photos, cases],
        "focus": focus.code if focus is not None and focus.parent_id else "",
    }
