"""What a duty's time means: when its lamp turns, when someone is reminded, who may do what to it.

All of it is pure: instants come in, instants and answers go out. The numbers (thresholds, steps) are data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from tongqu.kernel.calendar import Allowance, Clock, WorkCalendar
from tongqu.kernel.workflow import Move, Workflow
from tongqu.shared.region.rules import Role, UnitKind

ZERO = timedelta(0)
MOST_CHARACTERS = 300
"""The longest reason that is kept."""
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Lamp(StrEnum):
    """How an open duty stands: on course, at risk, late. A closed duty has an outcome instead."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


class Outcome(StrEnum):
    """How a duty ended."""

    ON_TIME = "on_time"
    LATE = "late"
    CANCELLED = "cancelled"


class State(StrEnum):
    """Whether a duty's clock runs, stands still, or has ended."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What can be done to a duty."""

    MEET = "meet"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    TRANSFER = "transfer"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    FORECAST = "forecast"
    NOTE_RETURN = "note_return"


class Party(StrEnum):
    """What someone is to a duty."""

    HANDLER = "handler"
    """Its owner, or someone who does the work of the owner unit."""
    HEAD = "head"
    """The head of the owner unit."""
    SUPERVISOR = "supervisor"
    """Head or duty desk of a unit above the owner unit, in its line or by territory."""


_OPEN = frozenset({State.RUNNING, State.PAUSED})
_RUNNING = frozenset({State.RUNNING})
_ALL = frozenset(Party)
_OWNERS = frozenset({Party.HANDLER, Party.HEAD})
_ABOVE = frozenset({Party.SUPERVISOR})
_LEADERS = frozenset({Party.HEAD, Party.SUPERVISOR})


def _kept(act: Act, states: frozenset[State], by: frozenset[Party]) -> list[Move]:
    """Return the rows of an act that leaves the state as it is."""
    return [Move(act, frozenset({state}), state, by) for state in sorted(states)]


MOVES = Workflow(
    State.RUNNING,
    [
        Move(Act.MEET, _OPEN, State.MET, _OWNERS),
        Move(Act.CANCEL, _OPEN, State.CANCELLED, _ABOVE),
        Move(Act.PAUSE, _RUNNING, State.PAUSED, _LEADERS),
        Move(Act.RESUME, frozenset({State.PAUSED}), State.RUNNING, _ALL),
        *_kept(Act.TRANSFER, _OPEN, _LEADERS),
        *_kept(Act.ASK_EXTENSION, _RUNNING, _OWNERS),
        *_kept(Act.DECIDE_EXTENSION, _OPEN, _ABOVE),
        *_kept(Act.FORECAST, _OPEN, _ALL),
        *_kept(Act.NOTE_RETURN, _OPEN, _ABOVE),
    ],
)
"""Every act, from which states, and which party may do it."""


def acts_open_to(state: State, parties: Iterable[Party]) -> frozenset[Act]:
    """Return what someone may do to a duty in this state.

    >>> sorted(acts_open_to(State.PAUSED, [Party.HANDLER]))
    [<Act.FORECAST: 'forecast'>, <Act.MEET: 'meet'>, <Act.RESUME: 'resume'>]
    """
    return frozenset(Act(move.name) for move in MOVES.allowed(state, parties))


@dataclass(frozen=True)
class Posted:
    """A posting in force, as far as it decides what someone is to a duty."""

    role: Role
    kind: UnitKind
    unit_path: str
    division_path: str


WORKERS = frozenset({Role.HANDLER, Role.DUTY_DESK, Role.INSPECTOR})
"""Roles that do the work of their unit."""
SUPERVISORS = frozenset({Role.UNIT_HEAD, Role.DUTY_DESK})
"""Roles that watch over the units below."""


def supervises(held: Posted, *, unit_path: str, unit_kind: UnitKind, unit_division_path: str) -> bool:
    """Answer whether the posting stands above a unit: in its own line, or as the government of its territory.

    A unit that has nobody above it is supervised from within.

    >>> leader = Posted(Role.UNIT_HEAD, UnitKind.TERRITORY, "desk/qujiang/", "330803")
    >>> supervises(leader, unit_path="desk/zhzf/zhzf-qujiang/", unit_kind=UnitKind.LINE,
    ...            unit_division_path="330803")
    True
    """
    if held.role not in SUPERVISORS:
        return False
    if held.unit_path == unit_path:
        return unit_path.count("/") == 1
    if unit_path.startswith(held.unit_path):
        return True
    if held.kind != UnitKind.TERRITORY or not unit_division_path.startswith(held.division_path):
        return False
    return unit_kind == UnitKind.LINE or unit_division_path != held.division_path


