"""The search in the top bar: a number leads straight to its case, anything else to the queue."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.systems.cases.queries.cases import find_case

LONGEST_SEARCH = 100


@door(SIGNED_IN)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Open the case with the number, or search the queue for the words."""
    words = unicodedata.normalize("NFKC", request.GET.get("q", "")).strip()[:LONGEST_SEARCH]
    if case := find_case(person_of(request), words):
        return redirect("cases:detail", number=case.number)
    query = urlencode({"words": words}) if words else ""
    return redirect(f"{reverse('cases:queue')}?{query}")
