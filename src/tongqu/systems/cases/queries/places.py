"""Divisions, units and matters by id: how columns of cases are narrowed to what somebody sees and asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from tongqu.shared.access.queries import Scope, scope_of
from tongqu.shared.region.models import Division, Person, Unit
from tongqu.shared.region.queries import map_version, the_region
from tongqu.systems.cases.analytics.records import (
    SOURCES,
    STATES,
    Narrowing,
    Records,
    among,
    day_number,
    flagged,
)
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.cases import GROUPS, Wanted
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import OPEN, State
from tongqu.systems.cases.rules.spans import months_of


@dataclass(frozen=True)
class Atlas:
    """What the ids in the columns mean. Id 0 stands for no division (the whole region), no unit, no matter."""

    divisions: Mapping[int, str]
    """The path of each division."""
    units: Mapping[int, str] = field(default_factory=dict)
    """The path of each unit."""
    matters: Mapping[int, Matter] = field(default_factory=dict)


_divisions: dict[str, Mapping[int, str]] = {}


def _paths_of_divisions() -> Mapping[int, str]:
    """Return the paths of all divisions, read again when the map has changed."""
    version = map_version()
    if version not in _divisions:
        paths = dict(Division.objects.order_by().values_list("pk", "path"))
        _divisions.clear()
        _divisions[version] = {0: the_region().root.path, **paths}
    return _divisions[version]


def atlas() -> Atlas:
    """Read divisions, units and matters."""
    units = {0: "", **dict(Unit.objects.order_by().values_list("pk", "path"))}
    return Atlas(_paths_of_divisions(), units, {matter.pk: matter for matter in Matter.objects.all()})


def seen_by(scope: Scope, known: Atlas) -> Narrowing:
    """Return which cases lie in a scope: the same as `Case.objects.visible_to`, for columns."""
    if scope.everything:
        return lambda records: np.ones(len(records), bool)
    places = _under(known.divisions, scope.division_paths)
    units = _under(known.units, scope.unit_paths)
    return lambda records: among(places, records["division"]) | among(units, records["unit"])


def _under(paths: Mapping[int, str], prefixes: tuple[str, ...]) -> NDArray[np.bool_]:
    return flagged(pk for pk, path in paths.items() if path.startswith(prefixes)) if prefixes else flagged([])


def narrowed(person: Person, wanted: Wanted, known: Atlas) -> Narrowing:
    """Return which cases the person may see and asks for; words, lamps and outcomes are not looked at here."""
    tests = [seen_by(scope_of(person), known), *_by_row(wanted, known), *_by_course(wanted)]

    def holds(records: Records) -> NDArray[np.bool_]:
        found = tests[0](records)
        for test in tests[1:]:
            found &= test(records)
        return found

    return holds


def _by_row(wanted: Wanted, known: Atlas) -> list[Narrowing]:
    """Return the tests on what a case is about, where it lies and who has it."""
    tests: list[Narrowing] = []
    if wanted.division:
        places = _under(known.divisions, (wanted.division,))
        tests.append(lambda r: among(places, r["division"]))
    if wanted.no_place:
        tests.append(lambda r: r["division"] == 0)
    if wanted.unit:
        units = _under(known.units, (wanted.unit,))
        tests.append(lambda r: among(units, r["unit"]))
    if wanted.matter or wanted.track or wanted.matter_class:
        matters = flagged(pk for pk, matter in known.matters.items() if _fits(matter, wanted))
        tests.append(lambda r: among(matters, r["matter"]))
    return tests


def _by_course(wanted: Wanted) -> list[Narrowing]:
    """Return the tests on how a case came in, when, and how it stands."""
    tests: list[Narrowing] = []
    states = frozenset(map(State, wanted.states)) or GROUPS[wanted.group]
    if states != frozenset(State):
        codes = flagged(STATES.index(state) for state in states)
        tests.append(lambda r: among(codes, r["state"]))
    if wanted.source:
        source = SOURCES.index(Source(wanted.source))
        tests.append(lambda r: r["source"] == source)
    if wanted.since:
        first = day_number(local_day(wanted.since))
        tests.append(lambda r: r["day"] >= first)
    if wanted.until:
        after = day_number(local_day(wanted.until))
        tests.append(lambda r: r["day"] < after)
    return tests


def _fits(matter: Matter, wanted: Wanted) -> bool:
    return (
        wanted.matter in ("", matter.code)
        and wanted.track in ("", matter.track)
        and wanted.matter_class in ("", matter.class_code)
    )


def local_day(at: datetime) -> date:
    """Return the day of the instant in the region's zone."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def months_asked(wanted: Wanted, at: datetime) -> list[str] | None:
    """Return the months of report in which the cases asked for lie; None for all of them."""
    if wanted.since is None:
        return None
    last = local_day(wanted.until) - timedelta(days=1) if wanted.until else local_day(at)
    return months_of(local_day(wanted.since), last)


def asks_for_ended(wanted: Wanted) -> bool:
    """Answer whether cases that have ended are asked for."""
    return not (frozenset(map(State, wanted.states)) or GROUPS[wanted.group]) <= OPEN
