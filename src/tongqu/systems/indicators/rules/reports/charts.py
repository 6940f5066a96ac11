"""The charts of a report: the same data for the page, and for the drawings in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.reports.digits import unit_words
from tongqu.systems.indicators.rules.reports.facts import Line, written
from tongqu.systems.indicators.rules.reports.times import when

FEWEST_POINTS = 3
MOST_LINES = 2


class Shape(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    LINE = "line"
    SLOPE = "slope"
    """Two values alone, with nothing known between them."""


@dataclass(frozen=True)
class Chart:
    """One chart: labels and values in order; a value that is not known is None and leaves a gap."""

    shape: Shape
    title: str
    labels: tuple[str, ...]
    values: tuple[Decimal | None, ...]
    unit: str
    name: str = ""
    """What the values are, for a table beside the chart."""
    is_invented: bool = False


_GROWTHS = {
    "zh-hans": "{name}增速最高",
    "zh-hant": "{name}增速最高",
    "en": "{name} grew most",
}
_GROWTH = {"zh-hans": "增速", "zh-hant": "增速", "en": "Growth"}


def charts_of(lines: Sequence[Line], language: str) -> list[Chart]:
    """Return the charts of a domain: growth of its indicators as bars, and the longest series as lines."""
    long = [chart for line in lines if (chart := line_chart(line, language)) is not None]
    long.sort(key=lambda chart: -len(chart.labels))
    bars = growth_chart(lines, language)
    return [*([bars] if bars else []), *long[:MOST_LINES]]


def growth_chart(lines: Sequence[Line], language: str) -> Chart | None:
    """Return the growth of indicators side by side, the fastest first; None for fewer than two."""
    grown = [
        (line, written(line, line.growth))
        for line in lines
        if line.growth is not None and line.moved is line.growth and line.growth.origin.kind == Kind.YOY
    ]
    if len(grown) < 2:
        return None
    grown.sort(key=lambda pair: pair[1], reverse=True)
    first = grown[0][0].definition.name(language)
    return Chart(
        Shape.BARS,
        _GROWTHS[language].format(name=first),
        tuple(line.definition.name(language) for line, _ in grown),
        tuple(size for _, size in grown),
        "%",
        _GROWTH[language],
        any(line.is_invented for line, _ in grown),
    )


def line_chart(line: Line, language: str) -> Chart | None:
    """Return the values of an indicator through the periods that are compared; None for fewer than three."""
    known = [period for period, value in line.history.items() if value is not None]
    if len(known) < FEWEST_POINTS:
        return None
    shown = [period for period in line.history if period >= min(known)]
    name = line.definition.name(language)
    return Chart(
        Shape.LINE,
        name,
        tuple(when(period, language).text for period in shown),
        tuple(line.history[period] for period in shown),
        unit_words(line.definition.unit, language),
        name,
        line.is_invented,
    )
