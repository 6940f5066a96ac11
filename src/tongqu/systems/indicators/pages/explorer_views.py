"""What each view of the explorer shows of a scene: a finding in words, a chart, a table, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongqu.kernel.periods import Period
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.figures import STATUS_LABELS
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.pages.explorer_charts import Area, Point, area_map, bars
from tongqu.systems.indicators.pages.explorer_scene import COMPUTED_DECIMALS, Scene
from tongqu.systems.indicators.queries.exploring import PLAIN, Mark, marks_of
from tongqu.systems.indicators.queries.ranks import ranks_among
from tongqu.systems.indicators.queries.series import Span, series
from tongqu.systems.indicators.rules.classes import Band, Method, band_of, bands
from tongqu.systems.indicators.rules.definition import Status
from tongqu.systems.indicators.rules.growth import rate_or_none, rounded
from tongqu.systems.indicators.rules.ranking import Late, Measure, Placed

MOST_BARS = 10
MOST_CLASSES = 5
Ranked = tuple[StatDivision, Placed[int]]
Marks = Mapping[tuple[int, Period], Mark]


@dataclass(frozen=True)
class Cell:
    """One figure that a view shows, for the file of what is shown."""

    division: StatDivision
    period: Period
    value: Decimal | None
    rank: int | None = None
    note: str = ""
    name: str = "x"
    """Of which indicator of the scene: `x`, `y` or `size`."""


@dataclass
class Shown:
    """What a view shows."""

    finding: str
    table: Table
    cells: Callable[[], list[Cell]]
    """The figures for the file; most readers never ask for it."""
    option: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)
    is_invented: bool = False
    why_no_chart: str = ""

    def mark(self, marks: Marks, what: str) -> None:
        """Say what must be said of some of the figures shown."""
        self.is_invented = self.is_invented or any(mark.is_invented for mark in marks.values())
        if any(mark.is_unsure for mark in marks.values()):
            self.notes.append(what)


def hollow_note() -> str:
    """Return what hollow signs mean."""
    return _("Hollow signs: provisional, estimated or forecast, or late.")


def number(value: Decimal | None) -> float | None:
    """Return a value for a chart."""
    return None if value is None else float(value)


def note_of(place: Placed[int], mark: Mark) -> str:
    """Say beside a rank what must be known of its figure."""
    if place.is_missing:
        return _("no figure")
    notes = [_("tied")] if place.is_tied else []
    if place.is_late:
        notes.append(_("late: figure of %(period)s") % {"period": period_name(place.period)})
    if told := mark_words(mark):
        notes.append(told)
    return _(", ").join(notes)


def mark_words(mark: Mark) -> str:
    """Say what must be said of a figure: its status where it is not final, and whether it is invented."""
    notes = [str(STATUS_LABELS[mark.status])] if mark.status != Status.NORMAL else []
    if mark.is_invented:
        notes.append(_("invented for the demo"))
    return _(", ").join(notes)


@dataclass(frozen=True)
class Standings:
    """The ranks of a scene's period, with the marks of their figures."""

    ranked: list[Ranked]
    marks: Marks

    def mark(self, row: Ranked) -> Mark:
        """Return the mark of a member's figure."""
        return self.marks.get((row[0].pk, row[1].period), PLAIN)


def standings_of(scene: Scene) -> Standings:
    """Return the ranks of the period shown."""
    if scene.period is None:
        return Standings([], {})
    late = Late(scene.division_set.late)
    ranked = ranks_among(scene.indicator, scene.members, late, scene.period, measure=scene.measure)
    places = {(division.pk, place.period) for division, place in ranked if place.value is not None}
    return Standings(ranked, marks_of(scene.indicator, places, scene.measure))


def first_of(ranked: Sequence[Ranked]) -> str:
    """Say who is first, and among how many."""
    first = [division.name for division, place in ranked if place.rank == 1]
    if not first:
        return _("No division has a figure")
    if ranked[0][1].of == 1:
        return _("Only %(name)s has a figure") % {"name": first[0]}
    names = _(", ").join(first[:3])
    return _("First of %(count)s: %(names)s") % {"count": ranked[0][1].of, "names": names}


def rank_cells(scene: Scene, found: Standings) -> list[Cell]:
    """Return the ranked figures for the file."""
    return [
        Cell(division, place.period, place.value, place.rank, note_of(place, found.mark((division, place))))
        for division, place in found.ranked
    ]


def rank_table(request: HttpRequest, scene: Scene, found: Standings, more: Sequence[Column] = ()) -> Table:
    """Return the ranks as a table, each name and value leading to its figure."""

    def way(row: Ranked) -> str:
        return scene.way(row[0], row[1].period)

    return Table(
        "ranks",
        [
            Column("rank", _("Rank"), lambda row: row[1].rank, kind="number", sort="key"),
            Column("name", _("Division"), lambda row: row[0].name, link=way, sort="key"),
            Column("value", _("Value"), lambda row: scene.shown(row[1].value), kind="number", sort="key", link=way),
            *more,
            Column("note", _("Note"), lambda row: note_of(row[1], found.mark(row))),
            Column("code", _("Code"), lambda row: row[0].code, optional=True, sort="key"),
        ],
        found.ranked,
        request,
        caption=_("Ranks of %(indicator)s") % {"indicator": scene.indicator},
        page_size=200,
        empty_title=_("No figures"),
        empty_text=_("Nothing was recorded of this indicator for these divisions."),
    )  # fmt: skip


