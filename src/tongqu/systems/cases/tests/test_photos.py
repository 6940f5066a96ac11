"""A newer photo verifies, is offered, or is left alone, as the matter says; a case follows its duty."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.duties.actions.duty import transfer
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.uses import uses_of
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.following import duty_transferred
from tongqu.systems.cases.actions.moves import close
from tongqu.systems.cases.actions.photos import consider, photo_stored
from tongqu.systems.cases.models.case import Case, CaseEvidence
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, photo

HOUR = timedelta(hours=1)
NEAR = (PLACE[0] + 0.0005, PLACE[1])
FAR = (PLACE[0] + 0.01, PLACE[1])


@pytest.fixture
def rule() -> dict[str, object]:
    """What the matter says differently from the standard list, before the case is named."""
    return {}


@pytest.fixture
def handled(town: Town, rule: dict[str, object], at: datetime) -> Case:
    matter(**rule)
    return brought_to(State.HANDLED, town, at)


def newer(at: datetime, **changes: object) -> Evidence:
    return photo("newer", at=at + 6 * HOUR, **{"place": NEAR, **changes})  # type: ignore[arg-type]


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_a_photo_near_by_verifies_at_once_where_the_rule_says_so(handled: Case, at: datetime) -> None:
    assert consider(newer(at), at=at + 6 * HOUR) == [handled]
    assert state(handled) == State.VERIFIED
    assert consider(Evidence.objects.get(name="newer.jpg"), at=at + 7 * HOUR) == []


@pytest.mark.parametrize("rule", [{"photo_rule": "offer"}])
def test_a_photo_is_offered_once(handled: Case, at: datetime) -> None:
    shot = newer(at)
    for _time in range(2):
        consider(shot, at=at + 6 * HOUR)
    assert state(handled) == State.HANDLED
    assert CaseEvidence.objects.filter(purpose="offered").count() == 1
    assert Fact.objects.filter(verb="case.photo_offered").count() == 1


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ({"photo_rule": "none"}, {}),
        ({}, {"place": FAR}),
        ({}, {"place": None}),
        ({"verify_radius_m": 10}, {}),
        ({"verify_by": "air"}, {}),
    ],
    ids=["no rule", "far", "no position", "a small radius", "not from the air"],
)
def test_other_photos_change_nothing(changes: dict[str, object], handled: Case, at: datetime) -> None:
    consider(newer(at, **changes), at=at + 6 * HOUR)
    assert state(handled) == State.HANDLED


@pytest.mark.parametrize("rule", [{"verify_by": "air"}])
def test_a_photo_from_the_air_verifies_what_asks_for_one(handled: Case, at: datetime) -> None:
    consider(newer(at, from_air=True), at=at + 6 * HOUR)
    assert state(handled) == State.VERIFIED


def test_a_photo_of_the_handler_proves_nothing(town: Town, handled: Case, at: datetime) -> None:
    consider(newer(at, by=town.department_officer), at=at + 6 * HOUR)
    assert state(handled) == State.HANDLED


def test_an_older_photo_proves_nothing(handled: Case, at: datetime) -> None:
    consider(photo("older", at=at, place=NEAR), at=at + 6 * HOUR)
    assert state(handled) == State.HANDLED


def test_the_fact_of_a_stored_photo_is_enough(handled: Case, at: datetime) -> None:
    shot = newer(at)
    photo_stored(Fact(verb="evidence.stored", subject_id=shot.sha256, at=at + 6 * HOUR))
    assert state(handled) == State.VERIFIED
    photo_stored(Fact(verb="evidence.stored", subject_id="0" * 64, at=at))


def test_closing_asks_for_the_evidence_again(town: Town, at: datetime) -> None:
    case = brought_to(State.VERIFIED, town, at)
    CaseEvidence.objects.filter(case=case, purpose="verification").delete()
    with pytest.raises(BadInput):
        close(case, by=town.desk_officer, at=at + 8 * HOUR)
    assert state(case) == State.VERIFIED


def test_a_case_follows_its_duty_to_another_unit(town: Town, at: datetime) -> None:
    case = brought_to(State.DISPATCHED, town, at)
    assert case.duty is not None
    transfer(case.duty, unit=town.city_department, reason="市局处置", by=town.desk_officer, at=at + 3 * HOUR)
    fact = Fact.objects.get(verb="duty.transferred")
    for _time in range(2):
        duty_transferred(fact)
    case.refresh_from_db()
    assert case.owner_unit == town.city_department
    assert Fact.objects.filter(verb="case.owner_changed").count() == 1


def test_evidence_names_the_cases_that_rest_on_it(town: Town, handled: Case) -> None:
    proof = handled.evidence.get()
    assert [use.label for use in uses_of(proof, town.desk_officer)] == [f"{handled.number} {handled.title}"]
    assert uses_of(proof, town.outsider) == []


def test_the_standard_list_verifies_by_itself_only_what_is_ordinary(town: Town) -> None:
    matter()
    assert not Matter.objects.filter(photo_rule="automatic").exclude(grade="ordinary").exists()
