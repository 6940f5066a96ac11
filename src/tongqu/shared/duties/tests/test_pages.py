"""The pages, as people see and use them."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from conftest import Town
from tongqu.kernel.calendar import Allowance
from tongqu.shared.duties.actions.duty import meet, pause
from tongqu.shared.duties.actions.extension import ask_extension
from tongqu.shared.duties.actions.league import count_closed
from tongqu.shared.duties.actions.reminders import remind
from tongqu.shared.duties.models import Duty, LampRule, Notice, ReminderRule
from tongqu.shared.duties.pages.words import SENTENCES, allowance_text
from tongqu.shared.duties.rules import DutyKind, register_kind
from tongqu.shared.duties.tests.making import a_duty
from tongqu.shared.region.models import Person
from tongqu.shared.ui.sentences import has_sentence

register_kind(DutyKind("declare", "declare", is_met_directly=True))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The pages read the test's instant."""
    for module in ("board", "duty", "league", "rulebook"):
        monkeypatch.setattr(f"tongqu.shared.duties.pages.{module}.now", lambda: at)
    monkeypatch.setattr("tongqu.shared.duties.pages.league.today", lambda: at.date())


def signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def page(person: Person, url: str, **query: Any) -> str:
    response = signed_in(person).get(url, query)
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def act(who: Person, duty: Duty, name: str, **data: Any) -> Any:
    return signed_in(who).post(
        f"/duties/{duty.pk}/{name}/", {f"{name}-{key}": value for key, value in data.items()} | data
    )


def test_the_board_shows_the_officer_what_the_unit_owes(town: Town, at: datetime) -> None:
    a_duty(town, at, label="Heap by the bridge")
    a_duty(town, at, label="Elsewhere", owner_unit=town.other_county_department)
    text = page(town.department_officer, "/duties/")
    assert "Heap by the bridge" in text
    assert "Elsewhere" not in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"whose": "mine"}, {"named", "free"}),
        ({"whose": "unit"}, {"named", "free", "heads", "late"}),
        ({"whose": "all"}, {"named", "free", "heads", "late"}),
        ({"whose": "unit", "lamp": "red"}, {"late"}),
        ({"whose": "unit", "text": "NAM"}, {"named"}),
        ({"whose": "unit", "kind": "declare"}, {"heads"}),
        ({"whose": "unit", "due_to": "2026-09-15"}, {"late"}),
        ({"whose": "unit", "due_from": "2026-09-16"}, {"named", "free", "heads"}),
        ({"whose": "unit", "unit": "zhzf-qujiang"}, {"named", "free", "heads", "late"}),
        ({"whose": "unit", "division": "330803102"}, {"free"}),
    ],
)
def test_filters_leave_what_they_say(
    town: Town, at: datetime, query: dict[str, str], shown: set[str]
) -> None:
    a_duty(town, at, label="d-named", owner_person=town.department_officer)
    a_duty(town, at, label="d-free", division=town.township)
    a_duty(town, at, label="d-heads", kind="declare", owner_person=town.department_head)
    a_duty(town, at - timedelta(days=7), label="d-late", owner_person=town.department_head)
    text = page(town.department_officer, "/duties/", **query)
    assert {name for name in ("named", "free", "heads", "late") if f"d-{name}" in text} == shown


def test_a_wrong_filter_says_so_and_filters_nothing(town: Town, at: datetime) -> None:
    a_duty(town, at, label="Heap")
    text = page(town.desk_officer, "/duties/", unit="nowhere", due_from="soon")
    assert "Heap" in text
    assert text.count("field-error") == 2


def test_the_board_is_exported(town: Town, at: datetime) -> None:
    a_duty(town, at, label="=Heap")
    response = signed_in(town.desk_officer).get("/duties/?export=xlsx")
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert len(rows) == 2
    assert "'=Heap" in rows[1]


