"""The loop turns: each move changes the case, its duty and the journal together."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.moves import (
    accept,
    close,
    dispatch,
    handle,
    refuse,
    reject,
    reopen,
    send_back,
    take,
    verify,
)
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.lifecycle import DUTY_IN, State
from tongqu.systems.cases.tests.factories import brought_to, matter, photo, reported

HOUR = timedelta(hours=1)


def open_kinds(case: Case) -> list[str]:
    return list(
        Duty.objects.filter(subject_kind="case", subject_id=case.pk, is_open=True).values_list(
            "kind", flat=True
        )
    )


@pytest.mark.parametrize("state", list(DUTY_IN))
def test_each_open_state_has_its_one_duty(state: State, town: Town, at: datetime) -> None:
    case = brought_to(state, town, at)
    assert case.state == state
    assert open_kinds(case) == [DUTY_IN[state]]


def test_a_closed_case_owes_nothing_and_its_story_is_whole(town: Town, at: datetime) -> None:
    case = brought_to(State.CLOSED, town, at)
    assert open_kinds(case) == []
    verbs = Fact.objects.filter(subject_kind="case").values_list("verb", flat=True)
    assert list(verbs) == [
        "case.reported", "case.accepted", "case.dispatched", "case.taken", "case.handled", "case.verified", "case.closed",
    ]  # fmt: skip
    assert all(fact.hash == fact.expected_hash() for fact in Fact.objects.all())


def test_the_handle_duty_goes_to_the_unit_with_the_time_of_the_matter(town: Town, at: datetime) -> None:
    case = brought_to(State.DISPATCHED, town, at)
    assert case.duty is not None
    assert case.duty.owner_unit == town.county_department
    assert case.duty.allowance == matter().handle_allowance


def test_a_case_that_is_sent_back_counts_a_return_and_goes_to_the_desk(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    back = send_back(case, reason="不属本单位职责", by=town.department_officer, at=at + 5 * HOUR)
    assert (back.state, back.owner_unit, back.returns) == (State.ACCEPTED, None, 1)
    assert open_kinds(back) == ["dispatch"]
    cancelled = Duty.objects.get(subject_id=case.pk, kind="handle")
    assert (cancelled.returns, cancelled.cancelled_at) == (1, at + 5 * HOUR)


def test_work_that_is_not_done_goes_back_to_its_unit_with_a_new_duty(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLED, town, at)
    again = refuse(case, reason="还有一半", by=town.inspector, at=at + 5 * HOUR)
    assert (again.state, again.owner_unit) == (State.HANDLING, town.county_department)
    assert open_kinds(again) == ["handle"]


def test_reopening_begins_with_the_desk_again(town: Town, at: datetime) -> None:
    case = brought_to(State.CLOSED, town, at)
    again = reopen(case, reason="又堆起来了", by=town.desk_officer, at=at + 9 * HOUR)
    assert (again.state, again.owner_unit, again.closed_at) == (State.ACCEPTED, None, None)
    assert open_kinds(again) == ["dispatch"]


def test_a_rejected_report_can_be_reopened_and_decided_anew(town: Town, at: datetime) -> None:
    case = reject(reported(at), reason="重复上报", by=town.desk_officer, at=at + HOUR)
    assert (case.state, open_kinds(case)) == (State.REJECTED, [])
    again = reopen(case, reason="不是重复", by=town.desk_officer, at=at + 2 * HOUR)
    assert (again.state, open_kinds(again)) == (State.REPORTED, ["accept"])


def test_who_handled_may_not_verify(town: Town, at: datetime) -> None:
    town.department_officer.postings.create(unit=town.city_desk, role="inspector")
    case = brought_to(State.HANDLED, town, at)
    with pytest.raises(NotAllowed):
        verify(case, evidence=[photo("own", at=at + 5 * HOUR)], by=town.department_officer, at=at + 5 * HOUR)


@pytest.mark.parametrize(
    ("hours", "place"),
    [(3, (118.35, 28.4)), (5, (118.36, 28.4)), (5, None)],
    ids=["older", "far off", "no position"],
)
def test_a_photo_that_shows_nothing_does_not_verify(
    hours: int, place: tuple[float, float] | None, town: Town, at: datetime
) -> None:
    case = brought_to(State.HANDLED, town, at)
    with pytest.raises(BadInput) as refusal:
        verify(
            case,
            evidence=[photo("p", at=at + hours * HOUR, place=place)],
            by=town.inspector,
            at=at + 6 * HOUR,
        )
    assert refusal.value.problems[0].code == "newer-photo-missing"


def test_handling_needs_the_photos_of_the_matter(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    with pytest.raises(BadInput) as refusal:
        handle(case, text="已清运", by=town.department_officer, at=at + 4 * HOUR)
    assert refusal.value.problems[0].field == "evidence"
    case.refresh_from_db()
    assert (case.state, open_kinds(case)) == (State.HANDLING, ["handle"])


def test_a_move_decided_on_an_old_view_is_refused(town: Town, at: datetime) -> None:
    case = reported(at)
    with pytest.raises(MoveNotAllowed):
        accept(case, matter=matter(), by=town.desk_officer, at=at, expected=case.revision - 1)


def test_a_move_out_of_turn_is_refused(town: Town, at: datetime) -> None:
    case = reported(at)
    for move in (
        lambda: take(case, by=town.department_officer, at=at),
        lambda: close(case, by=town.desk_officer, at=at),
        lambda: dispatch(case, unit=town.county_department, by=town.desk_officer, at=at),
    ):
        with pytest.raises(MoveNotAllowed):
            move()


def test_a_unit_that_has_closed_gets_nothing(town: Town, at: datetime) -> None:
    case = brought_to(State.ACCEPTED, town, at)
    town.county_department.is_active = False
    with pytest.raises(BadInput) as refusal:
        dispatch(case, unit=town.county_department, by=town.desk_officer, at=at + 2 * HOUR)
    assert refusal.value.problems[0].field == "unit"


def test_what_the_reporter_confirms_needs_the_reporters_words(town: Town, at: datetime) -> None:
    matter("TSVC01")
    case = brought_to(State.HANDLED, town, at, matter_code="TSVC01")
    with pytest.raises(BadInput) as refusal:
        verify(case, note="  ", by=town.inspector, at=at + 5 * HOUR)
    assert refusal.value.problems[0].code == "reporter-word-missing"
    done = verify(case, note="电话回访：已解决", by=town.inspector, at=at + 5 * HOUR)
    assert close(done, by=town.desk_officer, at=at + 6 * HOUR).state == State.CLOSED


def test_a_region_without_units_says_so(town: Town, at: datetime) -> None:
    Unit.objects.update(is_active=False)
    with pytest.raises(BadInput) as refusal:
        reported(at)
    assert refusal.value.problems[0].code == "nobody-answers"
    assert not Case.objects.exists()
