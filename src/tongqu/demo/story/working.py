"""How long people take: shares of what they are allowed, counted in working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from numpy.random import Generator

from tongqu.kernel.calendar import Allowance, Clock, WorkCalendar

HOURS_IN_A_WORKING_DAY = 7.0


@dataclass(frozen=True)
class Pace:
    """The region's working time, as those who use it up."""

    calendar: WorkCalendar

    def after(self, start: datetime, allowance: Allowance, share: float) -> datetime:
        """Return when this share of the allowance is used; more than 1 is late."""
        if allowance.is_working:
            hours = max(hours_of(allowance) * share, 0.1)
            return self.calendar.add(start, Allowance(Decimal(f"{hours:.2f}"), Clock.WORKING_HOURS))
        return start + timedelta(hours=max(hours_of(allowance) * share, 0.1))

    def used(self, start: datetime, end: datetime, allowance: Allowance) -> float:
        """Return which share of the allowance is used between two instants."""
        spent = self.calendar.working_time(start, end) if allowance.is_working else end - start
        return spent.total_seconds() / 3600 / hours_of(allowance)


def hours_of(allowance: Allowance) -> float:
    """Return the allowance in hours of its clock.

    >>> hours_of(Allowance.parse("3wd")), hours_of(Allowance.parse("2h"))
    (21.0, 2.0)
    """
    factor = {Clock.WORKING_DAYS: HOURS_IN_A_WORKING_DAY, Clock.DAYS: 24.0}.get(allowance.clock, 1.0)
    return float(allowance.amount) * factor


def share(rng: Generator, middle: float, spread: float = 0.5) -> float:
    """Return a share of an allowance: half of the people take less than `middle`, a few far more."""
    return float(min(max(middle * rng.lognormal(0, spread), 0.05), 2.6))
