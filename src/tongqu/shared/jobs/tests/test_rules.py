"""When a schedule is due, and how long a failed job waits."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.shared.jobs.rules import BadSchedule, Cron, Schedule, retry_delay
from tongqu.shared.jobs.tests.specs import BAD_CRON, CRON

ZONE = "Asia/Shanghai"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(("line", "at", "latest", "following"), CRON)
def test_a_cron_line_is_due(line: str, at: str, latest: str, following: str) -> None:
    cron = Cron.parse(line)
    assert cron.latest(local(at), ZONE) == local(latest)
    assert cron.next(local(at), ZONE) == local(following)
    schedule = Schedule("tidy", job="tidy", cron=cron, line=line)
    assert schedule.latest(local(at), ZONE) == local(latest)
    assert schedule.next(local(at), ZONE) == local(following)


@pytest.mark.parametrize(("line", "names"), BAD_CRON)
def test_a_bad_cron_line_is_named(line: str, names: str) -> None:
    with pytest.raises(BadSchedule, match=names):
        Cron.parse(line).next(local("2026-09-16 10:00"), ZONE)


instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001


@given(at=instants, minutes=st.integers(1, 5000))
def test_slots_of_a_period_are_never_skipped_and_never_two(at: datetime, minutes: int) -> None:
    schedule = Schedule("s", "j", every=timedelta(minutes=minutes))
    slot = schedule.latest(at, ZONE)
    assert slot <= at < schedule.next(at, ZONE) == slot + timedelta(minutes=minutes)
    assert schedule.latest(slot, ZONE) == slot


@given(at=instants, line=st.sampled_from([row[0] for row in CRON if row[0] != "0 0 29 2 *"]))
def test_the_slot_after_the_latest_is_the_next(at: datetime, line: str) -> None:
    cron = Cron.parse(line)
    assert cron.next(cron.latest(at, ZONE), ZONE) == cron.next(at, ZONE) > at
    assert cron.latest(cron.next(at, ZONE), ZONE) == cron.next(at, ZONE)


@given(attempt=st.integers(1, 500), jitter=st.floats(0, 1))
def test_a_failed_job_waits_longer_each_time_up_to_an_hour(attempt: int, jitter: float) -> None:
    full = min(2.0**attempt, 3600)
    assert full / 2 <= retry_delay(attempt, jitter).total_seconds() <= full
