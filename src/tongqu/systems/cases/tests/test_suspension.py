"""A case may rest: asked for by its unit, granted by the desk, and taken up again on its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.duties.actions.duty import cancel_directly, pause
from tongqu.shared.duties.actions.duty import resume as let_run_on
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.moves import dispatch, handle, send_back
from tongqu.systems.cases.actions.registration import register
from tongqu.systems.cases.actions.suspension import (
    ask_suspension,
    duty_resumed,
    end_suspensions,
    refuse_suspension,
    resume,
    suspend,
)
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.suspension import Suspension
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, photo, suspended

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAY_30 = date(2026, 10, 16)


def owed(case: Case) -> Duty:
    return Duty.objects.get(subject_kind="case", subject_id=str(case.pk), is_open=True)


def test_the_clock_stands_while_a_case_rests(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    due_at = owed(case).due_at
    case = suspend(case, until_on=DAY_30, reason="等待雨季结束", by=town.desk_officer, at=at + 4 * HOUR)
    assert (case.state, case.owner_unit) == (State.SUSPENDED, town.county_department)
    assert owed(case).paused_at == at + 4 * HOUR
    case = resume(case, by=town.department_officer, at=at + 4 * HOUR + 7 * DAY)
    assert case.state == State.HANDLING
    assert owed(case).paused_at is None
    assert owed(case).due_at == due_at + 7 * DAY


def test_a_unit_asks_and_the_desk_grants_or_refuses(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    rest: dict[str, Any] = {"until_on": DAY_30, "reason": "等待权属单位"}
    case = ask_suspension(case, **rest, by=town.department_officer, at=at + 4 * HOUR)
    assert (case.state, owed(case).paused_at) == (State.HANDLING, None)
    with pytest.raises(MoveNotAllowed):
        ask_suspension(case, **rest, by=town.department_officer, at=at + 4 * HOUR)
    case = refuse_suspension(case, reason="可以先清运", by=town.desk_officer, at=at + 5 * HOUR)
    with pytest.raises(MoveNotAllowed):
        refuse_suspension(case, reason="再次", by=town.desk_officer, at=at + 5 * HOUR)
    case = ask_suspension(case, **rest, by=town.department_officer, at=at + 6 * HOUR)
    case = suspend(case, **rest, by=town.desk_officer, at=at + 7 * HOUR)
    last = case.suspensions.get(ended_at=None)
    assert (last.asked_by_ref, last.begun_at) == (town.department_officer.actor_ref, at + 7 * HOUR)


def test_a_suspended_case_waits_for_nothing_but_being_taken_up(town: Town, at: datetime) -> None:
    case = suspended(town, at)
    later = at + DAY
    done = photo("done", at=later)
    with pytest.raises(MoveNotAllowed):
        handle(case, text="已清运", evidence=[done], by=town.department_officer, at=later)
    with pytest.raises(MoveNotAllowed):
        send_back(case, reason="不属", by=town.department_officer, at=later)


def test_a_suspension_ends_by_itself_on_its_day(town: Town, at: datetime) -> None:
    case = suspended(town, at)
    assert end_suspensions(at=at + 29 * DAY) == 0
    assert end_suspensions(at=at + 30 * DAY) == 1
    assert end_suspensions(at=at + 30 * DAY) == 0
    case.refresh_from_db()
    assert (case.state, owed(case).paused_at) == (State.HANDLING, None)
    assert Fact.objects.get(verb="case.resumed").actor_ref == "system"


def test_a_case_rests_no_longer_than_the_days_there_are_in_all(town: Town, at: datetime) -> None:
    case = suspended(town, at)
    case = resume(case, by=town.desk_officer, at=at + 20 * DAY)
    assert settings.SUSPEND_MOST_DAYS == 60

    def rest_until(days: int, reason: str = "再等") -> Case:
        until_on = (at + days * DAY).date()
        return suspend(case, until_on=until_on, reason=reason, by=town.desk_officer, at=at + 20 * DAY)

    with pytest.raises(BadInput) as refusal:
        rest_until(61)
    assert refusal.value.problems[0].code == "too-long"
    assert (at + 60 * DAY).date().isoformat() in str(refusal.value.problems[0].message)
    with pytest.raises(BadInput) as refusal:
        rest_until(20)
    assert refusal.value.problems[0].code == "not-later"
    with pytest.raises(BadInput) as refusal:
        rest_until(30, "长" * 301)
    assert refusal.value.problems[0].field == "reason"
    assert rest_until(60).state == State.SUSPENDED


@pytest.mark.parametrize("leaves", ["handle", "send_back"])
def test_a_request_lapses_when_the_unit_goes_on_without_it(leaves: str, town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    case = ask_suspension(case, until_on=DAY_30, reason="等待", by=town.department_officer, at=at + 4 * HOUR)
    if leaves == "handle":
        done = photo("done", at=at + 5 * HOUR)
        handle(case, text="已清运", evidence=[done], by=town.department_officer, at=at + 5 * HOUR)
    else:
        send_back(case, reason="不属", by=town.department_officer, at=at + 5 * HOUR)
    assert Suspension.objects.get().ended_at == at + 5 * HOUR


def test_the_clock_that_somebody_lets_run_on_takes_the_case_up(town: Town, at: datetime) -> None:
    case = suspended(town, at)
    let_run_on(owed(case), by=town.department_head, at=at + 9 * HOUR)
    fact = Fact.objects.get(verb="duty.resumed")
    for _again in range(2):
        duty_resumed(fact)
    case.refresh_from_db()
    assert case.state == State.HANDLING
    assert Fact.objects.get(verb="case.resumed").note == town.department_head.name


def test_the_clock_that_stood_already_stands_on(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    pause(owed(case), reason="停电", by=town.department_head, at=at + 3 * HOUR)
    case = suspend(case, until_on=DAY_30, reason="等待", by=town.desk_officer, at=at + 4 * HOUR)
    assert owed(case).paused_at == at + 3 * HOUR


def test_nobody_cancels_the_duty_of_a_case_behind_its_back(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    with pytest.raises(NotAllowed):
        cancel_directly(owed(case), reason="不再需要", by=town.desk_officer, at=at + 4 * HOUR)
    assert owed(case).is_open


def test_a_case_is_registered_once_at_the_dispatch_or_before(town: Town, at: datetime) -> None:
    case = brought_to(State.ACCEPTED, town, at)
    case = register(case, by=town.desk_officer, at=at + HOUR)
    assert (case.state, case.registered_at) == (State.ACCEPTED, at + HOUR)
    assert owed(case).kind == "dispatch"
    with pytest.raises(MoveNotAllowed):
        register(case, by=town.desk_officer, at=at + 2 * HOUR)
    case = dispatch(case, unit=town.county_department, by=town.desk_officer, at=at + 2 * HOUR)
    assert (case.registered_at, case.registered_by_ref) == (at + HOUR, town.desk_officer.actor_ref)
    straight = brought_to(State.DISPATCHED, town, at)
    assert straight.registered_at == at + 2 * HOUR
    fact = Fact.objects.get(verb="case.dispatched", subject_id=str(straight.pk))
    assert fact.after_values["registered_at"] == "2026-09-16T04:00:00.000000Z"


class TestPages:
    @pytest.fixture
    def case(self, town: Town) -> Case:
        return brought_to(State.HANDLING, town, now() - DAY)

    def sent(self, client: Client, person: Any, address: str, **fields: Any) -> Any:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client.post(address, fields)

    def test_asking_and_granting(self, client: Client, town: Town, case: Case) -> None:
        page, day = f"/cases/{case.number}/", (now() + 9 * DAY).date().isoformat()
        asked = {"until_on": day, "reason": "等待雨季结束", "expected": case.revision}
        assert (
            self.sent(client, town.department_officer, f"{page}move/ask_suspension/", **asked).status_code
            == 302
        )
        client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
        shown = client.get(page).content.decode()
        assert shown.count(f'value="{day}"') == 1
        again = asked | {"expected": case.revision + 1}
        assert self.sent(client, town.desk_officer, f"{page}move/suspend/", **again).status_code == 302
        case.refresh_from_db()
        assert case.state == State.SUSPENDED
        assert client.get(page).status_code == 200

    def test_a_day_too_late_is_refused_in_the_form(self, client: Client, town: Town, case: Case) -> None:
        page, day = f"/cases/{case.number}/", (now() + 99 * DAY).date().isoformat()
        wrong = {"until_on": day, "reason": "等待", "expected": case.revision}
        assert self.sent(client, town.desk_officer, f"{page}move/suspend/", **wrong).status_code == 422

    def test_more_time_is_asked_for_and_granted_beside_the_case(
        self, client: Client, town: Town, case: Case
    ) -> None:
        page = f"/cases/{case.number}/owed/"
        asked = {"ask_extension-wanted": "2wd", "ask_extension-reason": "需要吊车"}
        before = owed(case).due_at
        assert self.sent(client, town.department_officer, f"{page}ask_extension/", **asked).status_code == 302
        client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
        assert "需要吊车" in client.get(page).content.decode()
        granted = {"decide_extension-note": "同意", "grant": "yes"}
        assert self.sent(client, town.desk_officer, f"{page}decide_extension/", **granted).status_code == 302
        assert owed(case).due_at > before
        assert self.sent(client, town.desk_officer, f"{page}decide_extension/", **granted).status_code == 404

    def test_handing_over_beside_the_case(self, client: Client, town: Town, case: Case) -> None:
        page = f"/cases/{case.number}/owed/"
        handed = {"transfer-unit": "lianhua", "transfer-reason": "属地处置"}
        assert self.sent(client, town.desk_officer, f"{page}transfer/", **handed).status_code == 302
        assert owed(case).owner_unit == town.township_government

    def test_what_is_wrong_comes_back_with_the_form(self, client: Client, town: Town, case: Case) -> None:
        page = f"/cases/{case.number}/owed/"
        answer = self.sent(
            client, town.department_officer, f"{page}ask_extension/", **{"ask_extension-wanted": "?"}
        )
        assert answer.status_code == 422
        asked = {"ask_extension-wanted": "2wd", "ask_extension-reason": "需要吊车"}
        answer = self.sent(client, town.inspector, f"{page}ask_extension/", **asked)
        assert answer.status_code == 422
        assert self.sent(client, town.desk_officer, f"{page}cancel/").status_code == 404

    def test_nothing_is_shown_where_there_is_nothing_to_do(
        self, client: Client, town: Town, case: Case
    ) -> None:
        client.force_login(town.inspector, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/cases/{case.number}/owed/").content == b""

    def test_the_queue_says_that_the_clock_stands(self, client: Client, town: Town, case: Case) -> None:
        suspend(
            case, until_on=(now() + 9 * DAY).date(), reason="等待雨季结束", by=town.desk_officer, at=now()
        )
        client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
        assert "停止计时" in client.get("/cases/").content.decode()
