"""Keeps the rows from which the league of units is read."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from tongqu.shared.duties.analytics import Period, month_of, tallied
from tongqu.shared.duties.models import Duty, LeagueRow, LeagueState
from tongqu.shared.duties.queries import closed_in, day_bounds, days_added_up, local_day

_AT_ONCE = 1_000
"""How many keys one statement names."""


def count_all_closed(*, at: datetime) -> int:
    """Bring the league's rows up to date; return how many duties were added."""
    total = 0
    while found := count_closed(at=at):
        total += found
    return total


@transaction.atomic
def count_closed(*, at: datetime, most: int = 5_000) -> int:
    """Add closed duties that are not counted yet to the league's rows; return how many (of one month at most).

    The days they fall on are added up anew from the duties, so that running it again changes nothing.
    """
    LeagueState.objects.get_or_create(pk=1, defaults={"as_of": at})
    state = LeagueState.objects.select_for_update().get(pk=1)
    new = Duty.objects.filter(is_open=False, is_counted=False)
    first = new.order_by("closed_at").values_list("closed_at", flat=True).first()
    if first is None:
        state.as_of = at
        state.save()
        return 0
    return _count_month(month_of(local_day(first)), new, most)


def _count_month(month: Period, new: QuerySet[Duty], most: int) -> int:
    begins, ends = day_bounds(month)
    chosen = new.filter(closed_at__gte=begins, closed_at__lt=ends).order_by("closed_at")
    rows = list(chosen.values_list("pk", "owner_unit", "closed_at")[:most])
    units: dict[date, set[int]] = {}
    for _pk, unit, closed_at in rows:
        if closed_at is None:
            raise AssertionError("the range above leaves these out")
        units.setdefault(local_day(closed_at), set()).add(unit)
    for day, touched in units.items():
        LeagueRow.keep("day", day, tallied(closed_in(Period(day, day), sorted(touched))))
    everyone = set().union(*units.values())
    LeagueRow.keep("month", month.first_on, days_added_up(month, sorted(everyone)))
    for start in range(0, len(rows), _AT_ONCE):
        Duty.objects.filter(pk__in=[pk for pk, *_ in rows[start : start + _AT_ONCE]]).update(is_counted=True)
    return len(rows)
