"""Contests in the API: rounds, tables, what-ifs, sensitivity, appeals and the history of the flag."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from ninja.responses import Status as Answer

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.systems.indicators.actions.contests import (
    appeal,
    decide_appeal,
    define_contest,
    open_round,
    publish_round,
)
from tongqu.systems.indicators.api.asking import division_named, period_named, set_named
from tongqu.systems.indicators.api.shapes import NamesOut, names
from tongqu.systems.indicators.models.contest import Appeal, Contest, Round
from tongqu.systems.indicators.queries.contests import (
    history_of_flag,
    lines_if,
    rounds_seen_by,
    sensitivity_of,
    setting_of,
    table_of,
)
from tongqu.systems.indicators.queries.saying import in_words
from tongqu.systems.indicators.rules.contests import BadContest, Line, WhatIf
from tongqu.systems.indicators.rules.figures import BadNumber, read_number
from tongqu.systems.indicators.rules.rounds import AppealState, RoundState
from tongqu.systems.indicators.rules.sensitivity import reweighted
from tongqu.systems.indicators.rules.tidy import decimal_text

router = Router(tags=["indicators"])
MOST_CHANGES = 50
Weight = Annotated[Decimal, Field(max_digits=12, decimal_places=4)]


class ContestOut(NamesOut):
    """A contest and the terms of its next rounds."""

    set: str = Field(..., description="Code of the set of divisions.")
    terms: dict[str, Any]
    is_invented: bool


class ContestIn(Schema):
    """What a contest is about; see the guide of the indicators for the terms."""

    name_zh_hans: str = Field(..., min_length=1, max_length=100, examples=["流动红旗"])
    name_zh_hant: str = Field("", max_length=100)
    name_en: str = Field("", max_length=200)
    set: str = Field(..., max_length=40, examples=["counties"])
    terms: dict[str, Any] = Field(
        ...,
        examples=[
            {"items": [{"indicator": "GDP", "weight": "60", "formula": "100 - (rank - 1) * 5"}], "flags": 1}
        ],
    )


class ScoreOut(Schema):
    """What a division gets for an item."""

    value: str | None
    rank: int | None
    points: str


class LineOut(Schema):
    """A line of the table."""

    division: str
    rank: int
    total: str
    bonus: str
    penalty: str
    holds_flag: bool
    scores: dict[str, ScoreOut]


class RoundOut(Schema):
    """A round of a contest with its table."""

    contest: str
    period: str
    state: RoundState
    edition: int
    published_at: datetime | None
    known_at: datetime | None = Field(None, description="As of when the figures count.")
    lines: list[LineOut]


class RoundRow(Schema):
    """A round in a list."""

    id: int
    period: str
    state: RoundState
    edition: int
    published_at: datetime | None


class ChangeIn(Schema):
    """A figure as it might have been."""

    item: str = Field(..., max_length=40, examples=["gdp"])
    division: str = Field(..., max_length=15, examples=["330825"])
    value: str = Field("", max_length=30, description="Empty for no figure.", examples=["105.2"])


class ChangesIn(Schema):
    """What-ifs that hold together."""

    changes: list[ChangeIn] = Field(..., max_length=MOST_CHANGES)
    weights: dict[str, Weight] = Field(
        default_factory=dict, description="Other weights, by item.", examples=[{"gdp": "50"}]
    )


class SwingOut(Schema):
    """The smallest betterment of one figure that would bring its division the flag."""

    item: str
    division: str
    value: str
    needed: str
    by: str
    losers: list[str]


class SensitivityOut(Schema):
    """How firmly the flag stands; by item, who else would hold it if the item counted otherwise."""

    holders: list[str]
    swings: list[SwingOut]
    without: dict[str, list[str]]
    with_half_weight: dict[str, list[str]]
    with_double_weight: dict[str, list[str]]


class HeldOut(Schema):
    """Rounds in a row in which a division held the flag."""

    division: str
    since: str
    until: str
    rounds: int
    total: int


class PeriodIn(Schema):
    """For which period a round is opened."""

    period: str = Field(..., max_length=20, examples=["2024-Q1"])


class ReasonIn(Schema):
    """Why a new edition is published; may be empty for the first."""

    reason: str = Field("", max_length=300)


class AppealIn(Schema):
    """An objection."""

    division: str = Field(..., max_length=15, examples=["330825"])
    text: str = Field(..., min_length=1, max_length=2000, examples=["一季度数据已修订,请重新计算。"])


class DecisionIn(Schema):
    """What becomes of an appeal."""

    uphold: bool
    answer: str = Field(..., min_length=1, max_length=2000)


class AppealOut(Schema):
    """An appeal."""

    id: int
    division: str
    text: str
    state: AppealState
    answer: str
    edition: int


@router.get("", response=list[ContestOut], summary="List contests")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def contests(request: HttpRequest) -> list[ContestOut]:
    """Return the contests with their terms."""
    return [_contest_out(each) for each in Contest.objects.select_related("division_set")]


@router.put("/{contest}", response=ContestOut, summary="Define a contest")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def define_one(request: HttpRequest, contest: str, body: ContestIn) -> ContestOut:
    """Define a contest or change the terms of its next rounds. Only the statistics office may."""
    made = define_contest(
        contest,
        name=body.name_zh_hans,
        name_hant=body.name_zh_hant,
        name_en=body.name_en,
        division_set=set_named(body.set),
        terms=body.terms,
        by=person_of(request),
        at=now(),
    )
    return _contest_out(made)


@router.get("/{contest}/flag", response=list[HeldOut], summary="History of the flag")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def flag(request: HttpRequest, contest: str) -> list[HeldOut]:
    """Return who held the flag from when to when, by the published rounds."""
    return [
        HeldOut(division=h.holder, since=str(h.since), until=str(h.until), rounds=h.rounds, total=h.total)
        for h in history_of_flag(_contest(contest))
    ]


@router.post("/{contest}/rounds", response={201: RoundOut}, summary="Open a round")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def open_one(request: HttpRequest, contest: str, body: PeriodIn) -> Answer[RoundOut]:
    """Open a round as a draft, with the terms as they are now. Only the statistics office may."""
    made = open_round(_contest(contest), period_named(body.period), by=person_of(request), at=now())
    return Answer(201, _round_out(made))


@router.get("/{contest}/rounds", response=Page[RoundRow], summary="List the rounds of a contest")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def rounds(request: HttpRequest, contest: str, paging: Query[Paging]) -> Page[RoundRow]:
    """Return the published rounds, the newest period first; for who keeps figures drafts and discarded ones as well."""
    rows = rounds_seen_by(person_of(request)).filter(contest=_contest(contest))
    return paged(rows, paging, by=("-period", "-id"), show=row_out)


@router.get("/{contest}/rounds/{period}", response=RoundOut, summary="The table of a round")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def table(request: HttpRequest, contest: str, period: str) -> RoundOut:
    """Return the table of a round: as published, or for who keeps figures a draft as things stand."""
    return _round_out(round_named(request, contest, period))


@router.post("/{contest}/rounds/{period}/what-if", response=list[LineOut], summary="The table under what-ifs")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def what_if(request: HttpRequest, contest: str, period: str, body: ChangesIn) -> list[LineOut]:
    """Return the table as it would be with other figures or weights; nothing is kept."""
    setting = setting_of(round_named(request, contest, period))
    try:
        changes = [WhatIf(each.item, each.division, read_number(each.value)) for each in body.changes]
        return _lines_out(lines_if(reweighted(setting, body.weights), changes))
    except (BadNumber, BadContest) as bad:
        raise BadInput([Problem(in_words(bad.said), code="bad-change", field="changes")]) from bad


@router.get(
    "/{contest}/rounds/{period}/sensitivity", response=SensitivityOut, summary="What would move the flag"
)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def sensitivity(request: HttpRequest, contest: str, period: str) -> SensitivityOut:
    """Return the smallest betterments that would bring the flag to the five next below it, and which items decide it."""
    found = sensitivity_of(setting_of(round_named(request, contest, period)))
    return SensitivityOut(
        holders=sorted(found.holders),
        swings=[
            SwingOut(
                item=s.item,
                division=s.member,
                value=decimal_text(s.value),
                needed=decimal_text(s.needed),
                by=decimal_text(s.by),
                losers=sorted(s.losers),
            )
            for s in found.swings
        ],
        without=_sorted(found.without),
        with_half_weight=_sorted(found.with_half_weight),
        with_double_weight=_sorted(found.with_double_weight),
    )


@router.post("/{contest}/rounds/{period}/publish", response=RoundOut, summary="Publish the result of a round")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def publish(request: HttpRequest, contest: str, period: str, body: ReasonIn) -> RoundOut:
    """Publish a draft, or a new edition of a published result with the reason. Only the statistics office may."""
    round_ = round_named(request, contest, period)
    return _round_out(publish_round(round_, by=person_of(request), at=now(), reason=body.reason))


@router.post(
    "/{contest}/rounds/{period}/appeals", response={201: AppealOut}, summary="Appeal against a result"
)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def object_to(request: HttpRequest, contest: str, period: str, body: AppealIn) -> Answer[AppealOut]:
    """Object to a published result for a division that you answer for."""
    round_, division = round_named(request, contest, period), division_named(body.division)
    made = appeal(round_, division, text=body.text, by=person_of(request), at=now())
    return Answer(201, _appeal_out(made))


@router.post("/appeals/{appeal_number}/decide", response=AppealOut, summary="Decide an appeal")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def decide(request: HttpRequest, appeal_number: int, body: DecisionIn) -> AppealOut:
    """Uphold or reject an appeal with an answer. Only the statistics office may."""
    row = get_object_or_404(Appeal, pk=appeal_number)
    return _appeal_out(
        decide_appeal(row, uphold=body.uphold, answer=body.answer, by=person_of(request), at=now())
    )


def _contest(code: str) -> Contest:
    return get_object_or_404(Contest.objects.select_related("division_set"), code=code)


def round_named(request: HttpRequest, contest: str, period: str) -> Round:
    """Return the round of a period as far as the caller may see it, discarded ones never; raises `Http404`."""
    when = period_named(period)
    rows = rounds_seen_by(person_of(request)).exclude(state=RoundState.DISCARDED)
    found = rows.filter(contest__code=contest, period=when.code).first()
    if found is None:
        raise Http404
    return found


def _contest_out(row: Contest) -> ContestOut:
    return ContestOut(**names(row), set=row.division_set.code, terms=row.terms, is_invented=row.is_invented)


def row_out(row: Round) -> RoundRow:
    """Return a round as a row of a list."""
    return RoundRow(
        id=row.pk,
        period=str(row.when),
        state=RoundState(row.state),
        edition=row.edition,
        published_at=row.published_at,
    )


def _round_out(row: Round) -> RoundOut:
    return RoundOut(
        contest=row.contest.code,
        period=str(row.when),
        state=RoundState(row.state),
        edition=row.edition,
        published_at=row.published_at,
        known_at=row.known_at,
        lines=_lines_out(table_of(row)),
    )


def _lines_out(lines: Iterable[Line]) -> list[LineOut]:
    return [
        LineOut(
            division=line.member,
            rank=line.rank,
            total=decimal_text(line.total),
            bonus=decimal_text(line.bonus),
            penalty=decimal_text(line.penalty),
            holds_flag=line.holds_flag,
            scores={item: _score_out(s.value, s.rank, s.points) for item, s in line.scores.items()},
        )
        for line in lines
    ]


def _score_out(value: Decimal | None, rank: int | None, points: Decimal) -> ScoreOut:
    return ScoreOut(value=decimal_text(value) or None, rank=rank, points=decimal_text(points))


def _sorted(found: dict[str, frozenset[str]]) -> dict[str, list[str]]:
    return {item: sorted(of) for item, of in found.items()}


def _appeal_out(row: Appeal) -> AppealOut:
    return AppealOut(
        id=row.pk,
        division=row.division.code,
        text=row.text,
        state=AppealState(row.state),
        answer=row.answer,
        edition=row.edition,
    )
