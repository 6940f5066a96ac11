"""Deciding an appeal with an answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.indicators.actions.contests import decide_appeal
from tongqu.systems.indicators.forms.holding import DecideForm, Decision
from tongqu.systems.indicators.models.contest import Appeal
from tongqu.systems.indicators.pages.holding import way_to
from tongqu.systems.indicators.pages.keeping import for_keepers, sent
from tongqu.systems.indicators.rules.rounds import AppealState


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, contest: str, appeal: int) -> HttpResponse:
    """Show an appeal, and uphold or reject it with an answer."""
    rows = Appeal.objects.select_related("division", "round__contest")
    row = get_object_or_404(rows, pk=appeal, round__contest__code=contest)
    form = DecideForm(sent(request))
    if row.state != AppealState.OPEN:
        messages.info(request, _("This appeal is decided already."))
        return redirect(way_to(row.round))
    if request.method == "POST" and form.is_valid():
        upholds = form.cleaned_data["decision"] == Decision.UPHOLD
        try:
            decide_appeal(
                row, uphold=upholds, answer=form.cleaned_data["answer"], by=person_of(request), at=now()
            )
        except (BadInput, MoveNotAllowed) as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The appeal is decided."))
            if upholds:
                messages.info(request, _("Correct the figures or points, then publish a new edition."))
            return redirect(way_to(row.round))
    context = {"contest": row.round.contest, "round": row.round, "appeal": row, "form": form}
    return render(request, "indicators/holding/decide.html", context, status=422 if form.errors else 200)
