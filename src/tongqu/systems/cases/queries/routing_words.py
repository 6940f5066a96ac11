"""Says responsibility lists in words: times, places, matters, entries, faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongqu.systems.cases.analytics.time_axis import Span
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.routing import RoutingEntry
from tongqu.systems.cases.rules.kinds import Grade
from tongqu.systems.cases.rules.windows import (
    DAY_KINDS,
    DAY_NAMES,
    DAYS,
    MINUTES,
    Window,
    clock_text,
    month_and_day,
)


def weekday_names() -> dict[str, str]:
    """Return the weekdays by their short names in windows."""
    return {
        "mon": _("Mon"), "tue": _("Tue"), "wed": _("Wed"), "thu": _("Thu"), "fri": _("Fri"), "sat": _("Sat"), "sun": _("Sun"),
    }  # fmt: skip


def window_words(window: Window) -> str:
    """Return a window in words; "always" for the one that names nothing."""
    parts = [_days_of(window.days)] if window.days else []
    if window.hours:
        parts.append(_hours(window.hours))
    if window.season:
        parts.append(_season(window.season))
    return " ".join(parts) or pgettext("times of an entry", "always")


def _days_of(days: str) -> str:
    if days == "workdays":
        return _("working days")
    if days == "offdays":
        return _("days off")
    return listed(weekday_names()[name] for name in days.split(","))


def listed(words: Iterable[str]) -> str:
    """Return words one after the other, with the comma of the language between them."""
    return pgettext("between the parts of a list", ", ").join(words)


def _hours(hours: tuple[int, int]) -> str:
    return "–".join(clock_text(minute) for minute in hours)


def _season(season: tuple[int, int]) -> str:
    first, last = ("{:02}-{:02}".format(*month_and_day(day)) for day in season)
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def span_words(span: Span) -> str:
    """Return a part of all time in words: days, hours, season, as far as they are not any."""
    parts = [_kinds(span.days)] if len(span.days) < len(DAY_KINDS) else []
    if span.hours != ((0, MINUTES),):
        parts.append(listed(_hours(each) for each in span.hours))
    if span.seasons != ((0, DAYS - 1),):
        parts.append(listed(_season(each) for each in span.seasons))
    return " ".join(parts)


def _kinds(days: Sequence[int]) -> str:
    """Return kinds of days in words: working days, days off, weekdays, or weekdays of one of both kinds."""
    found = {DAY_KINDS[place] for place in days}
    for is_working, name in ((True, _("working days")), (False, _("days off"))):
        if found == {(weekday, is_working) for weekday in range(7)}:
            return name
    words = []
    for weekday, name in enumerate(DAY_NAMES):
        both = {is_working for day, is_working in found if day == weekday}
        if both:
            suffix = "" if len(both) == 2 else _(" (working)") if True in both else _(" (off)")
            words.append(weekday_names()[name] + suffix)
    return listed(words)


def when_words(when: Iterable[Span]) -> str:
    """Return when something is, in words; nothing for all time."""
    return pgettext("between parts that have commas", "; ").join(span_words(span) for span in when)


def grades_words(grades: Sequence[str]) -> str:
    """Return grades in words; nothing for all of them."""
    if len(grades) == len(Grade):
        return ""
    return listed(str(GRADE_LABELS[Grade(grade)]) for grade in grades)


def about_words(entry: RoutingEntry, class_names: dict[str, str]) -> str:
    """Return what an entry is about: a matter, a class, or any matter."""
    if entry.matter is not None:
        return entry.matter.name
    if entry.class_code:
        return class_names.get(entry.class_code, entry.class_code)
    return _("any matter")


def conditions_words(entry: RoutingEntry) -> str:
    """Return grade and times of an entry, as far as they are named."""
    parts = [str(GRADE_LABELS[Grade(entry.grade)])] if entry.grade else []
    if entry.window:
        parts.append(window_words(Window.parse(entry.window)))
    return listed(parts)


def entry_words(entry: RoutingEntry, class_names: dict[str, str]) -> str:
    """Return an entry in one line: place, matter, conditions."""
    parts = [entry.division.name, about_words(entry, class_names), conditions_words(entry)]
    return " · ".join(part for part in parts if part)
