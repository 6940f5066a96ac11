"""Whatever is tried in whatever order by whomever, the invariants hold, and only what is allowed passes.

Two cases at once, every move, people of every kind, time, photos and acts on the duties. By default few examples are
run; `TONGQU_EXAMPLES=300` runs as many, and looks for the shortest way to a failure.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conftest import Town, make_person
from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions.duty import cancel_directly, transfer
from tongqu.shared.duties.actions.duty import resume as let_run_on
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import GENESIS
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.following import duty_transferred
from tongqu.systems.cases.actions.moves import ACTIONS
from tongqu.systems.cases.actions.photos import consider
from tongqu.systems.cases.actions.suspension import duty_resumed, end_suspensions
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.suspension import Suspension
from tongqu.systems.cases.queries.answering import conditions_of, parties_of
from tongqu.systems.cases.rules.lifecycle import DUTY_IN, ENDED, MOVES, OPEN, Party, State, conditions
from tongqu.systems.cases.rules.reporter import Reporter
from tongqu.systems.cases.tests.factories import matter, photo, reported
from tongqu.systems.cases.tests.lifecycle_model import OWES, OWNERS, Model, local_day

EXAMPLES = int(os.environ.get("TONGQU_EXAMPLES", "5"))
# A shorter way to the same failure is looked for only where many examples were asked for: it takes minutes.
PHASES = tuple(Phase) if "TONGQU_EXAMPLES" in os.environ else (Phase.explicit, Phase.reuse, Phase.generate)
PEOPLE = (
    "desk_officer", "near_desk", "department_officer", "department_head", "inspector", "township_clerk", "outsider",
    "villager", "reporter", "stranger",
)  # fmt: skip
MATTERS = {"photo": "EENV01", "reporter": "TSVC01", "air": "EENV02", "inspector": "EENV03"}
GOOD: dict[str, Any] = {"has_proof": True, "words": "说明"}
REFUSED = (MoveNotAllowed, NotAllowed, BadInput)
NEEDS_WORDS = {
    "reject",
    "send_back",
    "decide",
    "ask_suspension",
    "suspend",
    "refuse_suspension",
    "refuse",
    "reopen",
}
TRIED = sorted(ACTIONS.keys() - {"split"})
"""Cases with parts are tried in `test_any_split`."""
_WORK = ("accept", "dispatch", "take", "handle")
_DISPUTE = ("accept", "dispatch", "send_back", "dispatch", "send_back")
WAYS: tuple[tuple[str, ...], ...] = (
    (),
    _WORK[:3],
    (*_WORK[:3], "ask_suspension"),
    (*_WORK[:3], "suspend"),
    _WORK,
    (*_WORK, "verify", "close"),
    _DISPUTE,
    (*_DISPUTE, "decide"),
)
"""How far cases have come when the acts begin."""
cases, people, units = some.integers(0, 1), some.sampled_from(PEOPLE), some.sampled_from(sorted(OWNERS))
days_on = some.integers(0, 61)


TOWN_CODES = {
    "city_desk": "desk", "county_government": "qujiang", "township_government": "lianhua",
    "county_department": "zhzf-qujiang",
}  # fmt: skip


def arguments(name: str, case: Case, given: dict[str, Any], town: Town, at: datetime) -> dict[str, Any]:
    """What the move is called with, good or bad."""
    words, until_on = given["words"], local_day(at) + timedelta(days=given["days"])
    proof = [photo(f"{case.pk} {at}", at=at, from_air=True)] if given["has_proof"] else []
    unit = getattr(town, given["unit"])
    more: dict[str, dict[str, Any]] = {
        "accept": {"matter": matter(MATTERS[given["matter"]])},
        "dispatch": {"unit": unit, "note": words},
        "decide": {"unit": unit, "reason": words},
        "handle": {"text": words, "evidence": proof},
        "verify": {"note": words, "evidence": proof},
        "refuse": {"reason": words, "evidence": proof},
        "ask_suspension": {"until_on": until_on, "reason": words},
        "suspend": {"until_on": until_on, "reason": words},
        "separate": {"reason": words},
        "rate": {"is_satisfied": given["has_proof"], "stars": 1 + given["days"] % 5, "text": words},
    }
    if name in more:
        return more[name]
    return {"reason": words} if name in NEEDS_WORDS else {} if name in ("take", "join") else {"note": words}


class Turns(RuleBasedStateMachine):
    """People try all there is on two cases at random."""

    town: Town
    near_desk: Person

    @initialize(
        ways=some.tuples(some.sampled_from(WAYS), some.sampled_from(WAYS)),
        matter=some.sampled_from(sorted(MATTERS)),
    )
    def begin(self, ways: tuple[tuple[str, ...], ...], matter: str) -> None:
        """Two cases, each some way along, so that late states are tried as often as early ones."""
        self.at = datetime(2026, 9, 16, 2, 0, tzinfo=UTC) + timedelta(days=200 * Case.objects.count())
        self.cases = [reported(self.at), reported(self.at)]
        self.models = [Model(), Model()]
        self.models[0].other, self.models[1].other = self.models[1], self.models[0]
        given = GOOD | {"unit": "county_department", "matter": matter, "days": 9}
        for index, way in enumerate(ways):
            for name in way:
                who = next(who for who in PEOPLE if self.models[index].leads_to(name, who, self.at))
                self.attempt(index, name, who, given)

    def actor(self, who: str, index: int) -> Any:
        if who in ("reporter", "stranger"):
            return Reporter.of(self.cases[index if who == "reporter" else 1 - index].tracking_code)
        return self.near_desk if who == "near_desk" else getattr(self.town, who)

    def attempt(self, index: int, name: str, who: str, given: dict[str, Any]) -> None:
        """Try the move; it passes exactly when the model allows it and its arguments are whole."""
        self.at += timedelta(minutes=7)
        case, model, by = self.cases[index], self.models[index], self.actor(who, index)
        before = Case.objects.get(pk=case.pk)
        target, is_whole = model.leads_to(name, who, self.at), self.is_whole(name, model, given)
        rows = MOVES.allowed(State(before.state), parties_of(by, before), conditions_of(before, self.at))
        assert (
            ([row.to_state for row in rows if row.name == name] == [target])
            or (name in ("verify", "refuse") and who == model.handled_by)
            or target is None
            # Where these two lead the table cannot say: they depend on another case, or on what was before.
            or name in ("join", "separate")
        )
        try:
            more = {"parent": self.cases[1 - index]} if name == "join" else {}
            more |= arguments(name, case, given, self.town, self.at)
            ACTIONS[name](case, by=by, at=self.at, **more)
        except REFUSED:
            assert target is None or not is_whole, (name, who, given)
            after = Case.objects.get(pk=case.pk)
            assert (after.state, after.revision) == (before.state, before.revision)
        else:
            assert target is not None, (name, who, before.state)
            chosen = {key: given[key] for key in ("unit", "matter", "days")}
            model.moved(name, who, self.at, **chosen)

    @staticmethod
    def is_whole(name: str, model: Model, given: dict[str, Any]) -> bool:
        """Whether nothing is missing; where something is, the move may pass or not."""
        has_words, has_proof = bool(given["words"].strip()), given["has_proof"]
        if name in ("ask_suspension", "suspend"):
            return has_words and model.may_rest(given["days"])
        return (has_words or name not in {*NEEDS_WORDS, "handle", "verify"}) and (
            has_proof or name not in ("handle", "verify")
        )

    @rule(
        index=cases, name=some.sampled_from(TRIED), who=people, unit=units, days=days_on,
        matter=some.sampled_from(sorted(MATTERS)), has_proof=some.booleans(),
        words=some.sampled_from(("", "  ", "说明")),
    )  # fmt: skip
    def try_anything(self, index: int, name: str, who: str, **given: Any) -> None:
        self.attempt(index, name, who, given)

    @rule(
        steps=some.lists(
            some.tuples(cases, some.integers(0, 9999), units, some.integers(1, 40)), min_size=3, max_size=9
        ),
        matter=some.sampled_from(sorted(MATTERS)),
    )
    def go_on(self, steps: list[tuple[int, int, str, int]], matter: str) -> None:
        """Make some of the moves that are allowed now, so that cases come far."""
        for index, pick, unit, days in steps:
            model, at = self.models[index], self.at + timedelta(minutes=7)
            by = {name: [who for who in PEOPLE if model.leads_to(name, who, at)] for name in TRIED}
            for name, who in Random(pick).sample([(n, w) for n in by if by[n] for w in PEOPLE], 2):
                if who not in by[name]:
                    self.attempt(index, name, who, GOOD | {"unit": unit, "matter": matter, "days": days})
            names = [name for name in by if by[name]]
            name = names[pick % len(names)]
            who = by[name][pick // 100 % len(by[name])]
            self.attempt(index, name, who, GOOD | {"unit": unit, "matter": matter, "days": days})

    @rule(days=some.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)
        end_suspensions(at=self.at)
        for model in self.models:
            if model.rests_until is not None and model.rests_until <= local_day(self.at):
                model.taken_up(self.at)

    @rule(from_air=some.booleans())
    def a_photo_comes_in(self, from_air: bool) -> None:
        """It is offered at most: no matter here verifies by itself."""
        self.at += timedelta(minutes=1)
        consider(photo(f"seen {self.at}", at=self.at, from_air=from_air), at=self.at)

    @rule(index=cases, who=some.sampled_from(("desk_officer", "department_head", "outsider")))
    def somebody_turns_to_the_duty(self, index: int, who: str) -> None:
        """The duty cannot be cancelled by itself; a clock that runs on takes the case up."""
        self.at += timedelta(minutes=1)
        duty, model = Case.objects.get(pk=self.cases[index].pk).duty, self.models[index]
        if duty is None:
            return
        with pytest.raises(NotAllowed):
            cancel_directly(duty, reason="不再需要", by=getattr(self.town, who), at=self.at)
        if model.state == "suspended" and who in ("desk_officer", *OWNERS[model.unit]):
            let_run_on(duty, by=getattr(self.town, who), at=self.at)
            duty_resumed(Fact.objects.filter(verb="duty.resumed").latest("seq"))
            model.taken_up(self.at)

    @rule(index=cases, unit=units)
    def the_desk_hands_over(self, index: int, unit: str) -> None:
        """The case follows its duty to the other unit."""
        self.at += timedelta(minutes=1)
        duty, model = Case.objects.get(pk=self.cases[index].pk).duty, self.models[index]
        if duty is None or duty.kind != "handle":
            return
        transfer(
            duty, unit=getattr(self.town, unit), reason="属地处置", by=self.town.desk_officer, at=self.at
        )
        duty_transferred(Fact.objects.filter(verb="duty.transferred").latest("seq"))
        model.unit = unit
        model.take_along()

    @invariant()
    def every_case_is_as_the_model_says(self) -> None:
        for known, model in zip(self.cases, self.models, strict=True):
            case = Case.objects.select_related("owner_unit", "duty__owner_unit", "matter").get(pk=known.pk)
            assert (case.state, case.returns) == (model.state, model.returns)
            assert (case.registered_at is not None) == model.is_registered
            assert (case.closed_at is not None) == (State(case.state) in ENDED)
            assert (case.owner_unit == getattr(self.town, model.unit)) if model.unit else not case.unit_path
            assert (case.parent_id is not None) == model.has_parent
            self.one_owner_and_one_duty(case, model)
            resting = Suspension.objects.filter(case=case, ended_at=None)
            assert resting.count() == (model.is_asked or model.state == "suspended")

    @staticmethod
    def one_owner_and_one_duty(case: Case, model: Model) -> None:
        """Exactly one main duty with its one owner while open, none when ended, and none forgotten."""
        state = State(case.state)
        open_now = Duty.objects.filter(subject_kind="case", subject_id=str(case.pk), is_open=True)
        beside = [duty for duty in open_now if duty.kind == "fly"]
        owed = [duty for duty in open_now if duty.kind != "fly"]
        assert [duty.kind for duty in owed] == ([DUTY_IN[state]] if state in OPEN else [])
        assert case.duty_id == (owed[0].pk if owed else None)
        assert [duty.paused_at is not None for duty in owed] == [state == State.SUSPENDED] * len(owed)
        assert len(beside) <= (state == State.HANDLED and model.verify_by == "air")
        if owed:
            assert owed[0].owner_unit.code == TOWN_CODES[OWES.get(model.state, model.unit)]

    def teardown(self) -> None:
        previous = GENESIS
        for fact in Fact.objects.order_by("seq"):
            assert fact.previous_hash == previous
            assert fact.hash == fact.expected_hash()
            previous = fact.hash


def test_any_sequence_of_acts_keeps_the_invariants(town: Town) -> None:
    for method, code in MATTERS.items():
        matter(code, verify_by=method, photo_rule="offer")
    near_desk = make_person("near-desk", "近值班", (town.county_government, Role.DUTY_DESK))
    turns = type("TurnsInTown", (Turns,), {"town": town, "near_desk": near_desk})
    run_state_machine_as_test(
        turns,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None, phases=PHASES),
    )


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_move_of_the_table_has_its_action(name: str) -> None:
    assert name in {move.name for move in MOVES.moves}
    assert {move.name for move in MOVES.moves} <= set(ACTIONS)


PARTY_OF = {
    "desk_officer": {Party.DESK, Party.COORDINATOR},
    "near_desk": {Party.DESK},
    "department_officer": {Party.OWNER},
    "inspector": {Party.INSPECTOR},
    "reporter": {Party.REPORTER},
    "villager": set[Party](),
}


@pytest.mark.parametrize("state", sorted(State))
def test_the_table_and_the_model_agree_about_everybody_in_every_state(state: State, at: datetime) -> None:
    """Every move, by everybody, under every condition: 6 people, 7 conditions that hold or do not."""
    for name, flags, who in product(sorted(ACTIONS), product((False, True), repeat=7), PARTY_OF):
        returned, registered, asked, by_reporter, rated, may_reopen, split = flags
        model = Model(
            state=state, returns=returned, unit="county_department", is_registered=registered, is_asked=asked,
            verify_by="reporter" if by_reporter else "photo", is_rated=rated, was_reopened=not may_reopen, closed_at=at,
            was=("accepted", ""), other=Model(), is_split=split,
        )  # fmt: skip
        given = conditions(
            returns=returned, is_registered=registered, is_suspension_asked=asked, reporter_verifies=by_reporter,
            is_rated=rated, reporter_may_reopen=may_reopen, is_split=split,
        )  # fmt: skip
        row = MOVES.find(state, name, given)
        found = row.to_state if row is not None and row.by & PARTY_OF[who] else None
        if (state, name) != (State.JOINED, "join"):  # joined already, it is left as it is
            assert found == model.leads_to(name, who, at), (name, who, flags)
