"""A contest as plain data, as it is stored, sent and read: what it says is checked whole before anything counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from tongqu.systems.indicators.rules.contests import BadContest, Contest, Item, Missing, check_contest
from tongqu.systems.indicators.rules.definition import Better
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.saying import Said, gettext_noop

Choice = TypeVar("Choice", bound=StrEnum)


def contest_data(contest: Contest) -> dict[str, Any]:
    """Return the contest as data that JSON can hold; numbers are texts, so that they stay exact.

    >>> read_contest(contest_data(EXAMPLE)) == EXAMPLE
    True
    """
    return {
        "items": [
            {
                "code": item.code,
                "indicator": item.indicator,
                "measure": str(item.measure),
                "better": str(item.better),
                "weight": str(item.weight),
                "formula": item.formula,
                "low": str(item.low),
                "high": str(item.high),
                "missing": str(item.missing),
            }
            for item in contest.items
        ],
        "flags": contest.flags,
        "most_bonus": str(contest.most_bonus),
        "most_penalty": str(contest.most_penalty),
        "decimals": contest.decimals,
        "ties_by": contest.ties_by,
    }


def read_contest(data: Mapping[str, Any]) -> Contest:
    """Return the contest that the data say; raises `BadContest` with what to change."""
    rows = data.get("items")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        say = gettext_noop("write a list of items, each with code, indicator, weight and formula.")
        raise BadContest(Said(say), "items")
    contest = Contest(
        items=tuple(_item(row, f"items[{place}]") for place, row in enumerate(rows)),
        flags=_whole(data, "flags", 1, 99, ""),
        most_bonus=_number(data, "most_bonus", "0", ""),
        most_penalty=_number(data, "most_penalty", "0", ""),
        decimals=_whole(data, "decimals", 2, 4, "", least=0),
        ties_by=_text(data, "ties_by", "", "", 40),
    )
    check_contest(contest)
    return contest


def _item(row: Mapping[str, Any], place: str) -> Item:
    indicator = _text(row, "indicator", None, place, 40)
    return Item(
        code=_text(row, "code", indicator, place, 40),
        indicator=indicator,
        weight=_number(row, "weight", None, place),
        formula=_text(row, "formula", None, place, 500),
        measure=_choice(row, "measure", Measure.VALUE, place),
        better=_choice(row, "better", Better.UP, place),
        low=_number(row, "low", "0", place),
        high=_number(row, "high", "100", place),
        missing=_choice(row, "missing", Missing.ZERO, place),
    )


def _wrong(place: str, name: str, what: str, **values: object) -> BadContest:
    return BadContest(Said(what, values), f"{place}{'.' if place else ''}{name}")


def _text(row: Mapping[str, Any], name: str, default: str | None, place: str, most: int) -> str:
    value = row.get(name, default)
    if not isinstance(value, str) or len(value) > most or (not value and default is None):
        raise _wrong(place, name, gettext_noop("write a text of at most %(most)s signs."), most=most)
    return value


def _number(row: Mapping[str, Any], name: str, default: str | None, place: str) -> Decimal:
    value = row.get(name, default)
    try:
        found = Decimal(str(value)) if isinstance(value, str | int | float) else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= 10**9 or found.adjusted() < -9:
        raise _wrong(place, name, gettext_noop("'%(value)s' is no number of points."), value=value)
    return found


def _whole(row: Mapping[str, Any], name: str, default: int, most: int, place: str, *, least: int = 1) -> int:
    value = row.get(name, default)
    if not isinstance(value, int) or not least <= value <= most:
        say = gettext_noop("write a whole number from %(least)s to %(most)s.")
        raise _wrong(place, name, say, least=least, most=most)
    return value


def _choice(row: Mapping[str, Any], name: str, default: Choice, place: str) -> Choice:
    value = row.get(name, default)
    kinds = type(default)
    if value not in {str(each) for each in kinds}:
        say = gettext_noop("'%(value)s' is not known; write one of %(kinds)s.")
        raise _wrong(place, name, say, value=value, kinds=", ".join(kinds))
    return kinds(value)


EXAMPLE = Contest(
    (
        Item("GDP", "GDP", Decimal(60), "60 + 40 * (value - worst) / (best - worst)", Measure.GROWTH),
        Item("PM25", "PM25", Decimal(40), "100 - (rank - 1) * 5", better=Better.DOWN, missing=Missing.LOWEST),
    ),
    most_bonus=Decimal(5),
    most_penalty=Decimal(5),
    ties_by="GDP",
)
"""A contest of two indicators, for the documentation."""
