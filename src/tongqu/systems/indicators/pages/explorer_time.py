"""The explorer's views through time: lines of values, and the flow of ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongqu.kernel.periods import Period
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.models.periods import period_name
from tongqu.systems.indicators.pages.explorer_charts import Line, Point, flow, lines
from tongqu.systems.indicators.pages.explorer_scene import Scene
from tongqu.systems.indicators.pages.explorer_views import (
    Cell,
    Marks,
    Shown,
    first_of,
    hollow_note,
    mark_words,
    note_of,
    number,
    standings_of,
)
from tongqu.systems.indicators.queries.exploring import PLAIN, marks_of
from tongqu.systems.indicators.queries.ranks import span_of_ranks
from tongqu.systems.indicators.queries.series import SeriesOf, Span, measured_series
from tongqu.systems.indicators.rules.definition import Better, Frequency
from tongqu.systems.indicators.rules.exploring import (
    Climb,
    axis,
    best_climb,
    cut,
    every_months,
    most_grown,
    moves,
)
from tongqu.systems.indicators.rules.growth import rounded
from tongqu.systems.indicators.rules.ranking import Late, Measure, Placed, rank_history

MOST_LINES = 10
LEADERS = 5
MOST_POINTS = 400
MOST_FLOW_PERIODS = 24
USUAL_FLOW_PERIODS = 12
ROWS_ON_PAGE = 40
History = Mapping[Period, Mapping[int, Placed[int]]]


def axis_of(scene: Scene, most: int) -> list[Period]:
    """Return the periods from the first chosen to the one shown, with those that nobody has, at most so many."""
    if scene.period is None:
        return []
    every = every_months(
        scene.period, scene.step, Frequency(scene.indicator.frequency).months, cumulative=scene.is_cumulative
    )
    whole = axis(scene.alike, every, cumulative=scene.is_cumulative)
    return cut(whole, scene.since, scene.period, most)


def _lined(scene: Scene) -> list[int]:
    """Return whose lines are drawn: the chosen, else the first of the period."""
    if scene.chosen:
        return scene.chosen[:MOST_LINES]
    known = [division.pk for division, place in standings_of(scene).ranked if place.value is not None]
    return known[:LEADERS]


def chart_view(request: HttpRequest, scene: Scene) -> Shown:
    """Show the chosen divisions as lines, without a choice the first five."""
    periods = axis_of(scene, MOST_POINTS)
    members = {pk: scene.members[pk] for pk in _lined(scene)}
    found = (
        measured_series(scene.indicator, members, scene.measure, span=Span.of(periods))
        if periods and members
        else {}
    )
    marks = marks_of(scene.indicator, {(pk, at) for pk, of in found.items() for at in of}, scene.measure)
    table = _value_table(request, scene, members, periods, found, marks)
    shown = Shown(
        _rose_most(scene, found, periods), table, partial(_value_cells, members, periods, found, marks)
    )
    if not any(found.values()):
        return shown
    told = [
        Line(
            member.name,
            [_point(scene.shown(found[pk].get(at)), marks, pk, at) for at in periods],
            scene.way_of(member),
        )
        for pk, member in members.items()
    ]
    shown.option = lines([period_name(at) for at in periods], list(map(str, periods)), told, scene.unit)
    shown.mark(marks, hollow_note())
    if len(scene.chosen) > MOST_LINES:
        shown.notes.append(_("The first %(most)d of the chosen are drawn.") % {"most": MOST_LINES})
    return shown


def _point(value: Any, marks: Marks, pk: int, at: Period) -> Point:
    return Point(number(value), is_unsure=marks.get((pk, at), PLAIN).is_unsure)


def _rose_most(scene: Scene, found: SeriesOf, periods: Sequence[Period]) -> str:
    """Say who grew most of those shown, over the whole time."""
    by_share = scene.measure == Measure.VALUE and scene.indicator.unit != "%"
    move = most_grown(moves(found, periods), by_share=by_share)
    if move is None:
        return scene.measured()
    told = {
        "name": scene.members[move.member].name,
        "first": period_name(move.first),
        "last": period_name(move.last),
        "before": scene.shown(move.before),
        "after": scene.shown(move.after),
    }
    if by_share and move.share is not None:
        share = {**told, "share": f"{rounded(move.share, 1):+}"}
        return (
            _("%(first)s to %(last)s: %(name)s grew most, from %(before)s to %(after)s (%(share)s %%)")
            % share
        )
    return _("%(first)s to %(last)s: %(name)s rose most, from %(before)s to %(after)s") % told


def _value_table(
    request: HttpRequest,
    scene: Scene,
    members: Mapping[int, StatDivision],
    periods: Sequence[Period],
    found: SeriesOf,
    marks: Marks,
) -> Table:
    """Return the lines as a table, the newest period first; each value leads to its figure."""

    def column(pk: int, member: StatDivision) -> Column:
        def way(at: Period) -> str:
            return scene.way(member, at) if at in found[pk] else ""

        return Column(
            member.code,
            member.name,
            lambda at: scene.shown(found[pk].get(at)),
            kind="number",
            sort="key",
            link=way,
        )

    def note(at: Period) -> str:
        told = {mark_words(mark) for pk in members if (mark := marks.get((pk, at)))}
        return _(", ").join(sorted(told))

    return Table(
        "series",
        [
            Column("period", _("Period"), period_name),
            *(column(pk, member) for pk, member in members.items()),
            Column("note", _("Note"), note),
        ],
        list(reversed(periods)) if found else [],
        request,
        caption=scene.measured(),
        page_size=ROWS_ON_PAGE,
        empty_title=_("No figures"),
        empty_text=_("Nothing was recorded of this indicator for these divisions."),
    )


def _value_cells(
    members: Mapping[int, StatDivision], periods: Iterable[Period], found: SeriesOf, marks: Marks
) -> list[Cell]:
    return [
        Cell(member, at, found[pk].get(at), note=mark_words(marks.get((pk, at), PLAIN)))
        for pk, member in members.items()
        for at in periods
        if pk in found
    ]


def flow_view(request: HttpRequest, scene: Scene) -> Shown:
    """Show the ranks of all members through the periods, the chosen above the others."""
    most = MOST_FLOW_PERIODS if scene.since else USUAL_FLOW_PERIODS
    periods = axis_of(scene, most)
    history = _history(scene, periods)
    places = {
        (pk, place.period) for of in history.values() for pk, place in of.items() if place.value is not None
    }
    marks = marks_of(scene.indicator, places, scene.measure)
    members = _by_last_rank(scene, history, periods)
    climb = _climber(scene, history, periods)
    risen = {climb.member} if climb else set()
    raised = set(scene.chosen) or risen
    shown = Shown(
        _climbed(scene, history, periods, climb),
        _rank_table(request, scene, members, periods, history),
        partial(_flow_cells, members, periods, history, marks),
    )
    ranks = [place.rank for of in history.values() for place in of.values() if place.rank]
    if not ranks:
        return shown
    within = scene.own["within"]
    last_rank = min(max(ranks), int(within)) if within != "all" else max(ranks)
    told = [
        Line(
            member.name,
            [_rank_point(history[at][pk], marks) for at in periods],
            scene.way_of(member),
            pk in raised,
        )
        for pk, member in members.items()
    ]
    shown.option = flow([period_name(at) for at in periods], list(map(str, periods)), told, last_rank)
    _note_flow(shown, scene, marks, last_rank, max(ranks))
    if (
        any(place.is_late for of in history.values() for place in of.values())
        and hollow_note() not in shown.notes
    ):
        shown.notes.append(hollow_note())
    return shown


def _flow_cells(
    members: Mapping[int, StatDivision], periods: Sequence[Period], history: History, marks: Marks
) -> list[Cell]:
    return [
        Cell(
            member,
            place.period,
            place.value,
            place.rank,
            note_of(place, marks.get((pk, place.period), PLAIN)),
        )
        for pk, member in members.items()
        for at in periods
        if (place := history[at][pk])
    ]


def _note_flow(shown: Shown, scene: Scene, marks: Marks, last_rank: int, lowest: int) -> None:
    shown.mark(marks, hollow_note())
    if last_rank < lowest:
        shown.notes.append(
            _("Ranks after %(last)d are cut off; choose to see more of them.") % {"last": last_rank}
        )
    shown.notes.append(_("Equals share a rank and a label. A hole in a line: no figure, and so no rank."))


def _history(scene: Scene, periods: Sequence[Period]) -> History:
    if not periods:
        return {}
    late = Late(scene.division_set.late)
    found = measured_series(scene.indicator, scene.members, scene.measure, span=span_of_ranks(periods, late))
    return rank_history(found, periods, better=Better(scene.indicator.better), late=late)


def _rank_point(place: Placed[int], marks: Marks) -> Point:
    mark = marks.get((place.member, place.period), PLAIN)
    return Point(place.rank, is_unsure=mark.is_unsure, is_late=place.is_late)


def _by_last_rank(scene: Scene, history: History, periods: Sequence[Period]) -> dict[int, StatDivision]:
    """Return the members that ever had a rank, by their rank in the last period."""
    ranked = {pk for of in history.values() for pk, place in of.items() if place.rank}
    last = history[periods[-1]] if periods else {}
    ordered = sorted(ranked, key=lambda pk: (last[pk].rank is None, last[pk].rank or 0))
    return {pk: scene.members[pk] for pk in ordered}


def _climber(scene: Scene, history: History, periods: Sequence[Period]) -> Climb[int] | None:
    """Return who won the most ranks from the first period to the last, or None."""
    ranks = {pk: {at: of[pk].rank for at, of in history.items()} for pk in scene.members}
    return best_climb(ranks, periods[0], periods[-1]) if periods else None


def _climbed(scene: Scene, history: History, periods: Sequence[Period], climb: Climb[int] | None) -> str:
    """Say who won the most ranks; when nobody did, who is first."""
    if climb is None:
        last = history[periods[-1]] if periods else {}
        return first_of([(scene.members[pk], place) for pk, place in last.items()])
    told = {
        "first": period_name(periods[0]),
        "last": period_name(periods[-1]),
        "name": scene.members[climb.member].name,
        "before": climb.before,
        "after": climb.after,
    }
    return _("%(first)s to %(last)s: %(name)s climbed most, from rank %(before)d to %(after)d") % told


def _rank_table(
    request: HttpRequest,
    scene: Scene,
    members: Mapping[int, StatDivision],
    periods: Sequence[Period],
    history: History,
) -> Table:
    def column(at: Period) -> Column:
        def way(pk: int) -> str:
            place = history[at][pk]
            return scene.way(members[pk], place.period) if place.rank else ""

        return Column(
            str(at), period_name(at), lambda pk: history[at][pk].rank, kind="number", sort="key", link=way
        )

    return Table(
        "flow",
        [Column("name", _("Division"), lambda pk: members[pk].name), *(column(at) for at in periods)],
        list(members),
        request,
        caption=_("Ranks of %(indicator)s") % {"indicator": scene.indicator},
        page_size=ROWS_ON_PAGE,
        empty_title=_("No figures"),
        empty_text=_("Nothing was recorded of this indicator for these divisions."),
    )
