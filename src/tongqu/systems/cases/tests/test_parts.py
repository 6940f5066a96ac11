"""Cases that several units handle in parts: who does what, who sees what, one check for all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions.duty import stand_still, transfer
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person, Unit
from tongqu.systems.cases.actions.following import duty_transferred, part_duty_transferred
from tongqu.systems.cases.actions.inspecting import Finding, inspect
from tongqu.systems.cases.actions.joining import join
from tongqu.systems.cases.actions.moves import close, dispatch, handle, reject, reopen, send_back, take
from tongqu.systems.cases.actions.parts import (
    PART_ACTIONS,
    PartWanted,
    give_part,
    handle_part,
    send_back_part,
    split,
    take_part,
    withdraw_part,
)
from tongqu.systems.cases.actions.photos import consider
from tongqu.systems.cases.actions.suspension import resume, suspend
from tongqu.systems.cases.actions.visits import cancel_visit, plan_visit
from tongqu.systems.cases.models import parts as sight
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.queries.cases import Wanted, queue
from tongqu.systems.cases.queries.parts import owed_parts, part_moves_open_to, visit_of
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.parts import OWING, PART_DUTY, PART_MOVES, PartState
from tongqu.systems.cases.tests.factories import PLACE, brought_to, matter, photo, reported

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def part(case: Case, place: int) -> CasePart:
    return CasePart.objects.get(case=case, place=place)


def split_in_two(town: Town, at: datetime, *units: Unit, **changes: Any) -> Case:
    """A case that the county's department leads and the township (or these units) assist in."""
    case = brought_to(State.ACCEPTED, town, at, **changes)
    others = units or (town.township_government,)
    parts = [PartWanted(town.county_department, "查处"), *(PartWanted(unit, "清运") for unit in others)]
    return split(case, parts=parts, by=town.desk_officer, at=at + 2 * HOUR)


def done(case: Case, place: int, by: Person, at: datetime) -> CasePart:
    """Have the unit sign for its part and do it."""
    take_part(part(case, place), by=by, at=at)
    proof = [photo(f"{case.pk} {place} {at}", at=at, by=by)]
    return handle_part(part(case, place), text="做完了", evidence=proof, by=by, at=at + HOUR)


def both_done(town: Town, at: datetime) -> Case:
    case = split_in_two(town, at)
    done(case, 1, town.department_officer, at + 3 * HOUR)
    done(case, 2, town.township_clerk, at + 4 * HOUR)
    return fresh(case)


def owed(subject_kind: str) -> list[tuple[str, str]]:
    rows = Duty.objects.filter(subject_kind=subject_kind, is_open=True).order_by("pk")
    return [(duty.kind, duty.owner_unit.code) for duty in rows]


