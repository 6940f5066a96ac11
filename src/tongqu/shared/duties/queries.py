"""Reads duties: what is open in someone's sight, how the lamps stand, who may do what, the league."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import numpy as np
from django.db.models import Count, Prefetch, Q, QuerySet

from tongqu.kernel.calendar import WorkCalendar
from tongqu.shared.access.queries import scope_of
from tongqu.shared.duties.analytics import (
    Closed,
    Period,
    Score,
    Stored,
    Tally,
    merged,
    month_of,
    scores,
    tallied,
)
from tongqu.shared.duties.models import (
    OPEN,
    Duty,
    DutyQuerySet,
    LampRule,
    LeagueRow,
    LeagueState,
    Notice,
    ReminderRule,
)
from tongqu.shared.duties.rules import (
    DEFAULT_STEPS,
    DEFAULT_THRESHOLDS,
    SUPERVISORS,
    WORKERS,
    Act,
    Audience,
    DutyClock,
    Lamp,
    Party,
    Posted,
    Step,
    Thresholds,
    acts_open_to,
    parties,
)
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division, Person, Unit, below
from tongqu.shared.region.queries import heads_of, people_in, supervisor_of, work_calendar
from tongqu.shared.region.rules import Role, UnitKind

# ── Calendar and rules, kept for a few seconds ──────────────────────────────────────────────────────────────

KEPT_SECONDS = 5.0
"""How old the calendar and the rules of another process's change may be here; own changes show at once."""


@dataclass(frozen=True)
class Rulebook:
    """The calendar and all rules in force, read together."""

    calendar: WorkCalendar
    lamp_rules: dict[str, LampRule]
    own_steps: dict[str, tuple[Step, ...]]
    read_at: float = field(default_factory=time.monotonic)

    def lamp_rule(self, kind: str) -> LampRule | None:
        """Return the lamp rule of the kind, else the general one, else None for the built-in thresholds."""
        return self.lamp_rules.get(kind) or self.lamp_rules.get("")

    def steps(self, kind: str) -> tuple[Step, ...]:
        """Return the steps of reminding and escalation for the kind."""
        return self.own_steps.get(kind) or self.own_steps.get("") or DEFAULT_STEPS

    def clock(self, *, is_working: bool) -> DutyClock:
        """Return the clock that counts a duty's time."""
        return DutyClock(self.calendar, is_working)


_kept: list[Rulebook] = []


def rulebook() -> Rulebook:
    """Return the calendar and the rules; read again after `KEPT_SECONDS` or `forget_rules()`."""
    if _kept and time.monotonic() - _kept[0].read_at < KEPT_SECONDS:
        return _kept[0]
    steps: dict[str, tuple[Step, ...]] = {}
    for rule in ReminderRule.objects.all():
        steps[rule.kind] = (*steps.get(rule.kind, ()), rule.step)
    book = Rulebook(work_calendar(), {rule.kind: rule for rule in lamp_rules_in_force()}, steps)
    _kept[:] = [book]
    return book


def forget_rules() -> None:
    """Read calendar and rules afresh next time; call it after changing them."""
    _kept.clear()


def lamp_rules_in_force() -> QuerySet[LampRule]:
    """Return the lamp rule in force of each kind that has one."""
    return LampRule.objects.filter(until=None)


def thresholds_of(rule: LampRule | None) -> Thresholds:
    """Return the numbers of a rule, or the built-in ones."""
    return rule.thresholds if rule else DEFAULT_THRESHOLDS


# ── Who is what to a duty ───────────────────────────────────────────────────────────────────────────────────


def posted(person: Person) -> list[Posted]:
    """Return the person's postings in force, as the rules read them."""
    return [
        Posted(Role(p.role), UnitKind(p.unit.kind), p.unit.path, p.unit.division.path)
        for p in person.postings_now
    ]


def parties_of(person: Person, duty: Duty) -> frozenset[Party]:
    """Return what the person is to the duty."""
    unit = duty.owner_unit
    return parties(
        posted(person),
        unit_path=unit.path,
        unit_kind=UnitKind(unit.kind),
        unit_division_path=unit.division.path,
        is_owner=duty.owner_person_id == person.pk,
    )


def acts_for(person: Person, duty: Duty) -> frozenset[Act]:
    """Return what the person may do to the duty as it stands."""
    return acts_open_to(duty.state, parties_of(person, duty))


def may_hand_to(person: Person, duty: Duty, unit: Unit) -> bool:
    """Answer whether the person may hand the duty to the unit: within their own unit, or below those they watch."""
    if unit.pk == duty.owner_unit_id:
        return True
    held = Duty(owner_unit=unit)
    return Party.SUPERVISOR in parties_of(person, duty) and bool(
        parties_of(person, held) & {Party.SUPERVISOR, Party.HEAD, Party.HANDLER}
    )


def audience_of(duty: Duty, audience: Audience) -> list[Person]:
    """Return whom a step reaches; if nobody stands at that place, the next above."""
    unit = duty.owner_unit
    if audience == Audience.OWNER:
        if duty.owner_person is not None:
            return [duty.owner_person]
        found = list(people_in(unit, *WORKERS))
        return found or audience_of(duty, Audience.HEAD)
    if audience == Audience.HEAD:
        return list(heads_of(unit)) or audience_of(duty, Audience.SUPERVISOR)
    return _people_above(unit)


