"""A case that is sent back again is a dispute, which the desk above decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from conftest import Town, make_person
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.clock import now
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.disputes import decide
from tongqu.systems.cases.actions.moves import send_back, take
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.answering import moves_open_to
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, disputed

DAY = timedelta(days=1)


@pytest.fixture
def near_desk(town: Town) -> Person:
    """The county's own desk, below that of the prefecture."""
    return make_person("near-desk", "近值班", (town.county_government, Role.DUTY_DESK))


def test_the_second_return_goes_to_the_desk_above(town: Town, near_desk: Person, at: datetime) -> None:
    case = disputed(town, at)
    assert (case.state, case.owner_unit, case.returns) == (State.DISPUTED, None, 2)
    owed = Duty.objects.get(subject_kind="case", is_open=True)
    assert (owed.kind, owed.owner_unit, owed.allowance) == ("decide", town.city_desk, "1wd")
    with pytest.raises(NotAllowed):
        decide(case, unit=town.county_department, reason="按清单", by=near_desk, at=at + DAY)
    assert [move.name for move in moves_open_to(near_desk, case)] == []
    assert [move.name for move in moves_open_to(town.desk_officer, case)] == ["decide"]


def test_without_a_desk_above_the_desk_of_the_place_decides(town: Town, at: datetime) -> None:
    case = disputed(town, at)
    assert case.duty is not None
    assert case.duty.owner_unit == town.city_desk


def test_a_decision_names_the_unit_and_tells_what_a_rule_needs(town: Town, at: datetime) -> None:
    case = disputed(town, at)
    sent = decide(case, unit=town.county_department, reason="按职责清单", by=town.desk_officer, at=at + DAY)
    assert (sent.state, sent.owner_unit) == (State.DISPATCHED, town.county_department)
    owed = Duty.objects.get(subject_kind="case", is_open=True)
    assert (owed.kind, owed.owner_unit) == ("handle", town.county_department)
    fact = Fact.objects.get(verb="case.dispute_decided")
    assert fact.note == "按职责清单"
    assert fact.after_values == {
        "state": "dispatched",
        "unit": "zhzf-qujiang",
        "matter": "EENV01",
        "division": "330803102",
        "returned_by": ["zhzf-qujiang", "lianhua"],
    }


def test_a_return_after_the_decision_is_another_dispute(town: Town, at: datetime) -> None:
    case = disputed(town, at)
    case = decide(case, unit=town.county_department, reason="按清单", by=town.desk_officer, at=at + DAY)
    case = take(case, by=town.department_officer, at=at + DAY)
    again = send_back(case, reason="仍不属", by=town.department_officer, at=at + 2 * DAY)
    assert (again.state, again.returns) == (State.DISPUTED, 3)
    assert Duty.objects.get(subject_kind="case", is_open=True).kind == "decide"


def test_a_decision_needs_a_reason_and_a_unit_in_service(town: Town, at: datetime) -> None:
    case = disputed(town, at)
    with pytest.raises(BadInput) as refusal:
        decide(case, unit=town.county_department, reason=" ", by=town.desk_officer, at=at + DAY)
    assert refusal.value.problems[0].field == "reason"
    town.county_department.is_active = False
    with pytest.raises(BadInput) as refusal:
        decide(case, unit=town.county_department, reason="按清单", by=town.desk_officer, at=at + DAY)
    assert refusal.value.problems[0].field == "unit"
    assert Case.objects.get(pk=case.pk).state == State.DISPUTED


def test_the_page_shows_who_returned_it_and_takes_the_decision(client: Client, town: Town) -> None:
    case = disputed(town, now() - DAY)
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/cases/{case.number}/"
    page = client.get(address).content.decode()
    assert "莲花镇政府" in page
    assert "属综合执法局职责" in page
    sent = {"unit": "zhzf-qujiang", "reason": "按职责清单由该局办理", "expected": case.revision}
    answer = client.post(f"{address}move/decide/", sent)
    assert answer.status_code == 302
    page = client.get(address).content.decode()
    assert "按职责清单由该局办理" in page


def test_a_case_that_was_returned_once_is_no_dispute(client: Client, town: Town) -> None:
    case = brought_to(State.HANDLING, town, now() - DAY)
    send_back(case, reason="不属", by=town.department_officer, at=now())
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    assert 'id="dispute"' not in client.get(f"/cases/{case.number}/").content.decode()
