"""The league of units."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now, today
from tongqu.shared.duties.analytics import FEWEST_TO_RANK
from tongqu.shared.duties.forms import PeriodForm
from tongqu.shared.duties.pages.words import hours
from tongqu.shared.duties.queries import Standing, league_table
from tongqu.shared.ui.table import Column, Table

MOST_BARS = 20


def percent(standing: Standing) -> float | None:
    """Return the share met on time in percent, with one decimal."""
    share = standing.score.on_time_share
    return None if share is None else round(100 * share, 1)


def _board_of(standing: Standing) -> str:
    return f"{reverse('duties:board')}?whose=all&unit={standing.unit.code}"


COLUMNS = [
    Column("rank", gettext_lazy("Rank"), lambda s: s.score.rank, kind="number"),
    Column("unit", gettext_lazy("Unit"), lambda s: s.unit.name, link=_board_of),
    Column("met", gettext_lazy("Met (n)"), lambda s: s.score.tally.met, kind="number", sort="key"),
    Column("percent", gettext_lazy("On time, %"), percent, kind="number", sort="key"),
    Column("late", gettext_lazy("Met late"), lambda s: s.score.tally.late, kind="number", sort="key"),
    Column(
        "median",
        gettext_lazy("Median time, working hours"),
        lambda s: hours(s.score.median_seconds),
        kind="number",
        sort="key",
    ),
    Column("returns", gettext_lazy("Returns"), lambda s: s.score.tally.returns, kind="number", sort="key"),
    Column("open", gettext_lazy("Open now"), kind="number", sort="key"),
    Column("red", gettext_lazy("Late now"), kind="number", sort="key"),
]


@require_safe
@door(SIGNED_IN)
def league(request: HttpRequest) -> HttpResponse:
    """Show the units of the reader's sight by their share met on time."""
    day = today()
    form = PeriodForm(request.GET or None)
    period = form.period(day)
    if not request.GET.get("first_on"):
        form = form if form.errors else PeriodForm({"first_on": period.first_on, "last_on": period.last_on})
    found = league_table(person_of(request), now(), period)
    table = Table(
        "league",
        COLUMNS,
        found.standings,
        request,
        caption=_("League of units"),
        page_size=200,
        empty_title=_("No duties yet"),
        empty_text=_("No unit in your sight met or owes a duty in this period."),
    )
    if table.is_download:
        return table.download()
    context = {
        "table": table,
        "filter_form": form,
        "league": found,
        "period": period,
        "fewest": FEWEST_TO_RANK,
        "chart": _chart(found.standings),
        "finding": _finding(found.standings),
    }
    return render(request, "duties/league.html", context)


def _finding(standings: list[Standing]) -> str:
    """Say what the chart shows."""
    ranked = [s for s in standings if s.score.rank is not None]
    if not ranked:
        return _("Too few duties were met to rank units")
    met = sum(s.score.tally.met for s in ranked)
    on_time = sum(s.score.tally.on_time for s in ranked)
    return _("%(percent)s%% of %(met)d duties were met on time; first: %(unit)s") % {
        "percent": round(100 * on_time / met, 1),
        "met": met,
        "unit": ranked[0].unit.name,
    }


def _chart(standings: list[Standing]) -> dict[str, Any] | None:
    """Return a bar for each ranked unit, the best at the top."""
    ranked = [s for s in standings if s.score.rank is not None][:MOST_BARS]
    if not ranked:
        return None
    ranked.reverse()
    bars = [{"value": percent(s), "name": f"{s.unit.name} · n={s.score.tally.met}"} for s in ranked]
    return {
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value} %"}},
        "yAxis": {"type": "category", "data": [s.unit.name for s in ranked]},
        "series": [
            {
                "type": "bar",
                "name": _("Met on time"),
                "data": bars,
                "barMaxWidth": 18,
                "label": {"show": True, "position": "right", "formatter": "{c} %"},
            }
        ],
    }
