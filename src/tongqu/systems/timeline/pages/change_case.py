"""A change becomes a case: its two pictures, and the form with what is known filled in."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.queries.store import NoSuchFile
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.cases.queries.around import cases_named
from tongqu.systems.timeline.actions.judging import Wanted, open_case, open_photos, photos_of
from tongqu.systems.timeline.actions.pyramids import make_part
from tongqu.systems.timeline.analytics.pyramids import PhotoUnreadable
from tongqu.systems.timeline.forms.change import ChangeCaseForm
from tongqu.systems.timeline.models.change import GroundChange
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.pages.change_words import area_in_words, said_in_words
from tongqu.systems.timeline.pages.changes import WORKS_ON_CASES, change_or_404
from tongqu.systems.timeline.queries.change_pictures import picture_of
from tongqu.systems.timeline.queries.drawing import EMPTY, webp

log = logging.getLogger(__name__)


@door(WORKS_ON_CASES)
def case_of_change(request: HttpRequest, change: int) -> HttpResponse:
    """Show the form, or open the case; a change that has one leads to it."""
    found = change_or_404(request, change)
    person = person_of(request)
    if found.case_number:
        if cases_named(person, [found.case_number]):
            return redirect("cases:detail", found.case_number)
        return _page(request, found, None)
    if request.method != "POST":
        return _page(request, found, ChangeCaseForm(initial={"text": text_of(found)}))
    form = ChangeCaseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, 422)
    try:
        number = open_case(found, Wanted(**form.cleaned_data), by=person, at=now())
    except BadInput as refusal:
        show_refusal(form, refusal)
        return _page(request, found, form, 422)
    return redirect("cases:detail", number) if cases_named(person, [number]) else redirect(request.path)


def text_of(change: GroundChange) -> str:
    """Return what is known of a change as the beginning of a report."""
    pair = change.comparison
    said = _("Between the photos of %(before)s and %(after)s about %(area)s of ground changed here.")
    known = {
        "before": _day(pair.before),
        "after": _day(pair.after),
        "area": area_in_words(change.area_m2),
    }
    return said % known + "\n"


def _day(view: PhotoView) -> str:
    return f"{localtime(view.taken_at):%Y-%m-%d}"


def _page(
    request: HttpRequest, change: GroundChange, form: ChangeCaseForm | None, status: int = 200
) -> HttpResponse:
    pair = change.comparison
    context = {
        "change": change,
        "form": form,
        "area": area_in_words(change.area_m2),
        "said": said_in_words(change),
        "pictures": [
            {
                "name": name,
                "is_after": name == "after",
                "taken": localtime(view.taken_at),
                "photo": view.evidence,
            }
            for name, view in (("before", pair.before), ("after", pair.after))
        ],
        "left_out": len(photos_of(change)) - len(open_photos(change)),
        "map": _map(change),
        "back": back_to(change),
    }
    return render(request, "timeline/change_case.html", context, status=status)


def back_to(change: GroundChange) -> str:
    """Return the address of the viewer with the change's two photos and its changes shown."""
    pair = change.comparison
    photos = f"photo={pair.after.evidence.sha256[:16]}&with={pair.before.evidence.sha256[:16]}"
    place = f"lon={change.lon:.6f}&lat={change.lat:.6f}&zoom=20"
    return f"{reverse('timeline:show')}?{place}&{photos}&mode=swipe&changes=1"


def _map(change: GroundChange) -> dict[str, Any]:
    point = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [change.lon, change.lat]},
        "properties": {"label": area_in_words(change.area_m2)},
    }
    layer = {
        "kind": "points",
        "label": _("The change"),
        "data": {"type": "FeatureCollection", "features": [point]},
    }
    townships = {
        "kind": "outlines",
        "label": _("Townships"),
        "url": reverse("region:outlines", args=["township"]),
    }
    return {"center": [change.lon, change.lat], "zoom": 13, "layers": [townships, layer]}


@door(SIGNED_IN)
@require_safe
def picture(request: HttpRequest, change: int, when: str) -> HttpResponse:
    """Return the ground about a change in the photo from `before` or from `after` it, with its outline."""
    if when not in ("before", "after"):
        raise Http404
    found = change_or_404(request, change)
    view = getattr(found.comparison, when)
    if view.evidence.restricted:
        record_view(view.evidence, by=person_of(request), at=now(), what="map")
    try:
        drawn = picture_of(found, is_after=when == "after", make=make_part)
    except (NoSuchFile, PhotoUnreadable) as error:
        log.error("No picture of the change %s: %r", change, error)
        raise Http404 from error
    answer = HttpResponse(EMPTY if drawn is None else webp(drawn), content_type="image/webp")
    # The outline and the photo never change, but who may see the photo does.
    patch_cache_control(answer, private=True, no_store=True)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
