"""The chain grows with each act, and an act that fails leaves nothing."""

from datetime import datetime

import pytest

from conftest import Town
from tongqu.shared.journal.actions import NotInAct, act, acting, record
from tongqu.shared.journal.models import AppendOnly, Fact
from tongqu.shared.journal.rules import SYSTEM, Subject


def test_each_fact_follows_the_one_before(town: Town, at: datetime) -> None:
    for number in range(3):
        with act():
            record(
                "thing.made", Subject("thing", str(number)), by=town.county_leader, at=at, after={"n": number}
            )
    facts = list(Fact.objects.all())
    assert [fact.seq for fact in facts] == [1, 2, 3]
    assert all(fact.hash == fact.expected_hash() for fact in facts)
    assert facts[2].previous_hash == facts[1].hash


@acting
def fail_after_recording(at: datetime) -> None:
    record("inner.done", Subject("thing", "2"), by=SYSTEM, at=at)
    raise ZeroDivisionError


def test_a_failed_inner_act_leaves_no_fact(db: None, at: datetime) -> None:
    with act():
        record("outer.done", Subject("thing", "1"), by=SYSTEM, at=at)
        with pytest.raises(ZeroDivisionError):
            fail_after_recording(at)
    assert [fact.verb for fact in Fact.objects.all()] == ["outer.done"]


def test_a_fact_needs_an_act(db: None, at: datetime) -> None:
    with pytest.raises(NotInAct):
        record("thing.made", Subject("thing", "1"), by=SYSTEM, at=at)


def test_a_fact_cannot_be_changed(db: None, at: datetime) -> None:
    with act():
        record("thing.made", Subject("thing", "1"), by=SYSTEM, at=at)
    with pytest.raises(AppendOnly):
        Fact.objects.update(verb="thing.lost")
    with pytest.raises(AppendOnly):
        Fact.objects.get().delete()
