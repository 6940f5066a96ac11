"""What a claim is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What sort of statement a claim is.

    `level`: how much or how many of something there is. `yoy`: growth in per cent over the same period of the year before.
    `change`: any other difference: an amount, percentage points, growth over another base or a year on average, from–to.
    `share`: a part or multiple of something else. `rank`: a place among others. `count`: how many things, the number standing
    before them, or how many of a set hold a rank. `completion`: how much of a plan is done.
    """

    LEVEL = "level"
    YOY = "yoy"
    CHANGE = "change"
    SHARE = "share"
    RANK = "rank"
    COUNT = "count"
    COMPLETION = "completion"


@dataclass(frozen=True)
class Claim:
    """One figure that a text states.

    `start` and `end` are offsets of `text` in the report. Division, indicator, unit and rank's set are written as the report
    writes them; `code` is the known indicator, `division_code` the known division, or empty. `value` is in the unit as written;
    of a from–to it is the end, with `value_from` the beginning; of a range `value_from` is the lower and `value` the upper end.
    A `rank` of "the first six" is 6 with `rank_within`. `target`: planned or expected, not reached.
    """

    start: int
    end: int
    text: str
    division: str
    indicator: str
    period: str
    kind: Kind
    value: Decimal | None = None
    unit: str = ""
    value_from: Decimal | None = None
    rank: int | None = None
    rank_scope: str = ""
    approximate: bool = False
    code: str = ""
    division_code: str = ""
    rank_within: bool = False
    target: bool = False


def row_of(claim: Claim) -> dict[str, object]:
    """Return a claim as a row for JSON: numbers as JSON numbers, what is not stated as null.

    >>> row_of(Claim(0, 2, "5%", "", "GDP", "2021", Kind.YOY, Decimal("5.0"), "%"))["value"]
    5
    """
    row = asdict(claim)
    for field in ("value", "value_from"):
        number = row[field]
        row[field] = None if number is None else json_number(number)
    for field in ("division", "indicator", "period", "unit", "rank_scope", "code", "division_code"):
        row[field] = row[field] or None
    row["kind"] = claim.kind.value
    return row


def json_number(value: Decimal) -> int | float:
    """Return a decimal as the JSON number that reads the same.

    >>> json_number(Decimal("-3.20")), json_number(Decimal("2000"))
    (-3.2, 2000)
    """
    return int(value) if value == value.to_integral_value() else float(value)
