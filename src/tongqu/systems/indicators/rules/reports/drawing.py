"""Draws charts as SVG, for files and for print: no script, no colour alone, every value written.

Colours are fixed, since a file has no theme; fonts are named by family, and the one who sets the file has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise

from tongqu.systems.indicators.rules.reports.charts import Chart, Shape
from tongqu.systems.indicators.rules.reports.digits import as_written

WIDTH = 480
_ROW = 26
_LABEL_WIDTH = 170
_TALL = 190
_SMALL, _LOW = 320, 136
"""Width and height of a slope."""


@dataclass(frozen=True)
class Look:
    """The colours and the font of a drawing."""

    font: str = "sans-serif"
    ink: str = "#182020"
    soft: str = "#4a5656"
    faint: str = "#b4bebe"
    accent: str = "#1c625c"
    rest: str = "#8a9a98"


FILE = Look()
PAGE = Look(
    "inherit", "var(--ink)", "var(--ink-soft)", "var(--line-strong)", "var(--chart-1)", "var(--chart-2)"
)
"""In a page's own colours, light or dark."""


def svg_of(chart: Chart, look: Look = FILE) -> str:
    """Return a chart as an SVG document, 480 units wide; a slope, which has two numbers alone, is smaller."""
    if chart.shape == Shape.BARS:
        return _bars(chart, look)
    return _slope(chart, look) if chart.shape == Shape.SLOPE else _line(chart, look)


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = "", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(text)}</text>'


def _whole(height: float, look: Look, title: str, marks: Sequence[str], width: int = WIDTH) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" '
        f'font-family="{escape(look.font, quote=True)}" fill="{look.ink}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{''.join(marks)}</svg>"
    )


def _bars(chart: Chart, look: Look) -> str:
    known = [value for value in chart.values if value is not None]
    low, high = min([*known, Decimal(0)]), max([*known, Decimal(0)])
    span = float(high - low) or 1.0
    room = WIDTH - _LABEL_WIDTH - 60
    # Room on the left for the number of a negative bar.
    left = _LABEL_WIDTH + (48 if low < 0 else 0)
    room -= left - _LABEL_WIDTH
    zero = left + float(-low) / span * room
    marks = [f'<path d="M{zero:.1f} 2V{len(known) * _ROW + 2}" stroke="{look.faint}"/>']
    for row, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        marks += _bar(row, label, value or Decimal(0), zero, room / span, chart.unit, look)
    return _whole(len(chart.values) * _ROW + 6, look, chart.title, marks)


def _bar(row: int, label: str, value: Decimal, zero: float, scale: float, unit: str, look: Look) -> list[str]:
    top, size = row * _ROW + 4, abs(float(value)) * scale
    start = zero if value >= 0 else zero - size
    colour = look.accent if row == 0 else look.rest
    end, anchor = (zero + size + 5, "start") if value >= 0 else (zero - size - 5, "end")
    return [
        _text(_LABEL_WIDTH - 8, top + 14, cut(label, 13), anchor="end", colour=look.soft),
        f'<rect x="{start:.1f}" y="{top + 2}" width="{max(size, 0.8):.1f}" height="{_ROW - 10}" fill="{colour}"/>',
        _text(end, top + 14, f"{as_written(value)}{unit if unit == '%' else ''}", anchor=anchor),
    ]


def cut(label: str, most: int) -> str:
    """Return a label that is at most so many Chinese characters wide; a Latin letter counts half.

    >>> cut("地区生产总值", 4), cut("GDP", 4)
    ('地区生…', 'GDP')
    """
    width = 0.0
    for place, sign in enumerate(label):
        width += 0.55 if sign.isascii() else 1
        if width > most:
            return label[: max(place - 1, 1)] + "…"
    return label


@dataclass(frozen=True)
class Frame:
    """Where values lie in a drawing of lines."""

    left: float
    right: float
    top: float
    bottom: float
    low: Decimal
    high: Decimal
    count: int

    def at(self, place: int, value: Decimal) -> tuple[float, float]:
        """Return where a value lies."""
        share = float((value - self.low) / (self.high - self.low)) if self.high != self.low else 0.5
        step = (self.right - self.left) / max(self.count - 1, 1)
        return self.left + place * step, self.bottom - share * (self.bottom - self.top)


