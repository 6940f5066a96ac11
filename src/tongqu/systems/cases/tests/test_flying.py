"""Work that only a photo from the air can show has a flight owed beside its check."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from conftest import Town
from tongqu.kernel.calendar import Allowance, Clock
from tongqu.shared.duties.models import Duty
from tongqu.systems.cases.actions.moves import handle, refuse, verify
from tongqu.systems.cases.actions.photos import consider
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.flying import flight_allowance
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, photo

HOUR = timedelta(hours=1)


@pytest.fixture
def handled(town: Town, at: datetime) -> Case:
    """A case that only a photo from the air shows as done, handled four hours after its report."""
    matter(verify_by="air", photo_rule="offer")
    return brought_to(State.HANDLED, town, at)


def flights(case: Case) -> list[Duty]:
    return list(Duty.objects.filter(kind="fly", subject_id=str(case.pk)).order_by("pk"))


def test_handled_work_has_a_flight_owed_inside_the_time_of_the_check(handled: Case, town: Town) -> None:
    (flight,) = flights(handled)
    assert handled.duty is not None
    assert (flight.owner_unit, flight.is_open) == (town.city_desk, True)
    assert handled.duty.kind == "verify"
    assert flight.due_at < handled.duty.due_at
    assert flight.division == handled.division


def test_the_unit_that_flies_may_be_named(town: Town, at: datetime, settings: Any) -> None:
    settings.FLYING_UNIT = town.county_department.code
    matter(verify_by="air")
    (flight,) = flights(brought_to(State.HANDLED, town, at))
    assert flight.owner_unit == town.county_department


def test_a_name_that_no_unit_has_leaves_the_flight_with_the_inspectors(
    town: Town, at: datetime, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.FLYING_UNIT = "nobody"
    matter(verify_by="air")
    (flight,) = flights(brought_to(State.HANDLED, town, at))
    assert flight.owner_unit == town.city_desk
    assert "nobody" in caplog.text


def test_a_newer_photo_from_the_air_meets_the_flight_and_leaves_the_check(
    handled: Case, at: datetime
) -> None:
    shown = photo("flown", at=at + 5 * HOUR, from_air=True)
    for _again in range(2):
        consider(shown, at=at + 5 * HOUR)
    (flight,) = flights(handled)
    assert (flight.met_at, flight.is_late) == (at + 5 * HOUR, False)
    handled.refresh_from_db()
    assert handled.state == State.HANDLED


@pytest.mark.parametrize(
    ("hours", "place", "from_air"),
    [(5, PLACE, False), (3, PLACE, True), (5, (118.36, 28.4), True), (5, None, True)],
    ids=["from the ground", "older", "far off", "no position"],
)
def test_other_photos_leave_the_flight_open(
    hours: int, place: Any, from_air: bool, handled: Case, at: datetime
) -> None:
    consider(photo("p", at=at + hours * HOUR, place=place, from_air=from_air), at=at + 6 * HOUR)
    assert flights(handled)[0].is_open


def test_the_check_meets_the_flight_with_what_showed_it(handled: Case, town: Town, at: datetime) -> None:
    shown = photo("flown", at=at + 5 * HOUR, from_air=True)
    verify(handled, evidence=[shown], by=town.inspector, at=at + 6 * HOUR)
    (flight,) = flights(handled)
    assert flight.met_at == at + 6 * HOUR
    assert list(flight.evidence.values_list("sha256", flat=True)) == [shown.sha256]


def test_a_refusal_cancels_the_flight_and_work_done_again_opens_another(
    handled: Case, town: Town, at: datetime
) -> None:
    case = refuse(handled, reason="仍有堆积", by=town.inspector, at=at + 6 * HOUR)
    handle(
        case,
        text="已清运",
        evidence=[photo("again", at=at + 7 * HOUR)],
        by=town.department_officer,
        at=at + 7 * HOUR,
    )
    first, second = flights(handled)
    assert (first.cancelled_at, second.is_open) == (at + 6 * HOUR, True)


def test_work_that_is_seen_from_the_ground_has_no_flight(town: Town, at: datetime) -> None:
    assert flights(brought_to(State.VERIFIED, town, at)) == []


@given(some.decimals(Decimal("0.01"), Decimal(9999), places=2), some.sampled_from(Clock))
def test_a_flight_has_time_and_no_more_than_the_check(amount: Decimal, clock: Clock) -> None:
    given_time = flight_allowance(Allowance(amount, clock))
    assert Decimal(0) < given_time.amount <= amount
    assert Allowance.parse(str(given_time)).clock == clock
