"""The loop of a worker: it runs what is due, beats, tells what it does, and is known by its lock.

What happens when processes are killed is shown in `tests/reliability`.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import pytest
from django.db import DatabaseError
from typer.testing import CliRunner

from tongqu.shared.clock import machine_now
from tongqu.shared.jobs import worker as worker_module
from tongqu.shared.jobs.actions import (
    ask_to_stop,
    close_running,
    enqueue,
    flush_progress,
    progress,
    register,
    register_schedule,
    reporting,
)
from tongqu.shared.jobs.commands import app
from tongqu.shared.jobs.models import Firing, Worker
from tongqu.shared.jobs.queries import job, progress_of, workers
from tongqu.shared.jobs.rules import JobContext, JobSpec, JobState, Registry
from tongqu.shared.jobs.worker import (
    WorkerLoop,
    claim,
    close_worker,
    open_worker,
    run_claimed,
    take_over_lost_jobs,
    too_slow,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(registry: Registry) -> list[str]:
    calls: list[str] = []
    register(JobSpec("note", lambda text: calls.append(text)))
    return calls


def test_the_loop_runs_what_is_due_and_leaves_no_trace_of_itself(ran: list[str]) -> None:
    enqueue("note", text="a")
    enqueue("note", text="b")
    loop = WorkerLoop()
    loop.work(until_empty=True)
    assert ran == ["a", "b"]
    assert (loop.done, loop.failed) == (2, 0)
    assert workers() == []


def test_the_loop_ends_when_it_is_closed(ran: list[str], registry: Registry) -> None:
    loop = WorkerLoop()
    register(JobSpec("close", loop.close))
    enqueue("close")
    enqueue("note", text="not any more")
    loop.work()
    assert ran == []


def test_a_database_that_does_not_answer_does_not_end_the_loop(
    ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter([DatabaseError("gone"), None])

    def flaky(*_arguments: object) -> None:
        error = next(calls)
        if error is not None:
            raise error

    monkeypatch.setattr(worker_module, "claim", flaky)
    loop = WorkerLoop()
    monkeypatch.setattr(loop, "closing", Impatient())
    loop.work(until_empty=True)
    assert next(calls, "both were asked for") == "both were asked for"


class Impatient(Event):
    """An event that nobody waits for."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def test_a_beat_renews_the_lease_fires_schedules_and_says_how_fast_it_goes(
    ran: list[str], at: datetime
) -> None:
    said: list[str] = []
    register_schedule("hourly", every=timedelta(hours=1), job="note", text="tick")
    loop = WorkerLoop(say=said.append)
    lock = open_worker(loop.worker_id, "here", ())
    Worker.objects.update(seen_at=at)
    loop.done = 3
    loop._do(loop._beat)
    assert machine_now() - workers()[0].seen_at < timedelta(minutes=1)
    assert Firing.objects.count() == 1
    assert "3 done" in said[0]
    loop._do(loop._beat)
    assert len(said) == 1
    close_worker(loop.worker_id)
    os.close(lock)


def test_a_duty_that_fails_is_left_to_the_next_beat() -> None:
    def busy() -> None:
        raise DatabaseError("locked")

    WorkerLoop()._do(busy)


def test_a_worker_that_lives_keeps_its_jobs_and_one_whose_lock_is_free_loses_them(ran: list[str]) -> None:
    lock = open_worker("w1", "here", ())
    job_id = enqueue("note", text="x")
    claim("w1")
    assert take_over_lost_jobs() == 0
    os.close(lock)
    assert take_over_lost_jobs() == 1
    assert job(job_id).state == JobState.WAITING
    assert workers() == []


def test_an_attempt_that_takes_too_long_is_interrupted(registry: Registry) -> None:
    register(JobSpec("sleepy", lambda: time.sleep(5), most_s=0.05))
    job_id = enqueue("sleepy")
    before = signal.signal(signal.SIGALRM, too_slow)
    try:
        run_claimed(claim("w1"))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert "JobTooSlow" in job(job_id).error


def running(registry: Registry, between: Callable[[str], None]) -> str:
    """Run a job that reports twice; something happens between the two reports."""

    def reports(context: JobContext) -> None:
        progress(context.job_id).report(1, 3, "one")
        between(context.job_id)
        progress(context.job_id).report(2, 3, "two")
        progress(context.job_id).report(3, 3, "three")

    register(JobSpec("reports", reports))
    job_id = enqueue("reports")
    run_claimed(claim("w1"))
    return job_id


def test_a_beat_writes_down_what_a_running_job_reported(registry: Registry) -> None:
    seen: list[object] = []

    def look(job_id: str) -> None:
        seen.append(progress_of(job_id).done)
        flush_progress()
        seen.append(progress_of(job_id).done)

    job_id = running(registry, look)
    assert seen == [None, 1]
    assert progress_of(job_id).done == 3


def test_a_wish_to_stop_reaches_the_running_job_with_the_beat(registry: Registry) -> None:
    def stop(job_id: str) -> None:
        ask_to_stop(job_id)
        flush_progress()

    job_id = running(registry, stop)
    assert job(job_id).state == JobState.STOPPED
    assert job(job_id).done == 2


def test_a_closing_worker_gets_its_job_back_at_the_next_report(registry: Registry) -> None:
    job_id = running(registry, lambda _job_id: close_running())
    assert (job(job_id).state, job(job_id).attempts) == (JobState.WAITING, 0)


def test_a_job_that_reports_nothing_leaves_no_progress(ran: list[str]) -> None:
    job_id = enqueue("note", text="x")
    with reporting(job_id):
        flush_progress()
    assert progress_of(job_id).done is None


def test_the_command_status_shows_queue_workers_and_schedules(ran: list[str]) -> None:
    lock = open_worker("w1", "here", ())
    register_schedule("hourly", every=timedelta(hours=1), job="note", text="tick")
    enqueue("note", text="x")
    shown = CliRunner().invoke(app, ["status"]).output
    assert "1 due" in shown
    assert "worker w1" in shown
    assert "last never" in shown
    close_worker("w1")
    os.close(lock)


def test_the_command_work_runs_until_nothing_is_due(ran: list[str]) -> None:
    enqueue("note", text="x")
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)}
    try:
        done = CliRunner().invoke(app, ["work", "--until-empty"])
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert done.exit_code == 0
    assert ran == ["x"]


def test_the_nightly_tidying_runs_as_a_job() -> None:
    job_id = enqueue("jobs.prune")
    run_claimed(claim("w1"))
    assert job(job_id).state == JobState.DONE
