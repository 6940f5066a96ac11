"""Acts on the working calendar."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from tongqu.kernel.calendar import BadSpans, parse_spans
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject
from tongqu.shared.region.actions.rights import need_region_admin
from tongqu.shared.region.models import CalendarDay, Region
from tongqu.shared.region.queries import the_region


@acting
def set_calendar_day(on: date, *, is_working: bool, by: Actor, at: datetime, name: str = "") -> CalendarDay:
    """Make a day a working day or a holiday, whatever the week says."""
    need_region_admin(by)
    region = _locked_region()
    old = region.calendar_days.filter(on=on).first()
    before = {"is_working": old.is_working, "name": old.name} if old else {}
    after = {"is_working": is_working, "name": name}
    day, _made = CalendarDay.objects.update_or_create(region=region, on=on, defaults=after)
    if before != after:
        record("calendar.day_set", Subject("calendar_day", on.isoformat()), by=by, at=at, label=name,
               division_path=region.root.path, before=before, after=after)  # fmt: skip
    return day


@acting
def delete_calendar_day(on: date, *, by: Actor, at: datetime) -> None:
    """Let a day follow the week again; nothing happens when it does already."""
    need_region_admin(by)
    region = _locked_region()
    old = region.calendar_days.filter(on=on).first()
    if old is None:
        return
    before = {"is_working": old.is_working, "name": old.name}
    old.delete()
    record("calendar.day_deleted", Subject("calendar_day", on.isoformat()), by=by, at=at, label=old.name,
           division_path=region.root.path, before=before)  # fmt: skip


@acting
def set_working_hours(*, work_spans: str, by: Actor, at: datetime, time_zone: str = "") -> Region:
    """Set the working hours, such as `08:30-12:00,14:00-17:30`, and the time zone; raises `BadInput`."""
    need_region_admin(by)
    region = _locked_region()
    try:
        parse_spans(work_spans)
        ZoneInfo(time_zone or region.time_zone)
    except BadSpans as error:
        message = _("'%(spans)s' are not working hours. Write spans such as 08:30-12:00,14:00-17:30.")
        raise BadInput([Problem(message % {"spans": work_spans}, "bad-spans", field="work_spans")]) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = _("'%(zone)s' is not a time zone. Write a name such as Asia/Shanghai.")
        raise BadInput([Problem(message % {"zone": time_zone}, "bad-zone", field="time_zone")]) from error
    before = {"work_spans": region.work_spans, "time_zone": region.time_zone}
    region.work_spans, region.time_zone = work_spans, time_zone or region.time_zone
    after = {"work_spans": region.work_spans, "time_zone": region.time_zone}
    if before != after:
        region.save()
        record("region.hours_set", Subject("region", region.root.code), by=by, at=at, label=str(region),
               division_path=region.root.path, before=before, after=after)  # fmt: skip
    return region


def _locked_region() -> Region:
    return Region.objects.select_for_update(of=("self",)).select_related("root").get(pk=the_region().pk)
