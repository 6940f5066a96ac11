"""One round, as who holds the contest sees it: what is missing, bonus and penalty, appeals, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.indicators.actions.contests import adjust as give
from tongqu.systems.indicators.actions.contests import take_back as withdraw
from tongqu.systems.indicators.forms.holding import AdjustForm, ReasonForm
from tongqu.systems.indicators.models.contest import Round, RoundAdjustment
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.pages.contest_parts import Named, Names
from tongqu.systems.indicators.pages.holding import way_to
from tongqu.systems.indicators.pages.keeping import for_keepers, sent
from tongqu.systems.indicators.queries.contests import at_decimals, indicators_of, lines_of, setting_of
from tongqu.systems.indicators.queries.holding import Gap, all_adjustments, gaps_of, is_pending
from tongqu.systems.indicators.queries.rounds import appeals_seen_by
from tongqu.systems.indicators.rules.contest_data import read_contest
from tongqu.systems.indicators.rules.contests import Line
from tongqu.systems.indicators.rules.rounds import RoundState

MOST_NAMED = 20
"""So many members without a figure are named for an item; the others are counted."""


def found_round(contest: str, number: int) -> Round:
    """Return a round of a contest by its number; raises `Http404`."""
    rows = Round.objects.select_related("contest", "contest__division_set")
    return get_object_or_404(rows, pk=number, contest__code=contest)


def members_of_round(round_: Round) -> list[StatDivision]:
    """Return who takes part in a round, in the order of their codes."""
    return list(round_.contest.division_set.members.order_by("code"))


@for_keepers
@require_safe
def round_page(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """Show a round with what it waits for."""
    return _page(request, found_round(contest, number))


@for_keepers
@require_POST
def adjust(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """Give a bonus or a penalty."""
    round_ = found_round(contest, number)
    members = members_of_round(round_)
    form = AdjustForm(members, request.POST)
    if form.is_valid() and _given(request, round_, members, form):
        return redirect(way_to(round_))
    return _page(request, round_, form)


def _given(request: HttpRequest, round_: Round, members: Sequence[StatDivision], form: AdjustForm) -> bool:
    division = next(each for each in members if each.code == form.cleaned_data["division"])
    reason = form.cleaned_data["reason"]
    try:
        give(round_, division, form.signed, reason=reason, by=person_of(request), at=now())
    except BadInput as refusal:
        if all(problem.code == "stands" for problem in refusal.problems):
            # Sent twice, or meant twice: either way the reader is told why it stands once.
            messages.info(request, str(refusal.problems[0].message))
            return True
        show_refusal(form, refusal)
        return False
    except MoveNotAllowed as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, _("The points were kept with their reason."))
    return True


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, contest: str, number: int, adjustment: int) -> HttpResponse:
    """Ask why a bonus or penalty is taken back, and take it back."""
    round_ = found_round(contest, number)
    rows = RoundAdjustment.objects.select_related("division", "round")
    row = get_object_or_404(rows, pk=adjustment, round=round_)
    form = ReasonForm(sent(request))
    if row.taken_back_at is not None:
        messages.info(request, _("This was taken back already."))
        return redirect(way_to(round_))
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(row, reason=form.cleaned_data["reason"], by=person_of(request), at=now())
        except (BadInput, MoveNotAllowed) as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The points were taken back."))
            return redirect(way_to(round_))
    context = {"contest": round_.contest, "round": round_, "row": row, "form": form}
    return render(request, "indicators/holding/take_back.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class GapShown:
    """An item with the members whose figure is missing, in words."""

    label: str
    gap: Gap
    members: list[tuple[str, str]]
    """Name, and the period of the last figure that is known."""
    more: int


def gaps_shown(gaps: Sequence[Gap], named: Named, names: Names) -> list[GapShown]:
    """Return the gaps in words, with at most so many members named."""
    return [
        GapShown(
            named.label(gap.item),
            gap,
            [(names.get(code, code), str(last or "")) for code, last in gap.missing.items()][:MOST_NAMED],
            max(len(gap.missing) - MOST_NAMED, 0),
        )
        for gap in gaps
    ]


def _page(request: HttpRequest, round_: Round, form: AdjustForm | None = None) -> HttpResponse:
    members = members_of_round(round_)
    names = {each.code: each.name for each in members}
    terms = read_contest(round_.terms)
    context: dict[str, Any] = {
        "contest": round_.contest,
        "round": round_,
        "terms": terms,
        "form": form,
        "is_draft": round_.state == RoundState.DRAFT,
        "is_discarded": round_.state == RoundState.DISCARDED,
        "has_other_terms": round_.terms != round_.contest.terms,
        "adjustments": [(row, is_pending(round_, row)) for row in all_adjustments(round_)],
        "appeals": appeals_seen_by(person_of(request), round_),
    }
    if round_.state != RoundState.DISCARDED:
        setting = setting_of(round_, at=now())
        named = Named(terms, indicators_of(terms.items))
        context |= {
            "form": form or AdjustForm(members),
            "gaps": gaps_shown(gaps_of(round_, setting), named, names),
            "lines": _standing(lines_of(setting), names, terms.decimals),
        }
    return render(request, "indicators/holding/round.html", context, status=422 if form else 200)


def _standing(lines: Sequence[Line], names: Names, decimals: int) -> list[tuple[Line, str, Decimal]]:
    """Return each line with the name and the total as it is printed."""
    return [(line, names.get(line.member, line.member), at_decimals(line.total, decimals)) for line in lines]
