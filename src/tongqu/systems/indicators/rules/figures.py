"""One figure of a series: its value as published, its status and its vintage; and how a cell of a table is read as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Protocol, TypeVar

from tongqu.systems.indicators.rules.definition import Status
from tongqu.systems.indicators.rules.growth import decimals_of
from tongqu.systems.indicators.rules.saying import Said, gettext_noop

MOST_DECIMALS = 15
MOST_DIGITS = 18
_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{0,15})?(?:[eE][-+]?\d{1,2})?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:[,，]\d{3})+(?:\.\d*)?")
ABSENT = frozenset({"", "-", "--", "—", "——", "…", "...", "……", "/", "NA", "N/A", "n/a", "NaN", "空缺"})
"""Texts that say that there is no figure."""
_NO_NUMBER = gettext_noop(
    "'%(text)s' is no number. Write digits with a point, at most %(digits)s digits and %(decimals)s of them behind it, "
    "without a unit; leave the field empty where there is no figure."
)
_SIGNS = str.maketrans("−－﹣＋．０１２３４５６７８９", "---+.0123456789")


class BadNumber(ValueError):
    """A text is no number that can be kept."""

    def __init__(self, text: str) -> None:
        self.said = Said(_NO_NUMBER, {"text": text, "digits": MOST_DIGITS, "decimals": MOST_DECIMALS})
        super().__init__(str(self.said))


def read_number(text: str) -> Decimal | None:
    """Return the number that a cell says, or None where it says that there is none; raises `BadNumber`.

    Digits behind the point are kept, zeros too: they say how exactly the figure was published.

    >>> read_number("1,234.50"), read_number(" — "), read_number("－3.2"), read_number("1e3")
    (Decimal('1234.50'), None, Decimal('-3.2'), Decimal('1000'))
    """
    plain = text.strip().translate(_SIGNS)
    if plain in ABSENT:
        return None
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "").replace("，", "")
    if not _NUMBER.fullmatch(plain):
        raise BadNumber(text)
    value = Decimal(plain)
    if decimals_of(value) > MOST_DECIMALS or abs(value) >= Decimal(10) ** MOST_DIGITS:
        raise BadNumber(text)
    mantissa, decimals = packed(value)
    if abs(mantissa) >= 10**MOST_DIGITS:
        raise BadNumber(text)
    return unpacked(mantissa, decimals)


def packed(value: Decimal) -> tuple[int, int]:
    """Return the value as a whole number and how many of its digits stand behind the point: exact in any database.

    >>> packed(Decimal("5.30")), packed(Decimal("1E+3"))
    ((530, 2), (1000, 0))
    """
    decimals = decimals_of(value)
    return int(value.scaleb(decimals)), decimals


def unpacked(mantissa: int, decimals: int) -> Decimal:
    """Return the value of its two parts.

    >>> unpacked(530, 2)
    Decimal('5.30')
    """
    return Decimal(mantissa).scaleb(-decimals)


@dataclass(frozen=True)
class Figure:
    """One vintage of a figure."""

    value: Decimal | None
    status: Status
    known_at: datetime
    revision: int


class Dated(Protocol):
    """What is known since an instant, as one revision of several."""

    @property
    def known_at(self) -> datetime:
        """Since when it is known."""

    @property
    def revision(self) -> int:
        """Its place in the order of recording."""


AnyDated = TypeVar("AnyDated", bound=Dated)


def as_known(vintages: Iterable[AnyDated], at: datetime | None = None) -> AnyDated | None:
    """Return the vintage that counted at an instant, by default the newest; None when none was known yet.

    What was published later counts; of two of one instant, what was recorded later.
    """
    known = [each for each in vintages if at is None or each.known_at <= at]
    return max(known, key=lambda each: (each.known_at, each.revision), default=None)


@dataclass(frozen=True)
class Revision:
    """How a figure changed from one vintage to the next."""

    before: Figure
    after: Figure

    @property
    def by(self) -> Decimal | None:
        """The difference, or None where one of the two has no value."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def revisions(vintages: Sequence[Figure]) -> list[Revision]:
    """Return each change from one vintage to the next, in the order in which they were published."""
    ordered = sorted(vintages, key=lambda each: (each.known_at, each.revision))
    return [Revision(*pair) for pair in pairwise(ordered)]
