"""What keeps boards quick when there are a million duties: few queries, each served by an index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Town
from tongqu.shared.duties.actions.duty import pause
from tongqu.shared.duties.analytics import Period, month_of
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.queries import (
    Filters,
    Whose,
    closed_in,
    lamp_counts,
    league_table,
    open_duties,
    rulebook,
    unread_notices,
)
from tongqu.shared.duties.rules import Lamp
from tongqu.shared.duties.tests.making import a_duty
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Person

HOUR = timedelta(hours=1)


def queries_of(work: Callable[[], Any]) -> tuple[list[str], Any]:
    """What was sent to the database, and what came of it."""
    with CaptureQueriesContext(connection) as captured:
        found = work()
    return [query["sql"] for query in captured], found


def many(town: Town, at: datetime, count: int = 3000) -> None:
    """Duties in bulk: one in ten open."""
    model = a_duty(town, at)
    rows = []
    for n in range(count):
        is_open = n % 10 == 0
        opened = at - timedelta(minutes=n)
        unit = (town.county_department, town.township_government, town.other_county_department)[n % 3]
        rows.append(
            Duty(
                kind="sweep", subject_kind="heap", subject_id=str(n), label=f"{n}", owner_unit=unit, unit_path=unit.path,
                division=unit.division, division_path=unit.division.path, allowance="7wh", opened_at=opened,
                counts_from=opened, due_at=model.due_at + timedelta(minutes=n), yellow_at=model.yellow_at,
                red_at=model.red_at, is_open=is_open, met_at=None if is_open else at,
                closed_at=None if is_open else at + timedelta(minutes=n % 90), is_late=None if is_open else False,
                worked_seconds=None if is_open else n,
            )
        )  # fmt: skip
        if not is_open:
            rows[-1].met_at = rows[-1].closed_at
    Duty.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_counting_lamps_is_one_query(town: Town, at: datetime) -> None:
    a_duty(town, at)
    a_duty(town, at - timedelta(days=9))
    pause(a_duty(town, at), reason="Rain", by=SYSTEM, at=at)
    rulebook()
    for name in ("desk_officer", "county_leader", "department_officer"):
        person = Person.objects.get(username=getattr(town, name).username)
        _ = person.postings_now
        sent, found = queries_of(lambda who=person: lamp_counts(who, at))
        assert len(sent) == 1
        assert found == {Lamp.BLUE: 2, Lamp.YELLOW: 0, Lamp.RED: 1}


@pytest.mark.parametrize("count", [2, 40])
def test_the_board_takes_as_many_queries_for_many_duties_as_for_few(
    town: Town, at: datetime, count: int
) -> None:
    for _ in range(count):
        a_duty(town, at, owner_person=town.department_officer)
    client = Client()
    client.force_login(town.desk_officer)
    client.get("/duties/")
    sent = [q for q in queries_of(lambda: client.get("/duties/"))[0] if "duties_" in q]
    # Counts by lamp, rows, their number, and the bell's notices.
    assert len(sent) == 4, sent


def test_opening_a_duty_reads_no_rules(town: Town, at: datetime) -> None:
    a_duty(town, at)
    sent, _duty = queries_of(lambda: a_duty(town, at))
    assert not [q for q in sent if "duties_lamprule" in q or "duties_reminderrule" in q or "calendarday" in q]
    assert len([q for q in sent if "INSERT" in q]) <= 3, sent


def plan_of(sql: str, params: tuple[object, ...]) -> str:
    prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(prefix + sql, params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def assert_indexed(rows: object) -> None:
    """No plan reads the whole table of duties."""
    sql, params = rows.query.sql_with_params()  # type: ignore[attr-defined]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The table is small here; this asks whether an index could serve at all.
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = plan_of(sql, params)
    for line in plan.splitlines():
        assert "Seq Scan on duties_duty" not in line, plan
        # A walk along an index of open duties only is as long as they are many.
        assert (
            not line.startswith("SCAN duties_duty") or "INDEX open_" in line or "INDEX closed_not" in line
        ), plan


@pytest.mark.parametrize("name", ["desk_officer", "county_leader", "department_officer", "villager"])
def test_the_board_reads_no_whole_table(town: Town, at: datetime, name: str) -> None:
    many(town, at, 300)
    person = getattr(town, name)
    for whose in Whose:
        for lamp in [None, *Lamp]:
            rows = open_duties(person, at, Filters(whose=whose, lamp=lamp))
            try:
                assert_indexed(rows[:51])
                assert_indexed(rows.order_by().values("pk"))
            except EmptyResultSet:
                assert name == "villager", "only someone without a unit needs no query"


def test_other_reads_are_indexed_as_well(town: Town, at: datetime) -> None:
    many(town, at)
    assert_indexed(Duty.objects.filter(subject_kind="heap", subject_id="7"))
    assert_indexed(Duty.objects.filter(is_open=True, next_step_at__lte=at).order_by("next_step_at"))
    assert_indexed(Duty.objects.filter(is_open=False, is_counted=False).order_by("closed_at")[:1])
    assert_indexed(
        Duty.objects.filter(is_open=False, owner_unit__in=[1, 2], closed_at__gte=at, closed_at__lt=at + HOUR)
    )
    assert_indexed(Duty.objects.filter(owner_person=town.villager, is_open=True))


def test_the_league_takes_few_queries(town: Town, at: datetime) -> None:
    many(town, at)
    person = Person.objects.get(username="desk")
    _ = person.postings_now
    rulebook()
    period = month_of(at.date())
    assert len(queries_of(lambda: league_table(person, at, period))[0]) <= 5
    assert len(closed_in(Period(at.date(), at.date()), [town.county_department.pk]).key) == 900


def test_the_bell_is_one_query(town: Town) -> None:
    assert len(queries_of(lambda: unread_notices(town.villager))[0]) == 1
