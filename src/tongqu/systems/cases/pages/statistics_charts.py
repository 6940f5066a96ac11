"""The charts of the statistics of cases, with titles that say what they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from tongqu.systems.cases.queries.statistics import Line, Statistics

MOST_BARS = 10
FEWEST = 20
"""Shares of fewer cases are not compared in a title."""


def trend_finding(found: Statistics) -> str:
    """Say how much came in, against the span before."""
    received, before = found.total.received, found.total_before.received
    if not before:
        return _("%(count)s cases were reported") % {"count": f"{received:,}"}
    change = round(100 * (received - before) / before)
    values = {"count": f"{received:,}", "change": abs(change)}
    if change == 0:
        return _("%(count)s cases were reported, as many as before") % values
    if change > 0:
        return _("%(count)s cases were reported, %(change)s %% more than before") % values
    return _("%(count)s cases were reported, %(change)s %% fewer than before") % values


def trend_chart(lines: Sequence[Line]) -> dict[str, Any] | None:
    """Return columns of received and closed cases by time, with the share handled on time as a line."""
    if not lines:
        return None
    share = [_percent(line.figures.on_time_share) for line in lines]
    return {
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 8, "right": 8, "top": 36, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "category", "data": [line.label for line in lines]},
        "yAxis": [
            {"type": "value", "minInterval": 1},
            {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value} %"}, "splitLine": {"show": False}},
        ],
        "series": [
            {"type": "bar", "name": _("Received"), "data": [line.figures.received for line in lines], "barMaxWidth": 18},
            {"type": "bar", "name": _("Closed"), "data": [line.figures.closed for line in lines], "barMaxWidth": 18},
            {"type": "line", "name": _("Handled on time, %"), "data": share, "yAxisIndex": 1, "connectNulls": True},
        ],
    }  # fmt: skip


def rows_finding(lines: Sequence[Line]) -> str:
    """Say which row has the most cases, and which is handled on time the least."""
    if not lines:
        return ""
    most = max(lines, key=lambda line: line.figures.received)
    said = _("Most cases: %(label)s (%(count)s)") % {
        "label": most.label,
        "count": f"{most.figures.received:,}",
    }
    compared = [line for line in lines if line.figures.handled >= FEWEST]
    if len(compared) < 2:
        return said
    worst = min(compared, key=lambda line: line.figures.on_time_share or 0)
    values = {"label": worst.label, "percent": _percent(worst.figures.on_time_share)}
    return said + _("; least on time: %(label)s (%(percent)s %%)") % values


def rows_chart(lines: Sequence[Line]) -> dict[str, Any] | None:
    """Return a bar for each of the largest rows, divided by how the cases were handled."""
    shown = sorted(lines, key=lambda line: line.figures.received)[-MOST_BARS:]
    if not shown:
        return None
    parts = [
        (_("Handled on time"), "$chart-1", [line.figures.handled - line.figures.late for line in shown]),
        (_("Handled late"), "$lamp-red", [line.figures.late for line in shown]),
        (_("Not handled"), "$chart-6", [line.figures.received - line.figures.handled for line in shown]),
    ]
    return {
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 8, "outerBoundsMode": "same"},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [line.label for line in shown], "axisLabel": {"interval": 0}},
        "series": [
            {"type": "bar", "name": name, "stack": "all", "data": values, "color": colour, "barMaxWidth": 18}
            for name, colour, values in parts
        ],
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
