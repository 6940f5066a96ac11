"""The tiles of a photo that lies on the ground, for a map."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.queries.store import NoSuchFile
from tongqu.shared.region.models import Person
from tongqu.systems.timeline.actions.pyramids import make_part
from tongqu.systems.timeline.analytics.mercator import Canvas, is_tile
from tongqu.systems.timeline.analytics.pyramids import PhotoUnreadable
from tongqu.systems.timeline.analytics.tiles import Pixels
from tongqu.systems.timeline.queries.difference import drawn_difference
from tongqu.systems.timeline.queries.drawing import EMPTY, Laid, drawn, laid_photo, webp

log = logging.getLogger(__name__)
FOREVER = "private, max-age=31536000, immutable"
_LOOK_SECONDS = 600
"""Tiles come by the hundred: one look at a restricted photo is journaled once in so many seconds."""


@door(SIGNED_IN)
@require_safe
def tile(request: HttpRequest, view: int, zoom: int, x: int, y: int) -> HttpResponse:
    """Return one tile of a photo, laid by its pose, or as the alignment of the number `on` says."""
    laid = laid_or_404(person_of(request), view, request.GET.get("on", ""))
    return answer_tile(request, (zoom, x, y), [laid], lambda canvas: drawn(laid, canvas, make_part))


@door(SIGNED_IN)
@require_safe
def difference(request: HttpRequest, view: int, other: int, zoom: int, x: int, y: int) -> HttpResponse:
    """Return one tile of where two photos differ; `on` and `other_on` are their alignments."""
    person = person_of(request)
    a = laid_or_404(person, view, request.GET.get("on", ""))
    b = laid_or_404(person, other, request.GET.get("other_on", ""))
    return answer_tile(
        request, (zoom, x, y), [a, b], lambda canvas: drawn_difference(a, b, canvas, make_part)
    )


def answer_tile(
    request: HttpRequest,
    number: tuple[int, int, int],
    photos: list[Laid],
    draw: Callable[[Canvas], Pixels | None],
) -> HttpResponse:
    """Return a tile that is drawn of photos in sight; the browser may keep it, unless one of them is restricted."""
    if not is_tile(*number):
        raise Http404
    is_kept = not any(laid.photo.restricted for laid in photos)
    tag = f'"{"-".join([*(laid.mark for laid in photos), *map(str, number)])}"'
    if is_kept and request.headers.get("If-None-Match") == tag:
        return _dressed(HttpResponseNotModified(), tag, is_kept=True)
    for laid in photos:
        note_look(laid, person_of(request))
    try:
        picture = draw(Canvas.tile(*number))
    except (NoSuchFile, PhotoUnreadable) as error:
        log.error("No tiles of %s: %r", " and ".join(laid.photo.sha256 for laid in photos), error)
        raise Http404 from error
    body = EMPTY if picture is None else webp(picture)
    return _dressed(HttpResponse(body, content_type="image/webp"), tag, is_kept=is_kept)


def laid_or_404(person: Person, view: int, on: str) -> Laid:
    """Return a photo in sight on the ground; raises `Http404`."""
    laid = laid_photo(person, view, int(on) if on.isdecimal() and len(on) < 19 else None, at=now())
    if laid is None:
        raise Http404
    return laid


def note_look(laid: Laid, person: Person) -> None:
    """Journal a look at a restricted photo, once in a while."""
    if laid.photo.restricted and cache.add(f"looked:{person.pk}:{laid.photo.pk}", True, _LOOK_SECONDS):
        record_view(laid.photo, by=person, at=now(), what="map")


def _dressed(response: HttpResponse, tag: str, *, is_kept: bool) -> HttpResponse:
    response["Cache-Control"] = FOREVER if is_kept else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if is_kept:
        response["ETag"] = tag
    return response
