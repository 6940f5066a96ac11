"""The part of the case page that says what a report is about and why, and the acts that go with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.region.models import Division
from tongqu.systems.cases.actions.reading import PLACEABLE, set_division, view_text
from tongqu.systems.cases.pages.case import found, page
from tongqu.systems.cases.queries.answering import moves_open_to, parties_of
from tongqu.systems.cases.queries.case_reading import marked_text, reading_of
from tongqu.systems.cases.rules.lifecycle import Party
from tongqu.systems.cases.rules.urgency import Danger, Urgency

URGENCY_LABELS = {
    Urgency.URGENT: _("reads as urgent"),
    Urgency.SOON: _("should be looked at soon"),
    Urgency.ORDINARY: _("no sign of urgency"),
}
DANGER_LABELS = {
    Danger.LIFE: _("danger to life"),
    Danger.FIRE: _("fire or explosion"),
    Danger.GAS: _("leaking gas"),
    Danger.COLLAPSE: _("collapse or slide"),
    Danger.ELECTRICITY: _("live electricity"),
    Danger.WATER: _("burst pipe or flooding"),
    Danger.VIOLENCE: _("violence"),
    Danger.POISON: _("poison"),
    Danger.TRAP: _("open hazard"),
    Danger.CROWD: _("many people or a blocked way"),
    Danger.FRAIL: _("children or frail people"),
    Danger.PRESSING: _("pressing words"),
}


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show what the report is read to be about, to whoever may accept it; nothing for others and later on."""
    person, case = person_of(request), found(request, number)
    is_asked = any(move.name == "accept" for move in moves_open_to(person, case))
    if not is_asked:
        return HttpResponse("")
    reading = reading_of(case)
    context = {
        "case": case,
        "reading": reading,
        "pieces": marked_text(case, reading),
        "urgency_label": URGENCY_LABELS[reading.urgency.level],
        "signs": [(DANGER_LABELS[sign.danger], sign.words) for sign in reading.urgency.signs],
        "place_words": list(dict.fromkeys(place.words for place in reading.places)),
        "may_place": case.state in PLACEABLE and Party.DESK in parties_of(person, case),
    }
    return render(request, "cases/reading.html", context)


@require_POST
@door(SIGNED_IN)
def place(request: HttpRequest, number: str) -> HttpResponse:
    """Set the division that was found in the text of a case without a place."""
    case = found(request, number)
    division = get_object_or_404(Division.objects.defer("outline"), code=request.POST.get("division", ""))
    revision = request.POST.get("expected", "")
    try:
        set_division(
            case,
            division=division,
            by=person_of(request),
            at=now(),
            expected=int(revision) if revision.isdecimal() else None,
        )
    except MoveNotAllowed as refusal:
        messages.error(request, str(refusal))
        return page(request, found(request, number), status=409)
    return redirect("cases:detail", number)


@require_POST
@door(SIGNED_IN)
def text(request: HttpRequest, number: str) -> HttpResponse:
    """Show the text with the personal data in it; the look is recorded."""
    case = found(request, number)
    whole = view_text(case, by=person_of(request), at=now())
    return render(request, "cases/whole_text.html", {"case": case, "text": whole})