def test_a_duty_out_of_sight_is_not_there(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert signed_in(town.outsider).get(f"/duties/{duty.pk}/").status_code == 404
    assert signed_in(town.villager).get(f"/duties/{duty.pk}/").status_code == 404
    assert act(town.outsider, duty, "pause", reason="x").status_code == 404


def test_the_head_pauses_and_the_officer_resumes(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert act(town.department_head, duty, "pause", reason="Waiting for a part").status_code == 302
    text = page(town.department_officer, f"/duties/{duty.pk}/")
    assert "Waiting for a part" in text
    assert "Resume the clock" in text
    assert act(town.department_officer, duty, "resume").status_code == 302
    duty.refresh_from_db()
    assert duty.paused_at is None


def test_the_page_offers_only_what_the_reader_may_do(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert "Cancel the duty" not in page(town.department_officer, f"/duties/{duty.pk}/")
    assert "Cancel the duty" in page(town.county_leader, f"/duties/{duty.pk}/")
    assert "What you can do" not in page(town.auditor, f"/duties/{duty.pk}/")


def test_an_act_without_right_is_forbidden(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert act(town.department_officer, duty, "pause", reason="Tired").status_code == 403


def test_an_act_out_of_place_says_why(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    pause(duty, reason="x", by=town.department_head, at=at)
    response = signed_in(town.department_head).post(
        f"/duties/{duty.pk}/pause/", {"pause-reason": "again"}, follow=True
    )
    assert "paused" in response.content.decode()
    assert act(town.department_head, duty, "note_return").status_code == 404
    assert act(town.department_head, duty, "dance").status_code == 404


def test_a_missing_reason_shows_at_its_field(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    response = act(town.department_head, duty, "pause", reason=" ")
    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_more_time_is_asked_for_and_granted(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert act(town.department_officer, duty, "ask_extension", wanted="soon", reason="x").status_code == 422
    assert act(town.department_officer, duty, "ask_extension", wanted="2wd", reason="Rain").status_code == 302
    assert "Rain" in page(town.county_leader, f"/duties/{duty.pk}/")
    assert act(town.county_leader, duty, "decide_extension", grant="yes", note="Agreed").status_code == 302
    before = duty.due_at
    duty.refresh_from_db()
    assert duty.due_at - before == timedelta(days=4)  # over a weekend
    assert "Agreed" in page(town.department_officer, f"/duties/{duty.pk}/")
    assert act(town.county_leader, duty, "decide_extension", grant="yes").status_code == 404


def test_a_duty_is_handed_over(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    answer = act(town.county_leader, duty, "transfer", unit="lianhua", person="officer", reason="Nearer")
    assert answer.status_code == 422
    assert "not posted" in answer.content.decode()
    answer = act(town.county_leader, duty, "transfer", unit="lianhua", person="clerk", reason="Nearer")
    assert answer.status_code == 302
    duty.refresh_from_db()
    assert duty.owner_person == town.township_clerk
    assert "handed to you" in page(town.township_clerk, "/duties/notices/")


def test_a_forecast_is_said_and_taken_back(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    act(town.department_officer, duty, "forecast", expected_on="2026-12-01")
    duty.refresh_from_db()
    assert duty.lamp(at) == "red"
    assert "2026-12-01" in page(town.department_officer, f"/duties/{duty.pk}/")
    act(town.department_officer, duty, "forecast", expected_on="")
    duty.refresh_from_db()
    assert duty.lamp(at) == "blue"


def test_a_duty_met_directly(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, kind="declare")
    assert act(town.department_officer, duty, "meet").status_code == 302
    assert "Met on time" in page(town.department_officer, f"/duties/{duty.pk}/")
    other = a_duty(town, at)
    assert act(town.department_officer, other, "meet").status_code == 403


def test_a_duty_cancelled_from_above(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, is_invented=True)
    assert act(town.county_leader, duty, "cancel", reason="Twice the same").status_code == 302
    assert "Twice the same" in page(town.department_officer, f"/duties/{duty.pk}/")


def test_notices_are_listed_and_read(town: Town, at: datetime) -> None:
    duty = a_duty(town, at - timedelta(days=2))
    remind(at=at)
    text = page(town.department_officer, "/duties/notices/")
    assert f"/duties/{duty.pk}/" in text
    assert "working day late" in text or "The time is up" in text
    assert signed_in(town.department_officer).post("/duties/notices/read/").status_code == 302
    assert not Notice.objects.filter(person=town.department_officer, read_at=None).exists()
    assert "Mark all as read" not in page(town.department_officer, "/duties/notices/")


def test_asking_for_time_tells_those_above(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    ask_extension(duty, wanted=Allowance.parse("1wd"), reason="Rain", by=town.department_officer, at=at)
    assert "More time is asked for" in page(town.desk_officer, "/duties/notices/")


def test_the_league_ranks_units_that_met_enough(town: Town, at: datetime) -> None:
    for _ in range(5):
        meet(a_duty(town, at), by=town.department_officer, at=at + timedelta(hours=1))
    meet(a_duty(town, at, owner_unit=town.township_government), by=town.township_clerk, at=at)
    text = page(town.county_leader, "/duties/league/")
    assert "衢江区综合执法局" in text
    assert "100.0% of 5 duties" in text
    assert "龙游县" not in text
    count_closed(at=at)
    assert "衢江区综合执法局" in page(
        town.county_leader, "/duties/league/", first_on="2026-09-01", last_on="2026-09-30"
    )
    assert "ends before" in page(
        town.county_leader, "/duties/league/", first_on="2026-09-30", last_on="2026-09-01"
    )
    assert signed_in(town.county_leader).get("/duties/league/?export=xlsx").status_code == 200
    assert "No duties yet" in page(town.villager, "/duties/league/")


def test_everyone_may_read_the_rules(town: Town, at: datetime) -> None:
    text = page(town.department_officer, "/duties/rules/")
    assert "70 %" in text
    assert "Supervising unit" in text
    assert signed_in(town.department_officer).get("/duties/rules/*/").status_code == 403


def test_the_administrator_changes_a_lamp_rule(town: Town, at: datetime) -> None:
    client = signed_in(town.region_admin)
    wrong = {
        "change": "lamps",
        "yellow_percent": 50,
        "red_days_late": 2,
        "yellow_slip_days": 3,
        "red_slip_days": 1,
    }
    assert client.post("/duties/rules/sweep/", wrong).status_code == 422
    assert client.post("/duties/rules/sweep/", wrong | {"red_slip_days": 9}).status_code == 302
    assert LampRule.objects.get(kind="sweep").yellow_share == 0.5
    assert "50 %" in page(town.region_admin, "/duties/rules/")
    assert "50" in page(town.region_admin, "/duties/rules/sweep/")
    assert client.post("/duties/rules/sweep/apply/").status_code == 302
    assert client.post("/duties/rules/*/apply/").status_code == 302


def test_the_administrator_changes_the_steps(town: Town, at: datetime) -> None:
    client = signed_in(town.region_admin)
    head = {"change": "steps", "form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    good = {"form-0-percent": 90, "form-0-audience": "head"}
    for wrong in (
        {"form-0-percent": 90},
        {"form-0-audience": "head"},
        {"form-0-percent": 90, "form-0-days_after": 2, "form-0-audience": "head"},
    ):
        assert client.post("/duties/rules/*/", head | wrong).status_code == 422
    assert client.post("/duties/rules/*/", head | good).status_code == 302
    assert [rule.step.key for rule in ReminderRule.objects.all()] == ["90%:head"]


def test_facts_and_allowances_are_told_in_words(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    ask_extension(duty, wanted=Allowance.parse("1wd"), reason="Rain", by=town.department_officer, at=at)
    text = page(town.department_officer, f"/duties/{duty.pk}/")
    assert "asked for more time" in text
    assert "1 working day" in text
    assert all(has_sentence(verb) for verb in SENTENCES)
    with override("en"):
        assert allowance_text("1.5wh") == "1.5 working hours"
        assert (allowance_text("1h"), allowance_text("7d")) == ("1 hour", "7 days")


def test_a_head_may_hand_on_within_the_unit(town: Town, at: datetime) -> None:
    text = page(town.department_head, f"/duties/{a_duty(town, at).pk}/")
    assert 'value="zhzf-qujiang"' in text
    assert 'value="lianhua"' not in text


def test_the_league_of_an_open_period_begins_or_ends_with_the_month(town: Town, at: datetime) -> None:
    assert "2026-09-01" in page(town.desk_officer, "/duties/league/", last_on="2026-09-12")
    assert "2026-09-16" in page(town.desk_officer, "/duties/league/", first_on="2026-09-05")
