"""What the API shows of indicators, figures and ranks. Values are texts, so that no digit is lost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ninja import Field, Schema

from tongqu.kernel.problems import Problem
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.definition import (
    Accumulation,
    Better,
    Frequency,
    Kind,
    PriceBasis,
    Status,
)
from tongqu.systems.indicators.rules.ranking import Late, Placed, Streak
from tongqu.systems.indicators.rules.tidy import decimal_text


def text_of(value: Decimal | None, decimals: int | None = None) -> str | None:
    """Return a value as text, or null; a computed one rounded half up to so many decimals."""
    if value is None:
        return None
    return decimal_text(value) if decimals is None else f"{value:.{decimals}f}"


class NamesOut(Schema):
    """A code with its names."""

    code: str = Field(..., examples=["330825"])
    name_zh_hans: str = Field(..., examples=["龙游县"])
    name_zh_hant: str = ""
    name_en: str = ""


class IndicatorOut(NamesOut):
    """What an indicator means."""

    unit: str = Field("", examples=["CNY_100M"])
    frequency: Frequency
    accumulation: Accumulation = Field(
        ..., description="Whether a figure is of the period, from January on, or a stock."
    )
    price_basis: PriceBasis
    growth_basis: PriceBasis = Field(..., description="In which prices the published growth is.")
    better: Better
    decimals: int
    numerator: str = Field("", description="Of a ratio: the code of the indicator above the line.")
    denominator: str = ""
    source: str = ""
    meaning: str = ""
    version: int
    is_invented: bool = Field(..., description="Whether it was made up for a demo.")


class SetOut(NamesOut):
    """A named set of divisions."""

    late: Late = Field(..., description="What becomes of members whose figure is not there yet.")
    members: list[NamesOut]


class FigureOut(Schema):
    """One figure as it counts now."""

    id: int
    division: str = Field(..., examples=["330825"])
    period: str = Field(..., examples=["2024-Q1"])
    kind: Kind
    value: str | None = Field(..., examples=["203.50"])
    status: Status
    revision: int = Field(..., description="1 for what was published first.")
    known_at: datetime
    release: str


class VintageOut(Schema):
    """One vintage of a figure, and what it rests on."""

    value: str | None
    status: Status
    revision: int
    known_at: datetime
    counts: bool = Field(..., description="Whether it counts now.")
    release: str
    source: str
    has_evidence: bool
    evidence: str | None = Field(None, description="SHA-256 of the evidence, where you may see it.")
    span_start: int | None = Field(None, description="First character in the text of the evidence.")
    span_end: int | None = None


class PlaceOut(Schema):
    """Where one division stands."""

    division: str
    name: str
    value: str | None
    rank: int | None
    of: int = Field(..., description="How many were ranked.")
    is_tied: bool
    period: str = Field(..., description="Of which period its figure is.")
    is_late: bool


class StreakOut(Schema):
    """Periods in a row."""

    first: str
    last: str
    length: int


class ProblemOut(Schema):
    """What is wrong with one row."""

    row: int | None
    field: str
    code: str
    message: str


def indicator_out(indicator: Indicator) -> IndicatorOut:
    """Return an indicator for the API."""
    return IndicatorOut.from_orm(indicator)


def names_out(row: StatDivision) -> NamesOut:
    """Return a division for the API."""
    return NamesOut.from_orm(row)


def set_out(row: DivisionSet) -> SetOut:
    """Return a set for the API; its members must be prefetched."""
    return SetOut(**names(row), late=Late(row.late), members=[names_out(each) for each in row.members.all()])


def names(row: Any) -> dict[str, str]:
    """Return the code and names of a row."""
    return {name: getattr(row, name) for name in ("code", "name_zh_hans", "name_zh_hant", "name_en")}


def place_out(division: StatDivision, place: Placed[int], decimals: int | None) -> PlaceOut:
    """Return a place for the API."""
    return PlaceOut(
        division=division.code,
        name=division.name,
        value=text_of(place.value, decimals),
        rank=place.rank,
        of=place.of,
        is_tied=place.is_tied,
        period=str(place.period),
        is_late=place.is_late,
    )


def streak_out(streak: Streak) -> StreakOut:
    """Return a streak for the API."""
    return StreakOut(first=str(streak.first), last=str(streak.last), length=streak.length)


def problem_out(problem: Problem) -> ProblemOut:
    """Return a row's problem for the API."""
    return ProblemOut(row=problem.row, field=problem.field, code=problem.code, message=str(problem.message))
