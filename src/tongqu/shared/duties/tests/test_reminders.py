"""Reminders before and after due, and escalation; each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conftest import Town, make_person, make_unit
from tongqu.kernel.calendar import Allowance
from tongqu.shared.duties import jobs
from tongqu.shared.duties.actions.duty import forecast, meet, pause, resume
from tongqu.shared.duties.actions.extension import ask_extension, decide_extension
from tongqu.shared.duties.actions.reminders import read_notices, remind, remind_all
from tongqu.shared.duties.actions.rule_changes import set_steps
from tongqu.shared.duties.models import Duty, Notice, Reminder
from tongqu.shared.duties.queries import audience_of, notices_of, unread_notices
from tongqu.shared.duties.rules import Audience, Step
from tongqu.shared.duties.tests.making import a_duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.rules import Role, UnitKind

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told() -> list[tuple[str, str]]:
    """Who was told what, by the journal."""
    facts = Fact.objects.filter(verb__in=["duty.reminded", "duty.escalated"]).order_by("seq")
    return [(fact.verb.removeprefix("duty."), fact.after_values["step"]) for fact in facts]


def test_nothing_is_told_before_its_time(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert remind(at=at) == 0
    assert duty.next_step_at == at + timedelta(hours=5, minutes=30)


def test_each_step_is_taken_once_however_often_the_job_runs(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    for hours in range(24 * 9):
        remind(at=at + hours * HOUR)
        remind(at=at + hours * HOUR)
    assert told() == [
        ("reminded", "50%:owner"),
        ("reminded", "80%:owner"),
        ("escalated", "100%:head"),
        ("reminded", "100%:owner"),
        ("reminded", "100%+1:owner"),
        ("escalated", "100%+1:supervisor"),
    ]
    assert Reminder.objects.count() == 6
    assert Duty.objects.get(pk=duty.pk).next_step_at is None
    assert unread_notices(town.department_officer) == 4
    assert unread_notices(town.department_head) == 1
    assert unread_notices(town.county_leader) == 0


def test_steps_that_come_at_once_give_each_person_one_notice(town: Town, at: datetime) -> None:
    a_duty(town, at - 9 * DAY)
    remind(at=at)
    assert len(told()) == 6
    assert [notice.kind for notice in notices_of(town.department_officer)] == ["100%+1:owner"]


def test_escalation_climbs_to_the_next_who_is_there(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert audience_of(duty, Audience.OWNER) == [town.department_officer]
    assert audience_of(duty, Audience.HEAD) == [town.department_head]
    # Nobody is posted to the city department, so the desk above it hears.
    assert audience_of(duty, Audience.SUPERVISOR) == [town.desk_officer]
    headless = a_duty(town, at, owner_unit=town.other_county_department)
    assert audience_of(headless, Audience.HEAD) == [town.desk_officer]
    empty = make_unit("empty", UnitKind.LINE, "空", town.county, town.county_government)
    assert audience_of(a_duty(town, at, owner_unit=empty), Audience.OWNER) == [town.county_leader]
    named = a_duty(town, at, owner_person=town.department_head)
    assert audience_of(named, Audience.OWNER) == [town.department_head]
    assert audience_of(a_duty(town, at, owner_unit=town.city_desk), Audience.SUPERVISOR) == []


def test_a_paused_duty_is_silent_but_for_what_had_come(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    later = at + 6 * HOUR
    pause(duty, reason="Rain", by=SYSTEM, at=later)
    remind(at=at + 9 * DAY)
    assert told() == [("reminded", "50%:owner")]
    assert Duty.objects.get(pk=duty.pk).next_step_at is None
    resumed = resume(duty, by=SYSTEM, at=at + 9 * DAY)
    assert resumed.next_step_at is not None
    remind(at=resumed.next_step_at)
    assert told()[-1] == ("reminded", "80%:owner")


def test_after_an_extension_the_steps_begin_anew(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    remind(at=at + 6 * HOUR)
    extension = ask_extension(
        duty, wanted=Allowance.parse("10wd"), reason="Rain", by=town.department_officer, at=at + 6 * HOUR
    )
    decide_extension(extension, grant=True, by=town.desk_officer, at=at + 6 * HOUR)
    assert remind(at=at + DAY) == 0
    remind(at=at + 9 * DAY)
    assert told() == [("reminded", "50%:owner"), ("reminded", "50%:owner")]
    assert [reminder.cycle for reminder in Reminder.objects.order_by("pk")] == [0, 1]


def test_a_met_duty_reminds_nobody(town: Town, at: datetime) -> None:
    meet(a_duty(town, at), by=SYSTEM, at=at)
    assert remind(at=at + 9 * DAY) == 0


def test_a_forecast_does_not_repeat_steps(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    remind(at=at + 6 * HOUR)
    forecast(duty, expected_at=at + 9 * DAY, by=SYSTEM, at=at + 6 * HOUR)
    remind(at=at + 6 * HOUR)
    assert told() == [("reminded", "50%:owner")]


def test_steps_of_a_kind_are_data(town: Town, at: datetime) -> None:
    set_steps("sweep", [Step(0.1, 0, Audience.SUPERVISOR)], by=town.region_admin, at=at)
    a_duty(town, at)
    a_duty(town, at, kind="other")
    remind(at=at + HOUR)
    assert told() == [("escalated", "10%:supervisor")]


def test_the_work_is_done_in_parts(town: Town, at: datetime) -> None:
    for _ in range(5):
        a_duty(town, at)
    assert remind(at=at + 6 * HOUR, most=2) == 2
    assert remind_all(at=at + 6 * HOUR, in_one_act=2) == 3


def test_the_job_takes_every_step(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        a_duty(town, at)
    monkeypatch.setattr(jobs, "now", lambda: at + 6 * HOUR)
    jobs.remind()
    assert len(told()) == 5


def test_notices_are_read_by_their_reader_only(town: Town, at: datetime) -> None:
    a_duty(town, at - 9 * DAY)
    remind(at=at)
    second = make_person("officer2", "第二", (town.county_department, Role.HANDLER))
    assert read_notices(second, at=at) == 0
    assert read_notices(town.department_officer, at=at) == 1
    assert unread_notices(town.department_officer) == 0
    assert unread_notices(town.department_head) == 1
    assert Notice.objects.filter(read_at=at).count() == 1
