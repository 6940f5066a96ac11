"""How cases look to Open311 (GeoReport v2): what is published, the attributes of a service, the span of a search.

Source: the GeoReport v2 specification, wiki.open311.org/GeoReport_v2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from tongqu.systems.cases.rules.kinds import Track

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
    "text": Datatype.TEXT,
    "number": Datatype.NUMBER,
    "date": Datatype.DATETIME,
    "choice": Datatype.SINGLE,
    "choices": Datatype.MULTI,
    "yes_no": Datatype.SINGLE,
}
YES_NO = {"yes": True, "no": False}


class AnswerFault(StrEnum):
    """What can be wrong with an attribute that was sent."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    NO_NUMBER = "no-number"
    NO_DATE = "no-date"
    NO_OPTION = "no-option"
    SEVERAL = "several"
    TOO_LONG = "too-long"


@dataclass(frozen=True)
class Fault:
    """Something wrong with one attribute."""

    code: str
    kind: AnswerFault


class NotAnswered(ValueError):
    """A value that does not answer its question."""

    def __init__(self, kind: AnswerFault) -> None:
        self.kind = kind
        super().__init__(kind.value)


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


def in_language(text: object, language: str) -> str:
    """Return a text kept in languages in the one wanted, else in Simplified Chinese, else in any.

    >>> in_language({"zh_hans": "颜色", "en": "Colour"}, "en"), in_language("A", "en"), in_language({}, "en")
    ('Colour', 'A', '')
    """
    if not isinstance(text, Mapping):
        return str(text or "")
    wanted = (language.replace("-", "_"), language.split("-")[0], "zh_hans", *text)
    return next((str(text[key]) for key in wanted if text.get(key)), "")


def is_required(question: Mapping[str, Any]) -> bool:
    """Answer whether every report must answer: a question with a condition is one that some do not meet.

    >>> is_required({"required": True}), is_required({"required": True, "when": {"code": "A"}})
    (True, False)
    """
    return bool(question.get("required")) and not question.get("when")


def options_of(question: Mapping[str, Any], yes: str, no: str, language: str) -> list[tuple[str, str]]:
    """Return the keys and names that a list offers; none for what is no list.

    >>> options_of({"kind": "yes_no"}, "Yes", "No", "en")
    [('yes', 'Yes'), ('no', 'No')]
    >>> options_of({"kind": "choice", "options": [{"code": "A", "text": {"en": "An A"}}]}, "", "", "en")
    [('A', 'An A')]
    >>> options_of({"kind": "number"}, "", "", "en")
    []
    """
    if question["kind"] == "yes_no":
        return [("yes", yes), ("no", no)]
    if question["kind"] in ("choice", "choices"):
        return [(str(o["code"]), in_language(o.get("text"), language)) for o in question.get("options", ())]
    return []


def check_answers(
    questions: Sequence[Mapping[str, Any]], sent: Mapping[str, Sequence[str]]
) -> tuple[dict[str, object], list[Fault]]:
    """Return the answers in their types, and every fault: unknown, missing or wrong attributes.

    Empty values count as not sent. Numbers are float, dates ISO text, `choices` a list of codes, `yes_no` a bool.
    """
    known = {str(question["code"]): question for question in questions}
    values = {code: [v.strip() for v in texts if v.strip()] for code, texts in sent.items()}
    faults = [
        Fault(code, AnswerFault.UNKNOWN) for code, given in values.items() if given and code not in known
    ]
    answers: dict[str, object] = {}
    for code, question in known.items():
        given = values.get(code) or []
        if not given:
            if is_required(question):
                faults.append(Fault(code, AnswerFault.MISSING))
            continue
        try:
            answers[code] = _answer(question, given)
        except NotAnswered as refusal:
            faults.append(Fault(code, refusal.kind))
    return answers, faults


def spelled(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, object], yes: str, no: str, language: str
) -> list[tuple[str, str]]:
    """Return what was asked and what was answered, in words; an answer whose question is gone stands by its code.

    >>> asked = [{"code": "A", "kind": "yes_no", "text": {"en": "Blocked?"}}]
    >>> spelled(asked, {"A": True, "B": ["x", "y"]}, "yes", "no", "en")
    [('Blocked?', 'yes'), ('B', 'x, y')]
    """
    known = {str(question["code"]): question for question in questions}
    lines = []
    for code, answer in answers.items():
        question = known.get(code, {"kind": "", "text": code})
        names = dict(options_of(question, yes, no, language))
        given = answer if isinstance(answer, list) else [_key(answer)]
        said = ", ".join(names.get(str(value), str(value)) for value in given)
        lines.append((in_language(question["text"], language), said))
    return lines


def _key(answer: object) -> object:
    return next((key for key, value in YES_NO.items() if value is answer), answer)


def _answer(question: Mapping[str, Any], given: Sequence[str]) -> object:
    kind = question["kind"]
    if kind == "choices":
        return [_option(question, value) for value in dict.fromkeys(given)]
    if len(given) > 1:
        raise NotAnswered(AnswerFault.SEVERAL)
    value = given[0]
    if kind == "choice":
        return _option(question, value)
    if kind == "yes_no":
        return _yes_no(value)
    if kind == "number":
        return _number(value)
    if kind == "date":
        return _date(value)
    if len(value) > MOST_LINE:
        raise NotAnswered(AnswerFault.TOO_LONG)
    return value


def _option(question: Mapping[str, Any], value: str) -> str:
    if value not in {str(option["code"]) for option in question.get("options", ())}:
        raise NotAnswered(AnswerFault.NO_OPTION)
    return value


def _yes_no(value: str) -> bool:
    if value not in YES_NO:
        raise NotAnswered(AnswerFault.NO_OPTION)
    return YES_NO[value]


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise NotAnswered(AnswerFault.NO_NUMBER) from None
    if not math.isfinite(number):
        raise NotAnswered(AnswerFault.NO_NUMBER)
    return number


def _date(value: str) -> str:
    """Return the day: an ISO date, or the one in an ISO instant."""
    try:
        return date.fromisoformat(value[:10]).isoformat() if value[10:11] in ("", "T") else _no_date()
    except ValueError:
        return _no_date()


def _no_date() -> str:
    raise NotAnswered(AnswerFault.NO_DATE)


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
