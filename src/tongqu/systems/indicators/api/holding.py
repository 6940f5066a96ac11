"""Bonus and penalty of a round, and giving up a draft, in the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from ninja.responses import Status as Answer

from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.systems.indicators.actions.contests import adjust, discard_round, take_back
from tongqu.systems.indicators.actions.keeping import check_keeper
from tongqu.systems.indicators.api.asking import division_named
from tongqu.systems.indicators.api.contests import RoundRow, round_named, row_out
from tongqu.systems.indicators.models.contest import RoundAdjustment
from tongqu.systems.indicators.queries.holding import all_adjustments
from tongqu.systems.indicators.rules.growth import plain
from tongqu.systems.indicators.rules.tidy import decimal_text

router = Router(tags=["indicators"])


class AdjustmentIn(Schema):
    """Points with their reason."""

    division: str = Field(..., max_length=15, examples=["330825"])
    points: str = Field(..., pattern=r"^-?[0-9]{1,4}([.][0-9]{1,4})?$", examples=["-2.5"])
    reason: str = Field(..., min_length=1, max_length=300, examples=["安全生产事故通报"])


class AdjustmentOut(Schema):
    """Bonus or penalty, as it was kept."""

    id: int
    division: str
    points: str
    reason: str


class TakeBackIn(Schema):
    """Why points are taken back."""

    reason: str = Field(..., min_length=1, max_length=300, examples=["复核后撤销通报"])


class AdjustmentRow(AdjustmentOut):
    """Bonus or penalty with who gave it, and who took it back and why."""

    made_at: datetime
    made_by: str
    taken_back_at: datetime | None
    taken_back_by: str
    taken_back_reason: str


@router.get(
    "/{contest}/rounds/{period}/adjustments", response=list[AdjustmentRow], summary="Bonuses and penalties"
)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def adjustments(request: HttpRequest, contest: str, period: str) -> list[AdjustmentRow]:
    """Return every bonus and penalty of a round, those taken back too. Only the statistics office may."""
    check_keeper(person_of(request))
    return [_row(each) for each in all_adjustments(round_named(request, contest, period))]


@router.post(
    "/{contest}/rounds/{period}/adjustments", response={201: AdjustmentOut}, summary="Give bonus or penalty"
)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def give(request: HttpRequest, contest: str, period: str, body: AdjustmentIn) -> Answer[AdjustmentOut]:
    """Add points to a division's total (below zero: take them off), with the reason. Only the statistics office may."""
    round_, division = round_named(request, contest, period), division_named(body.division)
    made = adjust(round_, division, Decimal(body.points), reason=body.reason, by=person_of(request), at=now())
    return Answer(
        201, AdjustmentOut(id=made.pk, division=division.code, points=body.points, reason=made.reason)
    )


@router.post("/{contest}/rounds/{period}/discard", response=RoundRow, summary="Give up a draft")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def discard(request: HttpRequest, contest: str, period: str) -> RoundRow:
    """Give up the draft of a period, which is free then for another. Only the statistics office may."""
    round_ = round_named(request, contest, period)
    return row_out(discard_round(round_, by=person_of(request), at=now()))


@router.post(
    "/adjustments/{adjustment_number}/take-back", response=AdjustmentRow, summary="Take bonus or penalty back"
)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def withdraw(request: HttpRequest, adjustment_number: int, body: TakeBackIn) -> AdjustmentRow:
    """Take points back with the reason; in a published round it counts with the next edition. Only the statistics office may."""
    row = get_object_or_404(RoundAdjustment.objects.select_related("division", "round"), pk=adjustment_number)
    return _row(take_back(row, reason=body.reason, by=person_of(request), at=now()))


def _row(row: RoundAdjustment) -> AdjustmentRow:
    return AdjustmentRow(
        id=row.pk,
        division=row.division.code,
        points=decimal_text(plain(row.points)),
        reason=row.reason,
        made_at=row.made_at,
        made_by=row.made_by_name,
        taken_back_at=row.taken_back_at,
        taken_back_by=row.taken_back_by_name,
        taken_back_reason=row.taken_back_reason,
    )
