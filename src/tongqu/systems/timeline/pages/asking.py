"""Reads what a request asks for: a place, a time, numbers within bounds."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import shapely
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.systems.timeline.queries.photos import Asked


def asked_of(request: HttpRequest) -> Asked:
    """Return the place and the time that are asked for; raises `BadInput`."""
    point = shapely.Point(number_of(request.GET, "lon", -180, 180), number_of(request.GET, "lat", -85, 85))
    end = _day(request, "to")
    return Asked(
        point,
        start=_midnight(_day(request, "from")),
        end=_midnight(None if end is None else end + timedelta(days=1)),
        beyond=_before(request.GET.get("before", "")),
    )


def number_of(values: QueryDict, name: str, least: float, most: float) -> float:
    """Return a number that is asked for; raises `BadInput` for none and for one outside the bounds."""
    try:
        value = float(values.get(name, ""))
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        message = _("Write %(name)s as a number from %(least)s to %(most)s.")
        text = message % {"name": name, "least": least, "most": most}
        raise BadInput([Problem(text, code="bad-number", field=name)])
    return value


def is_id(text: str) -> bool:
    """Whether a text can be the number of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or found.year in (1, 9999):
        raise BadInput([Problem(_("Write the day as 2026-09-16."), code="bad-day", field=name)])
    return found


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def _before(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 2 or not all(part.lstrip("-").isdecimal() and len(part) < 19 for part in parts):
        raise BadInput([Problem(_("Take `before` from the page before."), code="bad-page", field="before")])
    return int(parts[0]), int(parts[1])
