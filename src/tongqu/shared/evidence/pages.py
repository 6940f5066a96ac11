"""The evidence pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.store import the_store
from tongqu.shared.evidence.rules.keys import original_key


@door(SIGNED_IN)
def gallery(request: HttpRequest) -> HttpResponse:
    """List the evidence in sight."""
    found = Evidence.objects.visible_to(person_of(request), now())[:60]
    return render(request, "evidence/gallery.html", {"evidence": found})


@door(SIGNED_IN)
def imports(request: HttpRequest) -> HttpResponse:
    """Show the imports."""
    return render(request, "evidence/imports.html")


@door(SIGNED_IN)
def detail(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show one piece of evidence."""
    at = now()
    person = person_of(request)
    evidence = get_object_or_404(Evidence.objects.visible_to(person, at), sha256=sha256)
    record_view(evidence, by=person, at=at)
    return render(request, "evidence/detail.html", {"evidence": evidence})


@door(SIGNED_IN)
def file(request: HttpRequest, sha256: str, size: str) -> HttpResponse:
    """Return the file in a size."""
    if size not in {"thumb", "web", "original"}:
        raise Http404
    at = now()
    person = person_of(request)
    evidence = get_object_or_404(Evidence.objects.visible_to(person, at), sha256=sha256)
    record_view(evidence, by=person, at=at, what=size)
    return HttpResponse(the_store().read(original_key(evidence.sha256)), content_type=evidence.media_type)
