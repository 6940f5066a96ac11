"""How cases look to Open311 (GeoReport v2): what is published, the attributes of a service, the span of a search.

Source: the GeoReport v2 specification, wiki.open311.org/GeoReport_v2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from tongqu.systems.cases.rules.kinds import Track
from tongqu.systems.cases.rules.questions import Question, QuestionKind

LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000
MOST_DESCRIPTION = 4000
MOST_LINE = 500
COARSE_DIGITS = 2
"""Digits of a published position whose words are not published: about a kilometre."""
SAME_WITHIN = timedelta(minutes=10)
"""For so long the same content by the same key is the same report."""


class Publicity(StrEnum):
    """What strangers may read of the cases of a matter."""

    BY_TRACK = ""
    """As the matter's platform says: nothing for public order and safety, else the status."""
    NOTHING = "nothing"
    STATUS = "status"
    """Matter, status, unit and times, with the township and a coarse position."""
    WORDS = "words"
    """Also the reporter's words, the exact place and the address of the reporter's picture."""


class Datatype(StrEnum):
    """The types of attributes that GeoReport v2 knows."""

    TEXT = "text"
    NUMBER = "number"
    DATETIME = "datetime"
    SINGLE = "singlevaluelist"
    MULTI = "multivaluelist"


DATATYPES = {
    QuestionKind.TEXT: Datatype.TEXT,
    QuestionKind.NUMBER: Datatype.NUMBER,
    QuestionKind.DATE: Datatype.DATETIME,
    QuestionKind.MOMENT: Datatype.DATETIME,
    QuestionKind.CHOICE: Datatype.SINGLE,
    QuestionKind.CHOICES: Datatype.MULTI,
    QuestionKind.YES_NO: Datatype.SINGLE,
}


class SpanTooLong(ValueError):
    """A search over more than 90 days, or one that ends before it begins."""


def publicity_of(publicity: str, track: str) -> Publicity:
    """Return what is published of a matter's cases.

    >>> publicity_of("", "service"), publicity_of("", "order"), publicity_of("words", "order")
    (<Publicity.STATUS: 'status'>, <Publicity.NOTHING: 'nothing'>, <Publicity.WORDS: 'words'>)
    """
    chosen = Publicity(publicity)
    if chosen != Publicity.BY_TRACK:
        return chosen
    return Publicity.NOTHING if track == Track.ORDER else Publicity.STATUS


def is_required(question: Question) -> bool:
    """Answer whether every request must answer: a question with a condition is one that some do not meet.

    >>> is_required(Question("A", QuestionKind.TEXT, {}, is_required=True))
    True
    """
    return question.is_required and question.when is None


def instant(text: str) -> datetime | None:
    """Return an instant of the W3C form with its zone, or None when the text is none.

    >>> instant("1994-11-05T08:15:30-05:00") == instant("1994-11-05T13:15:30Z")
    True
    >>> instant("1994-11-05T13:15:30"), instant("yesterday")
    (None, None)
    """
    try:
        # A plus that was not encoded arrives as a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        # At the ends of the calendar no other zone can hold the instant.
        return found if found.tzinfo is not None and 1970 <= found.year < 9999 else None
    except ValueError:
        return None


def span(start: datetime | None, end: datetime | None, at: datetime) -> tuple[datetime, datetime]:
    """Return from when to when a search goes; raises `SpanTooLong` for more than 90 days or a negative span.

    Without both ends: the most recent 90 days. With one: 90 days from or up to it.
    """
    if start is None:
        last = end or at
        return last - LONGEST_SPAN, last
    last = end if end is not None else start + LONGEST_SPAN
    if not start <= last <= start + LONGEST_SPAN:
        raise SpanTooLong
    return start, last


def full_name(first: str, last: str) -> str:
    """Return the name as its script writes it: family name first in Chinese.

    >>> full_name("小明", "王"), full_name("john", "smith"), full_name("", "smith")
    ('王小明', 'john smith', 'smith')
    """
    if first and last and not (first + last).isascii() and " " not in first + last:
        return f"{last}{first}"
    return f"{first} {last}".strip()


def coarse(lon: float, lat: float) -> tuple[float, float]:
    """Return the position so rounded that it names no house.

    >>> coarse(118.354321, 28.456789)
    (118.35, 28.46)
    """
    return round(lon, COARSE_DIGITS), round(lat, COARSE_DIGITS)
