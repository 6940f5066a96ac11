"""The address at which a reader sees where a number of a report comes from."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.reports.parts import Origin, What

STANDING = "#standing"
"""Where the table of a card stands, which counts of indicators are made of."""


def figure_address(indicator: str, division: str, period: Period, kind: Kind) -> str:
    """Return the address of the page of a figure."""
    asked = {"division": division, "period": str(period), "kind": kind.value}
    return f"{reverse('indicators:figure', args=[indicator])}?{urlencode(asked)}"


def way_to(origin: Origin) -> str:
    """Return the address of a number: its figure with the evidence, the ranks that it stands in, or the table of the report."""
    if not origin.indicator:
        return STANDING
    if origin.what in (What.FIGURE, What.COMPUTED):
        # What was reckoned has no page of its own; the value that it was reckoned from has.
        kind = origin.kind if origin.what == What.FIGURE else Kind.LEVEL
        return figure_address(origin.indicator, origin.division, origin.period, kind)
    asked = {
        "indicator": origin.indicator,
        "set": origin.of_set,
        "period": str(origin.period),
        "measure": str(origin.measure or ""),
    }
    return f"{reverse('indicators:explorer')}?{urlencode(asked)}"
