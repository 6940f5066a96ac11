"""What can be done to the duty that is open on a case: more time, and another unit (延期, 转办)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.duties.actions.duty import transfer
from tongqu.shared.duties.actions.extension import ask_extension, decide_extension
from tongqu.shared.duties.forms import DecisionForm, ExtensionForm, TransferForm
from tongqu.shared.duties.models import Duty, Extension
from tongqu.shared.duties.pages.words import allowance_text
from tongqu.shared.duties.queries import acts_for
from tongqu.shared.duties.rules import Act
from tongqu.shared.region.models import Person
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.pages.case import found

LABELS = {
    Act.ASK_EXTENSION: _("Ask for more time"),
    Act.DECIDE_EXTENSION: _("Decide on more time"),
    Act.TRANSFER: _("Hand over"),
}
"""The acts on a duty that the page of its case offers."""


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show what the reader may do to the open duty, as a part of the case page; nothing where there is nothing."""
    return _part(request, found(request, number), {})


@require_POST
@door(SIGNED_IN)
def do(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Do an act to the open duty; a refused one shows its form again with what is wrong."""
    person, case = person_of(request), found(request, number)
    if act not in set(LABELS) or case.duty is None:
        raise Http404
    form = _form(Act(act), case.duty, person, request.POST)
    if form.is_valid() and _done(form, Act(act), case.duty, person, is_granted="grant" in request.POST):
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return redirect("cases:detail", case.number)
    return _part(request, found(request, number), {Act(act): form})


def _part(request: HttpRequest, case: Case, sent: Mapping[Act, forms.Form]) -> HttpResponse:
    duty, person = case.duty, person_of(request)
    if duty is None:
        return HttpResponse()
    waits = duty.extensions.filter(decided_at=None).select_related("asked_by").first()
    may = acts_for(person, duty) - {Act.ASK_EXTENSION if waits else Act.DECIDE_EXTENSION}
    acts = [
        {"name": one.value, "label": label, "form": sent.get(one) or _form(one, duty, person)}
        for one, label in LABELS.items()
        if one in may or one in sent
    ]
    if not acts and waits is None:
        return HttpResponse()
    wanted = allowance_text(waits.wanted) if waits else ""
    context = {"case": case, "acts": acts, "extension": waits, "wanted": wanted}
    # A part that HTMX sent for is put in only where the answer is 200.
    is_refused = bool(sent) and not request.headers.get("HX-Request")
    return render(request, "cases/owed.html", context, status=422 if is_refused else 200)


def _form(act: Act, duty: Duty, person: Person, data: Any = None) -> forms.Form:
    if act == Act.TRANSFER:
        return TransferForm(by=person, duty=duty, prefix=act.value, data=data)
    form = ExtensionForm if act == Act.ASK_EXTENSION else DecisionForm
    return form(prefix=act.value, data=data)


def _done(form: forms.Form, act: Act, duty: Duty, person: Person, *, is_granted: bool) -> bool:
    """Do the act; on a refusal put what is wrong into the form and return False."""
    try:
        if act == Act.DECIDE_EXTENSION:
            decide_extension(_waiting(duty), grant=is_granted, by=person, at=now(), **form.cleaned_data)
        else:
            doer = transfer if act == Act.TRANSFER else ask_extension
            doer(duty, by=person, at=now(), **form.cleaned_data)
    except (BadInput, MoveNotAllowed, NotAllowed) as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _waiting(duty: Duty) -> Extension:
    waits = duty.extensions.filter(decided_at=None).first()
    if waits is None:
        raise Http404
    return waits
