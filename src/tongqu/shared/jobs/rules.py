"""What a job is, when it is tried again, and when a schedule is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

BEAT_S = 5.0
"""How often a worker says that it lives, looks for lost jobs and fires schedules."""

TICK_S = 1.0
"""How often the progress of a running job is written down, and a wish to stop it is seen."""

LEASE_S = 60.0
"""After how long a silence a worker on another machine counts as dead."""

LONGEST_DELAY_S = 3600.0
"""The longest wait between two attempts."""

KEEP_FINISHED = timedelta(days=3)
"""How long a finished job stays in the queue's table."""

KEEP_FIRINGS = timedelta(days=60)
"""How long the record of a schedule's firings is kept."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    STOPPED = "stopped"


@dataclass(frozen=True)
class JobSpec:
    """A kind of job: its name, the function that does it, and how often it may be tried.

    A higher `priority` (-100 to 100) goes first. `most_s` is the longest that one attempt may take.
    The function is called with the arguments it was enqueued with; if it has a parameter named `context`
    it also gets its `JobContext`. It may run more than once and must then do nothing twice.
    """

    name: str
    function: Callable[..., None]
    most_attempts: int = 8
    queue: str = "default"
    priority: int = 0
    most_s: float = 3600.0


@dataclass(frozen=True)
class JobContext:
    """What a job may know of itself: its id, and which attempt this is (the first is 1)."""

    job_id: str
    attempt: int


def retry_delay(attempt: int, jitter: float) -> timedelta:
    """Return how long to wait after the given failed attempt: 2 s doubling to an hour, half of it by chance.

    `jitter` is a number from 0 to 1, so that jobs that failed together do not come back together.

    >>> retry_delay(1, 0.0), retry_delay(1, 1.0)
    (datetime.timedelta(seconds=1), datetime.timedelta(seconds=2))
    >>> retry_delay(5, 1.0)
    datetime.timedelta(seconds=32)
    >>> retry_delay(50, 1.0)
    datetime.timedelta(seconds=3600)
    """
    full = min(LONGEST_DELAY_S, 2.0 ** min(attempt, 12))
    return timedelta(seconds=full * (0.5 + 0.5 * jitter))


def is_lease_over(seen_at: datetime | None, at: datetime) -> bool:
    """Answer whether a worker last heard of at `seen_at` has been silent for too long.

    >>> noon = datetime(2026, 9, 16, 12, tzinfo=UTC)
    >>> is_lease_over(noon - timedelta(seconds=61), noon), is_lease_over(noon - timedelta(seconds=59), noon)
    (True, False)
    """
    return seen_at is None or (at - seen_at).total_seconds() > LEASE_S


class BadSchedule(Exception):
    """A schedule that cannot be understood."""


_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)


def _values(text: str, name: str, first: int, last: int) -> frozenset[int]:
    """Return the values that one field of a cron line allows."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step_text = part.partition("/")
        low, _, high = span.partition("-")
        try:
            step = int(step_text) if step_text else 1
            start = first if span == "*" else int(low)
            stop = last if span == "*" or (step_text and not high) else int(high or low)
        except ValueError:
            raise BadSchedule(
                f"{part!r} is not a {name}; use numbers, '*', '1-5', '*/15' or lists."
            ) from None
        if step < 1 or not first <= start <= stop <= last:
            raise BadSchedule(f"The {name} {part!r} must lie within {first} to {last}.")
        found.update(range(start, stop + 1, step))
    return frozenset(found)


@dataclass(frozen=True)
class Cron:
    """A cron line of five fields: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday).

    >>> cron = Cron.parse("30 3 * * *")
    >>> at = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
    >>> cron.latest(at, "UTC").isoformat(), cron.next(at, "UTC").isoformat()
    ('2026-09-15T03:30:00+00:00', '2026-09-16T03:30:00+00:00')
    """

    times: tuple[time, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_either_day: bool
    """Both day fields are restricted, and a day that suits one of them counts, as in cron."""

    @classmethod
    def parse(cls, line: str) -> Cron:
        """Read a line; raises `BadSchedule`."""
        parts = line.split()
        if len(parts) != len(_FIELDS):
            raise BadSchedule(f"{line!r} has {len(parts)} fields; a cron line has 5, such as '30 3 * * *'.")
        minutes, hours, days, months, weekdays = (
            _values(text, *field) for text, field in zip(parts, _FIELDS, strict=True)
        )
        times = tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes))
        either = parts[2] != "*" and parts[4] != "*"
        return cls(times, days, months, frozenset(day % 7 for day in weekdays), either)

    def suits(self, day: date) -> bool:
        """Answer whether the line allows the day."""
        if day.month not in self.months:
            return False
        by_number, by_name = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return (by_number or by_name) if self.is_either_day else (by_number and by_name)

    def latest(self, at: datetime, zone: str) -> datetime:
        """Return the last instant of the line up to `at`."""
        return next(slot for slot in self._slots(at, zone, step=-1) if slot <= at)

    def next(self, at: datetime, zone: str) -> datetime:
        """Return the first instant of the line after `at`."""
        return next(slot for slot in self._slots(at, zone, step=1) if slot > at)

    def _slots(self, at: datetime, zone: str, step: int) -> Iterator[datetime]:
        """Go through the line's instants from the day of `at`, forwards or backwards, for eight years."""
        tz = ZoneInfo(zone)
        today = at.astimezone(tz).date()
        for offset in range(8 * 366):
            day = today + timedelta(days=step * offset)
            if self.suits(day):
                for clock in self.times[::step]:
                    yield datetime.combine(day, clock, tz).astimezone(UTC)
        raise BadSchedule("No day of the next eight years suits the cron line.")


@dataclass(frozen=True)
class Schedule:
    """A job that is queued again and again: every so often, or by a cron line in the region's zone.

    >>> hourly = Schedule("tidy", job="tidy", every=timedelta(hours=1))
    >>> hourly.latest(datetime(2026, 9, 16, 2, 40, tzinfo=UTC), "UTC").isoformat()
    '2026-09-16T02:00:00+00:00'
    """

    name: str
    job: str
    every: timedelta | None = None
    cron: Cron | None = None
    line: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def latest(self, at: datetime, zone: str) -> datetime:
        """Return the slot that `at` lies in: the last instant at which the schedule was due."""
        if self.cron is not None:
            return self.cron.latest(at, zone)
        seconds = (self.every or timedelta(days=1)).total_seconds()
        return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)

    def next(self, at: datetime, zone: str) -> datetime:
        """Return the next instant at which the schedule is due."""
        if self.cron is not None:
            return self.cron.next(at, zone)
        return self.latest(at, zone) + (self.every or timedelta(days=1))


class UnknownJob(Exception):
    """No job is registered under the name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No job is registered under the name {name!r}; is its app installed and its jobs.py imported?"
        )


class JobStopped(Exception):
    """Someone asked for this job to be stopped. Raised where the job reports its progress."""


STOPPED = f"{JobStopped.__module__}.{JobStopped.__qualname__}"
"""How the queue's table names the reason of a stopped job."""


@dataclass
class Registry:
    """The jobs and schedules that the installed apps made known while they were loaded."""

    specs: dict[str, JobSpec] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)

    def spec_of(self, name: str) -> JobSpec:
        """Return the job registered under the name; raises `UnknownJob`."""
        try:
            return self.specs[name]
        except KeyError:
            raise UnknownJob(name) from None

    def in_order(self) -> list[Schedule]:
        """Return all schedules by name."""
        return [self.schedules[name] for name in sorted(self.schedules)]


REGISTRY = Registry()
