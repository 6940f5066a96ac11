"""What a reporter is told of, by which channel, when, and how often it is tried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

MOST_CONTACTS = 5
"""Ways to be told in one case."""
MOST_CASES_A_DAY = 5
"""Cases about which one address may ask to be told within a day."""
MOST_NOTICES_A_DAY = 10
"""Notices that one contact gets in one case within a day."""
KEPT_FOR = timedelta(days=180)
"""How long after a case ended the addresses in it are kept."""
RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""The waits after failed attempts; after the last a notice is given up, a day after the act."""


class Channel(StrEnum):
    """By which way a notice goes."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class Event(StrEnum):
    """What a reporter is told of."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPATCHED = "dispatched"
    HANDLED = "handled"
    CLOSED = "closed"
    REOPENED = "reopened"
    JOINED = "joined"
    REPLIED = "replied"


EVENTS: dict[str, Event] = {f"case.{event}": event for event in Event if event != Event.REPORTED}
"""The facts that a reporter is told of. The receipt of a report is written with it, not by its fact."""


class NoticeState(StrEnum):
    """Where a notice stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    """Given up, with a reason that is shown."""
    DROPPED = "dropped"
    """Not wanted any more, or one too many."""


class CannotSend(Exception):
    """A notice did not go out; `is_final` says that trying again is of no use, `is_gone` that the address is no more."""

    def __init__(self, say: str, *, is_final: bool = False, is_gone: bool = False) -> None:
        self.say, self.is_final, self.is_gone = say, is_final or is_gone, is_gone
        super().__init__(say)


def next_try(tries: int, at: datetime) -> datetime | None:
    """Return when a notice that failed `tries` times is tried again, or None when it is given up.

    >>> noon = datetime(2026, 9, 16, 12)
    >>> next_try(1, noon).isoformat(), next_try(8, noon)
    ('2026-09-16T12:01:00', None)
    """
    return at + RETRIES[tries - 1] if tries <= len(RETRIES) else None


@dataclass(frozen=True)
class QuietHours:
    """The hours of the day in which no telephone rings.

    >>> QuietHours.parse("21:00-08:00")
    QuietHours(begin=datetime.time(21, 0), end=datetime.time(8, 0))
    """

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours | None:
        """Read `21:00-08:00`; nothing for an empty text. Raises `ValueError`."""
        if not text.strip():
            return None
        begin, _dash, end = text.partition("-")
        return cls(time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))

    def until(self, at: datetime, zone: str) -> datetime:
        """Return the instant from which the telephone may ring: `at`, or the end of the quiet hours around it.

        >>> from datetime import UTC
        >>> night = QuietHours.parse("21:00-08:00")
        >>> night.until(datetime(2026, 9, 16, 14, tzinfo=UTC), "Asia/Shanghai").isoformat()
        '2026-09-17T08:00:00+08:00'
        >>> night.until(datetime(2026, 9, 16, 2, tzinfo=UTC), "Asia/Shanghai").isoformat()
        '2026-09-16T02:00:00+00:00'
        """
        local = at.astimezone(ZoneInfo(zone))
        now = local.time()
        is_over_night = self.begin > self.end
        is_quiet = (now >= self.begin or now < self.end) if is_over_night else self.begin <= now < self.end
        if not is_quiet:
            return at
        day = local.date() + timedelta(days=1 if is_over_night and now >= self.begin else 0)
        return datetime.combine(day, self.end, local.tzinfo)


_PHONE = re.compile(r"^\+?[0-9]{6,15}$")
_EMAIL = re.compile(r"^[^@\s<>\"(),;:\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.)+[A-Za-z]{2,63}$")


def plain_phone(text: str) -> str | None:
    """Return a telephone number as gateways take it, or None when the text is none.

    >>> plain_phone("138-1234 1234"), plain_phone("call me")
    ('13812341234', None)
    """
    plain = re.sub(r"[\s\-()（）]", "", text)
    return plain if _PHONE.match(plain) else None


def plain_email(text: str) -> str | None:
    """Return an e-mail address as it is kept, or None when the text is none.

    >>> plain_email(" Wang@163.com "), plain_email("a@b@c")
    ('Wang@163.com', None)
    """
    plain = text.strip()
    return plain if _EMAIL.match(plain) and len(plain) <= 254 else None


def is_push_service(endpoint: str, hosts: Iterable[str]) -> bool:
    """Answer whether an address belongs to a push service we speak to; it comes from the browser, so it is not believed.

    A host that begins with `*.` stands for all hosts below it.

    >>> hosts = ["fcm.googleapis.com", "*.notify.windows.com"]
    >>> is_push_service("https://fcm.googleapis.com/fcm/send/x", hosts)
    True
    >>> is_push_service("https://am3p.notify.windows.com/w/?t=1", hosts)
    True
    >>> is_push_service("https://fcm.googleapis.com@10.0.0.1/", hosts), is_push_service("http://x", hosts)
    (False, False)
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or port not in (None, 443) or parts.username or len(endpoint) > 500:
        return False
    return any(host.endswith(each[1:]) if each.startswith("*.") else host == each for each in hosts)


def filled(template: Any, values: dict[str, str]) -> Any:
    """Return a JSON value with `{name}` replaced in all its texts; other braces stay.

    >>> filled({"to": ["{to}"], "n": 1, "x": "{a} {to}"}, {"to": "138"})
    {'to': ['138'], 'n': 1, 'x': '{a} 138'}
    """
    if isinstance(template, dict):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if not isinstance(template, str):
        return template
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), template)
