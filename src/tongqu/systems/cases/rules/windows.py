"""Times of an entry of the responsibility list: on which days, in which hours, in which season it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_KINDS = tuple((weekday, is_working) for weekday in range(7) for is_working in (True, False))
"""The kinds of days that are told apart: Monday is 0; a holiday may fall on any of them, a shifted working day too."""
MINUTES = 24 * 60
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAYS = sum(_MONTH_LENGTHS)
"""Days of a leap year, the year by which seasons are told."""
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)[-–~]([01]?\d|2[0-4]):([0-5]\d)")
_SEASON = re.compile(r"(\d{1,2})-(\d{1,2})\.\.(\d{1,2})-(\d{1,2})")
_ALIASES = {"工作日": "workdays", "休息日": "offdays"}
_ALIASES |= {f"周{sign}": name for sign, name in zip("一二三四五六日", DAY_NAMES, strict=True)}


class BadWindow(ValueError):
    """A text does not say times."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"'{text}' are not times. Write days (workdays, offdays, mon-fri, sat,sun), hours (22:00-06:00) and season "
            "(10-01..04-30), each at most once, parted by spaces."
        )


def day_of_year(month: int, day: int) -> int:
    """Return the place of a day in a leap year; January 1 is 0.

    >>> day_of_year(1, 1), day_of_year(3, 1), day_of_year(12, 31)
    (0, 60, 365)
    """
    return sum(_MONTH_LENGTHS[: month - 1]) + day - 1


def month_and_day(place: int) -> tuple[int, int]:
    """Return month and day of a place in a leap year.

    >>> month_and_day(60), month_and_day(365)
    ((3, 1), (12, 31))
    """
    month = 1
    while place >= _MONTH_LENGTHS[month - 1]:
        place -= _MONTH_LENGTHS[month - 1]
        month += 1
    return month, place + 1


@dataclass(frozen=True)
class Moment:
    """An instant as windows see it: local weekday (Monday is 0), working day or not, minute, day of the leap year."""

    weekday: int
    is_working: bool
    minute: int
    day: int

    @classmethod
    def of(cls, local: datetime, *, is_working: bool) -> Moment:
        """Return the moment of a local time.

        >>> Moment.of(datetime(2026, 9, 16, 22, 30), is_working=True)
        Moment(weekday=2, is_working=True, minute=1350, day=259)
        """
        minute = local.hour * 60 + local.minute
        return cls(local.weekday(), is_working, minute, day_of_year(local.month, local.day))


@dataclass(frozen=True)
class Window:
    """When an entry holds; what is not named is any. Spans may pass midnight or the end of the year.

    Hours belong to the day in which they lie: `sat 22:00-06:00` holds on Saturday from 0 to 6 and from 22 to 24.
    """

    days: str = ""
    hours: tuple[int, int] | None = None
    """First minute, and the minute after the last."""
    season: tuple[int, int] | None = None
    """First and last day, as places in a leap year."""

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read the form that `str()` writes, and Chinese names of days; raises `BadWindow`.

        >>> str(Window.parse("周六,周日 22:00-6:00 10-1..4-30")), str(Window.parse(""))
        ('sat,sun 22:00-06:00 10-01..04-30', '')
        >>> Window.parse("at night")
        Traceback (most recent call last):
        tongqu.systems.cases.rules.windows.BadWindow: 'at night' are not times. ...
        """
        found: dict[str, object] = {}
        for word in text.lower().replace("，", ",").replace("：", ":").split():
            name, value = _part(_ALIASES.get(word, word))
            if not name or name in found:
                raise BadWindow(text)
            found[name] = value
        return cls(**found)  # type: ignore[arg-type]  # each value is made for its name by `_part`

    def __str__(self) -> str:
        parts = [self.days]
        if self.hours:
            parts.append("-".join(clock_text(minute) for minute in self.hours))
        if self.season:
            parts.append("..".join("{:02}-{:02}".format(*month_and_day(day)) for day in self.season))
        return " ".join(part for part in parts if part)

    @property
    def parts(self) -> int:
        """How many of the three parts are named: the more, the more particular the window is."""
        return bool(self.days) + (self.hours is not None) + (self.season is not None)

    def on_day(self, weekday: int, is_working: bool) -> bool:
        """Answer whether the window holds on such days."""
        if self.days in ("workdays", "offdays"):
            return is_working == (self.days == "workdays")
        return not self.days or DAY_NAMES[weekday] in self.days.split(",")

    def at_minute(self, minute: int) -> bool:
        """Answer whether the window holds at the minute of the day."""
        if self.hours is None:
            return True
        first, end = self.hours
        return first <= minute < end if first < end else minute >= first or minute < end

    def in_season(self, day: int) -> bool:
        """Answer whether the window holds on the day of the leap year."""
        if self.season is None:
            return True
        first, last = self.season
        return first <= day <= last if first <= last else day >= first or day <= last

    def holds(self, moment: Moment) -> bool:
        """Answer whether the window holds at the moment.

        >>> night = Window.parse("22:00-06:00")
        >>> [night.holds(Moment(2, True, hour * 60, 0)) for hour in (5, 6, 21, 22)]
        [True, False, False, True]
        """
        return (
            self.on_day(moment.weekday, moment.is_working)
            and self.at_minute(moment.minute)
            and self.in_season(moment.day)
        )


ALWAYS = Window()


def clock_text(minute: int) -> str:
    """Return a minute of the day as people write it.

    >>> clock_text(390), clock_text(1440)
    ('06:30', '24:00')
    """
    return f"{minute // 60:02}:{minute % 60:02}"


def _part(word: str) -> tuple[str, object]:
    """Return which part a word names and its value; an empty name when it is none."""
    if word in ("workdays", "offdays"):
        return "days", word
    if hours := _HOURS.fullmatch(word):
        first, end = int(hours[1]) * 60 + int(hours[2]), int(hours[3]) * 60 + int(hours[4])
        return ("hours", (first, end)) if first != end and end <= MINUTES else ("", None)
    if season := _SEASON.fullmatch(word):
        ends = [(int(season[1]), int(season[2])), (int(season[3]), int(season[4]))]
        good = all(1 <= month <= 12 and 1 <= day <= _MONTH_LENGTHS[month - 1] for month, day in ends)
        return ("season", tuple(day_of_year(*end) for end in ends)) if good else ("", None)
    days = _weekdays(word.split(","))
    return ("days", days) if days else ("", None)


def _weekdays(words: Iterable[str]) -> str:
    """Return weekdays in their order, or nothing when a word is none.

    >>> _weekdays(["sat", "mon-wed"]), _weekdays(["fri-mon"]), _weekdays(["noon"])
    ('mon,tue,wed,sat', 'mon,fri,sat,sun', '')
    """
    found: set[int] = set()
    for word in words:
        first, _dash, last = (_ALIASES.get(part, part) for part in word.partition("-"))
        if first not in DAY_NAMES or (last or first) not in DAY_NAMES:
            return ""
        start, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
        found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return ",".join(DAY_NAMES[place] for place in sorted(found))