def ranks_view(request: HttpRequest, scene: Scene) -> Shown:
    """Show the first ten as bars, and the chosen beside them."""
    found = standings_of(scene)
    shown = Shown(
        first_of(found.ranked), rank_table(request, scene, found), partial(rank_cells, scene, found)
    )
    chosen = set(scene.chosen)
    known = [row for row in found.ranked if row[1].value is not None]
    rows = [row for place, row in enumerate(known) if place < MOST_BARS or row[0].pk in chosen]
    if rows:
        shown.option = bars(
            [(f"{row[1].rank} {row[0].name}", _point(scene, found, row), row[0].pk in chosen) for row in rows]
        )
        shown.mark({(r[0].pk, r[1].period): found.mark(r) for r in known}, hollow_note())
    return shown


def _point(scene: Scene, found: Standings, row: Ranked) -> Point:
    division, place = row
    value = number(scene.shown(place.value))
    return Point(value, scene.way(division, place.period), found.mark(row).is_unsure, place.is_late)


def table_view(request: HttpRequest, scene: Scene) -> Shown:
    """Show all members with their figure, and of values the year before and the growth since."""
    found = standings_of(scene)
    more = _year_before(scene, scene.period) if scene.measure == Measure.VALUE and scene.period else []
    shown = Shown(
        first_of(found.ranked), rank_table(request, scene, found, more), partial(rank_cells, scene, found)
    )
    shown.mark(found.marks, _("What may still change is named beside it."))
    return shown


def _year_before(scene: Scene, period: Period) -> list[Column]:
    before = period.year_before
    values = series(scene.indicator, scene.members, span=Span.of([before]))

    def known(row: Ranked) -> Decimal | None:
        return values[row[0].pk].get(before) if not row[1].is_late else None

    def then(row: Ranked) -> Decimal | None:
        return scene.shown(known(row))

    def growth(row: Ranked) -> Decimal | None:
        grown = rate_or_none(row[1].value, known(row))
        return None if grown is None else rounded(grown, COMPUTED_DECIMALS)

    def way(row: Ranked) -> str:
        return scene.way(row[0], before) if then(row) is not None else ""

    return [
        Column("before", period_name(before), then, kind="number", sort="key", link=way),
        Column("growth", _("Computed growth, %"), growth, kind="number", sort="key"),
    ]


def map_view(request: HttpRequest, scene: Scene) -> Shown:
    """Show the divisions of the region in classes; say who is not on the map, and why."""
    found = standings_of(scene)
    shown = Shown(
        first_of(found.ranked), rank_table(request, scene, found), partial(rank_cells, scene, found)
    )
    level, drawn = _outlined(scene)
    if not drawn:
        shown.why_no_chart = _(
            "None of these divisions lies in the region with an outline: figures come from further away than the map reaches. "
            "The table below and the ranks show all of them."
        )
        return shown
    shown.option = _classed(scene, found, level, drawn)
    shown.mark(found.marks, _("What may still change is named where you point, and in the table."))
    if left := len(scene.members) - len(drawn):
        told = ngettext(
            "%(count)d division has no outline here and stands in the table alone.",
            "%(count)d divisions have no outlines here and stand in the table alone.",
            left,
        )
        shown.notes.append(told % {"count": left})
    return shown


def _outlined(scene: Scene) -> tuple[str, set[int]]:
    """Return the level of which most members have outlines, and those members."""
    levels: dict[str, set[int]] = {}
    for pk, member in scene.members.items():
        if member.division is not None and getattr(member, "has_outline", False):
            levels.setdefault(member.division.level, set()).add(pk)
    return max(levels.items(), key=lambda pair: len(pair[1]), default=("", set()))


def _classed(scene: Scene, found: Standings, level: str, drawn: set[int]) -> dict[str, Any]:
    rows = [row for row in found.ranked if row[0].pk in drawn]
    values = [value for _division, place in rows if (value := scene.shown(place.value)) is not None]
    classes = bands(values, MOST_CLASSES, Method(scene.own["classes"] or Method.QUANTILES))
    labels = [f"{_span(band)} ({band.count})" for band in classes]
    chosen = set(scene.chosen)

    def area(row: Ranked) -> Area:
        division, place = row
        value = scene.shown(place.value)
        note = note_of(place, found.mark(row))
        told = [division.name, "" if value is None else f"{value} {scene.unit}".strip(), note]
        return Area(
            division.division.code if division.division else "", division.name, None if value is None else band_of(value, classes),
            "\n".join(part for part in told if part), scene.way(division, place.period), division.pk in chosen,
        )  # fmt: skip

    return area_map(level, [area(row) for row in rows], classes, labels)


def _span(band: Band) -> str:
    return str(band.least) if band.least == band.greatest else f"{band.least} – {band.greatest}"


ViewOf = Callable[[HttpRequest, Scene], Shown]
