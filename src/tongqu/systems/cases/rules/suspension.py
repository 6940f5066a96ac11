"""How long a case may lie suspended."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum


class Fault(StrEnum):
    """Why a case may not be suspended until a day."""

    NOT_LATER = "not-later"
    TOO_LONG = "too-long"


def days_used(spans: Iterable[tuple[date, date]]) -> int:
    """Return for how many days a case lay suspended, from the day of each beginning to that of its end.

    >>> days_used([(date(2026, 9, 1), date(2026, 9, 11)), (date(2026, 9, 20), date(2026, 9, 20))])
    10
    """
    return sum((ended_on - begun_on).days for begun_on, ended_on in spans)


def last_day(today: date, *, used: int, most: int) -> date:
    """Return the last day until which a case may be suspended: `most` days in all, of which some are used.

    >>> last_day(date(2026, 9, 1), used=10, most=60), last_day(date(2026, 9, 1), used=70, most=60)
    (datetime.date(2026, 10, 21), datetime.date(2026, 9, 1))
    """
    return today + timedelta(days=max(0, most - used))


def fault_of(until_on: date, today: date, *, used: int, most: int) -> Fault | None:
    """Return why the case may not be suspended until the day, or None.

    >>> today = date(2026, 9, 1)
    >>> fault_of(today, today, used=0, most=60), fault_of(date(2026, 10, 31), today, used=0, most=60)
    (<Fault.NOT_LATER: 'not-later'>, None)
    >>> fault_of(date(2026, 11, 1), today, used=0, most=60)
    <Fault.TOO_LONG: 'too-long'>
    """
    if until_on <= today:
        return Fault.NOT_LATER
    return Fault.TOO_LONG if until_on > last_day(today, used=used, most=most) else None