def _people_above(unit: Unit) -> list[Person]:
    above = supervisor_of(unit)
    while above is not None:
        if found := list(people_in(above, *SUPERVISORS)):
            return found
        above = supervisor_of(above)
    return []


# ── Lists and counts ────────────────────────────────────────────────────────────────────────────────────────


def duties_of(subject: Subject) -> list[Duty]:
    """Return every duty about the subject, open ones first, then the newest."""
    found = Duty.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return list(found.select_related("owner_unit", "owner_person").order_by("-is_open", "-opened_at", "-id"))


class Whose(StrEnum):
    """Which open duties a board shows."""

    MINE = "mine"
    """Named to the person, or to nobody in a unit where they do the work."""
    UNIT = "unit"
    """Owed by the units the person is posted to."""
    ALL = "all"
    """Everything in sight: the territory, and the units below."""


@dataclass(frozen=True)
class Filters:
    """What narrows a board; what is empty does not."""

    whose: Whose = Whose.ALL
    lamp: Lamp | None = None
    kind: str = ""
    unit: Unit | None = None
    """The unit and those below it."""
    division: Division | None = None
    """The division and what lies in it."""
    due_from: date | None = None
    due_to: date | None = None
    text: str = ""


NO_FILTERS = Filters()
_PLACES = Prefetch("division", Division.objects.defer("outline"))


def open_duties(person: Person, at: datetime, filters: Filters = NO_FILTERS) -> DutyQuerySet:
    """Return the open duties in the person's sight that the filters leave, the earliest due first."""
    found = _whose(person, filters.whose).filter(_narrowed(filters))
    if filters.lamp is not None:
        found = found.showing(filters.lamp, at)
    # Read apart, not joined: a join would tempt the database to begin with the units.
    return found.order_by("due_at", "id").prefetch_related("owner_unit", "owner_person", _PLACES)


def _whose(person: Person, whose: Whose) -> DutyQuerySet:
    """Return the open duties; each alternative says so, as in `open_to`."""
    if whose == Whose.ALL:
        return Duty.objects.open_to(person)
    if whose == Whose.UNIT:
        return Duty.objects.filter(OPEN, owner_unit__in=person.units_as())
    nobodys = Q(owner_person=None, owner_unit__in=person.units_as(*WORKERS))
    return Duty.objects.filter((Q(owner_person=person) & OPEN) | (nobodys & OPEN))


def _narrowed(filters: Filters) -> Q:
    found = Q()
    if filters.kind:
        found &= Q(kind=filters.kind)
    if filters.unit:
        found &= below("unit_path", filters.unit.path)
    if filters.division:
        found &= below("division_path", filters.division.path)
    if filters.due_from:
        found &= Q(due_at__gte=day_bounds(Period(filters.due_from, filters.due_from))[0])
    if filters.due_to:
        found &= Q(due_at__lt=day_bounds(Period(filters.due_to, filters.due_to))[1])
    if filters.text:
        found &= Q(label__icontains=filters.text)
    return found


def lamp_counts(person: Person, at: datetime, filters: Filters = NO_FILTERS) -> dict[Lamp, int]:
    """Return how many open duties show each lamp, in one query; the filter by lamp does not count here."""
    return count_lamps(open_duties(person, at, replace(filters, lamp=None)), at)


def count_lamps(duties: QuerySet[Duty], at: datetime) -> dict[Lamp, int]:
    """Return how many of these open duties show each lamp."""
    return lamps_among(duties.order_by().aggregate(**lamp_counters(at)))


def lamp_counters(at: datetime) -> dict[str, Count]:
    """Return what to count of open duties for `lamps_among`; other counts may be asked for in the same query."""
    return {
        "open": Count("pk"),
        "red": Count("pk", filter=Q(red_at__lte=at)),
        "turned": Count("pk", filter=Q(yellow_at__lte=at)),
    }


def lamps_among(counted: Mapping[str, int]) -> dict[Lamp, int]:
    """Return how many duties show each lamp, from what was counted by `lamp_counters`."""
    return {
        Lamp.RED: counted["red"],
        Lamp.YELLOW: counted["turned"] - counted["red"],
        Lamp.BLUE: counted["open"] - counted["turned"],
    }


def unread_notices(person: Person) -> int:
    """Return how many notices the person has not read."""
    return Notice.objects.filter(person=person, read_at=None).count()


def notices_of(person: Person) -> QuerySet[Notice]:
    """Return the person's notices, the newest first."""
    return Notice.objects.filter(person=person).select_related("duty", "duty__owner_unit")


# ── The league of units ─────────────────────────────────────────────────────────────────────────────────────

EXACT_UP_TO = 5_000
"""Up to so many duties met in the period are added up directly; above, the kept rows are read."""


@dataclass(frozen=True)
class Standing:
    """One unit in the league."""

    unit: Unit
    score: Score
    open: int
    red: int


