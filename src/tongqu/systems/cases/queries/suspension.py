"""How a case stands with its suspensions."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from tongqu.shared.duties.queries import local_day
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.suspension import Suspension
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.suspension import Fault, days_used, fault_of, last_day


def open_suspension(case: Case) -> Suspension | None:
    """Return the suspension that waits for a decision or lasts, if there is one."""
    if case.state not in (State.HANDLING, State.SUSPENDED):
        return None
    return case.suspensions.filter(ended_at=None).first()


def is_suspension_asked(case: Case) -> bool:
    """Answer whether the desk has to decide on a suspension of the case."""
    waits = open_suspension(case) if case.state == State.HANDLING else None
    return waits is not None


def latest_day(case: Case, at: datetime) -> date:
    """Return the last day until which the case may be suspended."""
    return last_day(local_day(at), used=_used(case), most=settings.SUSPEND_MOST_DAYS)


def fault_in(case: Case, until_on: date, at: datetime) -> Fault | None:
    """Return why the case may not be suspended until the day, or None."""
    return fault_of(until_on, local_day(at), used=_used(case), most=settings.SUSPEND_MOST_DAYS)


def suspensions_over(at: datetime) -> list[Case]:
    """Return the cases whose suspension ends on the day of the instant or has ended before."""
    rows = Suspension.objects.filter(
        ended_at=None, begun_at__isnull=False, until_on__lte=local_day(at), case__state=State.SUSPENDED
    )
    return [row.case for row in rows.select_related("case").order_by("until_on", "id")]


def _used(case: Case) -> int:
    spans = case.suspensions.filter(begun_at__isnull=False, ended_at__isnull=False)
    return days_used(
        (local_day(begun), local_day(ended))
        for begun, ended in spans.values_list("begun_at", "ended_at")
        if begun and ended
    )
