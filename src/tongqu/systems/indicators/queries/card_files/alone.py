"""A report card as one file of HTML that needs no server: charts are drawn in it, and it prints on A4."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from tongqu.systems.indicators.queries.card_view import CardView, chart_text, chart_title, invented_text
from tongqu.systems.indicators.rules.reports.charts import Chart
from tongqu.systems.indicators.rules.reports.drawing import FILE, Look, svg_of


def page_of(view: CardView) -> bytes:
    """Return the card as a web page."""
    sections = [
        (section, [(chart_title(chart), chart_text(chart), drawn(chart)) for chart in section.charts])
        for section in view.sections
    ]
    context = {"card": view, "sections": sections, "invented": invented_text() if view.is_invented else ""}
    return render_to_string("indicators/card_alone.html", context).encode()


def drawn(chart: Chart, look: Look = FILE) -> SafeString:
    """Return a chart as inline SVG."""
    return mark_safe(svg_of(chart, look))  # noqa: S308 - a drawing of our own, its texts escaped