@dataclass(frozen=True)
class League:
    """The units of a period in their order, and the instant up to which closed duties are in it."""

    standings: list[Standing]
    as_of: datetime
    is_exact: bool


def league(person: Person, at: datetime, period: Period) -> list[Standing]:
    """Return the units in the person's sight by their share met on time in the period."""
    return league_table(person, at, period).standings


def league_table(person: Person, at: datetime, period: Period) -> League:
    """Return the league with the instant up to which it is complete."""
    scope = scope_of(person)
    units = {u.pk: u for u in Unit.objects.filter(scope.q("division__path", "path"), is_active=True)}
    chosen = None if scope.everything else list(units)
    state = LeagueState.objects.first()
    tallies = kept_tallies(_rounded(period, at), chosen) if state else {}
    is_exact = state is None or sum(tally.met for tally in tallies.values()) <= EXACT_UP_TO
    if is_exact:
        tallies = tallied(closed_in(period, list(units)))
    as_of = at if state is None or is_exact else state.as_of
    return League(_standings(units, tallies, _open_by_unit(at, chosen)), as_of, is_exact)


def _rounded(period: Period, at: datetime) -> Period:
    """Return a period that reaches today to the end of its month: nothing is closed after today."""
    if period.last_on < local_day(at):
        return period
    return Period(period.first_on, month_of(period.last_on).last_on)


def _standings(
    units: dict[int, Unit], tallies: dict[int, Tally], open_now: dict[int, tuple[int, int]]
) -> list[Standing]:
    """Return a standing for each unit that met or owes anything."""
    none = Tally(0, 0, 0, np.zeros(0, np.int32))
    there = {pk: tallies.get(pk, none) for pk in units if pk in tallies or pk in open_now}
    found = [Standing(units[pk], score, *open_now.get(pk, (0, 0))) for pk, score in scores(there).items()]
    return sorted(found, key=_league_order)


def _league_order(standing: Standing) -> tuple[int, int, str]:
    rank = standing.score.rank
    return (rank if rank is not None else 1_000_000, -standing.score.tally.met, standing.unit.path)


def _open_by_unit(at: datetime, units: Sequence[int] | None) -> dict[int, tuple[int, int]]:
    """Return how many duties each unit has open, and how many of them show red."""
    duties = Duty.objects.filter(is_open=True)
    if units is not None:
        duties = duties.filter(owner_unit__in=units)
    rows = duties.order_by().values("owner_unit")
    counted = rows.annotate(open=Count("pk"), red=Count("pk", filter=Q(red_at__lte=at)))
    return {row["owner_unit"]: (row["open"], row["red"]) for row in counted}


def kept_tallies(period: Period, units: Sequence[int] | None) -> dict[int, Tally]:
    """Return each unit's tally of the period from the kept rows of months and days."""
    rows = LeagueRow.objects.filter(
        Q(span="month", starts_on__in=period.months()) | Q(span="day", starts_on__in=period.single_days())
    )
    return _added_up(rows if units is None else rows.filter(unit__in=units))


def days_added_up(period: Period, units: Sequence[int]) -> dict[int, Tally]:
    """Return each unit's tally of the period from the rows of its days alone."""
    days = (period.first_on, period.last_on)
    return _added_up(LeagueRow.objects.filter(span="day", starts_on__range=days, unit__in=units))


def _added_up(rows: QuerySet[LeagueRow]) -> dict[int, Tally]:
    found = rows.values_list("unit", "on_time", "late", "returns", "worked")
    return merged((row[0], Stored(*row[1:4], bytes(row[4]))) for row in found)


def closed_in(period: Period, units: Sequence[int]) -> Closed:
    """Return the duties that the units closed in the period, under their unit."""
    begins, ends = day_bounds(period)
    duties = Duty.objects.filter(
        is_open=False, owner_unit__in=units, closed_at__gte=begins, closed_at__lt=ends
    )
    return closed_frame(
        duties.order_by().values_list("owner_unit", "met_at", "is_late", "worked_seconds", "returns")
    )


def closed_frame(rows: Iterable[tuple[int, datetime | None, bool | None, int | None, int]]) -> Closed:
    """Return rows of key, met at, is late, worked seconds and returns as columns."""
    found = list(rows)
    keys, met, late, worked, returns = zip(*found, strict=True) if found else ((),) * 5
    return Closed(
        np.array(keys, np.int64),
        np.array([instant is not None for instant in met], bool),
        np.array([bool(flag) for flag in late], bool),
        np.array([seconds or 0 for seconds in worked], np.int32),
        np.array(returns, np.int64),
    )


def day_bounds(period: Period) -> tuple[datetime, datetime]:
    """Return the instants at which the period begins and ends in the region's zone."""
    zone = rulebook().calendar.zone
    begins = datetime.combine(period.first_on, datetime.min.time(), zone)
    ends = datetime.combine(period.last_on + timedelta(days=1), datetime.min.time(), zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def local_day(at: datetime) -> date:
    """Return the day of the instant in the region's zone."""
    return at.astimezone(rulebook().calendar.zone).date()
