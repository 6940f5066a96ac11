"""The history of a flag: who held it in which round, and for how many days; to be printed as well."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tongqu.kernel.periods import Period
from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.pages.contest_parts import held_now, several
from tongqu.systems.indicators.queries.contests import history_of_flag
from tongqu.systems.indicators.queries.holding import flag_held_for
from tongqu.systems.indicators.queries.rounds import names_of
from tongqu.systems.indicators.rules.rounds import RoundState


@dataclass(frozen=True)
class HolderRow:
    """One holder's row: in which rounds it held the flag, how often, and for how long."""

    name: str
    rounds: list[tuple[Period, bool]]
    total: int
    longest: int
    """The most rounds in a row."""
    days: int
    has_it: bool


@door(SIGNED_IN)
@require_safe
def history(request: HttpRequest, contest: str) -> HttpResponse:
    """Show rounds by holders."""
    row, at = get_object_or_404(Contest.objects.select_related("division_set"), code=contest), now()
    spells = history_of_flag(row)
    codes = row.rounds.filter(state=RoundState.PUBLISHED).order_by("period").values_list("period", flat=True)
    periods = [Period.of_code(code) for code in codes]
    days = flag_held_for(row, at=at)
    names = names_of({*days, *(held.holder for held in spells)})
    current = {held.holder for held in held_now(spells)}
    rows = []
    for code in dict.fromkeys([*days, *(held.holder for held in spells)]):
        own = [held for held in spells if held.holder == code]
        marks = [(period, any(held.since <= period <= held.until for held in own)) for period in periods]
        rows.append(
            HolderRow(
                names.get(code, code),
                marks,
                sum(mark for _period, mark in marks),
                max((held.rounds for held in own), default=0),
                days[code].days if code in days else 0,
                code in current,
            )
        )
    context = {
        "contest": row,
        "periods": [(period, period_name(period)) for period in periods],
        "rows": rows,
        "held": several(current, names),
        "at": at,
    }
    return render(request, "indicators/flag.html", context)
