"""Two keepers at the same moment: one publication, one round, one contest of a code, points given and taken back once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tongqu.kernel.periods import Period
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.indicators.actions.contests import (
    adjust,
    define_contest,
    open_round,
    publish_round,
    take_back,
)
from tongqu.systems.indicators.models.contest import Result, Round, RoundAdjustment
from tongqu.systems.indicators.queries.marks import mark_of_contest
from tongqu.systems.indicators.tests.makers import TERMS, a_contest, county, define_all, some_figures

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="The test database of SQLite lies in memory, where threads cannot wait for each other; run on PostgreSQL.",
    ),
]
QUARTER = Period.parse("2024-Q1")


def at_once(act: Callable[[int], Any]) -> list[str]:
    """Run the act in two threads that start together; return the names of what each gave or raised."""
    gate = threading.Barrier(2)
    outcomes: list[Any] = [None, None]

    def run(place: int) -> None:
        gate.wait()
        try:
            outcomes[place] = act(place)
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_two_keepers_at_once(at: datetime) -> None:
    division_set = define_all(at)
    some_figures(at)
    contest = a_contest(division_set, at)
    assert at_once(lambda _: open_round(contest, QUARTER, by=SYSTEM, at=at)) == ["MoveNotAllowed", "Round"]
    round_, place = Round.objects.get(), county("330803")
    given = at_once(lambda _: adjust(round_, place, Decimal(-3), reason="通报", by=SYSTEM, at=at))
    assert given == ["BadInput", "RoundAdjustment"]
    row = RoundAdjustment.objects.get()
    assert at_once(lambda n: take_back(row, reason=f"撤销{n}", by=SYSTEM, at=at)) == [
        "Overtaken",
        "RoundAdjustment",
    ]
    published = at_once(lambda _: publish_round(round_, by=SYSTEM, at=at, edition=1))
    assert published == ["Overtaken", "Round"]
    round_.refresh_from_db()
    assert (round_.edition, Result.objects.filter(round=round_).count()) == (1, 5)
    assert Fact.objects.filter(verb="contest_round.published").count() == 1
    mark = mark_of_contest(contest)
    changed = at_once(
        lambda n: define_contest(
            "flag", name=f"红旗{n}", division_set=division_set, terms=TERMS, by=SYSTEM, at=at, seen=mark
        )
    )
    assert changed == ["Contest", "Overtaken"]