def stretches(
    values: Sequence[Decimal | None],
) -> list[tuple[int, int, bool]]:
    """Return each known point with the next known one, and whether nothing is missing between them.

    >>> one = Decimal(1)
    >>> stretches([one, one, None, one])
    [(0, 1, True), (1, 3, False)]
    """
    known = [place for place, value in enumerate(values) if value is not None]
    return [(first, second, second == first + 1) for first, second in pairwise(known)]


def track(values: Sequence[Decimal | None], frame: Frame, colour: str) -> list[str]:
    """Return points and the lines between them; a line over a gap is dashed, since nobody knows its course."""
    points = {place: frame.at(place, value) for place, value in enumerate(values) if value is not None}
    marks = []
    for first, second, whole in stretches(values):
        (x, y), (u, v) = points[first], points[second]
        dash = "" if whole else ' stroke-dasharray="4 4"'
        marks.append(
            f'<path d="M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}" stroke="{colour}" stroke-width="2" fill="none"{dash}/>'
        )
    marks += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points.values()]
    return marks


def _line(chart: Chart, look: Look) -> str:
    known = [(place, value) for place, value in enumerate(chart.values) if value is not None]
    values = [value for _, value in known]
    frame = Frame(40, WIDTH - 40, 30, _TALL - 34, min(values), max(values), len(chart.values))
    marks = [
        f'<path d="M20 {_TALL - 22}H{WIDTH - 20}" stroke="{look.faint}"/>',
        *track(chart.values, frame, look.accent),
        *_ends(known, frame),
    ]
    for place, label in _ticks(chart.labels, known):
        x, _ = frame.at(place, values[0])
        marks.append(_text(x, _TALL - 6, label, anchor="middle", colour=look.soft, size=11))
    return _whole(_TALL, look, chart.title, marks)


def _ends(known: Sequence[tuple[int, Decimal]], frame: Frame) -> list[str]:
    """Write the values of the first and the last point."""
    marks = []
    for place, value in (known[0], known[-1]):
        x, y = frame.at(place, value)
        marks.append(_text(x, y - 9, as_written(value), anchor="middle"))
    return marks


def _slope(chart: Chart, look: Look) -> str:
    """Draw two values as two posts and the way from one to the other, which says nothing of the years between."""
    known = [value for value in chart.values if value is not None]
    frame = Frame(90, _SMALL - 90, 22, _LOW - 36, min(known), max(known), 2)
    (x, y), (u, v) = frame.at(0, known[0]), frame.at(1, known[-1])
    foot = _LOW - 22
    marks = [
        *(f'<path d="M{side:.1f} 10V{foot}" stroke="{look.faint}"/>' for side in (x, u)),
        f'<path d="M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}" stroke="{look.accent}" stroke-width="2" stroke-dasharray="2 5"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{look.rest}"/>',
        f'<circle cx="{u:.1f}" cy="{v:.1f}" r="5" fill="{look.accent}"/>',
        _text(x - 12, y + 4, as_written(known[0]), anchor="end", colour=look.soft, size=14),
        _text(u + 12, v + 5, as_written(known[-1]), size=16),
        _text(x, _LOW - 6, chart.labels[0], anchor="middle", colour=look.soft),
        _text(u, _LOW - 6, chart.labels[-1], anchor="middle", colour=look.soft),
    ]
    return _whole(_LOW, look, chart.title, marks, _SMALL)


def _ticks(labels: Sequence[str], known: Sequence[tuple[int, Decimal]]) -> list[tuple[int, str]]:
    """Return the labels that have room: those of the first and the last known point, and the middle one."""
    first, last = known[0][0], known[-1][0]
    places = {first, last}
    if last - first > 3:
        places.add((first + last) // 2)
    return [(place, labels[place]) for place in sorted(places)]