def parties(
    postings: Iterable[Posted],
    *,
    unit_path: str,
    unit_kind: UnitKind,
    unit_division_path: str,
    is_owner: bool = False,
) -> frozenset[Party]:
    """Return what someone with these postings is to a duty of the unit."""
    found = {Party.HANDLER} if is_owner else set()
    for held in postings:
        if held.unit_path == unit_path and held.role in WORKERS:
            found.add(Party.HANDLER)
        if held.unit_path == unit_path and held.role == Role.UNIT_HEAD:
            found.add(Party.HEAD)
        if supervises(held, unit_path=unit_path, unit_kind=unit_kind, unit_division_path=unit_division_path):
            found.add(Party.SUPERVISOR)
    return frozenset(found)


@dataclass(frozen=True)
class DutyClock:
    """Counts a duty's time as its allowance does: working time only, or every hour.

    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> from tongqu.kernel.calendar import parse_spans
    >>> calendar = WorkCalendar(ZoneInfo("UTC"), parse_spans("09:00-17:00"))
    >>> friday, monday = datetime(2026, 9, 18, 16, tzinfo=UTC), datetime(2026, 9, 21, 10, tzinfo=UTC)
    >>> DutyClock(calendar, is_working=True).between(friday, monday)
    datetime.timedelta(seconds=7200)
    >>> DutyClock(calendar, is_working=False).between(friday, monday)
    datetime.timedelta(days=2, seconds=64800)
    """

    calendar: WorkCalendar
    is_working: bool

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the counted time between two instants, zero when `end` comes first."""
        if end <= start:
            return ZERO
        return self.calendar.working_time(start, end) if self.is_working else end - start

    def after(self, at: datetime, needed: timedelta) -> datetime:
        """Return the first instant by which the needed time has been counted."""
        if not self.is_working:
            return at + needed
        return self.calendar.add(at, Allowance(Decimal(str(needed / _HOUR)), Clock.WORKING_HOURS))

    def days_after(self, at: datetime, days: int) -> datetime:
        """Return the instant that many (working) days later."""
        unit = Clock.WORKING_DAYS if self.is_working else Clock.DAYS
        return self.calendar.add(at, Allowance(Decimal(days), unit)) if days else at

    def share(self, start: datetime, end: datetime, share: float) -> datetime:
        """Return the instant at which that share of the counted time is used."""
        return self.calendar.share_instant(start, end, share, working=self.is_working)


@dataclass(frozen=True)
class Window:
    """The time a duty has: counted from one instant, due at another.

    A pause moves both by the counted time for which the clock stood, so that what was used and what is left stay.
    """

    counts_from: datetime
    due_at: datetime

    def paused(self, since: datetime, until: datetime, clock: DutyClock) -> Window:
        """Return the window after the clock stood still between two instants."""
        stood = clock.between(max(since, self.counts_from), until)
        if stood == ZERO:
            return self
        return Window(clock.after(self.counts_from, stood), clock.after(self.due_at, stood))

    def extended(self, more: Allowance, calendar: WorkCalendar) -> Window:
        """Return the window with a later due instant."""
        return replace(self, due_at=calendar.add(self.due_at, more))


def open_window(at: datetime, allowance: Allowance, calendar: WorkCalendar) -> Window:
    """Return the window of a duty whose clock starts at the instant."""
    return Window(at, calendar.add(at, allowance))


@dataclass(frozen=True)
class Thresholds:
    """When the lamp turns; one row of the lamp rules."""

    yellow_share: float = 0.7
    """Yellow when this share of the counted time is used."""
    red_days_late: int = 0
    """Red this many (working) days after the due instant; 0 is red when due."""
    yellow_slip_days: int = 1
    """Yellow as soon as a forecast lies this many days after the due instant."""
    red_slip_days: int = 10
    """Red as soon as a forecast lies this many days after the due instant."""


DEFAULT_THRESHOLDS = Thresholds()
"""Holds for every kind that has no rule of its own where no general rule has been written."""


@dataclass(frozen=True)
class Forecast:
    """When the owner expects to be done, and when that was said."""

    at: datetime
    said_at: datetime

    def slips(self, due_at: datetime, days: int) -> bool:
        """Answer whether the forecast lies at least that many days after the due instant."""
        return self.at > due_at and self.at - due_at >= days * _DAY


@dataclass(frozen=True)
class Turns:
    """The instants at which the lamp turns yellow and red; None for a turn that will not come by itself."""

    yellow_at: datetime | None
    red_at: datetime | None


def turns(
    window: Window,
    thresholds: Thresholds,
    clock: DutyClock,
    *,
    forecast: Forecast | None = None,
    stands_at: datetime | None = None,
) -> Turns:
    """Return when the lamp turns, so that the lamp at any instant is a comparison.

    A forecast that slips turns the lamp when it is said. While the clock stands still (`stands_at`), turns that
    have not come do not come.
    """
    red = clock.days_after(window.due_at, thresholds.red_days_late)
    yellow = min(red, clock.share(window.counts_from, window.due_at, thresholds.yellow_share))
    if forecast and forecast.slips(window.due_at, thresholds.red_slip_days):
        red = min(red, forecast.said_at)
    if forecast and forecast.slips(window.due_at, thresholds.yellow_slip_days):
        yellow = min(yellow, forecast.said_at)
    yellow = min(yellow, red)
    if stands_at is None:
        return Turns(yellow, red)
    return Turns(yellow if yellow <= stands_at else None, red if red <= stands_at else None)


def lamp(yellow_at: datetime | None, red_at: datetime | None, at: datetime) -> Lamp:
    """Return the lamp of an open duty at an instant.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 9, 16, 12, tzinfo=UTC)
    >>> lamp(noon, None, noon), lamp(None, None, noon), lamp(noon, noon, noon)
    (<Lamp.YELLOW: 'yellow'>, <Lamp.BLUE: 'blue'>, <Lamp.RED: 'red'>)
    """
    if red_at is not None and red_at <= at:
        return Lamp.RED
    if yellow_at is not None and yellow_at <= at:
        return Lamp.YELLOW
    return Lamp.BLUE


class Audience(StrEnum):
    """Whom a step reaches: the owner is reminded; the others hear of it by escalation."""

    OWNER = "owner"
    HEAD = "head"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Step:
    """Someone hears of an open duty: at a share of its time, or some (working) days after it was due."""

    share: float
    """0.5 is half of the time; 1 is the due instant."""
    days_after: int
    """(Working) days after due; only with a share of 1."""
    audience: Audience

    @property
    def key(self) -> str:
        """A stable name, by which a step is done only once.

        >>> Step(0.8, 0, Audience.OWNER).key, Step(1, 3, Audience.SUPERVISOR).key
        ('80%:owner', '100%+3:supervisor')
        """
        later = f"+{self.days_after}" if self.days_after else ""
        return f"{round(self.share * 100)}%{later}:{self.audience}"

    @classmethod
    def parse(cls, key: str) -> Step | None:
        """Return the step of a key, or None for another text.

        >>> Step.parse("100%+3:supervisor") == Step(1, 3, Audience.SUPERVISOR), Step.parse("transferred")
        (True, None)
        """
        match = re.fullmatch(r"(\d+)%(?:\+(\d+))?:(\w+)", key)
        if not match:
            return None
        return cls(int(match[1]) / 100, int(match[2] or 0), Audience(match[3]))

    @property
    def order(self) -> tuple[float, int, str]:
        """Sorts steps by the time at which they come, whatever the calendar."""
        return (self.share, self.days_after, self.audience)

    @property
    def is_escalation(self) -> bool:
        """Whether the step goes above the owner."""
        return self.audience != Audience.OWNER

    def comes_at(self, window: Window, clock: DutyClock) -> datetime:
        """Return the instant of the step."""
        if self.share < 1:
            return clock.share(window.counts_from, window.due_at, self.share)
        return clock.days_after(window.due_at, self.days_after)


DEFAULT_STEPS: tuple[Step, ...] = (
    Step(0.5, 0, Audience.OWNER),
    Step(0.8, 0, Audience.OWNER),
    Step(1, 0, Audience.OWNER),
    Step(1, 0, Audience.HEAD),
    Step(1, 1, Audience.OWNER),
    Step(1, 1, Audience.SUPERVISOR),
)
"""Hold for every kind that has no steps of its own where no general steps have been written."""


def next_step(steps: Sequence[Step], done: Iterable[str]) -> Step | None:
    """Return the earliest step that is not done.

    >>> next_step(DEFAULT_STEPS, ["50%:owner"]).key
    '80%:owner'
    >>> next_step([], []) is None
    True
    """
    finished = frozenset(done)
    return min(
        (step for step in steps if step.key not in finished), key=lambda step: step.order, default=None
    )


def steps_due(
    steps: Sequence[Step], done: Iterable[str], window: Window, clock: DutyClock, at: datetime
) -> list[Step]:
    """Return the steps that have come and are not done, in their order."""
    finished = frozenset(done)
    waiting = sorted((step for step in steps if step.key not in finished), key=lambda step: step.order)
    return [step for step in waiting if step.comes_at(window, clock) <= at]


@dataclass(frozen=True)
class DutyKind:
    """A kind of duty as people read it; `label` may be a lazily translated text.

    Where `is_met_directly`, the owner may declare the duty met; else it is met by an act of the system that
    opened it, such as the handling of a case. Where not `is_cancelled_directly`, that system alone cancels it.
    """

    code: str
    label: str
    is_met_directly: bool = False
    is_cancelled_directly: bool = True


_kinds: dict[str, DutyKind] = {}


def register_kind(kind: DutyKind) -> None:
    """Make a kind known; call it from the `apps.py` of the system that opens duties of the kind."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> DutyKind:
    """Return the kind; one that nobody registered reads as its code.

    >>> kind_of("feed-the-ducks").label
    'feed-the-ducks'
    """
    return _kinds.get(code) or DutyKind(code, code)


def known_kinds() -> list[DutyKind]:
    """Return every registered kind by its code."""
    return [_kinds[code] for code in sorted(_kinds)]
