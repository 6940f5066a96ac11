"""Slow plain twins: what the rules say, without instants kept in advance and without arrays."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongqu.kernel.calendar import Allowance, WorkCalendar
from tongqu.shared.duties.rules import Forecast, Lamp, Thresholds


def counted(
    calendar: WorkCalendar,
    is_working: bool,
    start: datetime,
    end: datetime,
    pauses: Iterable[tuple[datetime, datetime]],
) -> timedelta:
    """The time that counted between two instants, the pauses left out."""

    def plain(a: datetime, b: datetime) -> timedelta:
        if b <= a:
            return timedelta(0)
        return calendar.working_time(a, b) if is_working else b - a

    stood = sum(
        (plain(max(start, a), min(end, b)) for a, b in pauses if min(end, b) > max(start, a)), timedelta(0)
    )
    return plain(start, end) - stood


def lamp_now(
    calendar: WorkCalendar,
    allowance: Allowance,
    thresholds: Thresholds,
    opened: datetime,
    pauses: list[tuple[datetime, datetime]],
    forecast: Forecast | None,
    due: datetime,
    at: datetime,
) -> Lamp:
    """The lamp straight from its definition: how much of the time has been counted by now."""
    is_working = allowance.is_working
    day = calendar.day_length if is_working else timedelta(days=1)
    whole = counted(calendar, is_working, opened, calendar.add(opened, allowance), [])
    used = counted(calendar, is_working, opened, at, pauses)
    slip = forecast.at - due if forecast and forecast.said_at <= at else timedelta(0)
    if used >= whole + day * thresholds.red_days_late:
        return Lamp.RED
    if slip > timedelta(0) and slip >= timedelta(days=thresholds.red_slip_days):
        return Lamp.RED
    if used >= whole * thresholds.yellow_share:
        return Lamp.YELLOW
    if slip > timedelta(0) and slip >= timedelta(days=thresholds.yellow_slip_days):
        return Lamp.YELLOW
    return Lamp.BLUE


@dataclass(frozen=True)
class One:
    """A closed duty."""

    unit: int
    is_met: bool
    is_late: bool
    worked: int
    returns: int


@dataclass(frozen=True)
class PlainScore:
    on_time: int
    late: int
    returns: int
    median: float | None
    rank: int | None


def league(duties: list[One], fewest: int) -> dict[int, PlainScore]:
    """The league by counting, unit by unit."""
    units = sorted({duty.unit for duty in duties})
    mine = {unit: [d for d in duties if d.unit == unit] for unit in units}
    met = {unit: [d for d in mine[unit] if d.is_met] for unit in units}
    late = {unit: sum(d.is_late for d in met[unit]) for unit in units}

    def better(one: int, other: int) -> bool:
        """Whether one unit's share on time is above the other's, without dividing."""
        return (len(met[one]) - late[one]) * len(met[other]) > (len(met[other]) - late[other]) * len(met[one])

    ranked = [unit for unit in units if len(met[unit]) >= fewest]
    return {
        unit: PlainScore(
            len(met[unit]) - late[unit],
            late[unit],
            sum(d.returns for d in mine[unit]),
            statistics.median([d.worked for d in met[unit]]) if met[unit] else None,
            1 + sum(better(other, unit) for other in ranked) if unit in ranked else None,
        )
        for unit in units
    }
