"""What a reporter may say of a case, and how it is kept."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongqu.shared.journal.rules import NamedActor

MOST_STARS = 5
MOST_CHARACTERS = 500

_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"\d{17}[\dXx]"  # number of an identity card
    r"|(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}"  # mobile telephone
    r"|0\d{2,3}[ \-]?\d{7,8}"  # landline
    r")(?![0-9A-Za-z])"
    r"|[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"  # e-mail
)


@dataclass(frozen=True)
class Reporter(NamedActor):
    """Whoever holds the tracking code of a report: nobody with a login, and no name.

    >>> Reporter.of("AB23CD45EF").actor_ref
    'reporter'
    """

    tracking_code: str = ""

    @classmethod
    def of(cls, tracking_code: str) -> "Reporter":
        """Return the reporter who holds the code; the code itself goes into no fact."""
        return cls("reporter", "上报人", "", tracking_code)


def without_personal_data(text: str) -> str:
    """Return the text with numbers of telephones and identity cards and e-mail addresses made unreadable.

    >>> without_personal_data("请回电13812341234，或 a.b@example.cn，门牌 1203 号")
    '请回电***，或 ***，门牌 1203 号'
    """
    return _PERSONAL.sub("***", text)


def may_reopen(*, closed_at: datetime | None, at: datetime, days: int, was_reopened: bool) -> bool:
    """Answer whether the reporter may open the case again: once, and within so many days of its closing.

    >>> from datetime import UTC
    >>> closed_at = datetime(2026, 9, 1, tzinfo=UTC)
    >>> may_reopen(closed_at=closed_at, at=datetime(2026, 9, 16, tzinfo=UTC), days=15, was_reopened=False)
    True
    >>> may_reopen(closed_at=closed_at, at=datetime(2026, 9, 16, 1, tzinfo=UTC), days=15, was_reopened=False)
    False
    """
    return closed_at is not None and not was_reopened and at <= closed_at + timedelta(days=days)
