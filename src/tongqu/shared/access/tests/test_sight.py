"""How far people see: the table of examples, and the same as a condition for the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Town
from tongqu.shared.access.queries import EVERYTHING, NOTHING, Scope, scope_of
from tongqu.shared.access.rules import (
    MASTER_DATA,
    PUBLIC,
    SIGNED_IN,
    Door,
    Held,
    Reach,
    held_by,
    reach_of,
)
from tongqu.shared.access.tests.specs import DOORS, REACHES, DoorExample, ReachExample, rules_page
from tongqu.shared.region.models import Division, Person, Unit
from tongqu.shared.region.rules import Role, UnitKind


@pytest.mark.parametrize("example", DOORS)
def test_whom_a_door_opens_to(example: DoorExample) -> None:
    door, signed_in, roles, is_staff, opens = example
    assert door.opens_to(signed_in=signed_in, roles=roles, is_staff=is_staff) is opens


@pytest.mark.parametrize("example", REACHES, ids=lambda e: e.says)
def test_what_postings_let_one_see(example: ReachExample) -> None:
    assert reach_of(example.held) == example.sees


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (PUBLIC, "public"),
        (SIGNED_IN, "signed in"),
        (held_by(Role.AUDITOR, Role.HANDLER), "auditor, handler"),
        (MASTER_DATA, "region_admin and staff"),
    ],
)
def test_a_rule_says_what_it_is(rule: Door, text: str) -> None:
    assert str(rule) == text


def sees(person: Person) -> tuple[set[str], set[str]]:
    scope = scope_of(person)
    divisions = Division.objects.filter(scope.q("path", ""))
    units = Unit.objects.filter(scope.q("", "path"))
    return {division.code for division in divisions}, {unit.code for unit in units}


def test_the_town_by_name(town: Town) -> None:
    assert sees(town.township_clerk) == ({"330803102"}, {"lianhua"})
    assert sees(town.county_leader) == (
        {"330803", "330803102", "330803103"},
        {"qujiang", "lianhua", "duze"},
    )
    assert sees(town.department_officer) == (set(), {"zhzf-qujiang"})
    assert sees(town.outsider) == (set(), {"zhzf-longyou"})
    assert sees(town.villager) == (set(), set())
    for person in (town.desk_officer, town.inspector, town.auditor, town.region_admin):
        assert scope_of(person).everything


def test_the_inactive_see_nothing_and_superusers_everything(town: Town) -> None:
    town.desk_officer.is_active = False
    assert scope_of(town.desk_officer) == NOTHING
    town.villager.is_superuser = True
    assert scope_of(town.villager) == EVERYTHING


PATHS = st.sampled_from(["3308", "330803", "330803102", "330825", "330803102001", "3309", ""])
UNITS = st.sampled_from(["a/", "a/b/", "a/b/c/", "ab/", "b/", ""])


@given(divisions=st.sets(PATHS.filter(bool)), units=st.sets(UNITS.filter(bool)), place=PATHS, owner=UNITS)
def test_what_is_covered_begins_with_a_path_held(
    divisions: set[str], units: set[str], place: str, owner: str
) -> None:
    held = [Held(Role.UNIT_HEAD, UnitKind.TERRITORY, "x/", path) for path in divisions]
    held += [Held(Role.HANDLER, UnitKind.LINE, path, "9") for path in units]
    slow = any(place.startswith(path) for path in divisions) or any(owner.startswith(path) for path in units)
    assert reach_of(held).covers(division_path=place, unit_path=owner) is slow


def test_a_scope_is_a_reach_that_the_database_understands(town: Town) -> None:
    scope = Scope(division_paths=("330803",))
    assert isinstance(scope, Reach)
    found = Division.objects.filter(scope.q("path", ""))
    assert {d.code for d in found} == {
        d.code for d in Division.objects.all() if scope.covers(division_path=d.path)
    }


def test_the_page_of_rules_is_current() -> None:
    page = Path(__file__).resolve().parents[5] / "docs" / "rules" / "access.md"
    assert page.read_text(encoding="utf-8") == rules_page(), "run scripts/access-rules"
