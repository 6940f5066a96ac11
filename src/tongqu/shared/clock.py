"""The only reader of the system clock.

Edges (pages, API, jobs, commands) call `now()` once and hand the instant on as `at`; everything below
takes time as an argument, so that a demo or a test can replay any day.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

_started = datetime.now(UTC)


def now() -> datetime:
    """Return the current instant in UTC, as the settings `CLOCK_AT` and `CLOCK_SPEED` bend it.

    `CLOCK_AT` (ISO 8601 with a zone) is the instant at which the process starts; `CLOCK_SPEED` says how
    many seconds pass for each real second (0 stands still).
    """
    real = datetime.now(UTC)
    if settings.CLOCK_AT is None:
        return real
    elapsed: timedelta = (real - _started) * settings.CLOCK_SPEED
    start: datetime = settings.CLOCK_AT
    return start.astimezone(UTC) + elapsed


def today() -> date:
    """Return the current day in the region's zone (setting `TIME_ZONE`)."""
    return now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def machine_now() -> datetime:
    """Return the machine's own time in UTC, for what the bent clock must not touch: leases, beats, waiting times."""
    return datetime.now(UTC)


def machine_time_of(at: datetime) -> datetime:
    """Return when the machine's own clock will show the moment that the bent clock calls `at`."""
    if settings.CLOCK_AT is None:
        return at
    return machine_now() + (at - now()) / (settings.CLOCK_SPEED or 1)
