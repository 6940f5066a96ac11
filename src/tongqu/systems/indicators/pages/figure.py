"""The page of a figure: what the indicator means, its vintages with their evidence, and growth as published and as computed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import STATUS_LABELS
from tongqu.systems.indicators.models.indicator import KIND_LABELS, Indicator
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.queries.by_code import parts_of
from tongqu.systems.indicators.queries.figure import Vintage, growth_at, vintages_of
from tongqu.systems.indicators.queries.reports import reports_on
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.growth import decimals_of, rounded

COMPUTED_DECIMALS = 2


@door(SIGNED_IN)
@require_safe
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an indicator means, all vintages of one of its figures with their evidence, and its growth."""
    indicator = get_object_or_404(Indicator, code=code)
    division = StatDivision.objects.filter(code=request.GET.get("division", "")).first()
    period = _period(request.GET.get("period", ""))
    kinds = {str(kind): kind for kind in Kind}
    kind = kinds.get(request.GET.get("kind", ""), Kind.LEVEL)
    context: dict[str, Any] = {
        "indicator": indicator,
        "division": division,
        "kind": KIND_LABELS[kind],
        "vintages": [],
    }
    if division and period:
        vintages = vintages_of(person_of(request), indicator, division, period, kind)
        context |= {
            "period": period_name(period),
            "vintages": _with_ways(vintages),
            "revised": _revised(vintages),
            "revisions": _chart(vintages),
            "growth": _growth(indicator, division, period) if kind in (Kind.LEVEL, Kind.YOY) else None,
            "parts": [(each, reverse("indicators:figure", args=[each.code])) for each in parts_of(indicator)],
            "asked": f"division={division.code}&period={period}&kind=",
            "back": f"indicator={indicator.code}&view=chart&d={division.code}",
        }
    return render(request, "indicators/figure.html", context)


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except BadPeriod:
        return None


Way = tuple[Vintage, Any, str, int | None]
"""A vintage, its status in words, the address of its evidence, and the report that the evidence is."""


def _with_ways(vintages: list[Vintage]) -> list[Way]:
    reports = reports_on(each.evidence for each in vintages if each.evidence)
    return [
        (each, STATUS_LABELS[each.figure.status], _evidence(each), reports.get(each.evidence.pk) if each.evidence else None)
        for each in vintages
    ]  # fmt: skip


def _evidence(vintage: Vintage) -> str:
    return reverse("evidence:detail", args=[vintage.evidence.sha256]) if vintage.evidence else ""


def _revised(vintages: list[Vintage]) -> str:
    """Say how often the figure was revised, and how far from the first vintage to the last."""
    values = [each.figure.value for each in vintages if each.figure.value is not None]
    if len(values) < 2:
        return ""
    last, first = values[0], values[-1]
    count = len(values) - 1
    told = {"count": count, "by": f"{last - first:+}", "first": first, "last": last}
    said = ngettext(
        "Revised once, from %(first)s to %(last)s (%(by)s)",
        "Revised %(count)d times, from %(first)s to %(last)s (%(by)s)",
        count,
    )
    return said % told


def _chart(vintages: list[Vintage]) -> dict[str, Any] | None:
    """Return the vintages in the order in which they became known, as steps; none for a figure that was never revised."""
    told = [each for each in reversed(vintages) if each.figure.value is not None]
    if len(told) < 2:
        return None
    return {
        "tongqu": {"height": 200},
        "grid": {"left": 8, "right": 32, "top": 16, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "category", "data": [f"{localtime(each.figure.known_at):%Y-%m-%d}" for each in told]},
        "yAxis": {"type": "value", "scale": True, "boundaryGap": ["20%", "20%"]},
        "series": [
            {
                "type": "line", "step": "end", "symbolSize": 8, "data": [float(each.figure.value or 0) for each in told],
                "label": {"show": True, "position": "top", "color": "$ink-soft"},
            }
        ],
    }  # fmt: skip


def _growth(indicator: Indicator, division: StatDivision, period: Period) -> dict[str, Any] | None:
    """Return the growth as published and as computed, with what a difference between them means; None without either."""
    beside = growth_at(indicator, division, period)
    if beside.published is None and beside.computed is None:
        return None
    decimals = (
        COMPUTED_DECIMALS
        if beside.published is None
        else max(decimals_of(beside.published), COMPUTED_DECIMALS)
    )
    if beside.difference is None:
        meaning = ""
    elif beside.agrees:
        meaning = _("Both agree.")
    elif beside.is_suspicious:
        meaning = _(
            "They differ, and no difference of prices explains it: look at the values and the release."
        )
    else:
        meaning = _(
            "They may differ: the published growth is at comparable prices, the values are at current ones."
        )
    return {
        "published": beside.published,
        "computed": None if beside.computed is None else rounded(beside.computed, decimals),
        "difference": None if beside.difference is None else f"{beside.difference:+}",
        "meaning": meaning,
        "is_suspicious": beside.is_suspicious,
    }
