"""The page on which a reporter follows a report, and what can be said there without a login."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import address_of, door, spend
from tongqu.shared.access.rules import PUBLIC, NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.cases.actions.rating import rate
from tongqu.systems.cases.actions.reporter import confirm, deny, open_again
from tongqu.systems.cases.forms.intake import TrackForm
from tongqu.systems.cases.forms.reporter import ConfirmForm, DenyForm, RatingForm, ReopenForm, ReporterForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.duplicates import similar_to_followed
from tongqu.systems.cases.queries.public import case_of, status_of
from tongqu.systems.cases.queries.replies import replies_to
from tongqu.systems.cases.rules.reporter import Reporter

MOST_WORDS_A_MINUTE = 5

_Act = tuple[str, Any, type[ReporterForm], Callable[..., Case]]
ACTS: dict[str, _Act] = {
    "confirm": ("verify", gettext_lazy("It is done"), ConfirmForm, confirm),
    "deny": ("refuse", gettext_lazy("It is not done"), DenyForm, deny),
    "rate": ("rate", gettext_lazy("Rate how it was handled"), RatingForm, rate),
    "reopen": ("reopen", gettext_lazy("Ask to open the case again"), ReopenForm, open_again),
}
"""What a reporter may say: the move it makes, its words, its form and its action."""


def tracked(
    request: HttpRequest, code: str, sent: dict[str, ReporterForm] | None = None, status: int = 200
) -> HttpResponse:
    """Render how a report stands, with what its reporter may say now; 404 with the form where no report has the code."""
    case = case_of(code)
    if case is None:
        form = TrackForm({"code": code})
        form.add_error("code", _("No report has this code. Check it against your receipt."))
        return render(request, "cases/track.html", {"form": form}, status=404)
    shown = status_of(case, now())
    acts = [
        {"name": name, "label": label, "form": (sent or {}).get(name) or form(auto_id=f"{name}_%s")}
        for name, (move, label, form, _do) in ACTS.items()
        if move in shown.moves
    ]
    late = [error for form in (sent or {}).values() for error in form.non_field_errors()] if not acts else []
    context = {
        "form": TrackForm(),
        "status": shown,
        "code": case.tracking_code,
        "acts": acts,
        "late": late,
        "similar": similar_to_followed(code),
        "replies": replies_to(code),
    }
    return render(request, "cases/track.html", context, status=status)


@never_cache
@require_POST
@door(PUBLIC)
def say(request: HttpRequest, code: str, word: str) -> HttpResponse:
    """Take what the reporter says; a refused word comes back in its form."""
    case = case_of(code)
    if word not in ACTS or case is None:
        raise Http404
    _move, _label, form_class, do = ACTS[word]
    form = form_class(request.POST, auto_id=f"{word}_%s")
    if not form.is_valid():
        return tracked(request, code, {word: form}, 422)
    if spend(f"reporter:{address_of(request)}", MOST_WORDS_A_MINUTE).is_spent:
        form.add_error(None, _("Too much came from your connection. Wait a minute and send it again."))
        return tracked(request, code, {word: form}, 429)
    try:
        do(case, **form.arguments, by=Reporter.of(case.tracking_code), at=now())
    except BadInput as refusal:
        show_refusal(form, refusal, rest="text")
        return tracked(request, code, {word: form}, 422)
    except (MoveNotAllowed, NotAllowed):
        form.add_error(None, _("This is not possible any more. See below how your report stands."))
        return tracked(request, code, {word: form}, 409)
    return redirect("cases:track", case.tracking_code)
