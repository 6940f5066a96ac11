"""Saved filters of the queue: whose they are, what they find, what the queue opens with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions import filters as acts
from tongqu.systems.cases.actions.filters import open_with, remove_filter, save_filter
from tongqu.systems.cases.models.filters import SavedFilter
from tongqu.systems.cases.queries.cases import GROUPS
from tongqu.systems.cases.queries.filters import count_of, filters_of, first_filter, wanted_of
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.presets import PRESETS, presets_for
from tongqu.systems.cases.tests.factories import brought_to, reported

LATE = {"group": "open", "lamp": "red", "sort": "due"}


@pytest.fixture
def visit(settings: Any, at: datetime) -> Any:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at, 0

    def visiting(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return visiting


def names(person: Person) -> list[str]:
    return [choice.saved.name for choice in filters_of(person) if choice.saved is not None]


@pytest.mark.parametrize("role", Role)
def test_presets_ask_for_open_cases_only(role: Role) -> None:
    for preset in presets_for({role}):
        assert GROUPS[preset.query["group"]] <= GROUPS["open"]
    assert bool(presets_for({role})) == (role in PRESETS)


def test_a_filter_is_kept_shared_and_removed(town: Town, at: datetime, visit: Any) -> None:
    desk = visit(town.desk_officer)
    unit = town.desk_officer.postings_now[0].unit
    saved = {"name": "城区逾期", "unit": str(unit.pk), "is_first": "on"}
    answer = desk.post("/cases/filters/?group=open&lamp=red&sort=due&after=1", saved)
    assert answer["Location"] == "/cases/?group=open&lamp=red&sort=due"
    assert SavedFilter.objects.get().query == LATE
    assert desk.get("/cases/")["Location"] == "/cases/?group=open&lamp=red&sort=due"
    assert "城区逾期" in desk.get("/cases/?group=open&lamp=red&sort=due").content.decode()
    assert names(town.desk_officer) == ["城区逾期"]
    assert names(town.department_officer) == []
    number = SavedFilter.objects.get().pk
    page = desk.get("/cases/filters/?group=ended&division=none").content.decode()
    assert "亮灯 红灯" in page or "红灯" in page
    assert visit(town.outsider).post(f"/cases/filters/{number}/remove/").status_code == 404
    desk.post(f"/cases/filters/{number}/first/")
    assert desk.get("/cases/").status_code == 200
    desk.post(f"/cases/filters/{number}/remove/")
    assert not SavedFilter.objects.exists()
    verbs = list(Fact.objects.filter(subject_kind="case_filter").values_list("verb", flat=True))
    assert verbs == ["case_filter.saved", "case_filter.chosen", "case_filter.removed"]


def test_what_is_wrong_is_said(town: Town, at: datetime, visit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput):
        save_filter(" ", LATE, by=town.desk_officer, at=at)
    with pytest.raises(NotAllowed):
        save_filter("x", LATE, unit=town.county_department, by=town.desk_officer, at=at)
    monkeypatch.setattr(acts, "MOST_FILTERS", 1)
    first = save_filter("x", LATE, by=town.desk_officer, at=at)
    again = save_filter("x", {"group": "new"}, by=town.desk_officer, at=at)
    assert again.pk == first.pk
    answer = visit(town.desk_officer).post("/cases/filters/?group=new", {"name": "y"})
    assert answer.status_code == 422
    assert "最多保存 1 个" in answer.content.decode()


def test_a_shared_filter_is_removed_by_its_owner_or_the_head(town: Town, at: datetime) -> None:
    officer, head = town.department_officer, town.department_head
    saved = save_filter("我处", LATE, unit=town.county_department, by=officer, at=at)
    assert names(head) == ["我处"]
    open_with(saved, by=head, at=at)
    assert first_filter(head) == saved
    other = save_filter("我的", LATE, by=officer, at=at)
    with pytest.raises(NotAllowed):
        remove_filter(other, by=head, at=at)
    remove_filter(saved, by=head, at=at)
    assert first_filter(head) is None


def test_counts_are_those_of_the_queue(town: Town, at: datetime, visit: Any) -> None:
    brought_to(State.HANDLING, town, at)
    reported(at)
    reported(at, lon=None, lat=None)
    save_filter("词", {"words": "垃圾"}, by=town.desk_officer, at=at)
    counts = visit(town.desk_officer).get("/cases/filters/counts.json").json()["counts"]
    words = str(SavedFilter.objects.get().pk)
    assert counts == {"to-accept": 2, "to-dispatch": 0, "to-close": 0, "late": 0, "no-place": 1, words: None}
    assert (
        visit(town.department_officer).get("/cases/filters/counts.json").json()["counts"]["unit-handles"] == 1
    )


def test_values_that_mean_nothing_find_nothing(town: Town, at: datetime) -> None:
    reported(at)
    odd = wanted_of({"group": "odd", "since": "never", "source": "nowhere", "until": "2026-12-31"})
    assert (odd.group, odd.since, odd.until is None) == ("open", None, False)
    assert count_of(town.desk_officer, odd, at) == 0
    assert count_of(town.desk_officer, wanted_of({"group": "ended"}), at) is None
