"""Report cards: the sentences, table and charts of a division and a period, as a page and as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.indicators.forms.cards import CardForm
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.queries.card_files.alone import drawn
from tongqu.systems.indicators.queries.card_files.files import FILE_TYPES, card_file
from tongqu.systems.indicators.queries.card_files.typesetting import NoFont
from tongqu.systems.indicators.queries.card_view import CardView, chart_title, invented_text, view_of
from tongqu.systems.indicators.queries.cards import card_of, newest_periods, set_for, the_language
from tongqu.systems.indicators.rules.reports.charts import Chart, Shape
from tongqu.systems.indicators.rules.reports.drawing import PAGE
from tongqu.systems.indicators.rules.reports.times import when


@door(SIGNED_IN)
@require_safe
def chooser(request: HttpRequest) -> HttpResponse:
    """Let the reader choose a division and a period, and lead to the card."""
    form = CardForm(request.GET or None)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        address = reverse("indicators:card", args=[chosen["division"], str(chosen["period"])])
        asked = _asked(chosen)
        return HttpResponseRedirect(f"{address}?{asked}" if asked else address)
    context = {"form": form, "nothing": not form.divisions, "offered": _offered()}
    return render(request, "indicators/cards.html", context)


def _offered() -> list[tuple[StatDivision, str, str]]:
    return [
        (division, str(period), when(period, the_language()).text) for division, period in newest_periods()
    ]


@door(SIGNED_IN)
@require_safe
def card(request: HttpRequest, division: str, period: str) -> HttpResponse:
    """Show the report card of a division and a period."""
    place = get_object_or_404(StatDivision, code=division)
    try:
        time = Period.parse(period)
    except BadPeriod as bad:
        raise Http404(str(bad)) from bad
    among = request.GET.get("set", "")
    division_set = DivisionSet.objects.filter(code=among).first() if among else set_for(place)
    chosen = {
        "division": division,
        "period": str(time),
        "set": division_set.code if division_set else among,
        "indicators": request.GET.get("indicators", ""),
    }
    form = CardForm(chosen)
    shown = view_of(card_of(place, time, division_set=division_set, codes=form.codes()), root_of(request))
    if (kind := request.GET.get("export", "")) in FILE_TYPES:
        return _file(shown, kind, f"{division}-{time}".replace("/", "-"))
    context = {
        "form": form,
        "card": shown,
        "invented": invented_text(),
        "source": _("the store of figures"),
        "files": f"{asked}&" if (asked := _asked(chosen)) else "",
        "division": place,
        "period": time,
        "sections": [
            (section, [_chart(chart, f"chart-{n}-{m}") for m, chart in enumerate(section.charts)])
            for n, section in enumerate(shown.sections)
        ],
    }
    return render(request, "indicators/card.html", context)


def _asked(chosen: Mapping[str, Any]) -> str:
    """Return what the address of a card holds of the choice behind its division and period."""
    return urlencode({name: chosen[name] for name in ("set", "indicators") if chosen[name]})


def root_of(request: HttpRequest) -> str:
    """Return what addresses in a file begin with, empty on the page itself."""
    return request.build_absolute_uri("/").rstrip("/") if request.GET.get("export") else ""


def _file(shown: CardView, kind: str, name: str) -> HttpResponse:
    try:
        data = card_file(shown, kind, at=now())
    except NoFont as missing:
        return HttpResponse(str(missing), status=503, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(data, content_type=FILE_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def _chart(chart: Chart, id: str) -> dict[str, Any]:
    return {"id": id, "title": chart_title(chart), "option": option_of(chart), "svg": drawn(chart, PAGE)}


def option_of(chart: Chart) -> dict[str, Any]:
    """Return a chart as an option of ECharts."""
    values = [None if value is None else float(value) for value in chart.values]
    if chart.shape == Shape.BARS:
        return {
            "grid": {"left": 8, "right": 56, "top": 8, "bottom": 8, "outerBoundsMode": "same"},
            "xAxis": {"type": "value"},
            "yAxis": {
                "type": "category",
                "inverse": True,
                "data": list(chart.labels),
                "axisLabel": {"interval": 0},
            },
            "series": [
                {
                    "type": "bar",
                    "name": f"{chart.name} {chart.unit}",
                    "data": values,
                    "barMaxWidth": 16,
                    "label": {"show": True, "position": "right"},
                }
            ],
        }
    return {
        "grid": {"left": 8, "right": 24, "top": 24, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "category", "data": list(chart.labels)},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {
                "type": "line",
                "name": f"{chart.name} {chart.unit}",
                "data": values,
                "symbolSize": 6,
                "connectNulls": False,
            }
        ],
    }
