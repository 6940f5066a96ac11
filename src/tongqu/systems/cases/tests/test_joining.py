"""Cases joined under a parent: they owe nothing, follow it, and come back as they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.joining import join, separate
from tongqu.systems.cases.actions.moves import close, dispatch, reject, reopen, send_back
from tongqu.systems.cases.actions.parents import open_parent
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.cases import Wanted, case_points, counts_by_state, queue
from tongqu.systems.cases.queries.duplicates import similar_cases, similar_nearby
from tongqu.systems.cases.queries.joining import family_of, joined_counts
from tongqu.systems.cases.queries.public import Status, case_of, status_of
from tongqu.systems.cases.rules.joining import people_among
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import PLACE, RESIDENT, brought_to, matter, photo, reported
from tongqu.systems.cases.tests.test_concurrency import at_once, kinds

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def followed(code: str, at: datetime) -> Status:
    """What the reporter sees."""
    case = case_of(code)
    assert case is not None
    return status_of(case, at)


def owed(case: Case) -> list[Duty]:
    return list(Duty.objects.filter(subject_kind="case", subject_id=str(case.pk), is_open=True))


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_joined_case_owes_nothing_and_is_back_with_its_duty_when_separated(
    town: Town, at: datetime
) -> None:
    parent = brought_to(State.DISPATCHED, town, at)
    child = reported(at)
    first = child.duty
    assert first is not None
    joined = join(child, parent=parent, by=town.desk_officer, at=at + HOUR)
    assert (joined.state, joined.parent_id, joined.unit_path) == ("joined", parent.pk, parent.unit_path)
    assert owed(joined) == []
    first.refresh_from_db()
    assert parent.number in first.cancel_reason
    assert first.returns == 0
    assert join(child, parent=parent, by=town.desk_officer, at=at + HOUR).revision == joined.revision
    back = separate(child, by=town.desk_officer, at=at + 2 * HOUR)
    assert (back.state, back.parent_id, back.unit_path) == ("reported", None, "")
    assert [(duty.kind, duty.due_at) for duty in owed(back)] == [("accept", first.due_at)]
    with pytest.raises(MoveNotAllowed):
        separate(child, by=town.desk_officer, at=at + 2 * HOUR)


def test_a_unit_gets_its_case_back_with_its_whole_time(town: Town, at: datetime) -> None:
    child = brought_to(State.HANDLING, town, at)
    join(child, parent=reported(at), by=town.desk_officer, at=at + 4 * HOUR)
    assert fresh(child).owner_unit is None
    back = separate(child, by=town.desk_officer, at=at + 5 * DAY, reason="不是同一处")
    assert (back.state, back.owner_unit) == ("handling", town.county_department)
    assert owed(back)[0].counts_from >= at + 5 * DAY
    join(child, parent=reported(at), by=town.desk_officer, at=at + 6 * DAY)
    type(town.county_department).objects.filter(pk=town.county_department.pk).update(is_active=False)
    last = separate(child, by=town.desk_officer, at=at + 7 * DAY)
    assert (last.state, last.owner_unit, owed(last)[0].kind) == ("accepted", None, "dispatch")


def test_children_go_where_their_parent_goes(town: Town, at: datetime) -> None:
    parent, child = brought_to(State.ACCEPTED, town, at), reported(at, evidence=[photo("a", at=at)])
    join(child, parent=parent, by=town.desk_officer, at=at)
    dispatch(parent, unit=town.county_department, by=town.desk_officer, at=at + HOUR)
    assert fresh(child).unit_path == town.county_department.path
    assert Evidence.objects.visible_to(town.department_officer, at + HOUR).count() == 1
    assert Case.objects.visible_to(town.department_officer).filter(pk=child.pk).exists()
    send_back(parent, reason="不属", by=town.department_officer, at=at + HOUR)
    assert fresh(child).unit_path == ""
    assert fresh(child).state == "joined"


def test_children_end_with_their_parent_and_are_opened_again_with_it(town: Town, at: datetime) -> None:
    parent, child = brought_to(State.VERIFIED, town, at), reported(at)
    join(child, parent=parent, by=town.desk_officer, at=at + DAY)
    close(parent, by=town.desk_officer, at=at + 2 * DAY)
    ended = fresh(child)
    assert (ended.state, ended.closed_at, ended.parent_id) == ("closed", at + 2 * DAY, parent.pk)
    reopen(parent, reason="又有了", by=town.desk_officer, at=at + 3 * DAY)
    assert (fresh(child).state, fresh(child).closed_at) == ("joined", None)
    verbs = Fact.objects.filter(subject_kind="case", subject_id=str(child.pk)).order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == [
        "case.reported", "case.joined", "case.closed", "case.reopened",
    ]  # fmt: skip


def test_an_ended_child_opened_for_itself_leaves_its_parent(town: Town, at: datetime) -> None:
    parent, child = reported(at), reported(at)
    join(child, parent=parent, by=town.desk_officer, at=at)
    reject(parent, reason="不在辖区", by=town.desk_officer, at=at + HOUR)
    steps = followed(child.tracking_code, at)
    assert steps.steps[-1].note == "不在辖区"
    back = reopen(child, reason="在辖区", by=town.desk_officer, at=at + DAY)
    assert (back.state, back.parent_id) == ("reported", None)
    assert len(owed(back)) == 1
    assert fresh(parent).state == "rejected"


def test_there_are_no_chains_and_no_rings(town: Town, at: datetime) -> None:
    top, middle, low = (reported(at) for _each in range(3))
    desk = town.desk_officer
    join(low, parent=middle, by=desk, at=at)
    with pytest.raises(MoveNotAllowed):
        join(middle, parent=low, by=desk, at=at)
    with pytest.raises(BadInput):
        join(middle, parent=middle, by=desk, at=at)
    join(middle, parent=top, by=desk, at=at)
    assert {fresh(low).parent_id, fresh(middle).parent_id} == {top.pk}
    with pytest.raises(MoveNotAllowed):
        join(reported(at), parent=middle, by=desk, at=at)
    assert joined_counts([top, middle]) == {top.pk: 2}


def test_the_desk_of_both_places_joins(town: Town, at: datetime) -> None:
    near, far = reported(at), reported(at, lon=None, lat=None)
    clerk = town.county_leader
    for child, parent in ((near, far), (far, near)):
        with pytest.raises(NotAllowed):
            join(child, parent=parent, by=clerk, at=at)
    assert join(near, parent=far, by=SYSTEM, at=at).state == "joined"


def test_the_reporter_hears_that_and_nothing_of_others(town: Town, at: datetime) -> None:
    parent = brought_to(State.ACCEPTED, town, at, text="别人写的话", reporter_name="蒋村民")
    mine, third = reported(at), reported(at)
    for child in (mine, third):
        join(child, parent=parent, by=town.desk_officer, at=at + 2 * HOUR)
    dispatch(parent, unit=town.county_department, by=town.desk_officer, at=at + 3 * HOUR)
    body = (
        Client(headers={"Accept-Language": "en"}).get(f"/cases/track/{mine.tracking_code}/").content.decode()
    )
    assert f"together with 2 other reports as case {parent.number}" in body
    assert "Dispatched" in body
    assert "sent to the unit" in body
    assert "accepted it" not in body  # that was before it was joined
    assert "别人" not in body
    assert "蒋" not in body


def test_queue_counts_and_map_show_the_parent_alone(town: Town, at: datetime) -> None:
    parent, child = reported(at), reported(at)
    join(child, parent=parent, by=town.desk_officer, at=at)
    desk = town.desk_officer
    assert queue(desk, Wanted(), at=at).cases == [parent]
    assert queue(desk, Wanted(group="joined"), at=at).cases == [child]
    assert set(queue(desk, Wanted(group="all"), at=at).cases) == {parent, child}
    assert counts_by_state(desk)[State.REPORTED] == 1
    assert [each["id"] for each in case_points(desk, at=at)["features"]] == [parent.pk]
    assert similar_cases(desk, reported(at + HOUR))[0].case == parent
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(desk, backend="django.contrib.auth.backends.ModelBackend")
    assert ">+1<" in client.get("/cases/").content.decode()


def test_the_parents_page_counts_reports_and_people(town: Town, at: datetime) -> None:
    parent = reported(at, reporter_phone="138 1234 1234")
    for phone in ("13812341234", "13900000000", ""):
        shot = [photo(f"of {phone}", at=at)]
        join(reported(at, reporter_phone=phone, evidence=shot), parent=parent, by=SYSTEM, at=at)
    family = family_of(town.desk_officer, parent)
    assert family is not None
    assert (family.count, family.people, len(family.photos), family.is_cut) == (3, 3, 3, False)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    body = client.get(f"/cases/{parent.number}/").content.decode()
    assert "3 reports joined to it" in body
    assert "From 3 people in all" in body
    child = client.get(f"/cases/{family.children[0].number}/").content.decode()
    assert parent.number in child
    assert "Separate again" in child
    assert people_among([]) == 0


def test_one_click_joins_and_one_undoes(town: Town, at: datetime) -> None:
    parent, child = reported(at), reported(at + HOUR)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(f"/cases/{child.number}/similar/").content.decode()
    assert f"Join this case to {parent.number}" in shown
    address = f"/cases/{child.number}/move/"
    wrong = client.post(f"{address}join/", {"parent": "260916-999999", "expected": 1})
    assert "No case has this number" in wrong.content.decode()
    client.post(f"{address}join/", {"parent": parent.number, "expected": 1})
    assert fresh(child).parent == parent
    client.post(f"{address}separate/", {"expected": 2})
    assert fresh(child).state == "reported"


def test_a_hot_issue_opens_one_parent_however_often(town: Town, at: datetime) -> None:
    cases = [reported(at, lon=PLACE[0] + n / 1000) for n in (1, 2, 9)]
    ended = brought_to(State.CLOSED, town, at)
    about: dict[str, Any] = {"title": "夜间施工", "text": "三人反映同一处", "matter_code": matter().code}
    first = open_parent([*cases, ended], **about, by=SYSTEM, at=at + DAY)
    again = open_parent([ended, *cases, cases[0]], **about, by=SYSTEM, at=at + 2 * DAY)
    assert first.parent == again.parent
    assert [case.pk for case in first.joined] == [case.pk for case in cases]
    assert [case for case, _reason in first.left] == [ended]
    assert (first.parent.source, first.parent.state) == ("parent", "reported")
    assert first.parent.lon == PLACE[0] + 1 / 1000
    told = followed(cases[0].tracking_code, at)
    assert told.together_with == 2
    assert Case.objects.filter(source="parent").count() == 1
    with pytest.raises(ValueError, match="two"):
        open_parent(cases[:1], **about, by=SYSTEM, at=at)


def test_a_parent_without_points_lies_in_a_division_of_its_cases(town: Town, at: datetime) -> None:
    nowhere = [reported(at, lon=None, lat=None) for _each in range(2)]
    named = reported(at, lon=None, lat=None, division_code=town.township.code)
    assert open_parent(nowhere, title="", text="两件", by=SYSTEM, at=at).parent.division is None
    made = open_parent([reported(at, lon=None, lat=None), named], title="", text="两件", by=SYSTEM, at=at)
    assert made.parent.division == town.township


def test_a_reporter_is_told_how_many_similar_reports_are_open(town: Town, at: datetime) -> None:
    waste, secret = matter(), matter("EENV02", publicity="nothing")
    reported(at, matter_code=waste.code)
    reported(at, matter_code=secret.code)
    reported(at)  # not named yet, so it may be anything
    mine = reported(at + HOUR, matter_code=waste.code)
    assert similar_nearby(mine) == 1
    shown = Client(headers={"Accept-Language": "en"}).get(f"/cases/track/{mine.tracking_code}/")
    assert "1 similar report is being handled nearby" in shown.content.decode()
    assert similar_nearby(reported(at, text="路灯不亮", by=RESIDENT)) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="The test database of SQLite lies in memory, where threads cannot wait for each other; run on PostgreSQL.",
)
def test_of_two_joined_to_each_other_at_once_one_is_refused(town: Town, at: datetime) -> None:
    one, other = reported(at), reported(at)
    outcomes = at_once(
        lambda: join(one, parent=other, by=town.desk_officer, at=at),
        lambda: join(other, parent=one, by=town.desk_officer, at=at),
    )
    assert kinds(outcomes) == ["Case", MoveNotAllowed.__name__]
    assert Case.objects.filter(parent=None).count() == 1
