"""Who holds a contest opens its rounds here, and sees what each of them waits for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.actions.contests import open_round
from tongqu.systems.indicators.forms.holding import OpenForm
from tongqu.systems.indicators.models.contest import Contest, Round
from tongqu.systems.indicators.pages.keeping import for_keepers, sent
from tongqu.systems.indicators.queries.holding import rounds_held
from tongqu.systems.indicators.rules.rounds import RoundState


def way_to(round_: Round) -> str:
    """Return the address of the page on which a round is held."""
    return reverse("indicators:round", args=[round_.contest.code, round_.pk])


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, contest: str) -> HttpResponse:
    """List the rounds of a contest, and open one for a period."""
    row = get_object_or_404(Contest.objects.select_related("division_set"), code=contest)
    rounds = rounds_held(row)
    form = OpenForm(sent(request), initial=_next(rounds))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_round(row, form.cleaned_data["period"], by=person_of(request), at=now())
        except MoveNotAllowed as refusal:
            there = next((each for each in rounds if _is_draft_of(each, form)), None)
            if there is not None:
                messages.info(request, _("This round is open already: here it is."))
                return redirect(way_to(there))
            form.add_error("period", str(refusal))
        else:
            messages.success(request, _("The round was opened as a draft."))
            return redirect(way_to(made))
    table = _table(request, row, rounds)
    if table.is_download:
        return table.download()
    context = {"contest": row, "form": form, "table": table}
    return render(request, "indicators/holding/contest.html", context, status=422 if form.errors else 200)


def _is_draft_of(round_: Round, form: OpenForm) -> bool:
    return round_.state == RoundState.DRAFT and round_.when == form.cleaned_data["period"]


def _next(rounds: list[Round]) -> dict[str, Any]:
    """Return the period after the newest round's, as it would be asked for next."""
    kept = [each.when for each in rounds if each.state != RoundState.DISCARDED]
    if not kept:
        return {}
    newest = max(kept)
    return {"period": str(newest.after if newest.frequency else newest.shifted(12))}


def _table(request: HttpRequest, row: Contest, rounds: list[Round]) -> Table:
    return Table(
        "rounds",
        [
            Column("period", _("Period"), lambda r: r.period_name, link=way_to),
            Column("state", _("state"), lambda r: r.get_state_display()),
            Column("edition", _("Edition"), lambda r: r.edition or None, kind="number"),
            Column("made_at", _("opened"), kind="instant"),
            Column("published_at", _("published"), kind="instant"),
            Column("open_appeals", _("Open appeals"), lambda r: r.open_appeals or None, kind="number"),
        ],
        rounds,
        request,
        caption=_("Rounds of %(contest)s") % {"contest": row.name},
        page_size=100,
        empty_title=_("No rounds yet"),
        empty_text=_("Open the first one above: a draft that only those who keep figures see."),
    )
