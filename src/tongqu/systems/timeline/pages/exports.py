"""Exports of stacks: asked for, watched, taken away. Each is its owner's alone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.systems.timeline.actions.exporting import NothingToExport, order_export
from tongqu.systems.timeline.models.export import StackExport
from tongqu.systems.timeline.pages.asking import is_id, number_of
from tongqu.systems.timeline.queries.exports import Order, export_key, export_of
from tongqu.systems.timeline.rules.exports import MEDIA_TYPES, MOST_FRAMES, Format, Progress

_FINEST_M, _COARSEST_M = 0.001, 50.0


@door(SIGNED_IN)
@require_POST
def export(request: HttpRequest) -> JsonResponse:
    """Have a stack made into a file: `format`, `lon`, `lat`, `metres_per_px`, `photos` as `view.alignment,…`."""
    person, at = person_of(request), now()
    wanted = request.POST.get("format", "")
    if wanted not in set(Format):
        raise BadInput([Problem(_("Choose GIF, MP4 or PDF."), code="bad-format", field="format")])
    try:
        made = order_export(_order(request), Format(wanted), by=person, at=at)
    except NothingToExport:
        message = _("None of the photos is in your sight and can be laid on the ground.")
        raise BadInput([Problem(message, code="nothing", field="photos")]) from None
    return JsonResponse(_state(made), status=202)


def _order(request: HttpRequest) -> Order:
    lon, lat, metres = (
        number_of(request.POST, name, least, most)
        for name, least, most in (
            ("lon", -180.0, 180.0),
            ("lat", -85.0, 85.0),
            ("metres_per_px", _FINEST_M, _COARSEST_M),
        )
    )
    pairs = [part.partition(".") for part in request.POST.get("photos", "").split(",") if part]
    if not pairs or len(pairs) > MOST_FRAMES or not all(is_id(a) and is_id(b) for a, _dot, b in pairs):
        message = _("Name from 1 to %(most)s photos.") % {"most": MOST_FRAMES}
        raise BadInput([Problem(message, code="bad-photos", field="photos")])
    return Order(lon, lat, metres, tuple((int(view), int(on)) for view, _dot, on in pairs))


@door(SIGNED_IN)
@require_safe
def state(request: HttpRequest, export: UUID) -> JsonResponse:
    """Say how far an export is, and where its file is when it is ready."""
    answer = JsonResponse(_state(_mine(request, export)))
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door(SIGNED_IN)
@require_safe
def file(request: HttpRequest, export: UUID) -> HttpResponse:
    """Return the file of an export."""
    made = _mine(request, export)
    if made.state != Progress.READY:
        raise Http404
    try:
        data = the_store().read(export_key(made))
    except NoSuchFile:
        raise Http404 from None
    answer = HttpResponse(data, content_type=MEDIA_TYPES[Format(made.format)])
    name = f"tongqu-{localtime(made.asked_at):%Y%m%d-%H%M}.{made.format}"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    patch_cache_control(answer, private=True, no_store=True)
    return answer


def _mine(request: HttpRequest, pk: UUID) -> StackExport:
    made = export_of(person_of(request), pk)
    if made is None:
        raise Http404
    return made


def _state(made: StackExport) -> dict[str, object]:
    return {
        "state": made.state,
        "watch": reverse("timeline:export-state", args=[made.pk]),
        "file": reverse("timeline:export-file", args=[made.pk]) if made.state == Progress.READY else "",
    }
