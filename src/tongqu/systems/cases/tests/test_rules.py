"""The rules, by their tables of examples."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tongqu.kernel.workflow import Move, MoveNotAllowed, Workflow
from tongqu.shared.region.rules import Role, UnitKind
from tongqu.systems.cases.rules.lifecycle import (
    DUTY_IN,
    ENDED,
    MOVES,
    OPEN,
    Party,
    Post,
    State,
    When,
    conditions,
    parties,
)
from tongqu.systems.cases.rules.naming import case_number, id_in_number, masked_name, masked_phone, title_of
from tongqu.systems.cases.rules.proof import Shot, lack_of_proof
from tongqu.systems.cases.rules.suspension import days_used, fault_of, last_day
from tongqu.systems.cases.tests.specs import (
    CONDITIONS,
    PARTIES,
    PROOFS,
    RADIUS_M,
    PartySpec,
    ProofSpec,
    rules_page,
)

PAGE = Path(__file__).resolve().parents[5] / "docs" / "rules" / "cases.md"


def test_the_printed_tables_are_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "Run scripts/cases-rules."


@pytest.mark.parametrize("spec", PARTIES, ids=lambda spec: spec.say)
def test_what_somebody_is_to_a_case(spec: PartySpec) -> None:
    found = parties(
        [Post(spec.role, spec.kind, spec.unit, spec.territory)],
        division_path=spec.place,
        owner_path=spec.owner,
        decided_at_path=spec.decided_at,
    )
    assert found == ({spec.party} if spec.party else set())


def test_the_desk_over_a_place_that_also_decides_is_both() -> None:
    desk = Post(Role.DUTY_DESK, UnitKind.TERRITORY, "desk/", "3308")
    found = parties([desk], division_path="330803102", owner_path="", decided_at_path="3308")
    assert found == {Party.DESK, Party.COORDINATOR}


def test_every_condition_is_explained_and_used() -> None:
    assert set(CONDITIONS) == set(When) == {move.when for move in MOVES.moves if move.when}


def test_a_second_return_is_a_dispute() -> None:
    for state in (State.DISPATCHED, State.HANDLING):
        assert MOVES.target(state, "send_back", conditions(returns=0)) == State.ACCEPTED
        assert MOVES.target(state, "send_back", conditions(returns=1)) == State.DISPUTED
        assert [m.name for m in MOVES.allowed(state, {Party.OWNER}, conditions(returns=3))].count(
            "send_back"
        ) == 1


@pytest.mark.parametrize("spec", PROOFS, ids=lambda spec: spec.say)
def test_what_shows_that_the_work_is_done(spec: ProofSpec, at: datetime) -> None:
    taken_at = at + timedelta(minutes=spec.minutes) if spec.minutes is not None else None
    shots = [Shot(taken_at, spec.metres, spec.from_air)] if spec.has_photo else []
    lack = lack_of_proof(
        spec.method,
        shots,
        handled_at=at,
        radius_m=RADIUS_M,
        place_known=spec.place_known,
        has_note=spec.has_note,
    )
    assert lack == spec.lack


def test_the_table_names_every_state_and_every_open_state_has_a_duty_and_a_way_on() -> None:
    assert MOVES.states == set(State)
    assert set(DUTY_IN) == OPEN
    for state in OPEN:
        assert MOVES.allowed(state, Party)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_an_ended_case_can_only_be_reopened(state: State) -> None:
    assert [move.name for move in MOVES.allowed(state, Party)] == ["reopen"]


def test_a_table_may_not_contradict_itself() -> None:
    row = Move("go", frozenset({"a"}), "b")
    with pytest.raises(ValueError, match="two rows"):
        Workflow("a", [row, row])


@given(some.sampled_from(sorted(State)), some.text(max_size=12))
def test_what_is_not_in_the_table_is_refused(state: State, move: str) -> None:
    if MOVES.find(state, move) is None:
        with pytest.raises(MoveNotAllowed):
            MOVES.target(state, move)


@given(some.integers(1, 10**9), some.integers(0, 10**10).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_a_number_leads_back_to_its_case(pk: int, at: datetime) -> None:
    assert id_in_number(case_number(pk, at, "Asia/Shanghai")) == pk


@pytest.mark.parametrize(
    "text", ["", "260916", "260916-12", "x260916-000123", "260916-000123x", "二六-000123"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert id_in_number(text) is None


@given(some.text(min_size=1).filter(str.strip))
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_of(text)
    assert 0 < len(title) <= 60


@given(some.text(min_size=2, max_size=60))
def test_a_masked_name_keeps_one_character(name: str) -> None:
    assert masked_name(name) == name[0] + "*" * (len(name) - 1)


@given(some.from_regex(r"\A[0-9+ \-]{1,20}\Z"))
def test_a_masked_telephone_keeps_at_most_seven_characters(phone: str) -> None:
    shown = masked_phone(phone)
    assert len(shown.replace("*", "")) <= 7
    assert phone not in shown


def test_every_role_is_told_apart() -> None:
    assert {spec.role for spec in PARTIES} == set(Role)


@given(some.dates(date(2026, 1, 1), date(2027, 1, 1)), some.integers(0, 90), some.integers(0, 90))
def test_a_case_rests_for_the_days_there_are_and_not_one_more(today: date, used: int, most: int) -> None:
    latest = last_day(today, used=used, most=most)
    assert latest >= today
    assert fault_of(latest + timedelta(days=1), today, used=used, most=most) is not None
    if latest > today:
        assert fault_of(latest, today, used=used, most=most) is None
        assert used + days_used([(today, latest)]) == most
