"""Opening, meeting, cancelling, pausing, extending and handing over; and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from conftest import Town, make_person
from tongqu.kernel.calendar import Allowance
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions import duty as acts
from tongqu.shared.duties.actions.extension import (
    AskedAlready,
    DecidedAlready,
    TooLate,
    ask_extension,
    decide_extension,
)
from tongqu.shared.duties.actions.rule_changes import recompute_lamps, set_lamp_rule, set_steps
from tongqu.shared.duties.models import (
    Duty,
    DutyEvidence,
    Extension,
    LampRule,
    LeagueRow,
    LeagueState,
    Notice,
    Reminder,
    ReminderRule,
)
from tongqu.shared.duties.queries import duties_of, lamp_counts, open_duties, rulebook
from tongqu.shared.duties.rules import (
    Act,
    Audience,
    DutyKind,
    Lamp,
    Outcome,
    State,
    Step,
    Thresholds,
    acts_open_to,
    register_kind,
)
from tongqu.shared.duties.tests.making import a_duty
from tongqu.shared.duties.tests.specs import ACTS, PEOPLE
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM, Subject
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
register_kind(DutyKind("declare", "declare", is_met_directly=True))


def verbs(duty: Duty) -> list[str]:
    return list(
        Fact.objects.filter(subject_kind="duty", subject_id=str(duty.pk)).values_list("verb", flat=True)
    )


def test_an_opened_duty_turns_yellow_then_red(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert duty.state == State.RUNNING
    assert duty.lamp(at) == Lamp.BLUE
    assert duty.lamp(duty.due_at - timedelta(minutes=1)) == Lamp.YELLOW
    assert duty.lamp(duty.due_at) == Lamp.RED
    assert (duty.division, duty.division_path) == (None, town.county.path)
    assert verbs(duty) == ["duty.opened"]
    assert str(duty) == "清理垃圾"


def test_the_clock_may_start_later(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, runs_from=at + DAY)
    assert duty.due_at == at + 2 * DAY
    paused = acts.pause(duty, reason="Rain", by=SYSTEM, at=at)
    assert acts.resume(paused, by=SYSTEM, at=at + HOUR).due_at == at + 2 * DAY


def test_a_duty_met_in_time_is_on_time(town: Town, at: datetime) -> None:
    duty = acts.meet(
        a_duty(town, at), by=town.department_officer, at=at + HOUR, evidence=["b" * 64, "a" * 64]
    )
    assert (duty.outcome, duty.worked_seconds, duty.lamp(at)) == (Outcome.ON_TIME, 3600, None)
    assert [str(one) for one in duty.evidence.order_by("sha256")] == ["a" * 12, "b" * 12]
    assert Fact.objects.get(verb="duty.met").evidence_hashes == ["a" * 64, "b" * 64]
    assert duty.state == State.MET


def test_a_duty_met_after_due_is_late(town: Town, at: datetime) -> None:
    duty = acts.meet(a_duty(town, at), by=SYSTEM, at=at + 2 * DAY)
    assert (duty.outcome, duty.worked_seconds) == (Outcome.LATE, 14 * 3600)


def test_a_paused_duty_is_judged_when_its_clock_stopped(town: Town, at: datetime) -> None:
    duty = acts.pause(a_duty(town, at), reason="Rain", by=SYSTEM, at=at + HOUR)
    duty = acts.meet(duty, by=SYSTEM, at=at + 9 * DAY)
    assert (duty.outcome, duty.worked_seconds) == (Outcome.ON_TIME, 3600)


def test_pausing_hides_the_turns_and_resuming_shifts_them(town: Town, at: datetime) -> None:
    opened = a_duty(town, at)
    duty = acts.pause(opened, reason=" Rain ", by=town.department_head, at=at + HOUR)
    assert (duty.yellow_at, duty.red_at, duty.next_step_at, duty.state) == (None, None, None, State.PAUSED)
    assert duty.pause_reason == "Rain"
    assert duty.lamp(at + 30 * DAY) == Lamp.BLUE
    duty = acts.resume(duty, by=town.department_officer, at=at + DAY + HOUR)
    assert duty.due_at == opened.due_at + DAY
    assert duty.red_at == duty.due_at
    assert duty.next_step_at is not None
    assert verbs(duty) == ["duty.opened", "duty.paused", "duty.resumed"]


def test_cancelling_ends_a_duty_without_lateness(town: Town, at: datetime) -> None:
    duty = acts.note_return(a_duty(town, at), by=SYSTEM, at=at, reason="Not ours")
    duty = acts.cancel(duty, reason="Not ours", by=town.desk_officer, at=at + 9 * DAY)
    assert (duty.outcome, duty.state, duty.returns) == (Outcome.CANCELLED, State.CANCELLED, 1)
    assert verbs(duty) == ["duty.opened", "duty.returned", "duty.cancelled"]


@pytest.mark.parametrize("end", ["meet", "cancel"])
def test_nothing_more_can_be_done_to_a_closed_duty(town: Town, at: datetime, end: str) -> None:
    duty = a_duty(town, at)
    act_on = {
        "meet": lambda: acts.meet(duty, by=SYSTEM, at=at),
        "cancel": lambda: acts.cancel(duty, reason="x", by=SYSTEM, at=at),
        "pause": lambda: acts.pause(duty, reason="x", by=SYSTEM, at=at),
        "resume": lambda: acts.resume(duty, by=SYSTEM, at=at),
        "return": lambda: acts.note_return(duty, by=SYSTEM, at=at),
        "forecast": lambda: acts.forecast(duty, expected_at=at, by=SYSTEM, at=at),
        "ask": lambda: _ask(duty, town.department_officer, at),
        "transfer": lambda: acts.transfer(duty, unit=town.township_government, reason="x", by=SYSTEM, at=at),
    }
    act_on[end]()
    before = verbs(duty)
    for act in act_on.values():
        with pytest.raises(MoveNotAllowed):
            act()
    assert verbs(duty) == before


def test_pausing_twice_and_resuming_what_runs_are_refused(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    with pytest.raises(MoveNotAllowed):
        acts.resume(duty, by=SYSTEM, at=at)
    acts.pause(duty, reason="x", by=SYSTEM, at=at)
    with pytest.raises(MoveNotAllowed):
        acts.pause(duty, reason="x", by=SYSTEM, at=at)
    with pytest.raises(MoveNotAllowed):
        _ask(duty, town.department_officer, at)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reason_must_be_given_and_fit(town: Town, at: datetime, reason: str) -> None:
    duty = a_duty(town, at)
    with pytest.raises(BadInput):
        acts.pause(duty, reason=reason, by=SYSTEM, at=at)
    assert verbs(duty) == ["duty.opened"]


# Who may.


def _ask(duty: Duty, by: Person, at: datetime, wanted: str = "1wd") -> Extension:
    return ask_extension(duty, wanted=Allowance.parse(wanted), reason="Rain", by=by, at=at)


def _try_decide(town: Town, duty: Duty, by: Person, at: datetime) -> None:
    decide_extension(_ask(duty, town.department_officer, at), grant=True, by=by, at=at)


def _try_resume(duty: Duty, by: Person, at: datetime) -> None:
    acts.pause(duty, reason="x", by=SYSTEM, at=at)
    acts.resume(duty, by=by, at=at)


DO: dict[Act, Callable[[Town, Duty, Person, datetime], Any]] = {
    Act.MEET: lambda town, duty, by, at: acts.meet_directly(duty, by=by, at=at),
    Act.CANCEL: lambda town, duty, by, at: acts.cancel_directly(duty, reason="x", by=by, at=at),
    Act.PAUSE: lambda town, duty, by, at: acts.pause(duty, reason="x", by=by, at=at),
    Act.RESUME: lambda town, duty, by, at: _try_resume(duty, by, at),
    Act.TRANSFER: lambda town, duty, by, at: acts.transfer(
        duty, unit=town.county_department, reason="x", by=by, at=at
    ),
    Act.ASK_EXTENSION: lambda town, duty, by, at: _ask(duty, by, at),
    Act.DECIDE_EXTENSION: _try_decide,
    Act.FORECAST: lambda town, duty, by, at: acts.forecast(duty, expected_at=at, by=by, at=at),
}


@pytest.mark.parametrize("act", sorted(DO))
@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_may_do_what_the_table_says(town: Town, at: datetime, name: str, act: Act) -> None:
    duty = a_duty(town, at, kind="declare")
    spec = next(spec for spec in ACTS if spec.act == act)
    person = getattr(town, name)
    if PEOPLE[name] & spec.by:
        DO[act](town, duty, person, at)
        assert len(verbs(duty)) > 1
    else:
        with pytest.raises(NotAllowed):
            DO[act](town, duty, person, at)
        assert acts_open_to(State.RUNNING, PEOPLE[name]).isdisjoint({act})


def test_the_named_owner_may_act_as_a_handler(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, kind="declare", owner_person=town.villager)
    assert acts.meet_directly(duty, by=town.villager, at=at).outcome == Outcome.ON_TIME


def test_a_kind_met_by_its_system_cannot_be_declared_met(town: Town, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        acts.meet_directly(a_duty(town, at), by=town.department_officer, at=at)


# More time.


def test_granted_time_moves_due_and_lamps(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    extension = _ask(duty, town.department_officer, at)
    assert str(extension).endswith("+1wd")
    decided = decide_extension(extension, grant=True, by=town.county_leader, at=at + HOUR, note="Agreed")
    after = Duty.objects.get(pk=duty.pk)
    assert after.due_at == duty.due_at + DAY == decided.due_after
    assert after.yellow_at is not None
    assert duty.yellow_at is not None
    assert after.yellow_at > duty.yellow_at
    assert verbs(duty) == ["duty.opened", "duty.extension_asked", "duty.extended"]
    assert set(Notice.objects.values_list("kind", flat=True)) == {"extension_asked", "extension_granted"}


def test_refused_time_moves_nothing(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    decide_extension(_ask(duty, town.department_officer, at), grant=False, by=town.desk_officer, at=at)
    assert Duty.objects.get(pk=duty.pk).due_at == duty.due_at
    assert verbs(duty)[-1] == "duty.extension_refused"
    _ask(duty, town.department_officer, at)


def test_time_granted_during_a_pause_counts_after_it(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    extension = _ask(duty, town.department_officer, at)
    acts.pause(duty, reason="x", by=SYSTEM, at=at)
    decide_extension(extension, grant=True, by=town.desk_officer, at=at)
    paused = Duty.objects.get(pk=duty.pk)
    assert paused.red_at is None
    assert acts.resume(paused, by=SYSTEM, at=at + DAY).due_at == duty.due_at + 4 * DAY  # Thursday to Monday


def test_more_time_is_asked_for_once_and_before_due(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    extension = _ask(duty, town.department_officer, at)
    with pytest.raises(AskedAlready):
        _ask(duty, town.department_head, at)
    decide_extension(extension, grant=False, by=town.county_leader, at=at)
    with pytest.raises(DecidedAlready):
        decide_extension(extension, grant=True, by=town.county_leader, at=at)
    with pytest.raises(TooLate):
        _ask(duty, town.department_officer, duty.due_at + HOUR)


def test_nobody_decides_what_they_asked_for(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, owner_unit=town.city_desk)
    extension = _ask(duty, town.desk_officer, at)
    with pytest.raises(NotAllowed):
        decide_extension(extension, grant=True, by=town.desk_officer, at=at)
    second = make_person("desk2", "第二", (town.city_desk, Role.DUTY_DESK))
    assert decide_extension(extension, grant=True, by=second, at=at).is_granted


# Handing over.


def test_a_duty_handed_over_moves_into_the_sight_of_its_new_owner(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    assert not open_duties(town.township_clerk, at).exists()
    acts.transfer(
        duty, unit=town.township_government, person=town.township_clerk, reason="Nearer",
        by=town.county_leader, at=at,
    )  # fmt: skip
    assert open_duties(town.township_clerk, at).get().division_path == town.township.path
    assert Notice.objects.get().person == town.township_clerk
    assert str(Notice.objects.get()) == f"{town.township_clerk.pk} transferred"


def test_a_duty_located_elsewhere_stays_there(town: Town, at: datetime) -> None:
    duty = a_duty(town, at, division=town.other_township)
    moved = acts.transfer(duty, unit=town.township_government, reason="x", by=town.desk_officer, at=at)
    assert moved.division == town.other_township


def test_a_head_hands_on_within_the_unit_only(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    kept = acts.transfer(
        duty, unit=town.county_department, person=town.department_officer, reason="x",
        by=town.department_head, at=at,
    )  # fmt: skip
    assert kept.owner_person == town.department_officer
    with pytest.raises(NotAllowed):
        acts.transfer(duty, unit=town.township_government, reason="x", by=town.department_head, at=at)


def test_a_supervisor_hands_on_within_their_own_territory(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    with pytest.raises(NotAllowed):
        acts.transfer(duty, unit=town.other_county_department, reason="x", by=town.county_leader, at=at)
    acts.transfer(duty, unit=town.other_county_department, reason="x", by=town.desk_officer, at=at)


def test_a_new_owner_must_exist_and_work_there(town: Town, at: datetime) -> None:
    duty = a_duty(town, at)
    with pytest.raises(BadInput) as refused:
        acts.transfer(
            duty, unit=town.township_government, person=town.department_officer, reason="x",
            by=town.desk_officer, at=at,
        )  # fmt: skip
    assert refused.value.problems[0].code == "not-posted"
    town.township_government.is_active = False
    town.township_government.save()
    with pytest.raises(BadInput) as closed:
        acts.transfer(duty, unit=town.township_government, reason="x", by=town.desk_officer, at=at)
    assert closed.value.problems[0].code == "closed"


# Rules.


def test_a_changed_rule_holds_for_new_duties_and_for_old_ones_when_applied(town: Town, at: datetime) -> None:
    old = a_duty(town, at)
    later = at + 5 * HOUR  # five of seven counted hours minus the midday break
    assert old.lamp(later) == Lamp.BLUE
    set_lamp_rule("sweep", Thresholds(yellow_share=0.1), by=town.region_admin, at=at)
    assert a_duty(town, at).lamp(later) == Lamp.YELLOW
    old.refresh_from_db()
    assert old.lamp(later) == Lamp.BLUE
    assert (
        acts.resume(acts.pause(old, reason="x", by=SYSTEM, at=at), by=SYSTEM, at=at).lamp(later) == Lamp.BLUE
    )
    assert recompute_lamps("other", by=town.region_admin, at=at) == 0
    assert recompute_lamps("", by=town.region_admin, at=at) == 2
    old.refresh_from_db()
    assert old.lamp(later) == Lamp.YELLOW
    assert recompute_lamps("sweep", by=town.region_admin, at=at) == 2


def test_a_replaced_rule_is_kept(town: Town, at: datetime) -> None:
    set_lamp_rule("", Thresholds(yellow_share=0.5), by=town.region_admin, at=at)
    set_lamp_rule("", Thresholds(yellow_share=0.6), by=town.region_admin, at=at + HOUR)
    assert [str(rule) for rule in LampRule.objects.order_by("since")] == ["*: 50%", "*: 60%"]
    assert Fact.objects.filter(verb="lamp_rule.set").count() == 2
    book = rulebook()
    rule = book.lamp_rule("whatever")
    assert rule is not None
    assert rule.yellow_share == 0.6


@pytest.mark.parametrize(
    "wrong", [Thresholds(yellow_share=0), Thresholds(yellow_slip_days=5, red_slip_days=2)]
)
def test_a_rule_that_cannot_be_is_refused(town: Town, at: datetime, wrong: Thresholds) -> None:
    with pytest.raises(BadInput):
        set_lamp_rule("", wrong, by=town.region_admin, at=at)


def test_only_the_administrator_changes_rules(town: Town, at: datetime) -> None:
    for change in (
        lambda by: set_lamp_rule("", Thresholds(), by=by, at=at),
        lambda by: recompute_lamps("", by=by, at=at),
        lambda by: set_steps("", [], by=by, at=at),
    ):
        for person in (town.desk_officer, town.county_leader, town.auditor):
            with pytest.raises(NotAllowed):
                change(person)


def test_steps_of_a_kind_replace_the_general_ones(town: Town, at: datetime) -> None:
    step = Step(0.9, 0, Audience.HEAD)
    set_steps("sweep", [step, step], by=town.region_admin, at=at)
    assert rulebook().steps("sweep") == (step,)
    assert [str(rule) for rule in ReminderRule.objects.all()] == ["sweep 90%:head"]
    assert len(rulebook().steps("other")) > 1
    set_steps("sweep", [], by=town.region_admin, at=at)
    assert len(rulebook().steps("sweep")) > 1


# Sight.


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("desk_officer", 3), ("county_leader", 2), ("township_clerk", 1), ("department_officer", 1),
        ("department_head", 1), ("inspector", 3), ("auditor", 3), ("region_admin", 3), ("villager", 0),
        ("outsider", 1),
    ],
)  # fmt: skip
def test_each_person_sees_their_territory_or_their_unit(
    town: Town, at: datetime, name: str, seen: int
) -> None:
    a_duty(town, at)
    a_duty(town, at - 9 * DAY, owner_unit=town.township_government)
    a_duty(town, at, owner_unit=town.other_county_department)
    person = getattr(town, name)
    assert open_duties(person, at).count() == seen
    assert sum(lamp_counts(person, at).values()) == seen


def test_the_duties_of_a_subject_come_open_first(town: Town, at: datetime) -> None:
    done = acts.meet(a_duty(town, at), by=SYSTEM, at=at)
    waiting = a_duty(town, at)
    a_duty(town, at, subject=Subject("heap", "2"))
    assert duties_of(Subject("heap", "1")) == [waiting, done]


def test_rows_read_as_text(town: Town, at: datetime) -> None:
    duty = Duty(pk=3)
    day = at.date()
    assert str(Reminder(duty=duty, step="50%:owner")) == "3 50%:owner"
    assert str(LeagueRow(unit_id=1, span="day", starts_on=day)) == "1 day 2026-09-16"
    assert str(LeagueState(as_of=at)) == str(at)
    assert str(DutyEvidence(sha256="f" * 64)) == "f" * 12
