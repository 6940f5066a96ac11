"""Contests: the list, and one contest with its flag, its rounds, the table of a round, and appeals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.forms.contests import AppealForm, RoundForm
from tongqu.systems.indicators.models.contest import Contest, Round
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.pages.contest_parts import (
    Named,
    flag_chart,
    held_now,
    round_table,
    several,
    told,
)
from tongqu.systems.indicators.queries.contests import (
    adjustments_of,
    histories_of_flags,
    history_of_flag,
    indicators_of,
    table_of,
)
from tongqu.systems.indicators.queries.keeping import is_keeper
from tongqu.systems.indicators.queries.rounds import (
    appeals_seen_by,
    growth_recorded,
    members_to_appeal_for,
    names_of,
    round_of,
    rounds_of,
)
from tongqu.systems.indicators.rules.contest_data import read_contest
from tongqu.systems.indicators.rules.rounds import RoundState


@dataclass(frozen=True)
class Shown:
    """A contest and which of its rounds is shown, as the person may see them."""

    contest: Contest
    rounds: list[Round]
    round: Round | None


@door(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the contests with who holds the flag of each."""
    rows = list(Contest.objects.select_related("division_set"))
    histories = histories_of_flags(rows)
    now = {key: held_now(history) for key, history in histories.items()}
    names = names_of(held.holder for holders in now.values() for held in holders)
    table = Table(
        "contests",
        [
            Column("name", _("Contest"), lambda row: row.name, link=_way, sort="key"),
            Column(
                "flag",
                _("Holds the flag"),
                lambda row: several((held.holder for held in now.get(row.pk, [])), names),
            ),
            Column("since", pgettext("flag", "Since"), lambda row: _named(min((h.since for h in now.get(row.pk, [])), default=None))),
            Column("until", _("Newest result"), lambda row: _named(next((h.until for h in now.get(row.pk, [])), None))),
            Column("set", _("Set of divisions"), lambda row: row.division_set.name),
            Column("invented", _("invented for the demo"), lambda row: row.is_invented, kind="flag", optional=True),
        ],
        rows,
        request,
        caption=_("Contests"),
        page_size=100,
        empty_title=_("No contests yet"),
        empty_text=_("The statistics office defines contests and opens their rounds."),
    )  # fmt: skip
    return (
        table.download()
        if table.is_download
        else render(
            request,
            "indicators/contests.html",
            {"table": table, "is_keeper": is_keeper(person_of(request))},
        )
    )


def _named(period: Period | None) -> str:
    return period_name(period) if period else ""


def _way(row: Contest) -> str:
    return reverse("indicators:contest", args=[row.code])


def shown(request: HttpRequest, code: str) -> Shown:
    """Return the contest and the round that the address names; raises `Http404` for what is not there or not in sight."""
    contest = get_object_or_404(Contest.objects.select_related("division_set"), code=code)
    rounds = rounds_of(contest, person_of(request))
    asked = request.GET.get("period", "")
    try:
        found = round_of(rounds, Period.parse(asked) if asked else None)
    except BadPeriod:
        found = None
    if asked and found is None:
        raise Http404
    return Shown(contest, rounds, found)


@door(SIGNED_IN)
@require_safe
def contest(request: HttpRequest, contest: str) -> HttpResponse:
    """Show who holds the flag, and a round with its table; with `export=xlsx` send the table as a file."""
    return page(request, shown(request, contest))


def page(request: HttpRequest, what: Shown, form: AppealForm | None = None) -> HttpResponse:
    """Show a contest, with a refused appeal where there is one."""
    history = history_of_flag(what.contest)
    members = {each.code: each.name for each in what.contest.division_set.members.all()}
    names = members | names_of({held.holder for held in history} - members.keys())
    published = [each.when for each in what.rounds if each.state == RoundState.PUBLISHED]
    context: dict[str, Any] = {
        "contest": what.contest,
        "round": what.round,
        "held": [told(held, names) for held in held_now(history)],
        "flags": flag_chart(history, published, names),
        "is_keeper": is_keeper(person_of(request)),
    }
    if what.round is not None:
        context |= _round_context(request, what, what.round, names, form)
        table: Table = context["table"]
        if table.is_download:
            return table.download()
    return render(request, "indicators/contest.html", context, status=422 if form else 200)


def _round_context(
    request: HttpRequest, what: Shown, round_: Round, names: dict[str, str], form: AppealForm | None
) -> dict[str, Any]:
    terms = read_contest(round_.terms)
    edition = _edition(request, round_)
    lines = table_of(round_, edition)
    missing = {line.member for line in lines} - names.keys()
    known = names | names_of(missing) if missing else names
    named = Named(terms, indicators_of(terms.items))
    growth = growth_recorded(round_, terms.items)
    person = person_of(request)
    members = members_to_appeal_for(person, round_)
    return {
        "form": RoundForm(what.rounds, round_),
        "table": round_table(request, round_, lines, named, known, growth),
        "is_draft": round_.state == RoundState.DRAFT,
        "edition": edition,
        "editions": range(1, round_.edition + 1),
        "adjustments": adjustments_of(round_) if edition == round_.edition else [],
        "appeals": appeals_seen_by(person, round_),
        "appeal_form": form or (AppealForm(members) if members else None),
    }


def _edition(request: HttpRequest, round_: Round) -> int:
    """Return the edition asked for; raises `Http404` when there is none such."""
    asked = request.GET.get("edition", "")
    if not asked:
        return round_.edition
    if asked not in {str(number) for number in range(1, round_.edition + 1)}:
        raise Http404
    return int(asked)
