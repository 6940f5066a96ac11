"""When readings are an alarm: threshold, hysteresis, holding time, silence, order; units; signatures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.systems.cases.rules.sensors import (
    UNITS,
    Event,
    Side,
    Standing,
    Value,
    Watch,
    beyond_since,
    converted,
    is_signed,
    judged,
    signature,
)

BEGIN = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
N, RISE, REPEAT, RETURN, LATE = Event.NOTHING, Event.RISE, Event.REPEAT, Event.RETURN, Event.LATE


def told(watch: Watch, *readings: tuple[int, float]) -> list[Event]:
    """What each reading (minute, value) means."""
    standing, events = Standing(), []
    for minute, value in readings:
        standing, event = judged(watch, standing, Value(BEGIN + timedelta(minutes=minute), value))
        events.append(event)
    return events


@pytest.mark.parametrize(
    ("watch", "readings", "events"),
    [
        (Watch(Side.ABOVE, 50), [(0, 50), (1, 51), (2, 60), (3, 50)], [N, RISE, REPEAT, RETURN]),
        (Watch(Side.ABOVE, 50, 5), [(0, 51), (1, 47), (2, 51), (3, 45), (4, 51)], [RISE, N, REPEAT, RETURN, RISE]),
        (Watch(Side.BELOW, 2, 0.5), [(0, 2), (1, 1.9), (2, 2.4), (3, 2.5)], [N, RISE, N, RETURN]),
        (Watch(Side.ABOVE, 50, 0, 120), [(0, 60), (1, 60), (2, 60), (3, 60)], [N, N, RISE, REPEAT]),
        (Watch(Side.ABOVE, 50, 0, 120), [(0, 60), (1, 40), (2, 60), (3, 60)], [N, N, N, N]),
        # After an hour of silence nobody knows that it stayed beyond.
        (Watch(Side.ABOVE, 50, 0, 120), [(0, 60), (70, 60), (71, 60), (72, 60)], [N, N, N, RISE]),
        (Watch(Side.ABOVE, 50, 0, 7200), [(0, 60), (70, 60), (140, 60)], [N, N, RISE]),
        (Watch(Side.ABOVE, 50), [(5, 60), (4, 40), (5, 40)], [RISE, LATE, LATE]),
    ],
)  # fmt: skip
def test_what_a_reading_means(watch: Watch, readings: list[tuple[int, float]], events: list[Event]) -> None:
    assert told(watch, *readings) == events


def test_a_late_reading_breaks_a_run_or_begins_it_earlier() -> None:
    watch = Watch(Side.ABOVE, 50)
    values = [Value(BEGIN + timedelta(minutes=m), v) for m, v in ((3, 60), (1, 60), (2, 60))]
    assert beyond_since(watch, values) == BEGIN + timedelta(minutes=1)
    assert beyond_since(
        watch, [*values, Value(BEGIN + timedelta(minutes=2, seconds=30), 10)]
    ) == BEGIN + timedelta(minutes=3)
    assert beyond_since(watch, []) is None


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 100)), max_size=40))
def test_alarms_begin_and_end_in_turn(readings: list[tuple[int, float]]) -> None:
    events = [e for e in told(Watch(Side.ABOVE, 50, 5, 60), *readings) if e in (RISE, RETURN)]
    assert events == [RISE, RETURN] * (len(events) // 2) + [RISE] * (len(events) % 2)


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.floats(-1e6, 1e6))
def test_a_value_comes_back_from_another_unit(one: str, other: str, value: float) -> None:
    there = converted(value, one, other)
    assert (there is None) == (UNITS[one].dimension != UNITS[other].dimension)
    if there is not None:
        back = converted(there, other, one)
        assert back == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_no_number_and_no_unit_are_no_value() -> None:
    assert converted(float("nan"), "m", "m") is None
    assert converted(1e308, "g/m3", "ug/m3") is None
    assert converted(1, "furlong", "m") is None


def test_a_signature_holds_for_five_minutes_and_its_body_alone() -> None:
    stamp = str(int(BEGIN.timestamp()))
    good = signature("secret", stamp, b"body")
    assert is_signed("secret", stamp, b"body", f"sha256={good.upper()}", BEGIN + timedelta(minutes=5))
    assert not is_signed("secret", stamp, b"body", good, BEGIN + timedelta(minutes=5, seconds=1))
    assert not is_signed("secret", stamp, b"other", good, BEGIN)
    assert not is_signed("other", stamp, b"body", good, BEGIN)
    for wrong in ("", "now", "１", "9" * 13):
        assert not is_signed("secret", wrong, b"body", good, BEGIN)
    assert not is_signed("secret", stamp, b"body", "签名", BEGIN)
