"""The working calendar: a year at a glance, and the acts on it."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now, today
from tongqu.shared.region.actions.calendar import delete_calendar_day, set_calendar_day, set_working_hours
from tongqu.shared.region.actions.rights import may_administer
from tongqu.shared.region.forms import CalendarDayForm, HoursForm
from tongqu.shared.region.models import CalendarDay
from tongqu.shared.region.queries import calendar_days, the_region
from tongqu.shared.region.rules import Role

ADMIN = held_by(Role.REGION_ADMIN)
WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Day:
    """One square of the calendar."""

    on: date
    kind: str
    """`work`, `rest`, `holiday`, `shifted`, or `away` for days of the months beside."""
    name: str = ""
    is_today: bool = False


@door(SIGNED_IN)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year."""
    return _show(request, _year(request.GET.get("year", "")))


def _year(text: str) -> int:
    if not text:
        return today().year
    if not (text.isascii() and text.isdigit() and _FIRST_YEAR <= int(text[:5]) <= _LAST_YEAR):
        raise Http404
    return int(text)


def _show(request: HttpRequest, year: int, **more: Any) -> HttpResponse:
    days = {day.on: day for day in calendar_days(year)}
    may_change = may_administer(person_of(request))
    region = the_region()
    context = {
        "year": year,
        "region": region,
        "months": [(date(year, month, 1), _weeks(year, month, days)) for month in range(1, 13)],
        "weekdays": [(date(2024, 1, 1) + timedelta(days=n), short) for n, short in enumerate(WEEKDAYS)],
        "days": list(days.values()),
        "working_days": _working_days(year, days),
        "may_change": may_change,
        "day_form": CalendarDayForm(),
        "hours_form": HoursForm(initial={"work_spans": region.work_spans}),
        **more,
    }
    return render(request, "region/calendar.html", context, status=422 if more else 200)


def _weeks(year: int, month: int, days: dict[date, CalendarDay]) -> list[list[Day]]:
    weeks = months.Calendar().monthdatescalendar(year, month)
    return [[_day(on, month, days.get(on)) for on in week] for week in weeks]


def _day(on: date, month: int, exception: CalendarDay | None) -> Day:
    if on.month != month:
        return Day(on, "away")
    if exception is None:
        kind = "work" if on.weekday() < months.SATURDAY else "rest"
    else:
        kind = "shifted" if exception.is_working else "holiday"
    return Day(on, kind, exception.name if exception else "", on == today())


def _working_days(year: int, days: dict[date, CalendarDay]) -> int:
    every = (date(year, 1, 1) + timedelta(days=n) for n in range(366 if months.isleap(year) else 365))
    return sum(days[on].is_working if on in days else on.weekday() < months.SATURDAY for on in every)


def _back_to(year: int) -> HttpResponse:
    return redirect(f"{reverse('region:calendar')}?year={year}")


@door(ADMIN)
@require_POST
def set_day(request: HttpRequest) -> HttpResponse:
    """Make a day a holiday or a working day."""
    form = CalendarDayForm(request.POST)
    if not form.is_valid():
        return _show(request, today().year, day_form=form)
    values = form.cleaned_data
    set_calendar_day(
        values["on"], is_working=values["is_working"], name=values["name"], by=person_of(request), at=now()
    )
    messages.success(request, _("Saved."))
    return _back_to(values["on"].year)


@door(ADMIN)
@require_POST
def delete_day(request: HttpRequest, on: str) -> HttpResponse:
    """Let a day follow the week again."""
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise Http404 from error
    delete_calendar_day(day, by=person_of(request), at=now())
    messages.success(request, _("The day follows the week again."))
    return _back_to(day.year)


@door(ADMIN)
@require_POST
def set_hours(request: HttpRequest) -> HttpResponse:
    """Set the working hours."""
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            set_working_hours(work_spans=form.cleaned_data["work_spans"], by=person_of(request), at=now())
        except BadInput as bad:
            for problem in bad.problems:
                form.add_error("work_spans", str(problem.message))
        else:
            messages.success(request, _("Saved."))
            return _back_to(today().year)
    return _show(request, today().year, hours_form=form)
