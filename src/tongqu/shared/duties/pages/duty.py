"""One duty: how it stands, its story, and what the reader may do to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.duties.actions import duty as acts
from tongqu.shared.duties.actions.extension import ask_extension, decide_extension
from tongqu.shared.duties.forms import DecisionForm, ExtensionForm, ForecastForm, ReasonForm, TransferForm
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.pages.words import allowance_text, minutes_text, outcome_text
from tongqu.shared.duties.queries import acts_for, rulebook, thresholds_of
from tongqu.shared.duties.rules import Act, Outcome, kind_of
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.queries import facts_of
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.shared.ui.refusals import show_refusal

_MINUTE = timedelta(minutes=1)
WORDS = {
    Act.MEET: gettext_lazy("Met"),
    Act.CANCEL: gettext_lazy("Cancel the duty"),
    Act.PAUSE: gettext_lazy("Pause the clock"),
    Act.RESUME: gettext_lazy("Resume the clock"),
    Act.TRANSFER: gettext_lazy("Hand over"),
    Act.ASK_EXTENSION: gettext_lazy("Ask for more time"),
    Act.DECIDE_EXTENSION: gettext_lazy("Decide on more time"),
    Act.FORECAST: gettext_lazy("Forecast"),
}


@require_safe
@door(SIGNED_IN)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one duty."""
    return _page(request, _duty(request, pk))


@require_POST
@door(SIGNED_IN)
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Do one act to a duty."""
    duty = _duty(request, pk)
    if name not in _DO:
        raise Http404
    form = _form(Act(name), duty, person_of(request), request.POST)
    if not form.is_valid():
        return _page(request, duty, wrong={Act(name): form})
    try:
        _DO[Act(name)](request, duty, form, now())
    except MoveNotAllowed as refusal:
        messages.error(request, str(refusal))
    except BadInput as refusal:
        show_refusal(form, refusal)
        return _page(request, duty, wrong={Act(name): form})
    else:
        messages.success(request, _("Done: %(act)s.") % {"act": WORDS[Act(name)]})
    return redirect("duties:detail", pk=pk)


def _duty(request: HttpRequest, pk: int) -> Duty:
    sight = Duty.objects.visible_to(person_of(request))
    return get_object_or_404(
        sight.select_related("owner_unit__division", "owner_person", "division", "lamp_rule"), pk=pk
    )


def _page(request: HttpRequest, duty: Duty, wrong: dict[Act, forms.Form] | None = None) -> HttpResponse:
    at = now()
    person = person_of(request)
    offered = []
    for one in Act:
        if one in _DO and one in _offered(person, duty):
            form = (wrong or {}).get(one) or _form(one, duty, person)
            offered.append({"act": one, "word": WORDS[one], "form": form, "is_wrong": form.is_bound})
    hashes = list(duty.evidence.values_list("sha256", flat=True))
    context = {
        "duty": duty,
        "kind": kind_of(duty.kind),
        "lamp": duty.lamp(at),
        "outcome": outcome_text(duty.outcome),
        "outcome_lamp": "red" if duty.outcome == Outcome.LATE else "blue",
        "is_met": duty.met_at is not None,
        "time": _time(duty, at),
        "thresholds": thresholds_of(duty.lamp_rule),
        "extensions": [
            {"asked": one, "wanted": allowance_text(one.wanted)}
            for one in duty.extensions.select_related("asked_by", "decided_by")
        ],
        "offered": offered,
        "story": facts_of(Subject("duty", str(duty.pk))),
        "evidence": Evidence.objects.visible_to(person, at).filter(sha256__in=hashes) if hashes else [],
    }
    return render(request, "duties/detail.html", context, status=422 if wrong else 200)


def _offered(person: Person, duty: Duty) -> frozenset[Act]:
    """Return the acts whose forms the page shows."""
    found = set(acts_for(person, duty))
    if not kind_of(duty.kind).is_met_directly:
        found.discard(Act.MEET)
    if not kind_of(duty.kind).is_cancelled_directly:
        found.discard(Act.CANCEL)
    pending = duty.extensions.filter(decided_at=None).exists()
    found.discard(Act.ASK_EXTENSION if pending else Act.DECIDE_EXTENSION)
    return frozenset(found)


def _time(duty: Duty, at: datetime) -> dict[str, Any]:
    """Return how much of the duty's time is used, in counted time."""
    clock = rulebook().clock(is_working=duty.is_working_time)
    until = duty.paused_at or duty.closed_at or at
    whole = clock.between(duty.counts_from, duty.due_at) // _MINUTE
    used = clock.between(duty.counts_from, until) // _MINUTE
    return {
        "percent": min(100, round(100 * used / whole)) if whole else 100,
        "used": minutes_text(used),
        "whole": minutes_text(whole),
        "left": minutes_text(whole - used) if used <= whole else "",
        "over": minutes_text(used - whole) if used > whole else "",
    }


def _form(act: Act, duty: Duty, person: Person, data: Any = None) -> forms.Form:
    prefix = {"prefix": act.value, "data": data}
    match act:
        case Act.TRANSFER:
            return TransferForm(by=person, duty=duty, **prefix)
        case Act.ASK_EXTENSION:
            return ExtensionForm(**prefix)
        case Act.DECIDE_EXTENSION:
            return DecisionForm(**prefix)
        case Act.FORECAST:
            return ForecastForm(**prefix)
        case Act.PAUSE | Act.CANCEL:
            return ReasonForm(**prefix)
        case _:
            return forms.Form(**prefix)


def _decide(request: HttpRequest, duty: Duty, form: forms.Form, at: datetime) -> None:
    extension = duty.extensions.filter(decided_at=None).first()
    if extension is None:
        raise Http404
    grant = request.POST.get("grant") == "yes"
    decide_extension(extension, grant=grant, note=form.cleaned_data["note"], by=person_of(request), at=at)


def _forecast(request: HttpRequest, duty: Duty, form: forms.Form, at: datetime) -> None:
    day = form.cleaned_data["expected_on"]
    zone = rulebook().calendar.zone
    expected = datetime.combine(day, time(23, 59), zone) if day else None
    acts.forecast(duty, expected_at=expected, by=person_of(request), at=at)


_Doer = Callable[[HttpRequest, Duty, forms.Form, datetime], Any]
_DO: dict[Act, _Doer] = {
    Act.MEET: lambda request, duty, form, at: acts.meet_directly(duty, by=person_of(request), at=at),
    Act.CANCEL: lambda request, duty, form, at: acts.cancel_directly(
        duty, **form.cleaned_data, by=person_of(request), at=at
    ),
    Act.PAUSE: lambda request, duty, form, at: acts.pause(
        duty, **form.cleaned_data, by=person_of(request), at=at
    ),
    Act.RESUME: lambda request, duty, form, at: acts.resume(duty, by=person_of(request), at=at),
    Act.TRANSFER: lambda request, duty, form, at: acts.transfer(
        duty, **form.cleaned_data, by=person_of(request), at=at
    ),
    Act.ASK_EXTENSION: lambda request, duty, form, at: ask_extension(
        duty, **form.cleaned_data, by=person_of(request), at=at
    ),
    Act.DECIDE_EXTENSION: _decide,
    Act.FORECAST: _forecast,
}
"""What each act's form does."""
