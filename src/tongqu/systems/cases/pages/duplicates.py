"""The part of the case page that offers open cases as "the same?"."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.systems.cases.pages.case import found
from tongqu.systems.cases.queries.answering import moves_open_to
from tongqu.systems.cases.queries.duplicates import similar_cases
from tongqu.systems.cases.rules.lifecycle import OPEN


@door(SIGNED_IN)
@require_safe
def similar(request: HttpRequest, number: str) -> HttpResponse:
    """Show the open cases that may be about the same thing; nothing when there is none."""
    person, case = person_of(request), found(request, number)
    others = similar_cases(person, case) if case.state in OPEN else []
    may_join = bool(others) and any(move.name == "join" for move in moves_open_to(person, case))
    context = {"case": case, "others": others, "may_join": may_join}
    return render(request, "cases/similar.html", context)
