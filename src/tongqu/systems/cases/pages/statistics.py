"""How cases went: figures by matter, class, unit, place, source or time, each leading to its cases."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.ui.table import Column, Table
from tongqu.shared.ui.xlsx import safe
from tongqu.systems.cases.analytics.figures import Figures
from tongqu.systems.cases.forms.seeing import StatisticsForm
from tongqu.systems.cases.pages.statistics_charts import rows_chart, rows_finding, trend_chart, trend_finding
from tongqu.systems.cases.queries.statistics import By, Line, Statistics, statistics, usual_span
from tongqu.systems.cases.rules.spans import Span, Step

HOUR = 3600
KEPT = ("matter_class", "track", "division", "unit", "source")
"""The filters that the queue shares."""


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the statistics; with `export=xlsx` or `csv`, send the rows as a file."""
    at = now()
    form = StatisticsForm(request.GET or None)
    span = form.span(usual_span(at))
    step = form.chosen("step", "")
    by = By(form.chosen("by", By.CLASS))
    found = statistics(
        person_of(request), form.wanted(), span, by=by, step=Step(step) if step else None, at=at
    )
    table = _table(request, found, by, _Links(request, span))
    if request.GET.get("export") == "csv":
        return _csv(table)
    if table.is_download:
        return table.download()
    if not request.GET.get("since"):
        form = StatisticsForm({**request.GET.dict(), "by": by, "since": span.first_on, "until": span.last_on})
    context = {
        "form": form,
        "found": found,
        "table": table,
        "span": span,
        "before": span.before,
        "tiles": _tiles(found, _Links(request, span)),
        "csv": table.link(export="csv"),
        "trend": trend_chart(found.trend),
        "trend_title": trend_finding(found),
        "rows": rows_chart(found.lines) if by != By.TIME else None,
        "rows_title": rows_finding(found.lines),
    }
    return render(request, "cases/statistics.html", context)


class _Links:
    """Addresses of the queue with the cases behind a figure."""

    def __init__(self, request: HttpRequest, span: Span) -> None:
        self._kept = {name: value for name in KEPT if (value := request.GET.get(name))}
        self._days = {"since": span.first_on.isoformat(), "until": span.last_on.isoformat()}

    def to(self, line: Line | None = None, **asked: str) -> str:
        narrows = dict(line.narrows) if line else {}
        query = {"group": "all", **self._days, **self._kept, **narrows, **asked}
        return f"{reverse('cases:queue')}?{urlencode(query)}"

    def of(self, **asked: str) -> Callable[[Line], str]:
        return lambda line: self.to(line, **asked)


def percent(share: float | None) -> float | None:
    """Return a share in percent with one decimal.

    >>> percent(0.12345), percent(None)
    (12.3, None)
    """
    return None if share is None else round(100 * share, 1)


def hours(seconds: float | None) -> float | None:
    """Return seconds as hours with one decimal.

    >>> hours(5400), hours(None)
    (1.5, None)
    """
    return None if seconds is None else round(seconds / HOUR, 1)


def _number(key: str, label: str, value: Callable[[Figures], Any], **more: Any) -> Column:
    return Column(key, label, lambda line: value(line.figures), kind="number", sort="key", **more)


def columns(by: By, links: _Links) -> list[Column]:
    """Return the columns of the table; each count leads to its cases."""
    heads = {
        By.MATTER: _("Matter"), By.CLASS: _("Class"), By.UNIT: _("Unit"), By.COUNTY: _("County"),
        By.TOWNSHIP: _("Township"), By.SOURCE: _("Source"), By.TIME: _("Time"),
    }  # fmt: skip
    before = Column(
        "before", _("Received before"), lambda line: line.before.received, kind="number", sort="key"
    )
    return [
        Column("label", heads[by], link=links.of()),
        _number("received", _("Received"), lambda f: f.received, link=links.of()),
        *([before] if by != By.TIME else []),
        _number("closed", _("Closed"), lambda f: f.closed, link=links.of(outcome="closed")),
        _number("open", _("Still open"), lambda f: f.open, link=links.of(group="open")),
        _number("overdue", _("Late now"), lambda f: f.overdue, link=links.of(group="open", lamp="red")),
        _number("on_time", _("Handled on time, %"), lambda f: percent(f.on_time_share)),
        _number("late", _("Handled late"), lambda f: f.late, link=links.of(outcome="late")),
        _number("accept", _("To accept, median h"), lambda f: hours(f.accept.median_s)),
        _number("accept_p90", _("To accept, 90 % within h"), lambda f: hours(f.accept.p90_s), optional=True),
        _number("handle", _("To handle, median h"), lambda f: hours(f.handle.median_s)),
        _number("handle_p90", _("To handle, 90 % within h"), lambda f: hours(f.handle.p90_s)),
        _number("close", _("All steps, median h"), lambda f: hours(f.close.median_s)),
        _number("close_p90", _("All steps, 90 % within h"), lambda f: hours(f.close.p90_s), optional=True),
        _number("returned", _("Sent back"), lambda f: f.returned, link=links.of(outcome="returned")),
        _number("returned_share", _("Sent back, %"), lambda f: percent(f.returned_share)),
        _number("reopened", _("Reopened"), lambda f: f.reopened, link=links.of(outcome="reopened")),
        _number("reopened_share", _("Reopened, %"), lambda f: percent(f.reopened_share), optional=True),
        _number(
            "rejected", _("Rejected"), lambda f: f.rejected, link=links.of(outcome="rejected"), optional=True
        ),
    ]


def _table(request: HttpRequest, found: Statistics, by: By, links: _Links) -> Table:
    return Table(
        "case-statistics",
        columns(by, links),
        found.lines,
        request,
        caption=_("Statistics of cases"),
        page_size=200,
        empty_title=_("No cases in this period"),
        empty_text=_("No case that you may see was reported on these days and fits the filters."),
    )


def _csv(table: Table) -> HttpResponse:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([str(column.label) for column in table.columns])
    writer.writerows([safe(column.of(row)) for column in table.columns] for row in table.ordered)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return response


@dataclass(frozen=True)
class Tile:
    """One number of the whole, beside the span before."""

    label: str
    value: str
    note: str
    url: str = ""


def _tiles(found: Statistics, links: _Links) -> Sequence[Tile]:
    total, before = found.total, found.total_before
    return [
        Tile(_("Received"), f"{total.received:,}", _was(f"{before.received:,}"), links.to()),
        Tile(_("Closed"), f"{total.closed:,}", _shown(total.closed_share), links.to(outcome="closed")),
        Tile(_("Still open"), f"{total.open:,}", "", links.to(group="open")),
        Tile(_("Late now"), f"{total.overdue:,}", "", links.to(group="open", lamp="red")),
        Tile(_("Handled on time"), _shown(total.on_time_share), _was(_shown(before.on_time_share))),
        Tile(_("To handle, median"), _hours(total.handle.median_s), _was(_hours(before.handle.median_s))),
        Tile(_("Sent back"), _shown(total.returned_share), _was(_shown(before.returned_share)),
             links.to(outcome="returned")),
        Tile(_("Reopened"), _shown(total.reopened_share), _was(_shown(before.reopened_share)),
             links.to(outcome="reopened")),
    ]  # fmt: skip


def _was(text: str) -> str:
    return _("before: %(value)s") % {"value": text}


def _shown(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _hours(seconds: float | None) -> str:
    return "–" if seconds is None else _("%(hours)s h") % {"hours": hours(seconds)}
