"""Whatever units, desk and inspectors try with the parts of a case, one owner, one main duty and one for each open part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conftest import Town
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.models import Duty
from tongqu.systems.cases.actions.inspecting import Finding, inspect
from tongqu.systems.cases.actions.moves import ACTIONS
from tongqu.systems.cases.actions.parts import PART_ACTIONS, PartWanted, split
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.rules.lifecycle import DUTY_IN, OPEN, State
from tongqu.systems.cases.rules.parts import CASE_AT_WORK, OWING, PART_DUTY, PartState, is_split
from tongqu.systems.cases.tests.factories import brought_to, matter, reported

UNITS = ("county_department", "township_government", "other_county_department")
PEOPLE = ("desk_officer", "department_officer", "township_clerk", "outsider", "inspector")
REFUSALS = (MoveNotAllowed, NotAllowed, BadInput)


def picture(case: Case) -> Any:
    """What a refused act may not have changed."""
    now = Case.objects.get(pk=case.pk)
    parts = CasePart.objects.filter(case=case).order_by("place")
    return now.state, now.revision, list(parts.values_list("state", "revision", "unit"))


def check_the_whole(case: Case) -> None:
    """One main duty of the state's kind while it is open, owed by the owner where a unit owns it; else none."""
    state = State(case.state)
    owed = Duty.objects.filter(subject_kind="case", subject_id=str(case.pk), is_open=True)
    main = list(owed.exclude(kind="fly"))
    assert [duty.kind for duty in main] == ([DUTY_IN[state]] if state in OPEN else [])
    assert case.duty_id == (main[0].pk if main else None)
    if state in (State.DISPATCHED, State.HANDLING):
        assert main[0].owner_unit_id == case.owner_unit_id


def check_the_parts(case: Case) -> None:
    """One duty of each open part, with its unit or the desk; no open part in a case that is done or ended."""
    parts = list(CasePart.objects.filter(case=case))
    for part in parts:
        owed = Duty.objects.filter(subject_kind="case_part", subject_id=part.subject.id, is_open=True)
        kinds = [duty.kind for duty in owed]
        assert kinds == ([PART_DUTY[PartState(part.state)]] if part.state in OWING else [])
        assert part.is_current or part.state not in OWING
        if kinds == ["handle"]:
            assert owed[0].owner_unit_id == part.unit_id
            assert part.unit_path
    current = [PartState(part.state) for part in parts if part.is_current]
    assert case.is_split == is_split(current)
    if case.state not in CASE_AT_WORK:
        assert not set(current) & OWING


@pytest.mark.django_db
def test_any_sequence_of_acts_on_parts_keeps_the_invariants(town: Town) -> None:
    class Turns(RuleBasedStateMachine):
        """People try what they like with a case and its parts."""

        @initialize()
        def begin(self) -> None:
            self.at = datetime(2026, 9, 16, 2, 0, tzinfo=UTC) + timedelta(days=Case.objects.count())
            matter(photos_needed=0, verify_by="inspector")
            self.case = brought_to(State.ACCEPTED, town, self.at)
            self.other = reported(self.at)

        def _try(self, act: Any, *subject: Any, **arguments: Any) -> None:
            self.at += timedelta(minutes=7)
            before = picture(self.case)
            try:
                act(*subject, at=self.at, **arguments)
            except REFUSALS:
                assert picture(self.case) == before

        @rule(units=some.lists(some.sampled_from(UNITS), min_size=1, max_size=3))
        def split(self, units: list[str]) -> None:
            parts = [PartWanted(getattr(town, unit), "做") for unit in units]
            self._try(split, self.case, parts=parts, by=town.desk_officer)

        @rule(
            name=some.sampled_from(sorted(PART_ACTIONS)),
            place=some.integers(1, 4),
            who=some.sampled_from(PEOPLE),
            unit=some.sampled_from(UNITS),
        )
        def act_on_a_part(self, name: str, place: int, who: str, unit: str) -> None:
            part = CasePart.objects.filter(case=self.case, place=place).first()
            if part is None:
                return
            more: dict[str, Any] = {
                "take": {},
                "give": {"unit": getattr(town, unit)},
                "handle": {"text": "好"},
            }
            arguments = more.get(name, {"reason": "理由"})
            self._try(PART_ACTIONS[name], part, by=getattr(town, who), **arguments)

        @rule(
            name=some.sampled_from(
                ("take", "send_back", "handle", "close", "reopen", "reject", "dispatch", "decide", "join")
            ),
            who=some.sampled_from(PEOPLE),
            unit=some.sampled_from(UNITS),
        )
        def act_on_the_whole(self, name: str, who: str, unit: str) -> None:
            to = {"unit": getattr(town, unit)}
            more: dict[str, Any] = {
                "take": {}, "close": {}, "handle": {"text": "好"}, "dispatch": to, "join": {"parent": self.other},
                "decide": {**to, "reason": "理由"},
            }  # fmt: skip
            self._try(ACTIONS[name], self.case, by=getattr(town, who), **more.get(name, {"reason": "理由"}))

        @rule(findings=some.lists(some.booleans(), min_size=4, max_size=4))
        def check(self, findings: list[bool]) -> None:
            handled = CasePart.objects.filter(case=self.case, is_current=True, state=PartState.HANDLED)
            found = [Finding(part.place, findings[part.place % 4], "看过") for part in handled]
            self._try(inspect, self.case, findings=found, by=town.inspector)

        @invariant()
        def holds(self) -> None:
            case = Case.objects.get(pk=self.case.pk)
            check_the_whole(case)
            check_the_parts(case)

    run_state_machine_as_test(
        Turns, settings=settings(max_examples=10, stateful_step_count=25, deadline=None)
    )
