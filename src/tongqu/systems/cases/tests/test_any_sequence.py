"""Whatever is tried in whatever order, the invariants hold."""

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
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import GENESIS
from tongqu.systems.cases.actions.moves import ACTIONS
from tongqu.systems.cases.actions.parts import PartWanted
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.answering import conditions_of, parties_of
from tongqu.systems.cases.rules.lifecycle import DUTY_IN, ENDED, MOVES, OPEN, State
from tongqu.systems.cases.tests.factories import matter, photo, reported

PEOPLE = (
    "desk_officer",
    "department_officer",
    "department_head",
    "inspector",
    "township_clerk",
    "outsider",
    "villager",
)


def test_any_sequence_of_moves_keeps_the_invariants(town: Town) -> None:
    class Turns(RuleBasedStateMachine):
        """People try moves on one case at random."""

        @initialize()
        def begin(self) -> None:
            self.at = datetime(2026, 9, 16, 2, 0, tzinfo=UTC) + timedelta(days=Case.objects.count())
            self.matter = matter()
            self.case = reported(self.at)
            self.other = reported(self.at)

        @rule(
            name=some.sampled_from(sorted(ACTIONS)),
            who=some.sampled_from(PEOPLE),
            unit=some.sampled_from(("county_department", "township_government")),
            has_proof=some.booleans(),
            words=some.sampled_from(("", "  ", "说明")),
            days=some.integers(0, 61),
        )
        def attempt(self, name: str, who: str, unit: str, has_proof: bool, words: str, days: int) -> None:
            self.at += timedelta(minutes=7)
            person = getattr(town, who)
            before = Case.objects.get(pk=self.case.pk)
            proof = [photo(f"{self.case.pk} {self.at}", at=self.at)] if has_proof else []
            more: dict[str, dict[str, Any]] = {
                "accept": {"matter": self.matter},
                "dispatch": {"unit": getattr(town, unit), "note": words},
                "decide": {"unit": getattr(town, unit), "reason": words},
                "handle": {"text": words, "evidence": proof},
                "verify": {"note": words, "evidence": proof},
                "refuse": {"reason": words, "evidence": proof},
                "take": {},
                "close": {"note": words},
                "split": {
                    "parts": [PartWanted(getattr(town, unit), "做"), PartWanted(town.city_department, words)]
                },
                "register": {"note": words},
                "rate": {"is_satisfied": has_proof, "stars": days % 7, "text": words},
                "resume": {"note": words},
                "ask_suspension": {"until_on": (self.at + timedelta(days=days)).date(), "reason": words},
                "suspend": {"until_on": (self.at + timedelta(days=days)).date(), "reason": words},
                "join": {"parent": self.other},
            }
            arguments = more.get(name, {"reason": words})
            parties, given = parties_of(person, before), conditions_of(before)
            allowed = {m.name for m in MOVES.allowed(State(before.state), parties, given)}
            try:
                ACTIONS[name](self.case, by=person, at=self.at, **arguments)
            except (MoveNotAllowed, NotAllowed, BadInput):
                after = Case.objects.get(pk=self.case.pk)
                assert (after.state, after.revision) == (before.state, before.revision)
            else:
                # Joining to the same parent once more changes nothing.
                is_again = name == "join" and before.state == State.JOINED
                assert name in allowed or is_again
                assert (Case.objects.get(pk=self.case.pk).revision == before.revision) == is_again

        @invariant()
        def holds(self) -> None:
            case = Case.objects.get(pk=self.case.pk)
            state = State(case.state)
            every = Duty.objects.filter(subject_kind="case", subject_id=str(case.pk), is_open=True)
            owed = list(every.exclude(kind="fly"))
            assert [duty.kind for duty in owed] == ([DUTY_IN[state]] if state in OPEN else [])
            assert case.duty_id == (owed[0].pk if owed else None)
            assert (case.closed_at is not None) == (state in ENDED)
            assert case.parent_id == (self.other.pk if state == State.JOINED else None)
            assert bool(case.unit_path) == (case.owner_unit_id is not None)
            assert [duty.paused_at is not None for duty in owed] == [state == State.SUSPENDED] * len(owed)
            if state in (State.DISPATCHED, State.HANDLING, State.SUSPENDED):
                assert owed[0].owner_unit_id == case.owner_unit_id

        def teardown(self) -> None:
            previous = GENESIS
            for fact in Fact.objects.order_by("seq"):
                assert fact.previous_hash == previous
                assert fact.hash == fact.expected_hash()
                previous = fact.hash

    run_state_machine_as_test(
        Turns, settings=settings(max_examples=12, stateful_step_count=25, deadline=None)
    )


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_move_of_the_table_has_its_action(name: str) -> None:
    assert name in {move.name for move in MOVES.moves}
    assert {move.name for move in MOVES.moves} <= set(ACTIONS)
