"""Every move, tried by every person of the town: exactly the parties of the table may make it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from conftest import Town, make_person
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.moves import ACTIONS
from tongqu.systems.cases.actions.parts import PartWanted
from tongqu.systems.cases.actions.personal import view_personal_data
from tongqu.systems.cases.actions.suspension import ask_suspension
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.answering import conditions_of
from tongqu.systems.cases.rules.lifecycle import MOVES, Party, State
from tongqu.systems.cases.tests.factories import brought_to, matter, photo, reported

WHERE = {
    "accept": State.REPORTED, "reject": State.REPORTED, "dispatch": State.ACCEPTED, "take": State.DISPATCHED,
    "decide": State.DISPUTED,
    "send_back": State.HANDLING, "handle": State.HANDLING, "verify": State.HANDLED, "refuse": State.HANDLED,
    "register": State.ACCEPTED, "ask_suspension": State.HANDLING, "suspend": State.HANDLING,
    "refuse_suspension": State.HANDLING, "resume": State.SUSPENDED, "rate": State.CLOSED, "close": State.VERIFIED, "reopen": State.CLOSED,
    "join": State.HANDLING, "separate": State.JOINED, "split": State.ACCEPTED,
}  # fmt: skip
PARTIES = {
    "desk_officer": {Party.DESK, Party.COORDINATOR},
    "near_desk": {Party.DESK},
    "far_desk": set(),
    "department_officer": {Party.OWNER},
    "department_head": {Party.OWNER},
    "upper_handler": set(),
    "inspector": {Party.INSPECTOR},
    "near_inspector": {Party.INSPECTOR},
    "far_inspector": set(),
    "own_inspector": set(),
    "county_leader": set(),
    "township_clerk": set(),
    "auditor": set(),
    "region_admin": set(),
    "villager": set(),
    "outsider": set(),
}
"""What each person is to a case in the first township that the county's department owns."""


@pytest.fixture
def people(town: Town) -> dict[str, Person]:
    """The people of the town, and some more of other territories and departments."""
    more = {
        "near_desk": make_person("near-desk", "近值班", (town.county_government, Role.DUTY_DESK)),
        "far_desk": make_person("far-desk", "远值班", (town.other_county_department, Role.DUTY_DESK)),
        "upper_handler": make_person("upper", "上级", (town.city_department, Role.HANDLER)),
        "near_inspector": make_person("near-insp", "近核查", (town.county_government, Role.INSPECTOR)),
        "far_inspector": make_person("far-insp", "远核查", (town.other_township_government, Role.INSPECTOR)),
        "own_inspector": make_person("own-insp", "自查", (town.county_department, Role.INSPECTOR)),
    }
    return more | {name: getattr(town, name) for name in PARTIES if name not in more}


def arguments(name: str, town: Town, at: datetime) -> dict[str, Any]:
    if name in ("handle", "verify"):
        proof = photo(f"proof {Evidence.objects.count()}", at=at)
        return {"evidence": [proof], **({"text": "做完了"} if name == "handle" else {})}
    if name == "split":
        units = (town.county_department, town.township_government)
        return {"parts": [PartWanted(unit, "做") for unit in units]}
    if name == "join":
        return {"parent": reported(at)}
    if name in ("take", "close", "register", "resume", "separate"):
        return {}
    if name in ("accept", "dispatch"):
        return {"matter": matter()} if name == "accept" else {"unit": town.county_department}
    if name == "decide":
        return {"unit": town.county_department, "reason": "理由"}
    if name == "rate":
        return {"is_satisfied": True, "stars": 5}
    if name in ("ask_suspension", "suspend"):
        return {"until_on": (at + timedelta(days=9)).date(), "reason": "理由"}
    return {"reason": "理由"}


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_only_the_parties_of_the_table_may_move(
    name: str, town: Town, people: dict[str, Person], at: datetime
) -> None:
    case = brought_to(WHERE[name], town, at)
    later = at + timedelta(hours=9)
    if name == "refuse_suspension":
        rest = {"until_on": (later + timedelta(days=9)).date(), "reason": "理由"}
        case = ask_suspension(case, **rest, by=town.department_officer, at=later)
    row = MOVES.find(WHERE[name], name, conditions_of(case))
    assert row is not None
    may = {who for who in PARTIES if PARTIES[who] & row.by}
    for who in sorted(PARTIES.keys() - may):
        with pytest.raises(NotAllowed):
            ACTIONS[name](case, by=people[who], at=later, **arguments(name, town, later))
        assert Case.objects.get(pk=case.pk).state == WHERE[name]
    chosen = "department_head" if "department_head" in may else sorted(may)[0]
    moved = ACTIONS[name](case, by=people[chosen], at=later, **arguments(name, town, later))
    assert moved.state == row.to_state


def test_nobody_acts_after_the_posting_has_ended(town: Town, at: datetime) -> None:
    case = reported(at)
    town.desk_officer.postings.update(until_on=at.date())
    left = Person.objects.get(pk=town.desk_officer.pk)
    with pytest.raises(NotAllowed):
        ACTIONS["reject"](case, reason="理由", by=left, at=at)


@pytest.mark.parametrize("who", sorted(PARTIES))
def test_who_may_look_at_the_reporter(who: str, town: Town, people: dict[str, Person], at: datetime) -> None:
    case = brought_to(State.HANDLING, town, at, reporter_name="蒋村民", reporter_phone="13812341234")
    if PARTIES[who] & {Party.DESK, Party.OWNER}:
        assert view_personal_data(case, by=people[who], at=at).phone == "13812341234"
    else:
        with pytest.raises(NotAllowed):
            view_personal_data(case, by=people[who], at=at)


def test_the_nearest_desk_gets_the_duty(town: Town, people: dict[str, Person], at: datetime) -> None:
    near, unknown = reported(at), reported(at, lon=None, lat=None)
    assert near.duty is not None
    assert unknown.duty is not None
    assert (near.duty.owner_unit, unknown.duty.owner_unit) == (town.county_government, town.city_desk)
