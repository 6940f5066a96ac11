"""The parts of a sentence: words, names, times, and numbers that each say where they come from.

A number never stands in the words: `Words` refuses digits and Chinese numerals, so that whatever a reader takes for a number is a
`Number` with an origin in the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tongqu.kernel.periods import Period
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.ranking import Measure

_POINTS = re.compile("百分[点點]")
"""The one word of reports that has a numeral in it and says no number."""


class What(StrEnum):
    """What a number is, and so how it follows from the store."""

    FIGURE = "figure"
    """A figure as it was recorded."""
    COMPUTED = "computed"
    """Reckoned from two figures of the series: growth, change, a multiple, a yearly average."""
    RANK = "rank"
    """A place among a set."""
    MOVE = "move"
    """By how many places the rank moved."""
    RUN = "run"
    """How many periods in a row."""
    MARK = "mark"
    """The mark of a count or run: the 3 of “first 3”."""
    TALLY = "tally"
    """How many indicators something holds of."""


@dataclass(frozen=True)
class Origin:
    """Where a number comes from."""

    what: What
    division: str
    period: Period
    indicator: str = ""
    kind: Kind = Kind.LEVEL
    measure: Measure | None = None
    of_set: str = ""
    since: Period | None = None
    """The other period of what was reckoned from two."""


class NumberInWords(ValueError):
    """Words hold a number, which would have no origin."""

    def __init__(self, text: str) -> None:
        super().__init__(f"'{text}' holds a number. Make it a number with an origin.")


@dataclass(frozen=True)
class Words:
    """What stands between names and numbers.

    >>> Words("比上年增长").text
    '比上年增长'
    >>> Words("居第一位")
    Traceback (most recent call last):
    ...
    tongqu.systems.indicators.rules.reports.parts.NumberInWords: '居第一位' holds a number. Make it a number with an origin.
    """

    text: str

    def __post_init__(self) -> None:
        if any(sign.isnumeric() for sign in _POINTS.sub("", self.text)):
            raise NumberInWords(self.text)


@dataclass(frozen=True)
class Name:
    """What an indicator, a division, a set or a unit is called; its digits belong to the name (PM2.5)."""

    text: str
    indicator: str = ""


@dataclass(frozen=True)
class When:
    """A period in words."""

    text: str
    period: Period


@dataclass(frozen=True)
class Number:
    """A number as it is written, what it is exactly, and where it comes from."""

    text: str
    value: Decimal
    origin: Origin


Part = Words | Name | When | Number
Sentence = tuple[Part, ...]


def plain_text(sentence: Iterable[Part]) -> str:
    """Return a sentence as text.

    >>> plain_text((Name("PM2.5"), Words("下降")))
    'PM2.5下降'
    """
    return "".join(part.text for part in sentence)


def numbers_in(sentences: Iterable[Sentence]) -> list[Number]:
    """Return the numbers of sentences, in order."""
    return [part for sentence in sentences for part in sentence if isinstance(part, Number)]
