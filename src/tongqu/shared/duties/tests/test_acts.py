"""Opening, meeting, cancelling and pausing."""

from __future__ import annotations

from datetime import datetime, timedelta

from conftest import Town
from tongqu.kernel.calendar import Allowance
from tongqu.shared.duties.actions import duty as actions
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.rules import Lamp, Outcome
from tongqu.shared.journal.rules import Subject


def opened(town: Town, at: datetime, allowance: str = "7wh") -> Duty:
    return actions.open_duty(
        "case.handle",
        Subject("case", "1"),
        label="清理垃圾",
        owner_unit=town.county_department,
        allowance=Allowance.parse(allowance),
        by=town.desk_officer,
        at=at,
    )


def test_an_opened_duty_turns_yellow_then_red(town: Town, at: datetime) -> None:
    duty = opened(town, at)
    assert duty.lamp(at) == Lamp.BLUE
    assert duty.lamp(duty.due_at - timedelta(minutes=1)) == Lamp.YELLOW
    assert duty.lamp(duty.due_at) == Lamp.RED


def test_a_duty_met_in_time_is_on_time(town: Town, at: datetime) -> None:
    duty = actions.meet(opened(town, at), by=town.department_officer, at=at + timedelta(hours=1))
    assert duty.outcome == Outcome.ON_TIME
    assert duty.worked_seconds == 3600
    assert duty.lamp(at) is None
