"""Two people at the same moment: one move wins, one report stays one case."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from conftest import Town
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.duties.models import Duty
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.moves import accept, reject, take
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.tests.factories import brought_to, matter, reported

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="The test database of SQLite lies in memory, where threads cannot wait for each other; run on PostgreSQL.",
    ),
]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; return what each gave or raised."""
    gate = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[place] = act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_of_two_who_sign_at_once_one_is_refused(town: Town, at: datetime) -> None:
    case = brought_to(State.DISPATCHED, town, at)
    outcomes = at_once(
        lambda: take(case, by=town.department_officer, at=at),
        lambda: take(case, by=town.department_head, at=at),
    )
    assert kinds(outcomes) == ["Case", MoveNotAllowed.__name__]
    assert Fact.objects.filter(verb="case.taken").count() == 1


def test_accepting_and_rejecting_at_once_leaves_one_of_them(town: Town, at: datetime) -> None:
    case, about = reported(at), matter()
    outcomes = at_once(
        lambda: accept(case, matter=about, by=town.desk_officer, at=at, expected=1),
        lambda: reject(case, reason="重复", by=town.desk_officer, at=at, expected=1),
    )
    assert kinds(outcomes) == ["Case", MoveNotAllowed.__name__]
    open_now = Duty.objects.filter(subject_kind="case", subject_id=case.pk, is_open=True)
    case.refresh_from_db()
    assert open_now.count() == (1 if case.is_open else 0)


def test_the_same_report_sent_four_times_at_once_is_one_case(town: Town, at: datetime) -> None:
    outcomes = at_once(*[lambda: reported(at, idempotency_key="same")] * 4)
    assert {outcome.pk for outcome in outcomes} == {Case.objects.get().pk}
    assert Fact.objects.filter(verb="case.reported").count() == 1
    assert all(fact.hash == fact.expected_hash() for fact in Fact.objects.all())
