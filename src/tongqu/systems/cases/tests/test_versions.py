"""Versions of matters: a change holds from a day on and never rewrites old cases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.shared.journal.actions import act
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.matters import change_matter
from tongqu.systems.cases.actions.moves import accept, dispatch
from tongqu.systems.cases.actions.versions import add_version, bring_into_force, withdraw_version
from tongqu.systems.cases.jobs.matters import run
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, matter, reported

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_change_leaves_old_cases_as_they_were(town: Town, at: datetime) -> None:
    waste = matter()
    old = brought_to(State.ACCEPTED, town, at)
    change_matter(
        waste, by=town.region_admin, at=at + DAY, handle_allowance="9wd", photos_needed=4, verify_by="air"
    )
    new = accept(reported(at + DAY), matter=waste, by=town.desk_officer, at=at + DAY)
    sent = [
        dispatch(case, unit=town.county_department, by=town.desk_officer, at=at + DAY) for case in (old, new)
    ]
    assert [case.duty.allowance for case in sent if case.duty] == ["1wd", "9wd"]
    assert [(case.terms.photos_needed, case.terms.verify_by) for case in sent] == [(1, "photo"), (4, "air")]
    assert [case.matter_version.number for case in sent if case.matter_version] == [1, 2]


def test_a_planned_change_takes_effect_on_its_day_whether_the_job_ran_or_not(
    town: Town, at: datetime
) -> None:
    waste, day = matter(), at.date() + 3 * DAY
    change_matter(waste, by=town.region_admin, at=at, in_force_on=day, reason="新办法", grade="urgent")
    planned = Fact.objects.get(verb="matter.change_planned")
    assert (planned.after_values, planned.note) == (
        {"grade": "urgent", "in_force_on": "2026-09-19"},
        "新办法",
    )
    assert Matter.objects.get(pk=waste.pk).grade == "ordinary"
    before = accept(reported(at + 2 * DAY), matter=waste, by=town.desk_officer, at=at + 2 * DAY)
    after = accept(reported(at + 3 * DAY), matter=waste, by=town.desk_officer, at=at + 3 * DAY)
    assert (before.terms.grade, after.terms.grade) == ("ordinary", "urgent")
    assert [bring_into_force(at=at + n * DAY) for n in (2, 3, 3)] == [0, 1, 0]
    assert Matter.objects.get(pk=waste.pk).grade == "urgent"
    told = Fact.objects.get(verb="matter.changed")
    assert (told.actor_ref, told.before_values, told.after_values) == (
        "system", {"grade": "ordinary"}, {"grade": "urgent"},
    )  # fmt: skip


def test_a_change_before_a_planned_one_reaches_it_too(town: Town, at: datetime) -> None:
    waste, day = matter(), at.date() + 3 * DAY
    change_matter(waste, by=town.region_admin, at=at, in_force_on=day, grade="urgent")
    change_matter(waste, by=town.region_admin, at=at, handle_allowance="5wd", grade="serious")
    then = MatterVersion.objects.in_force(waste, day)
    assert then is not None
    assert (then.terms["grade"], then.terms["handle_allowance"]) == ("urgent", "5wd")


def test_a_planned_change_can_be_withdrawn_and_one_in_force_cannot(town: Town, at: datetime) -> None:
    waste, admin = matter(), town.region_admin
    change_matter(waste, by=admin, at=at, in_force_on=at.date() + DAY, grade="urgent")
    change_matter(waste, by=admin, at=at, in_force_on=at.date() + 2 * DAY, handle_allowance="5wd")
    planned = waste.versions.get(number=2)
    withdraw_version(planned, by=admin, at=at)
    then = MatterVersion.objects.in_force(waste, at.date() + 2 * DAY)
    assert then is not None
    assert (then.terms["grade"], then.terms["handle_allowance"]) == ("ordinary", "5wd")
    for version in (planned, waste.versions.get(number=1)):
        with pytest.raises(BadInput):
            withdraw_version(version, by=admin, at=at)
    assert Fact.objects.get(verb="matter.change_withdrawn").subject_id == "EENV01"


def test_a_change_in_the_past_is_refused(town: Town, at: datetime) -> None:
    with pytest.raises(BadInput) as refusal:
        change_matter(matter(), by=town.region_admin, at=at, in_force_on=at.date() - DAY, grade="urgent")
    assert refusal.value.problems[0].field == "in_force_on"


def test_a_new_matter_is_used_from_its_day_on(town: Town, at: datetime) -> None:
    terms = {**matter().terms, "name_zh_hans": "违规充电"}
    planned = Matter(code="XNEW", **terms)
    day = at.date() + 2 * DAY
    add_first(planned, terms, town, at, day)
    with pytest.raises(BadInput) as refusal:
        reported(at, matter_code="XNEW")
    assert refusal.value.problems[0].code == "not-in-force"
    assert not Matter.objects.get(code="XNEW").is_active
    withdraw = planned.versions.get()
    assert reported(at + 2 * DAY, matter_code="XNEW").matter_version == withdraw
    assert bring_into_force(at=at + 2 * DAY) == 1
    assert Matter.objects.get(code="XNEW").is_active


def add_first(planned: Matter, terms: dict[str, object], town: Town, at: datetime, day: date) -> None:
    with act():
        add_version(planned, terms, by=town.region_admin, at=at, in_force_on=day)


def test_the_job_brings_into_force_what_is_due(town: Town, at: datetime) -> None:
    earlier = now() - 2 * DAY
    change_matter(
        matter(), by=town.region_admin, at=earlier, in_force_on=day_of(earlier) + DAY, grade="urgent"
    )
    run()
    assert Matter.objects.get(code="EENV01").grade == "urgent"


def test_the_migration_gives_matters_and_cases_their_first_version(town: Town, at: datetime) -> None:
    case = reported(at, matter_code=matter().code)
    type(case).objects.update(matter_version=None)
    Matter.objects.update(version=None)
    MatterVersion.objects.all().delete()
    import_module("tongqu.systems.cases.migrations.0009_first_versions").first_versions(apps, None)
    case.refresh_from_db()
    assert case.matter_version is not None
    assert (case.matter_version.number, case.terms.verify_by) == (1, "photo")
    assert case.matter_version.terms == Matter.objects.get(code="EENV01").terms
