"""The rules against their tables, and against plain twins on any input."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongqu.kernel.calendar import Allowance, WorkCalendar, parse_spans
from tongqu.kernel.workflow import Workflow
from tongqu.shared.duties import rules
from tongqu.shared.duties.rules import (
    DEFAULT_STEPS,
    MOVES,
    Act,
    Audience,
    DutyClock,
    Forecast,
    Lamp,
    Party,
    Posted,
    State,
    Step,
    Thresholds,
    Turns,
    Window,
    acts_open_to,
    lamp,
    next_step,
    open_window,
    parties,
    steps_due,
    supervises,
    turns,
)
from tongqu.shared.duties.tests import plain
from tongqu.shared.duties.tests.specs import ACTS, ESCALATION, LAMPS, ActSpec, LampSpec, StepSpec, rules_page
from tongqu.shared.region.rules import Role, UnitKind

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    ZONE,
    parse_spans("08:30-12:00,14:00-17:30"),
    {date(2026, 9, 25): False, date(2026, 10, 1): False, date(2026, 9, 20): True},
)
PLAIN_SUNDAY = WorkCalendar(CALENDAR.zone, CALENDAR.spans, {date(2026, 9, 25): False})
DOCS = Path(__file__).resolve().parents[5] / "docs"


def local(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize("spec", LAMPS, ids=lambda spec: spec.say)
def test_lamps_turn_as_the_table_says(spec: LampSpec) -> None:
    allowance = Allowance.parse(spec.allowance)
    clock = DutyClock(PLAIN_SUNDAY, allowance.is_working)
    window = open_window(local(spec.opened), allowance, PLAIN_SUNDAY)
    forecast = Forecast(local(spec.forecast), local(spec.opened)) if spec.forecast else None
    stands_at = None
    if spec.pause and spec.pause[1]:
        window = window.paused(local(spec.pause[0]), local(spec.pause[1]), clock)
    elif spec.pause:
        stands_at = local(spec.pause[0])
    found = turns(window, spec.thresholds, clock, forecast=forecast, stands_at=stands_at)
    assert lamp(found.yellow_at, found.red_at, local(spec.looked)) == spec.lamp


@pytest.mark.parametrize("spec", ESCALATION, ids=lambda spec: spec.say)
def test_steps_come_as_the_table_says(spec: StepSpec) -> None:
    window = open_window(local("09-16 10:00"), Allowance.parse("7wh"), PLAIN_SUNDAY)
    clock = DutyClock(PLAIN_SUNDAY, is_working=True)
    come = steps_due(DEFAULT_STEPS, [], window, clock, local(spec.looked))
    assert tuple(step.key for step in come) == spec.steps


@pytest.mark.parametrize("spec", ACTS, ids=lambda spec: spec.act)
def test_acts_are_open_to_whom_the_table_says(spec: ActSpec) -> None:
    for state in State:
        for party in Party:
            may = spec.act in acts_open_to(state, [party])
            assert may == (state in spec.states and party in spec.by), (state, party)


def test_the_table_of_acts_is_whole() -> None:
    assert {spec.act for spec in ACTS} == set(Act)
    assert isinstance(MOVES, Workflow)


def test_the_printed_rules_are_current() -> None:
    assert (DOCS / "rules" / "duties.md").read_text(encoding="utf-8") == rules_page(), (
        "run scripts/duty-rules"
    )


INSTANTS = st.integers(0, 44 * 24 * 60).map(lambda n: datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=n))
ALLOWANCES = st.builds(
    lambda n, unit: Allowance.parse(f"{n}{unit}"), st.integers(1, 12), st.sampled_from(["wh", "wd", "h", "d"])
)
THRESHOLDS = st.builds(
    Thresholds,
    st.sampled_from([0.1, 0.25, 0.5, 0.7, 0.9, 1.0]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(3, 8),
)
NEAR = timedelta(seconds=1)


@st.composite
def histories(draw: st.DrawFn) -> tuple[datetime, list[tuple[datetime, datetime]], datetime]:
    """When a duty was opened, its pauses in order, and a later instant."""
    opened = draw(INSTANTS)
    moments = sorted(draw(st.lists(INSTANTS.filter(lambda at: at > opened), max_size=4)))
    if len(moments) % 2:
        moments.pop()
    pauses = list(zip(moments[::2], moments[1::2], strict=True))
    after = moments[-1] if moments else opened
    return opened, pauses, after + timedelta(hours=draw(st.integers(0, 24 * 20)))


@settings(deadline=None, max_examples=150)
@given(histories(), ALLOWANCES, THRESHOLDS, st.none() | st.integers(-20, 20))
def test_kept_instants_agree_with_the_plain_definition(
    history: tuple[datetime, list[tuple[datetime, datetime]], datetime],
    allowance: Allowance,
    thresholds: Thresholds,
    slip: int | None,
) -> None:
    opened, pauses, at = history
    clock = DutyClock(CALENDAR, allowance.is_working)
    window = open_window(opened, allowance, CALENDAR)
    for since, until in pauses:
        window = window.paused(since, until, clock)
    said = None if slip is None else Forecast(window.due_at + timedelta(days=slip), at)
    found = turns(window, thresholds, clock, forecast=said)
    near = [t for t in (found.yellow_at, found.red_at) if t is not None and abs(t - at) <= NEAR and t != at]
    if not near and _is_clear(clock, window, thresholds, at):
        expected = plain.lamp_now(CALENDAR, allowance, thresholds, opened, pauses, said, window.due_at, at)
        assert lamp(found.yellow_at, found.red_at, at) == expected


def _is_clear(clock: DutyClock, window: Window, thresholds: Thresholds, at: datetime) -> bool:
    """Whether no threshold lies within a second of counted time, where rounding decides."""
    whole = clock.between(window.counts_from, window.due_at)
    used = clock.between(window.counts_from, at)
    day = CALENDAR.day_length if clock.is_working else timedelta(days=1)
    marks = (whole * thresholds.yellow_share, whole + day * thresholds.red_days_late)
    return all(abs(used - mark) > NEAR for mark in marks)


@settings(deadline=None, max_examples=150)
@given(histories(), ALLOWANCES)
def test_a_pause_keeps_what_was_used_and_what_is_left(
    history: tuple[datetime, list[tuple[datetime, datetime]], datetime], allowance: Allowance
) -> None:
    opened, pauses, _at = history
    clock = DutyClock(CALENDAR, allowance.is_working)
    window = open_window(opened, allowance, CALENDAR)
    for since, until in pauses:
        after = window.paused(since, until, clock)
        used, later = clock.between(window.counts_from, since), clock.between(after.counts_from, until)
        assert abs(used - later) <= NEAR
        left = clock.between(since, window.due_at)
        assert abs(left - clock.between(until, after.due_at)) <= NEAR
        assert after.due_at >= window.due_at
        window = after


@settings(deadline=None)
@given(INSTANTS, ALLOWANCES, ALLOWANCES)
def test_more_time_never_makes_a_duty_due_earlier(
    at: datetime, allowance: Allowance, more: Allowance
) -> None:
    window = open_window(at, allowance, CALENDAR)
    assert window.extended(more, CALENDAR).due_at > window.due_at


@settings(deadline=None)
@given(INSTANTS, ALLOWANCES, THRESHOLDS)
def test_yellow_comes_before_red(at: datetime, allowance: Allowance, thresholds: Thresholds) -> None:
    found = turns(open_window(at, allowance, CALENDAR), thresholds, DutyClock(CALENDAR, allowance.is_working))
    assert found.yellow_at is not None
    assert found.red_at is not None
    assert at <= found.yellow_at <= found.red_at


def test_a_standing_clock_keeps_turns_that_came_and_hides_others() -> None:
    window = open_window(local("09-16 10:00"), Allowance.parse("7wh"), PLAIN_SUNDAY)
    clock = DutyClock(PLAIN_SUNDAY, is_working=True)
    found = turns(window, Thresholds(), clock, stands_at=local("09-17 09:00"))
    assert found == Turns(local("09-16 16:54"), None)


def test_a_pause_outside_working_time_moves_nothing() -> None:
    window = open_window(local("09-16 10:00"), Allowance.parse("7wh"), PLAIN_SUNDAY)
    clock = DutyClock(PLAIN_SUNDAY, is_working=True)
    assert window.paused(local("09-16 18:00"), local("09-17 07:00"), clock) == window


def test_steps_are_done_once_in_their_order() -> None:
    done: list[str] = []
    while (step := next_step(DEFAULT_STEPS, done)) is not None:
        done.append(step.key)
    assert done == [step.key for step in sorted(DEFAULT_STEPS, key=lambda step: step.order)]
    assert len(set(done)) == len(DEFAULT_STEPS)


@given(st.integers(1, 99), st.integers(0, 20), st.sampled_from(Audience))
def test_a_step_is_known_by_its_key(percent: int, days: int, audience: Audience) -> None:
    for step in (Step(percent / 100, 0, audience), Step(1, days, audience)):
        assert Step.parse(step.key) == step


DEPARTMENT = {"unit_path": "desk/zhzf/q/", "unit_kind": UnitKind.LINE, "unit_division_path": "330803"}


@pytest.mark.parametrize(
    ("say", "held", "expected"),
    [
        ("head above in the line", (Role.UNIT_HEAD, UnitKind.LINE, "desk/zhzf/", "3308"), True),
        ("handler above", (Role.HANDLER, UnitKind.LINE, "desk/zhzf/", "3308"), False),
        ("county leader", (Role.UNIT_HEAD, UnitKind.TERRITORY, "desk/qujiang/", "330803"), True),
        ("leader of another county", (Role.UNIT_HEAD, UnitKind.TERRITORY, "desk/l/", "330825"), False),
        (
            "township head over a county department",
            (Role.UNIT_HEAD, UnitKind.TERRITORY, "d/t/", "330803102"),
            False,
        ),
        ("head of another department", (Role.UNIT_HEAD, UnitKind.LINE, "desk/ecology/", "330803"), False),
        ("its own head", (Role.UNIT_HEAD, UnitKind.LINE, "desk/zhzf/q/", "330803"), False),
    ],
)
def test_who_supervises_a_department(say: str, held: tuple[Role, UnitKind, str, str], expected: bool) -> None:
    assert supervises(Posted(*held), **DEPARTMENT) == expected  # type: ignore[arg-type]


def test_two_governments_of_one_territory_do_not_supervise_each_other() -> None:
    other = Posted(Role.UNIT_HEAD, UnitKind.TERRITORY, "desk/b/", "330803")
    one = {"unit_path": "desk/a/", "unit_kind": UnitKind.TERRITORY, "unit_division_path": "330803"}
    assert not supervises(other, **one)  # type: ignore[arg-type]


def test_the_top_unit_is_supervised_from_within() -> None:
    top = {"unit_path": "desk/", "unit_kind": UnitKind.TERRITORY, "unit_division_path": "3308"}
    officer = Posted(Role.DUTY_DESK, UnitKind.TERRITORY, "desk/", "3308")
    assert parties([officer], **top) == {Party.HANDLER, Party.SUPERVISOR}  # type: ignore[arg-type]
    assert parties([], **top, is_owner=True) == {Party.HANDLER}  # type: ignore[arg-type]


def test_kinds_are_known_once_registered() -> None:
    kind = rules.DutyKind("zz-test", "test")
    rules.register_kind(kind)
    assert rules.kind_of("zz-test") is kind
    assert kind in rules.known_kinds()
    assert Lamp.BLUE == "blue"
