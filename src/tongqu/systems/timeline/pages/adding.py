"""Adds two photos of a stack to a case as before and after, with one click."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.finding import visible
from tongqu.shared.evidence.rules.keys import is_sha256
from tongqu.systems.cases.actions.adding import add_before_and_after
from tongqu.systems.cases.queries.around import cases_to_add_to
from tongqu.systems.cases.queries.cases import find_case
from tongqu.systems.timeline.pages.asking import asked_of

NEAR_M = 300.0


@door(SIGNED_IN)
@require_safe
def cases(request: HttpRequest) -> JsonResponse:
    """Return the open cases around the place `lon`, `lat` to which the person may add photos, the nearest first."""
    place = asked_of(request).place
    assert place is not None  # noqa: S101 - `asked_of` refuses to go without
    found = cases_to_add_to(person_of(request), place.x, place.y, NEAR_M)
    told = [asdict(case) for case in found]
    answer = JsonResponse({"cases": told})
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door(SIGNED_IN)
@require_POST
def add(request: HttpRequest) -> JsonResponse:
    """Lay the photos `before` and `after` (SHA-256) beside the case `case`; whoever works on it may."""
    person, at = person_of(request), now()
    case = find_case(person, request.POST.get("case", ""))
    if case is None:
        raise BadInput([Problem(_("There is no such case in your sight."), code="unknown", field="case")])
    before, after = (_photo(request, name) for name in ("before", "after"))
    try:
        case = add_before_and_after(case, before=[before], after=[after], by=person, at=at)
    except (NotAllowed, MoveNotAllowed) as refused:
        return JsonResponse({"problem": str(refused)}, status=403 if isinstance(refused, NotAllowed) else 409)
    return JsonResponse({"case": case.number, "url": reverse("cases:detail", args=[case.number])})


def _photo(request: HttpRequest, name: str) -> Evidence:
    sha256 = request.POST.get(name, "")
    photo = visible(person_of(request), now()).filter(sha256=sha256).first() if is_sha256(sha256) else None
    if photo is None:
        raise BadInput([Problem(_("There is no such photo in your sight."), code="unknown", field=name)])
    return photo