def test_every_part_and_the_whole_are_owed_once(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    assert (case.state, case.owner_unit, case.is_split) == ("dispatched", town.county_department, True)
    assert owed("case") == [("handle", "zhzf-qujiang")]
    assert owed("case_part") == [("handle", "zhzf-qujiang"), ("handle", town.township_government.code)]
    assert [each.is_lead for each in case.parts.all()] == [True, False]
    assert case.parts.get(place=2).duty.url.endswith("#part-2")


def test_the_case_is_done_with_its_last_part_and_checked_once(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    done(case, 2, town.township_clerk, at + 3 * HOUR)
    assert fresh(case).state == "dispatched"
    take_part(part(case, 1), by=town.department_head, at=at + 4 * HOUR)
    assert fresh(case).state == "handling"
    with pytest.raises(MoveNotAllowed):
        handle(case, text="整件", evidence=[], by=town.department_officer, at=at + 4 * HOUR)
    with pytest.raises(BadInput):
        handle_part(part(case, 1), text="没有照片", by=town.department_head, at=at + 5 * HOUR)
    proof = [photo("lead", at=at + 5 * HOUR)]
    handle_part(part(case, 1), text="已查处", evidence=proof, by=town.department_head, at=at + 5 * HOUR)
    whole = fresh(case)
    assert (whole.state, owed("case"), owed("case_part")) == ("handled", [("verify", "desk")], [])
    assert "已查处" in whole.handling_text
    assert "做完了" in whole.handling_text
    assert Evidence.objects.filter(case_uses__case=case, case_uses__purpose="handling").count() == 2


def test_the_inspector_refuses_one_part_and_the_other_stays_done(town: Town, at: datetime) -> None:
    case, inspector = both_done(town, at), town.inspector
    with pytest.raises(BadInput) as refusal:
        inspect(case, findings=[Finding(1, True), Finding(2, False)], by=inspector, at=at + 6 * HOUR)
    assert [problem.field for problem in refusal.value.problems] == ["note_2"]
    findings = [Finding(1, True), Finding(2, False, "还有一堆")]
    inspect(case, findings=findings, by=inspector, at=at + 6 * HOUR)
    assert (fresh(case).state, owed("case")) == ("handling", [("handle", "zhzf-qujiang")])
    assert owed("case_part") == [("handle", town.township_government.code)]
    assert (part(case, 1).state, part(case, 1).is_passed) == ("handled", True)
    assert (part(case, 2).state, part(case, 2).note) == ("handling", "还有一堆")
    proof = [photo("again", at=at + 7 * HOUR)]
    handle_part(part(case, 2), text="清完了", evidence=proof, by=town.township_clerk, at=at + 7 * HOUR)
    with pytest.raises(BadInput):
        inspect(case, findings=[Finding(2, True)], by=inspector, at=at + 8 * HOUR)
    strange = [Finding(1, True), Finding(2, True), Finding(9, True)]
    with pytest.raises(BadInput):
        inspect(case, findings=strange, by=inspector, at=at + 8 * HOUR)
    clean = [photo("clean", at=at + 8 * HOUR)]
    both = [Finding(1, True), Finding(2, True, "干净")]
    inspect(case, findings=both, evidence=clean, by=inspector, at=at + 8 * HOUR)
    assert fresh(case).state == "verified"
    assert {each.is_passed for each in case.parts.all()} == {True}
    assert close(case, by=town.desk_officer, at=at + 9 * HOUR).state == "closed"


def test_nobody_checks_a_case_in_which_they_did_a_part(town: Town, at: datetime) -> None:
    case = both_done(town, at)
    town.township_clerk.postings.create(unit=town.city_desk, role="inspector")
    clerk = Person.objects.get(pk=town.township_clerk.pk)
    with pytest.raises(NotAllowed):
        inspect(case, findings=[Finding(1, True), Finding(2, True)], by=clerk, at=at + 6 * HOUR)


def test_a_photo_does_not_check_off_parts_by_itself(town: Town, at: datetime) -> None:
    matter(photo_rule="automatic")
    case = both_done(town, at)
    consider(photo("flight", at=at + 6 * HOUR), at=at + 6 * HOUR)
    assert fresh(case).state == "handled"
    assert case.attachments.filter(purpose="offered").count() == 1


def test_a_part_sent_back_waits_for_the_desk(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    second = part(case, 2)
    send_back_part(second, reason="不归我们", by=town.township_clerk, at=at + 3 * HOUR)
    assert [kind for kind, _unit in owed("case_part")] == ["handle", "dispatch"]
    assert (part(case, 2).unit, part(case, 2).returns) == (None, 1)
    with pytest.raises(BadInput):
        give_part(second, unit=town.county_department, by=town.desk_officer, at=at + 3 * HOUR)
    Unit.objects.filter(pk=town.city_department.pk).update(is_active=False)
    closed = Unit.objects.get(pk=town.city_department.pk)
    with pytest.raises(BadInput):
        give_part(second, unit=closed, by=town.desk_officer, at=at + 3 * HOUR)
    far = town.other_county_department
    give_part(second, unit=far, by=town.desk_officer, at=at + 4 * HOUR)
    assert owed("case_part")[1] == ("handle", far.code)
    with pytest.raises(MoveNotAllowed):
        give_part(second, unit=far, by=town.desk_officer, at=at + 4 * HOUR)
    with pytest.raises(MoveNotAllowed):
        take_part(part(case, 2), by=town.outsider, at=at + 5 * HOUR, expected=1)
    done(case, 2, town.outsider, at + 5 * HOUR)
    assert part(case, 2).state == "handled"


def test_withdrawing_the_last_owed_part_ends_the_work_or_the_split(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    done(case, 1, town.department_officer, at + 3 * HOUR)
    withdraw_part(part(case, 2), reason="不需要", by=town.desk_officer, at=at + 5 * HOUR)
    assert (fresh(case).state, owed("case_part")) == ("handled", [])
    other = split_in_two(town, at, text="路灯坏了")
    for place in (1, 2):
        withdraw_part(part(other, place), reason="一家就行", by=town.desk_officer, at=at + 5 * HOUR)
    assert (fresh(other).state, fresh(other).is_split) == ("dispatched", False)
    taken = take(other, by=town.department_officer, at=at + 6 * HOUR)
    proof = [photo("whole", at=at + 7 * HOUR)]
    whole = handle(taken, text="好了", evidence=proof, by=town.department_officer, at=at + 7 * HOUR)
    assert whole.state == "handled"


def test_the_lead_gives_the_whole_back_and_the_others_work_on(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    send_back(case, reason="应由乡镇牵头", by=town.department_officer, at=at + 3 * HOUR)
    assert (fresh(case).state, part(case, 1).state, part(case, 2).state) == ("accepted", "returned", "sent")
    with pytest.raises(MoveNotAllowed):
        join(case, parent=reported(at), by=town.desk_officer, at=at + 3 * HOUR)
    done(case, 2, town.township_clerk, at + 3 * HOUR)
    withdraw_part(part(case, 1), reason="并入", by=town.desk_officer, at=at + 5 * HOUR)
    dispatch(case, unit=town.township_government, by=town.desk_officer, at=at + 5 * HOUR)
    assert take(case, by=town.township_clerk, at=at + 6 * HOUR).state == "handled"


def test_an_ended_case_owes_no_part_and_a_reopened_one_begins_anew(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    send_back(case, reason="不归我们", by=town.department_officer, at=at + 3 * HOUR)
    reject(case, reason="重复", by=town.desk_officer, at=at + 4 * HOUR)
    assert (owed("case"), owed("case_part"), fresh(case).is_split) == ([], [], False)
    with pytest.raises(MoveNotAllowed):
        take_part(part(case, 2), by=town.township_clerk, at=at + 4 * HOUR)
    closed = both_done(town, at)
    findings = [Finding(1, True), Finding(2, True)]
    clean = [photo("clean", at=at + 6 * HOUR)]
    inspect(closed, findings=findings, evidence=clean, by=town.inspector, at=at + 6 * HOUR)
    close(closed, by=town.desk_officer, at=at + 7 * HOUR)
    again = reopen(closed, reason="又来了", by=town.desk_officer, at=at + 8 * HOUR)
    assert (again.is_split, closed.parts.filter(is_current=True).count()) == (False, 0)
    wanted = [PartWanted(town.county_department, "再查"), PartWanted(town.township_government, "再清")]
    split(again, parts=wanted, by=town.desk_officer, at=at + 9 * HOUR)
    assert [each.place for each in closed.parts.filter(is_current=True)] == [3, 4]


def test_more_parts_are_added_to_a_case_at_work(town: Town, at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at)
    desk = town.desk_officer
    wanted = [PartWanted(town.township_government, "清运")]
    with pytest.raises(BadInput):
        split(case, parts=wanted, lead=town.township_government, by=desk, at=at + 4 * HOUR)
    split(case, parts=wanted, by=desk, at=at + 4 * HOUR)
    assert fresh(case).state == "handling"
    with pytest.raises(BadInput):
        split(case, parts=wanted, by=desk, at=at + 4 * HOUR)
    done(case, 1, town.township_clerk, at + 5 * HOUR)
    assert fresh(case).state == "handled"


@pytest.mark.parametrize("fault", ["nobody", "alone", "twice", "closed", "empty", "many"])
def test_a_split_that_makes_no_sense_is_refused_whole(fault: str, town: Town, at: datetime) -> None:
    case = brought_to(State.ACCEPTED, town, at)
    lead, other = PartWanted(town.county_department, "查处"), PartWanted(town.township_government, "清运")
    if fault == "closed":
        Unit.objects.filter(pk=other.unit.pk).update(is_active=False)
    wanted = {
        "nobody": [],
        "alone": [lead],
        "twice": [lead, other, PartWanted(other.unit, "再来")],
        "closed": [lead, PartWanted(Unit.objects.get(pk=other.unit.pk), "清运")],
        "empty": [lead, PartWanted(other.unit, " ")],
        "many": [lead, *[other] * 12],
    }[fault]
    with pytest.raises(BadInput):
        split(case, parts=wanted, by=town.desk_officer, at=at + 2 * HOUR)
    assert (fresh(case).state, CasePart.objects.count()) == ("accepted", 0)


def test_a_unit_sees_the_case_as_long_as_it_has_a_part_in_it(
    town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    far, outsider = town.other_county_department, town.outsider
    before = reported(at)
    assert not Case.objects.visible_to(outsider).exists()
    case = split_in_two(town, at, far, evidence=[photo("report", at=at)])
    assert list(Case.objects.visible_to(outsider)) == [case]
    assert queue(outsider, Wanted(), at=at).cases == [case]
    assert queue(outsider, Wanted(group="all", unit=far.path), at=at).cases == [case]
    assert Evidence.objects.visible_to(outsider, at + 2 * HOUR).count() == 1
    assert [each.place for each in owed_parts(outsider)] == [2]
    monkeypatch.setattr(sight, "FEW", 0)
    assert list(Case.objects.visible_to(outsider)) == [case]
    assert queue(outsider, Wanted(group="all", unit=far.path), at=at).cases == [case]
    send_back_part(part(case, 2), reason="不在本县", by=outsider, at=at + 3 * HOUR)
    assert not Case.objects.visible_to(outsider).exists()
    assert owed_parts(outsider) == []
    assert before.is_open


def test_sight_through_parts_is_served_by_indexes(town: Town, at: datetime) -> None:
    split_in_two(town, at, town.other_county_department)
    with CaptureQueriesContext(connection) as asked:
        assert queue(town.outsider, Wanted(), at=at).cases
    if connection.vendor == "sqlite":
        plans = []
        with connection.cursor() as cursor:
            for query in asked:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plans.append(str(cursor.fetchall()))
        whole = " ".join(plans)
        assert "SCAN cases_case" not in whole.replace("SCAN cases_case USING INDEX", "")
        assert "parts_of_a_unit" in whole


@pytest.mark.parametrize("name", sorted(PART_ACTIONS))
def test_only_its_unit_and_the_desk_act_on_a_part(name: str, town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    second = part(case, 2)
    if name == "handle":
        take_part(second, by=town.township_clerk, at=at + 3 * HOUR)
    if name == "give":
        send_back_part(second, reason="不归我们", by=town.township_clerk, at=at + 3 * HOUR)
    arguments: dict[str, Any] = {
        "handle": {"text": "好了", "evidence": [photo("proof", at=at + 4 * HOUR)]},
        "give": {"unit": town.city_department},
        "take": {},
    }.get(name, {"reason": "理由"})
    right = "desk_officer" if name in ("give", "withdraw") else "township_clerk"
    people = (
        "desk_officer",
        "township_clerk",
        "department_officer",
        "inspector",
        "auditor",
        "outsider",
        "villager",
    )
    for who in people:
        person = getattr(town, who)
        assert (name in {m.name for m in part_moves_open_to(person, part(case, 2))}) == (who == right)
        if who != right:
            with pytest.raises(NotAllowed):
                PART_ACTIONS[name](part(case, 2), by=person, at=at + 4 * HOUR, **arguments)
    PART_ACTIONS[name](part(case, 2), by=getattr(town, right), at=at + 4 * HOUR, **arguments)


def test_a_transferred_duty_takes_its_part_and_the_lead_along(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    second = part(case, 2)
    assert second.duty is not None
    to = town.other_township_government
    transfer(second.duty, unit=to, reason="换片区", by=SYSTEM, at=at + 3 * HOUR)
    fact = Fact.objects.filter(verb="duty.transferred").latest("seq")
    part_duty_transferred(fact)
    part_duty_transferred(fact)
    assert part(case, 2).unit == to
    main = fresh(case).duty
    assert main is not None
    child = reported(at)
    join(child, parent=case, by=town.desk_officer, at=at + 3 * HOUR)
    transfer(main, unit=town.township_government, reason="换牵头", by=SYSTEM, at=at + 3 * HOUR)
    fact = Fact.objects.filter(verb="duty.transferred").latest("seq")
    part_duty_transferred(fact)
    duty_transferred(fact)
    assert fresh(case).owner_unit == fresh(child).owner_unit == town.township_government


def test_the_units_share_one_visit(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    with pytest.raises(NotAllowed):
        plan_visit(case, planned_at=at + 9 * HOUR, by=town.township_clerk, at=at + 3 * HOUR)
    with pytest.raises(BadInput):
        plan_visit(case, planned_at=at, by=town.desk_officer, at=at + 3 * HOUR)
    for hours in (9, 10):
        later = at + hours * HOUR
        plan_visit(case, planned_at=later, note="村口见", by=town.department_head, at=at + 3 * HOUR)
    visit = visit_of(case)
    assert visit is not None
    assert (visit.planned_at, visit.units.count()) == (at + 10 * HOUR, 2)
    cancel_visit(case, by=town.desk_officer, at=at + 4 * HOUR)
    cancel_visit(case, by=town.desk_officer, at=at + 4 * HOUR)
    assert visit_of(case) is None
    assert Fact.objects.filter(verb__startswith="case.visit").count() == 3
    with pytest.raises(MoveNotAllowed):
        plan_visit(
            brought_to(State.HANDLING, town, at), planned_at=at + 99 * HOUR, by=town.desk_officer, at=at
        )


def test_the_table_of_parts_has_a_duty_for_each_state_that_owes_and_a_way_on() -> None:
    assert PART_MOVES.states == set(PartState)
    assert set(PART_DUTY) == OWING
    for state in OWING:
        assert PART_MOVES.allowed(state, {"owner", "desk"})
    assert PLACE


def signed_in(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_split_show_and_check(town: Town, at: datetime, settings: Any) -> None:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + 2 * HOUR, 0.0
    matter(photos_needed=0, verify_by="inspector")
    case = brought_to(State.ACCEPTED, town, at)
    address = f"/cases/{case.number}/"
    desk, clerk, officer = (
        signed_in(p) for p in (town.desk_officer, town.township_clerk, town.department_officer)
    )
    half = {
        "parts_unit": ["zhzf-qujiang", town.township_government.code],
        "parts_task": ["查处", ""],
        "expected": 2,
    }
    assert "Row 2: write what the unit is to do." in desk.post(f"{address}move/split/", half).content.decode()
    desk.post(f"{address}move/split/", {**half, "parts_task": ["查处", "清运"]})
    shown = clerk.get(address).content.decode()
    assert "清运" in shown
    assert "Sign for it · part 2" in shown
    assert "Sign for it · part 1" not in shown
    assert "清运" in clerk.get("/cases/mine/").content.decode()
    for who, place in ((officer, 1), (clerk, 2)):
        who.post(f"{address}parts/{place}/take/", {"expected": 1})
        wrong = who.post(f"{address}parts/{place}/handle/", {"expected": 2, "text": ""})
        assert wrong.status_code == 422
        assert who.post(f"{address}parts/{place}/take/", {"expected": 1}).status_code == 422
        who.post(f"{address}parts/{place}/handle/", {"expected": 2, "text": "做完"})
    assert clerk.post(f"{address}parts/9/take/", {}).status_code == 404
    inspector = signed_in(town.inspector)
    listed = inspector.get(address)
    assert "Part 2: " in listed.content.decode()
    assert listed.context["moves"] == []
    sent = {
        "passed_1": "done",
        "note_1": "",
        "passed_2": "not",
        "note_2": "",
        "expected": fresh(case).revision,
    }
    assert "what is missing in part 2" in inspector.post(f"{address}check/", sent).content.decode()
    inspector.post(f"{address}check/", {**sent, "note_2": "还有"})
    assert part(case, 2).state == "handling"
    desk.post(f"{address}visit/", {"planned_at": "2026-09-20T09:00", "note": "村口"})
    assert "2026-09-20 09:00" in clerk.get(address).content.decode()
    assert desk.post(f"{address}visit/", {"planned_at": "2020-01-01T09:00"}).status_code == 422
    desk.post(f"{address}visit/", {"cancel": "1"})
    assert visit_of(case) is None
    assert clerk.post(f"{address}visit/", {"planned_at": "2026-09-20T09:00"}).status_code == 422


def test_a_part_that_stood_still_before_the_case_rested_goes_on_standing(town: Town, at: datetime) -> None:
    case = split_in_two(town, at)
    for place in (1, 2):
        take_part(
            part(case, place), by=(town.department_officer, town.township_clerk)[place - 1], at=at + 3 * HOUR
        )
    alone = part(case, 2).duty
    assert alone is not None
    stand_still(alone, reason="等待汛期结束", by=SYSTEM, at=at + 4 * HOUR)
    until_on = (at + timedelta(days=5)).date()
    suspend(fresh(case), until_on=until_on, reason="等待开标", by=town.desk_officer, at=at + 5 * HOUR)
    assert all(Duty.objects.get(pk=part(case, place).duty_id).paused_at for place in (1, 2))
    resume(fresh(case), by=town.desk_officer, at=at + 6 * HOUR)
    assert Duty.objects.get(pk=part(case, 1).duty_id).paused_at is None
    assert Duty.objects.get(pk=alone.pk).paused_at == at + 4 * HOUR
