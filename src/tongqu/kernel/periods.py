"""Periods of statistics: a span of whole months, so that a quarter, a year and "January to September" are one kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

YEAR_MONTHS = 12
YEAR_IN_CODES = 100_000
"""How far apart the codes of a period and of the same months a year later are."""
MONTHS_IN_CODES = 1000
"""The last three digits of a period's code are its months."""
_SHAPES = (
    # (pattern, months, months before the numbered part)
    (re.compile(r"(\d{4})"), 12),
    (re.compile(r"(\d{4})-S([12])"), 6),
    (re.compile(r"(\d{4})-Q([1-4])"), 3),
    (re.compile(r"(\d{4})-M?(0[1-9]|1[0-2])"), 1),
)
_RANGE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-01)?/P(?:([1-9]\d{0,2})Y)?(?:([1-9]\d{0,3})M)?")
_CODES = {12: "A", 6: "S", 3: "Q", 1: "M"}


class BadPeriod(ValueError):
    """A text does not say a period."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"'{text}' is not a period. Write 2024 (year), 2024-S1 (half), 2024-Q3 (quarter), 2024-09 (month), or "
            "2024-01/P9M (the nine months from January, as in a cumulative figure)."
        )


@dataclass(frozen=True, order=True)
class Period:
    """A span of whole months: `end` counts months since year 0, `months` is its length.

    Periods sort by their end, then by length. Cumulative figures are spans from January: January to March is the first
    quarter, January to December the year, so that the two ways of publishing meet where they mean the same.

    >>> nine = Period.parse("2024-01/P9M")
    >>> nine.is_to_date, nine.year, str(nine), str(nine.year_before), str(nine.step)
    (True, 2024, '2024-01/P9M', '2023-01/P9M', '2024-09')
    >>> str(Period.parse("2024-01-01/P3M")), Period.parse("2024-M09") == Period.parse("2024-09")
    ('2024-Q1', True)
    >>> Period.parse("2024-Q3") < Period.parse("2024-Q4"), Period.of_code(Period.parse("2024-Q4").code)
    (True, Period(end=24299, months=3))
    >>> [str(p) for p in (nine.before, Period.parse("2024-Q1").before, Period.parse("2016-01/P60M"))]
    ['2023-04/P9M', '2023-Q4', '2016-01/P60M']
    """

    end: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that a text says, after SDMX's forms; raises `BadPeriod`."""
        for pattern, months in _SHAPES:
            if (found := pattern.fullmatch(text)) is not None:
                part = int(found[2]) if pattern.groups > 1 else 1
                return cls.since(int(found[1]), (part - 1) * months + 1, months)
        found = _RANGE.fullmatch(text)
        if found is None or not (found[3] or found[4]):
            raise BadPeriod(text)
        return cls.since(int(found[1]), int(found[2]), int(found[3] or 0) * YEAR_MONTHS + int(found[4] or 0))

    @classmethod
    def since(cls, year: int, month: int, months: int) -> Period:
        """Return the span of so many months that begins with the month."""
        return cls(year * YEAR_MONTHS + month - 1 + months - 1, months)

    @classmethod
    def of_code(cls, code: int) -> Period:
        """Return the period of a stored code."""
        stamp, months = divmod(code, MONTHS_IN_CODES)
        return cls(stamp // 100 * YEAR_MONTHS + stamp % 100 - 1, months)

    @property
    def code(self) -> int:
        """A number of ten digits at most that sorts as periods do: year and month of the end, and the length.

        >>> Period.parse("2024-01/P9M").code
        202409009
        """
        return (self.year * 100 + self.end % YEAR_MONTHS + 1) * MONTHS_IN_CODES + self.months

    @property
    def year(self) -> int:
        """The year in which it ends."""
        return self.end // YEAR_MONTHS

    @property
    def start(self) -> int:
        """The first month, counted as `end` is."""
        return self.end - self.months + 1

    @property
    def is_to_date(self) -> bool:
        """Whether it begins with January and ends in the same year: what a cumulative figure of a year covers."""
        return self.start % YEAR_MONTHS == 0 and self.months <= YEAR_MONTHS

    @property
    def frequency(self) -> str:
        """SDMX's code: A, S, Q or M for a whole year, half, quarter or month; empty for any other span."""
        code = _CODES.get(self.months, "")
        return code if code and self.start % self.months == 0 else ""

    @property
    def year_before(self) -> Period:
        """The same months a year before."""
        return self.shifted(-YEAR_MONTHS)

    @property
    def before(self) -> Period:
        """The span of the same length that ends just before it begins."""
        return self.shifted(-self.months)

    @property
    def after(self) -> Period:
        """The span of the same length that begins just after it."""
        return self.shifted(self.months)

    @property
    def step(self) -> Period:
        """Its last month."""
        return Period(self.end, 1)

    @property
    def to_date(self) -> Period:
        """The span from January of its last year to its end.

        >>> str(Period.parse("2024-Q3").to_date)
        '2024-01/P9M'
        """
        return Period(self.end, self.end % YEAR_MONTHS + 1)

    def shifted(self, months: int) -> Period:
        """Return the span so many months later."""
        return Period(self.end + months, self.months)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.start // YEAR_MONTHS, self.start % YEAR_MONTHS + 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day.

        >>> Period.parse("2024-02").last_day, Period.parse("2024").first_day
        (datetime.date(2024, 2, 29), datetime.date(2024, 1, 1))
        """
        following = self.end + 1
        return date(following // YEAR_MONTHS, following % YEAR_MONTHS + 1, 1) - timedelta(days=1)

    def __str__(self) -> str:
        year, place = divmod(self.start, YEAR_MONTHS)
        match self.frequency:
            case "A":
                return f"{year:04}"
            case "M":
                return f"{year:04}-{place + 1:02}"
            case "":
                return f"{year:04}-{place + 1:02}/P{self.months}M"
            case letter:
                return f"{year:04}-{letter}{place // self.months + 1}"


def periods_from(first: Period, last: Period) -> list[Period]:
    """Return the spans of equal length from the first to the last, each beginning where the one before ended.

    >>> [str(p) for p in periods_from(Period.parse("2023-Q4"), Period.parse("2024-Q2"))]
    ['2023-Q4', '2024-Q1', '2024-Q2']
    """
    return [
        Period(end, first.months) for end in range(first.end, last.end + 1, first.months)
    ]  # fmt: skip
