"""The league: against a plain twin, from kept rows and directly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Town
from tongqu.shared.duties import jobs, queries
from tongqu.shared.duties.actions.duty import cancel, meet, note_return
from tongqu.shared.duties.actions.league import count_closed
from tongqu.shared.duties.analytics import (
    FEWEST_TO_RANK,
    Closed,
    Period,
    merged,
    month_of,
    scores,
    tallied,
)
from tongqu.shared.duties.models import Duty, LeagueRow, LeagueState
from tongqu.shared.duties.queries import league, league_table
from tongqu.shared.duties.tests import plain
from tongqu.shared.duties.tests.making import a_duty
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.models import Unit

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONTH = Period(date(2026, 9, 1), date(2026, 9, 30))
DUTIES = st.lists(
    st.builds(
        plain.One,
        st.integers(1, 5),
        st.booleans(),
        st.booleans(),
        st.integers(0, 2_000_000),
        st.integers(0, 3),
    ),
    max_size=60,
)


def frame(duties: list[plain.One]) -> Closed:
    return Closed(
        np.array([d.unit for d in duties], np.int64),
        np.array([d.is_met for d in duties], bool),
        np.array([d.is_late for d in duties], bool),
        np.array([d.worked for d in duties], np.int32),
        np.array([d.returns for d in duties], np.int64),
    )


@given(DUTIES, st.integers(0, 60))
def test_the_league_agrees_with_counting(duties: list[plain.One], cut: int) -> None:
    """In two parts, each stored and read again, as days and months are."""
    parts = [tallied(frame(part)) for part in (duties[:cut], duties[cut:])]
    found = scores(merged((key, tally.stored()) for part in parts for key, tally in part.items()))
    expected = plain.league(duties, FEWEST_TO_RANK)
    assert found.keys() == expected.keys()
    for unit, score in found.items():
        want = expected[unit]
        assert (score.tally.on_time, score.tally.late, score.tally.returns) == (
            want.on_time,
            want.late,
            want.returns,
        )
        assert (score.median_seconds, score.rank) == (want.median, want.rank)


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 500))
def test_a_period_falls_into_months_and_days_without_gap_or_overlap(first: date, length: int) -> None:
    period = Period(first, first + length * DAY)
    covered = list(period.single_days())
    for month in period.months():
        whole = month_of(month)
        covered += [whole.first_on + n * DAY for n in range(whole.days)]
    assert sorted(covered) == [first + n * DAY for n in range(period.days)]


def finish(town: Town, unit: Unit, at: datetime, hours: list[int]) -> None:
    """Duties of ten clock hours, each met after so many."""
    for n in hours:
        meet(a_duty(town, at, "10h", owner_unit=unit), by=SYSTEM, at=at + n * HOUR)


@pytest.fixture
def season(town: Town, at: datetime) -> None:
    """The county department is on time 4 of 5, the township 4 of 5 as well, the other township has met two."""
    finish(town, town.county_department, at, [1, 2, 3, 4, 11])
    finish(town, town.township_government, at - 3 * DAY, [5, 5, 6, 6, 99])
    finish(town, town.other_township_government, at, [1, 1])
    finish(town, town.other_county_department, at - 40 * DAY, [1] * 5)
    sent_back = note_return(a_duty(town, at), by=SYSTEM, at=at)
    cancel(sent_back, reason="Not ours", by=SYSTEM, at=at + HOUR)
    a_duty(town, at)


def table(town: Town, at: datetime) -> list[tuple[object, ...]]:
    return [
        (
            s.unit.code,
            s.score.rank,
            s.score.tally.met,
            s.score.median_seconds,
            s.score.tally.returns,
            s.open,
            s.red,
        )
        for s in league(town.desk_officer, at, MONTH)
    ]


EXPECTED = [
    ("lianhua", 1, 5, 6.0 * 3600, 0, 0, 0),
    ("zhzf-qujiang", 1, 5, 3.0 * 3600, 1, 1, 1),
    ("duze", None, 2, 3600.0, 0, 0, 0),
]


@pytest.mark.usefixtures("season")
def test_equal_shares_share_a_rank_and_few_duties_have_none(town: Town, at: datetime) -> None:
    assert table(town, at + 5 * DAY) == EXPECTED
    found = league_table(town.desk_officer, at, MONTH)
    assert found.is_exact
    assert [s.score.on_time_share for s in found.standings] == [0.8, 0.8, 1.0]


@pytest.mark.usefixtures("season")
def test_kept_rows_say_the_same(town: Town, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "EXACT_UP_TO", -1)
    monkeypatch.setattr(jobs, "now", lambda: at + 5 * DAY)
    jobs.count()
    assert table(town, at + 5 * DAY) == EXPECTED
    found = league_table(town.desk_officer, at + 6 * DAY, MONTH)
    assert (found.is_exact, found.as_of) == (False, at + 5 * DAY)
    assert not Duty.objects.filter(is_open=False, is_counted=False).exists()
    assert [
        s.unit.code
        for s in league(town.county_leader, at + 5 * DAY, Period(date(2026, 9, 16), date(2026, 9, 16)))
    ] == [
        "zhzf-qujiang",
        "duze",
    ]


@pytest.mark.usefixtures("season")
def test_counting_again_changes_nothing(town: Town, at: datetime) -> None:
    while count_closed(at=at, most=3):
        continue
    before = list(
        LeagueRow.objects.order_by("pk").values_list("unit", "span", "starts_on", "on_time", "late")
    )
    Duty.objects.filter(is_open=False).update(is_counted=False)
    while count_closed(at=at):
        continue
    after = list(LeagueRow.objects.order_by("pk").values_list("unit", "span", "starts_on", "on_time", "late"))
    assert sorted(map(str, before)) == sorted(map(str, after))
    assert LeagueState.objects.count() == 1


def test_a_day_ends_at_local_midnight(town: Town) -> None:
    evening = datetime(2026, 9, 30, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    for instant in (evening, evening + timedelta(minutes=2)):
        meet(a_duty(town, instant), by=SYSTEM, at=instant)
    assert count_closed(at=evening) == 1
    assert count_closed(at=evening) == 1
    days = LeagueRow.objects.filter(span="day").order_by("starts_on").values_list("starts_on", flat=True)
    assert list(days) == [date(2026, 9, 30), date(2026, 10, 1)]


def test_there_is_a_league_without_any_duty(town: Town, at: datetime) -> None:
    assert league(town.desk_officer, at, MONTH) == []
    assert league(town.villager, at, MONTH) == []
