"""Hands out files: never as anything that could run in the site's origin."""

from __future__ import annotations

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.finding import visible
from tongqu.shared.evidence.queries.store import NoSuchFile, the_store
from tongqu.shared.evidence.rules.keys import original_key, rendition_key
from tongqu.shared.evidence.rules.types import BY_MEDIA_TYPE, shown_inline
from tongqu.shared.evidence.rules.words import Size

log = logging.getLogger(__name__)
FOREVER = "private, max-age=31536000, immutable"
_LOCKED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@door(SIGNED_IN)
@require_safe
def file(request: HttpRequest, sha256: str, size: str) -> HttpResponse:
    """Return a file in a size; what was not made yet shows a placeholder, which is asked for again."""
    if size not in set(Size):
        raise Http404
    at, person = now(), person_of(request)
    evidence = get_object_or_404(visible(person, at), sha256=sha256)
    wanted = Size(size)
    if wanted != Size.ORIGINAL and not evidence.renditions.filter(size=wanted).exists():
        return _placeholder(evidence)
    record_view(evidence, by=person, at=at, what=size)
    tag = f'"{sha256[:32]}-{size}"'
    if not evidence.restricted and request.headers.get("If-None-Match") == tag:
        return _dressed(HttpResponseNotModified(), evidence, tag)
    response = _original(evidence) if wanted == Size.ORIGINAL else _rendition(evidence, wanted)
    return _dressed(response, evidence, tag)


def _original(evidence: Evidence) -> HttpResponse:
    response = HttpResponse(_bytes(original_key(evidence.sha256)), content_type=evidence.media_type)
    as_attachment = not shown_inline(evidence.media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, evidence.name) or "attachment"
    return response


def _rendition(evidence: Evidence, size: Size) -> HttpResponse:
    return HttpResponse(_bytes(rendition_key(evidence.sha256, size)), content_type="image/jpeg")


def _bytes(key: str) -> bytes:
    try:
        return the_store().read(key)
    except NoSuchFile as error:
        log.error("%s", error)
        raise Http404 from error


def _dressed(response: HttpResponse, evidence: Evidence, tag: str) -> HttpResponse:
    """Add the headers that keep a file harmless, and let a browser keep what everyone in sight may see."""
    for name, value in _LOCKED.items():
        response[name] = value
    response["Cache-Control"] = "private, no-store" if evidence.restricted else FOREVER
    if not evidence.restricted:
        response["ETag"] = tag
    return response


def _placeholder(evidence: Evidence) -> HttpResponse:
    """Return a drawing that stands for a picture not made yet, or for a document."""
    file_type = BY_MEDIA_TYPE[evidence.media_type]
    drawing = render_to_string(
        "evidence/placeholder.svg", {"photo": evidence, "extension": file_type.extension.upper()}
    )
    response = HttpResponse(drawing, content_type="image/svg+xml")
    for name, value in _LOCKED.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    return response
