"""A fact reaches each subscriber after commit, and its effects on the database happen once."""

import contextvars
from collections.abc import Iterator
from datetime import datetime
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection

from tongqu.shared.jobs.queries import dead_letters, retrying_jobs
from tongqu.shared.jobs.worker import run_ready
from tongqu.shared.journal import actions
from tongqu.shared.journal.actions import (
    NotInAct,
    SubscriberGone,
    act,
    deliver,
    off,
    on,
    record,
    subscribers_of,
)
from tongqu.shared.journal.models import Delivered, Fact
from tongqu.shared.journal.queries import after, before, fact, facts_of, last_seq, newest
from tongqu.shared.journal.rules import SYSTEM, Subject

THING = Subject("thing", "1")


def follow(found: Fact) -> None:
    """A handler that writes: it records a fact of its own."""
    record("echo.made", Subject("echo", str(found.id)), by=SYSTEM, at=found.at)


def fail(found: Fact) -> None:
    follow(found)
    raise ValueError("not today")


@pytest.fixture
def following(db: None) -> Iterator[str]:
    on("thing.made", follow, name="follow things")
    yield "follow things"
    off("follow things")


def make(at: datetime) -> str:
    with act():
        return str(record("thing.made", THING, by=SYSTEM, at=at))


def echoes() -> int:
    return Fact.objects.filter(verb="echo.made").count()


def test_a_subscriber_is_told_by_the_worker(following: str, at: datetime) -> None:
    make(at)
    assert echoes() == 0
    run_ready()
    assert echoes() == 1


def test_a_fact_delivered_again_has_no_second_effect(following: str, at: datetime) -> None:
    fact_id = make(at)
    assert deliver(fact_id, following) is True
    assert deliver(fact_id, following) is False
    run_ready()
    assert echoes() == Delivered.objects.count() == 1


def test_a_handler_that_fails_leaves_nothing_and_is_told_again(db: None, at: datetime) -> None:
    on("thing.made", fail, name="fail")
    try:
        make(at)
        run_ready()
    finally:
        off("fail")
    assert echoes() == Delivered.objects.count() == 0
    assert retrying_jobs()[0].error == "ValueError: not today"
    assert dead_letters() == []


def test_a_subscriber_that_is_gone_is_said_plainly(db: None) -> None:
    with pytest.raises(SubscriberGone, match="follow ghosts"):
        deliver(str(uuid4()), "follow ghosts")


def test_a_kind_of_verbs_can_be_subscribed_to(following: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_subscribers", dict(actions._subscribers))
    on("thing.*", follow, name="all things")
    assert subscribers_of("thing.lost") == ["all things"]
    assert subscribers_of("thing.made") == ["follow things", "all things"]
    assert subscribers_of("other.made") == []


def test_the_name_of_a_subscriber_is_stable_and_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_subscribers", {})
    on("thing.made", follow)
    on("thing.made", follow)
    assert subscribers_of("thing.made") == ["journal.follow on thing.made"]
    with pytest.raises(ValueError, match="another `name`"):
        on("thing.made", fail, name=subscribers_of("thing.made")[0])


def test_a_thread_started_in_an_act_does_not_write_into_it(following: str, at: datetime) -> None:
    """A copied context is not the act: the thread has a connection, and so a transaction, of its own."""
    raised: list[BaseException] = []

    def elsewhere() -> None:
        try:
            record("thing.made", THING, by=SYSTEM, at=at)
        except NotInAct as error:
            raised.append(error)
        finally:
            connection.close()

    with act():
        thread = Thread(target=contextvars.copy_context().run, args=(elsewhere,))
        thread.start()
        thread.join()
    assert len(raised) == 1


def test_a_context_kept_from_an_act_cannot_write_after_it(db: None, at: datetime) -> None:
    with act():
        kept = contextvars.copy_context()
    with pytest.raises(NotInAct):
        kept.run(record, "thing.made", THING, by=SYSTEM, at=at)


def test_facts_are_read_from_both_ends(db: None, at: datetime) -> None:
    ids = [make(at) for _ in range(5)]
    assert [found.seq for found in newest(2)] == [5, 4]
    assert [found.seq for found in after(3)] == [4, 5]
    assert [found.seq for found in before(3)] == [2, 1]
    assert [found.seq for found in before(None, limit=1)] == [5]
    assert facts_of(THING).count() == last_seq() == 5
    assert str(fact(ids[0]).id) == ids[0]
