"""The responsibility list at work: the desk is offered the lead, and what was done with it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Town, make_person
from tongqu.shared.duties.actions.duty import transfer
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Unit
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.following import duty_transferred
from tongqu.systems.cases.actions.moves import accept, dispatch, handle, refuse, take
from tongqu.systems.cases.actions.parts import PartWanted, give_part, send_back_part, split
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingUse
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, matter, photo, reported
from tongqu.systems.cases.tests.routing import COUNTY, TOWNSHIP, in_force

HOUR = timedelta(hours=1)


def accepted(town: Town, at: datetime, code: str) -> Case:
    case = reported(at)
    return accept(case, matter=matter(code), by=town.desk_officer, at=at)


def desk_page(town: Town, case: Case, settings: Any, at: datetime) -> str:
    settings.CLOCK_AT, settings.CLOCK_SPEED = at + HOUR, 0
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(town.desk_officer, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.get(f"/cases/{case.number}/").content.decode())


def test_the_desk_finds_the_lead_chosen_and_why(town: Town, at: datetime, settings: Any) -> None:
    in_force(town, at, COUNTY, TOWNSHIP)
    page = desk_page(town, accepted(town, at, "EENV02"), settings, at)
    assert "By the responsibility list 莲花镇政府 leads." in page
    assert "莲花镇 · Heaps of building rubble or soil" in page
    assert "entry 3 of the list in force since 2026-09-16" in page
    assert '<option value="lianhua" selected>' in page
    assert "2 hours" in page
    before, _chosen, after = page.partition('<option value="lianhua" selected>')
    others = before.rpartition("<select")[2] + after.partition("</select>")[0]
    assert '<option value="lianhua"' not in others
    # Where nobody leads any more, the page says so and offers the department as before.
    Unit.objects.filter(code="zhzf-qujiang").update(is_active=False)
    hollow = desk_page(town, accepted(town, at, "EENV01"), settings, at)
    assert "The list names 衢江区综合执法局, which is closed" in hollow
    assert '<option value="zhzf" selected>' in hollow


def test_following_the_list_takes_its_time_and_its_verifier(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY, TOWNSHIP)
    case = accepted(town, at, "EENV02")
    case = dispatch(case, unit=town.township_government, by=town.desk_officer, at=at)
    duty = Duty.objects.get(is_open=True)
    assert (duty.kind, duty.allowance) == ("handle", "2h")
    told = Fact.objects.get(verb="case.dispatched").after_values
    entry = RoutingEntry.objects.get(number=3)
    assert (told["routing"], told["routing_entry"]) == ("followed", str(entry))
    case = take(case, by=town.township_clerk, at=at)
    proof = [photo("done", at=at + HOUR)]
    case = handle(case, text="已清运", evidence=proof, by=town.township_clerk, at=at + HOUR)
    assert Duty.objects.get(is_open=True).owner_unit == town.county_government
    refuse(case, reason="还有", by=town.inspector, at=at + 2 * HOUR)
    assert Duty.objects.get(is_open=True).allowance == "2h"


def test_departing_from_the_list_is_kept_and_takes_the_time_of_the_matter(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY, TOWNSHIP)
    case = accepted(town, at, "EENV02")
    dispatch(case, unit=town.county_department, by=town.desk_officer, at=at)
    use = RoutingUse.objects.get()
    assert (use.case_id, use.is_followed, use.entry and use.entry.number) == (case.pk, False, 3)
    assert Fact.objects.get(verb="case.dispatched").after_values["routing"] == "departed"
    assert Duty.objects.get(is_open=True).allowance == matter("EENV02").handle_allowance


def test_a_transfer_of_the_duty_is_compared_with_the_list_again(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY, TOWNSHIP)
    case = accepted(town, at, "EENV02")
    dispatch(case, unit=town.township_government, by=town.desk_officer, at=at)
    for unit, said in ((town.other_township_government, "departed"), (town.township_government, "followed")):
        transfer(Duty.objects.get(is_open=True), unit=unit, reason="换片区", by=SYSTEM, at=at + HOUR)
        duty_transferred(Fact.objects.filter(verb="duty.transferred").latest("seq"))
        assert Fact.objects.filter(verb="case.owner_changed").latest("seq").after_values["routing"] == said
        assert RoutingUse.objects.get().is_followed is (said == "followed")


@pytest.mark.parametrize(("change", "said"), [("hole", "hole"), ("conflict", "conflict")])
def test_what_the_list_lacks_is_kept(change: str, said: str, town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY)
    case = accepted(town, at, "EENV01")
    if change == "hole":
        RoutingEntry.objects.all().delete()
    else:
        RoutingEntry.objects.create(
            routing_list_id=RoutingEntry.objects.values_list("routing_list", flat=True)[0], number=9, class_code="E-ENV",
            division=town.county, division_path=town.county.path, lead=town.county_government,
        )  # fmt: skip
    dispatch(case, unit=town.county_department, by=town.desk_officer, at=at)
    told = Fact.objects.get(verb="case.dispatched").after_values
    assert (told["routing"], "routing_entry" in told, RoutingUse.objects.get().entry) == (said, False, None)


def test_without_a_list_nothing_is_kept(town: Town, at: datetime) -> None:
    brought_to(State.DISPATCHED, town, at)
    assert not RoutingUse.objects.exists()
    assert "routing" not in Fact.objects.get(verb="case.dispatched").after_values


def test_a_part_given_anew_is_compared_and_leaves_the_use_of_the_whole(town: Town, at: datetime) -> None:
    in_force(town, at, COUNTY)
    desk, lead = town.desk_officer, town.county_department
    wanted = [PartWanted(lead, "清运"), PartWanted(town.city_department, "查处")]
    case = split(accepted(town, at, "EENV01"), parts=wanted, by=desk, at=at)
    part = case.parts.get(unit=town.city_department)
    inspector = make_person("department", "何城管", (town.city_department, Role.HANDLER))
    for unit, said in ((town.township_government, "departed"), (town.county_government, "followed")):
        part = send_back_part(part, reason="不属职责", by=inspector, at=at)
        part = give_part(part, unit=unit, by=desk, at=at)
        told = Fact.objects.filter(verb="case.part_given").latest("seq").after_values
        assert (told["routing"], told["unit"]) == (said, unit.code)
        assert told["routing_entry"] == str(RoutingEntry.objects.get(number=2))
        inspector = make_person(f"at-{unit.code}", "某", (unit, Role.HANDLER))
    assert (RoutingUse.objects.get().is_followed, Case.objects.get().owner_unit) == (True, lead)
