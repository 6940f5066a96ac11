"""How cases went: counts, times and shares by matter, class, unit, place, source or time, in the reader's sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tongqu.shared.region.models import Division, Person, Unit
from tongqu.shared.region.rules import Level, division_path
from tongqu.systems.cases.analytics.figures import NO_FIGURES, Figures, figures
from tongqu.systems.cases.analytics.records import SOURCES, Records, day_number, looked_up
from tongqu.systems.cases.models.labels import SOURCE_LABELS
from tongqu.systems.cases.queries.blocks import blocks
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.queries.places import Atlas, atlas, local_day, narrowed
from tongqu.systems.cases.rules.spans import DAY, Span, Step, begin_of, months_of, step_for, steps_of


class By(StrEnum):
    """By what cases are put together."""

    MATTER = "matter"
    CLASS = "class"
    UNIT = "unit"
    COUNTY = "county"
    TOWNSHIP = "township"
    SOURCE = "source"
    TIME = "time"


@dataclass(frozen=True)
class Line:
    """One row of the statistics: what it is about, how it stands, and how it stood in the span before.

    `narrows` says which filters of the queue lead to its cases.
    """

    label: str
    key: str
    figures: Figures
    before: Figures
    narrows: Mapping[str, str]


@dataclass(frozen=True)
class Statistics:
    """All cases together, the rows, and whether the newest acts are counted yet."""

    total: Figures
    total_before: Figures
    lines: list[Line]
    trend: list[Line]
    """The same cases by time."""
    is_behind: bool
    as_of: datetime | None


def statistics(
    person: Person, wanted: Wanted, span: Span, *, by: By, step: Step | None = None, at: datetime
) -> Statistics:
    """Return the statistics of the cases reported in the span that the person may see, beside the span before.

    Without a step, the one that divides the span into a chart that can be read.
    """
    known = atlas()
    sight = blocks(
        {*months_of(span.first_on, span.last_on), *months_of(span.before.first_on, span.before.last_on)}
    )
    fits = narrowed(person, replace(wanted, since=None, until=None), known)
    seen = Records.joined(
        [_reported_in(block, Span(span.before.first_on, span.last_on)) for block in sight.blocks]
    )
    seen = seen.where(fits(seen))
    here, there = _reported_in(seen, span), _reported_in(seen, span.before)
    by_time = _by_time(span, step or step_for(span.days))
    trend = _lines(by_time, here, there, at)
    lines = trend if by == By.TIME else _lines(_grouping(by, known), here, there, at)
    if by != By.TIME:
        lines.sort(key=lambda line: (-line.figures.received, line.key))
    total, total_before = (
        figures(part, np.zeros(len(part), np.int64), at).get(0, NO_FIGURES) for part in (here, there)
    )
    return Statistics(total, total_before, lines, trend, sight.is_behind, sight.as_of)


def _lines(grouping: Grouping, here: Records, there: Records, at: datetime) -> list[Line]:
    now_, before = (figures(part, grouping.keys(part), at) for part in (here, there))
    return [
        Line(label, key, now_.get(place, NO_FIGURES), before.get(place, NO_FIGURES), narrows)
        for place, (label, key, narrows) in enumerate(grouping.names)
        if place in now_ or place in before
    ]


def _reported_in(records: Records, span: Span) -> Records:
    day = records["day"]
    return records.where((day >= day_number(span.first_on)) & (day <= day_number(span.last_on)))


@dataclass(frozen=True)
class Grouping:
    """The rows' names by their number, and the number of the row of each record (-1 for none)."""

    names: Sequence[tuple[str, str, Mapping[str, str]]]
    keys: Callable[[Records], NDArray[np.int64]]


def _grouping(by: By, known: Atlas) -> Grouping:
    match by:
        case By.MATTER:
            return _by_matter(known)
        case By.CLASS:
            return _by_class(known)
        case By.UNIT:
            return _by_unit(known)
        case By.COUNTY:
            return _by_place(known, Level.COUNTY)
        case By.TOWNSHIP:
            return _by_place(known, Level.TOWNSHIP)
        case _:
            names = [(str(SOURCE_LABELS[source]), str(source), {"source": str(source)}) for source in SOURCES]
            return Grouping(names, lambda records: records["source"].astype(np.int64))


def _by_id(
    ids: Mapping[int, int], names: Sequence[tuple[str, str, Mapping[str, str]]], column: str
) -> Grouping:
    return Grouping(names, lambda records: looked_up(ids, records[column], -1))


def _by_matter(known: Atlas) -> Grouping:
    matters = sorted(known.matters.values(), key=lambda matter: matter.code)
    names = [(matter.name, matter.code, {"matter": matter.code}) for matter in matters]
    return _by_id({matter.pk: place for place, matter in enumerate(matters)}, names, "matter")


def _by_class(known: Atlas) -> Grouping:
    classes = {matter.class_code: matter.class_name for matter in known.matters.values()}
    codes = sorted(classes)
    names = [(classes[code] or code, code, {"matter_class": code}) for code in codes]
    ids = {pk: codes.index(matter.class_code) for pk, matter in known.matters.items()}
    return _by_id(ids, names, "matter")


def _by_unit(known: Atlas) -> Grouping:
    units = list(Unit.objects.order_by("path"))
    names = [(unit.name, unit.code, {"unit": unit.path}) for unit in units]
    return _by_id({unit.pk: place for place, unit in enumerate(units)}, names, "unit")


def _by_place(known: Atlas, level: Level) -> Grouping:
    places = list(Division.objects.filter(level=level).order_by("path").defer("outline"))
    number = {place.path: row for row, place in enumerate(places)}
    names = [(place.name, place.code, {"division": place.path}) for place in places]
    ids = {pk: number.get(division_path(path, level), -1) for pk, path in known.divisions.items()}
    return _by_id(ids, names, "division")


def _by_time(span: Span, step: Step) -> Grouping:
    begins = steps_of(span, step)
    number = {begin: row for row, begin in enumerate(begins)}
    first = day_number(span.first_on)
    rows = np.array([number[begin_of(span.first_on + n * DAY, step)] for n in range(span.days)], np.int64)

    def keys(records: Records) -> NDArray[np.int64]:
        # Days of the span before come out negative: time has no row of the same name to compare with.
        place = records["day"].astype(np.int64) - first
        return np.where(place >= 0, rows[np.maximum(place, 0)], -1)

    return Grouping(
        [(_named(begin, step), begin.isoformat(), _days(begin, step, span)) for begin in begins], keys
    )


def _named(begin: date, step: Step) -> str:
    match step:
        case Step.MONTH:
            return f"{begin:%Y-%m}"
        case Step.QUARTER:
            return f"{begin.year} Q{(begin.month + 2) // 3}"
        case _:
            return begin.isoformat()


def _days(begin: date, step: Step, span: Span) -> dict[str, str]:
    """Return the filters for the days of a step, as far as they lie in the span."""
    last = begin
    while last < span.last_on and begin_of(last + DAY, step) == begin:
        last += DAY
    return {"since": max(begin, span.first_on).isoformat(), "until": last.isoformat()}


def usual_span(at: datetime) -> Span:
    """Return the thirty days that end today."""
    today = local_day(at)
    return Span(today - 29 * DAY, today)
