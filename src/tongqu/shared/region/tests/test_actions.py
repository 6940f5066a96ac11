"""The acts on units, postings and the calendar: who may do them and what they leave in the journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.actions.calendar import delete_calendar_day, set_calendar_day, set_working_hours
from tongqu.shared.region.actions.units import (
    UnitInUse,
    change_unit,
    make_person,
    make_unit,
    move_unit,
    post_person,
    unpost_person,
)
from tongqu.shared.region.models import CalendarDay, Person, Posting, Region, Unit
from tongqu.shared.region.queries import work_calendar
from tongqu.shared.region.rules import Role, UnitKind

Act = Callable[[Town, Person, datetime], Any]


def _make(town: Town, by: Person, at: datetime) -> Unit:
    return make_unit("slj", kind=UnitKind.LINE, name_zh_hans="水利局", division=town.county,
                     parent=town.county_government, by=by, at=at)  # fmt: skip


def _change(town: Town, by: Person, at: datetime) -> Unit:
    return change_unit(town.county_department, answers_for="市容", by=by, at=at)


def _move(town: Town, by: Person, at: datetime) -> Unit:
    return move_unit(town.county_department, parent=town.county_government, by=by, at=at)


def _post(town: Town, by: Person, at: datetime) -> Posting:
    return post_person(town.villager, town.county_department, Role.HANDLER, by=by, at=at)


def _unpost(town: Town, by: Person, at: datetime) -> Posting:
    return unpost_person(Posting.objects.get(person=town.department_officer), by=by, at=at)


def _make_person(town: Town, by: Person, at: datetime) -> Person:
    return make_person("new", name="新人", by=by, at=at)


def _set_day(town: Town, by: Person, at: datetime) -> CalendarDay:
    return set_calendar_day(date(2026, 9, 17), is_working=False, name="停电", by=by, at=at)


def _set_hours(town: Town, by: Person, at: datetime) -> Region:
    return set_working_hours(work_spans="09:00-17:00", by=by, at=at)


ACTS: list[tuple[Act, str, bool]] = [
    # act, what the journal says, whether the administrator of the county may do it
    (_make, "unit.made", True),
    (_change, "unit.changed", True),
    (_move, "unit.moved", True),
    (_post, "person.posted", True),
    (_unpost, "person.unposted", True),
    (_make_person, "person.created", False),
    (_set_day, "calendar.day_set", False),
    (_set_hours, "region.hours_set", False),
]


@pytest.mark.parametrize(("act", "verb", "_county"), ACTS)
def test_the_administrator_of_the_region_may_do_it_and_it_is_recorded(
    town: Town, at: datetime, act: Act, verb: str, _county: bool
) -> None:
    act(town, town.region_admin, at)
    fact = Fact.objects.get()
    assert (fact.verb, fact.actor_name, fact.at) == (verb, "卫管理", at)


@pytest.mark.parametrize(("act", "_verb", "_county"), ACTS)
@pytest.mark.parametrize("who", ["desk_officer", "county_leader", "department_head", "auditor", "villager"])
def test_nobody_else_may_do_it(
    town: Town, at: datetime, act: Act, _verb: str, _county: bool, who: str
) -> None:
    with pytest.raises(NotAllowed):
        act(town, getattr(town, who), at)
    assert not Fact.objects.exists()


@pytest.mark.parametrize(("act", "_verb", "may"), ACTS)
def test_the_administrator_of_a_county_acts_only_there(
    town: Town, at: datetime, act: Act, _verb: str, may: bool
) -> None:
    Posting.objects.create(person=town.county_leader, unit=town.county_government, role=Role.REGION_ADMIN)
    Posting.objects.create(person=town.outsider, unit=town.other_county_department, role=Role.REGION_ADMIN)
    with pytest.raises(NotAllowed):
        act(town, town.outsider, at)
    if may:
        act(town, town.county_leader, at)
    else:
        with pytest.raises(NotAllowed):
            act(town, town.county_leader, at)


@pytest.mark.parametrize(
    ("act", "_verb", "_county"), [case for case in ACTS if case[0] not in (_make, _make_person)]
)
def test_doing_it_again_records_nothing_more(
    town: Town, at: datetime, act: Act, _verb: str, _county: bool
) -> None:
    act(town, town.region_admin, at)
    act(town, town.region_admin, at) if act is not _unpost else unpost_person(
        Posting.objects.get(person=town.department_officer), by=town.region_admin, at=at
    )
    assert Fact.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "problem"), [("desk", "double-code"), ("Bad Code", "bad-code"), ("x" * 41, "bad-code")]
)
def test_a_unit_needs_a_new_and_well_formed_code(town: Town, at: datetime, code: str, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        make_unit(
            code, kind=UnitKind.LINE, name_zh_hans="名", division=town.county, by=town.region_admin, at=at
        )
    assert caught.value.problems[0].code == problem


def test_units_cannot_stand_deeper_than_their_paths_reach(town: Town, at: datetime) -> None:
    def below(parent: Unit, n: int) -> Unit:
        return make_unit(f"{'x' * 38}{n}", kind=UnitKind.LINE, name_zh_hans="名", division=town.prefecture,
                         parent=parent, by=town.region_admin, at=at)  # fmt: skip

    deepest = town.city_desk
    for n in range(7):
        deepest = below(deepest, n)
    with pytest.raises(BadInput, match="too deep"):
        below(deepest, 8)


def test_moving_a_unit_moves_everything_below_it(town: Town, at: datetime) -> None:
    move_unit(town.county_government, parent=town.city_department, by=town.region_admin, at=at)
    assert Unit.objects.get(code="lianhua").path == "desk/zhzf/qujiang/lianhua/"
    assert Unit.objects.get(code="zhzf-longyou").path == "desk/zhzf/zhzf-longyou/"


def test_a_unit_cannot_come_to_stand_under_itself(town: Town, at: datetime) -> None:
    with pytest.raises(BadInput, match="under itself"):
        move_unit(town.county_government, parent=town.township_government, by=town.region_admin, at=at)


def test_a_unit_can_be_moved_to_the_top(town: Town, at: datetime) -> None:
    assert move_unit(town.city_department, parent=None, by=town.region_admin, at=at).path == "zhzf/"


def test_a_unit_with_active_units_below_cannot_be_closed(town: Town, at: datetime) -> None:
    with pytest.raises(UnitInUse):
        change_unit(town.county_government, is_active=False, by=town.region_admin, at=at)
    assert not change_unit(town.township_government, is_active=False, by=town.region_admin, at=at).is_active


def test_a_unit_cannot_be_given_to_a_territory_out_of_reach(town: Town, at: datetime) -> None:
    Posting.objects.create(person=town.county_leader, unit=town.county_government, role=Role.REGION_ADMIN)
    with pytest.raises(NotAllowed):
        change_unit(town.county_department, division=town.other_county, by=town.county_leader, at=at)


def test_a_posting_gives_the_role_at_once(town: Town, at: datetime) -> None:
    assert town.villager.roles == frozenset()
    post_person(town.villager, town.county_department, Role.HANDLER, by=town.region_admin, at=at)
    assert town.villager.roles == {Role.HANDLER}


def test_a_posting_does_not_end_before_it_began(town: Town, at: datetime) -> None:
    later = at + timedelta(days=30)
    posting = post_person(town.villager, town.county_department, Role.HANDLER, by=town.region_admin, at=later)
    assert unpost_person(posting, by=town.region_admin, at=at).until_on == later.date()


def test_the_last_administrator_cannot_be_removed(town: Town, at: datetime) -> None:
    posting = Posting.objects.get(role=Role.REGION_ADMIN)
    with pytest.raises(BadInput, match="last region administrator"):
        unpost_person(posting, by=town.region_admin, at=at)


def test_a_login_name_is_given_once(town: Town, at: datetime) -> None:
    with pytest.raises(BadInput, match="taken"):
        make_person("desk", name="又一人", by=town.region_admin, at=at)


def test_a_holiday_moves_deadlines_and_can_be_taken_back(town: Town, at: datetime) -> None:
    day = date(2026, 9, 17)
    set_calendar_day(day, is_working=False, by=town.region_admin, at=at)
    assert not work_calendar().is_working_day(day)
    delete_calendar_day(day, by=town.region_admin, at=at)
    delete_calendar_day(day, by=town.region_admin, at=at)
    assert work_calendar().is_working_day(day)
    assert Fact.objects.filter(verb="calendar.day_deleted").count() == 1


@pytest.mark.parametrize(("values", "problem"), [
    ({"work_spans": "all day"}, "bad-spans"),
    ({"work_spans": "09:00-17:00", "time_zone": "Mars/Olympus"}, "bad-zone"),
])  # fmt: skip
def test_hours_that_make_no_sense_are_refused(
    town: Town, at: datetime, values: dict[str, str], problem: str
) -> None:
    with pytest.raises(BadInput) as caught:
        set_working_hours(**values, by=town.region_admin, at=at)
    assert caught.value.problems[0].code == problem


def test_what_a_unit_owns_anywhere_follows_it(town: Town, at: datetime) -> None:
    # Region does not know the systems above it; it goes by the name of the column.
    duties = apps.get_model("duties", "Duty")._default_manager
    duties.create(kind="handle", subject_kind="case", subject_id="1", label="x", owner_unit=town.township_government,
                  unit_path=town.township_government.path, opened_at=at, due_at=at, allowance="1wd", counts_from=at)  # fmt: skip
    move_unit(town.county_government, parent=town.city_department, by=town.region_admin, at=at)
    assert duties.get().unit_path == "desk/zhzf/qujiang/lianhua/"
