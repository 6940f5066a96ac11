"""The explorer: ranks of a period as chart and table, the leaders through time, and each figure's way to its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.forms.choosing import ExplorerForm
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import STATUS_LABELS
from tongqu.systems.indicators.models.indicator import KIND_LABELS, Indicator
from tongqu.systems.indicators.queries.explorer import newest_period
from tongqu.systems.indicators.queries.figure import Vintage, vintages_of
from tongqu.systems.indicators.queries.ranks import ranks_in
from tongqu.systems.indicators.queries.reports import reports_on
from tongqu.systems.indicators.queries.series import Span, measured_series
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.growth import rounded
from tongqu.systems.indicators.rules.ranking import Measure, Placed

MOST_BARS = 10
MOST_LINES = 5
YEARS_BACK = 10
COMPUTED_DECIMALS = 2
Ranked = tuple[StatDivision, Placed[int]]


@door(SIGNED_IN)
@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show the ranks of an indicator in a period among a set; with `export=xlsx` send them as a file."""
    form = ExplorerForm(request.GET or None)
    indicator = _row(Indicator, form.chosen("indicator"))
    division_set = _row(DivisionSet, form.chosen("set"))
    if indicator is None or division_set is None:
        return render(request, "indicators/explorer.html", {"form": form, "nothing": True})
    measure = Measure(form.chosen("measure") or Measure.VALUE)
    period = form.chosen("period") or newest_period(indicator, division_set)
    ranked = ranks_in(indicator, division_set, period, measure=measure) if period else []
    table = _table(request, indicator, ranked, measure)
    if table.is_download:
        return table.download()
    if not form.errors:
        chosen = {
            "indicator": indicator.code,
            "set": division_set.code,
            "period": str(period or ""),
            "measure": measure,
        }
        form = ExplorerForm(chosen)
    context = {
        "form": form,
        "indicator": indicator,
        "period": period,
        "table": table,
        "finding": _finding(ranked),
        "bars": _bars(ranked, measure),
        "lines": _lines(indicator, ranked, measure) if period else None,
        "source": indicator.source or _("the store of figures"),
    }
    return render(request, "indicators/explorer.html", context)


def _row(model: type[Any], code: str | None) -> Any:
    rows = model.objects.all()
    return rows.filter(code=code).first() if code else rows.first()


def _shown(value: Decimal | None, measure: Measure) -> Decimal | None:
    return value if value is None or measure == Measure.VALUE else rounded(value, COMPUTED_DECIMALS)


def _table(request: HttpRequest, indicator: Indicator, ranked: Sequence[Ranked], measure: Measure) -> Table:
    def way(row: Ranked) -> str:
        kind = Kind.YOY if measure == Measure.GROWTH else Kind.LEVEL
        asked = {"division": row[0].code, "period": str(row[1].period), "kind": kind}
        return f"{reverse('indicators:figure', args=[indicator.code])}?{urlencode(asked)}"

    return Table(
        "ranks",
        [
            Column("rank", _("Rank"), lambda row: row[1].rank, kind="number", sort="key"),
            Column("name", _("Division"), lambda row: row[0].name, link=way),
            Column("value", _("Value"), lambda row: _shown(row[1].value, measure), kind="number", sort="key"),
            Column("note", _("Note"), lambda row: _note(row[1])),
            Column("code", _("Code"), lambda row: row[0].code, optional=True),
        ],
        ranked,
        request,
        caption=_("Ranks of %(indicator)s") % {"indicator": indicator},
        page_size=200,
        empty_title=_("No figures"),
        empty_text=_("Nothing was recorded of this indicator for these divisions."),
    )


def _note(place: Placed[int]) -> str:
    if place.is_missing:
        return _("no figure")
    notes = [_("tied")] if place.is_tied else []
    if place.is_late:
        notes.append(_("late: figure of %(period)s") % {"period": place.period})
    return ", ".join(notes)


def _finding(ranked: Sequence[Ranked]) -> str:
    """Say who is first, and among how many."""
    first = [division.name for division, place in ranked if place.rank == 1]
    if not first:
        return _("No division has a figure")
    names = _(", ").join(first[:3])
    return _("First of %(count)s: %(names)s") % {"count": ranked[0][1].of, "names": names}


def _bars(ranked: Sequence[Ranked], measure: Measure) -> dict[str, Any] | None:
    known = [(division.name, place.value) for division, place in ranked if place.value is not None][
        :MOST_BARS
    ]
    if not known:
        return None
    known.reverse()
    return {
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "data": [name for name, _value in known], "axisLabel": {"interval": 0}},
        "series": [
            {
                "type": "bar",
                "data": [float(_shown(value, measure) or 0) for _name, value in known],
                "barMaxWidth": 18,
            }
        ],
    }


def _lines(indicator: Indicator, ranked: Sequence[Ranked], measure: Measure) -> dict[str, Any] | None:
    """Return the leaders of the period through the ten years before it, in spans of the same months."""
    leaders = {division.pk: division for division, place in ranked if place.value is not None}
    leaders = dict(list(leaders.items())[:MOST_LINES])
    if not leaders:
        return None
    last = ranked[0][1].period
    years = [last.shifted(-12 * n) for n in range(YEARS_BACK, -1, -1)]
    found = measured_series(indicator, leaders, measure, span=Span.of(years))
    shown = [period for period in years if any(period in values for values in found.values())]
    if len(shown) < 2:
        return None
    return {
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "category", "data": [str(period) for period in shown]},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {
                "type": "line",
                "name": division.name,
                "data": [_number(found[pk].get(period), measure) for period in shown],
                "connectNulls": False,
            }
            for pk, division in leaders.items()
        ],
    }


def _number(value: Decimal | None, measure: Measure) -> float | None:
    return None if value is None else float(_shown(value, measure) or 0)


@door(SIGNED_IN)
@require_safe
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an indicator means, and all vintages of one of its figures with their evidence."""
    indicator = get_object_or_404(Indicator, code=code)
    division = StatDivision.objects.filter(code=request.GET.get("division", "")).first()
    period = _period(request.GET.get("period", ""))
    kinds = {str(kind): kind for kind in Kind}
    kind = kinds.get(request.GET.get("kind", ""), Kind.LEVEL)
    vintages = (
        vintages_of(person_of(request), indicator, division, period, kind) if division and period else []
    )
    reports = reports_on(each.evidence for each in vintages if each.evidence)
    context = {
        "indicator": indicator,
        "division": division,
        "period": period,
        "kind": KIND_LABELS[kind],
        "vintages": [
            (
                each,
                STATUS_LABELS[each.figure.status],
                _evidence(each),
                reports.get(each.observation.release.evidence_id or 0),
            )
            for each in vintages
        ],
    }
    return render(request, "indicators/figure.html", context)


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except BadPeriod:
        return None


def _evidence(vintage: Vintage) -> str:
    return reverse("evidence:detail", args=[vintage.evidence.sha256]) if vintage.evidence else ""
