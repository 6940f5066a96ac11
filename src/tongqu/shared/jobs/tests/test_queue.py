"""A job is queued with its act, runs at least once, is tried again, and in the end lies among the dead."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from tongqu.shared.clock import machine_now
from tongqu.shared.jobs.actions import (
    NotRepeatable,
    WorkerClosing,
    ask_to_stop,
    discard,
    enqueue,
    fire_due,
    progress,
    prune,
    register,
    register_schedule,
    try_again,
)
from tongqu.shared.jobs.models import Firing, Job, Worker
from tongqu.shared.jobs.queries import (
    dead_letters,
    depth,
    depth_by_kind,
    job,
    progress_of,
    retrying_jobs,
    running_jobs,
    schedules_at,
    stopped_jobs,
    workers,
)
from tongqu.shared.jobs.rules import JobContext, JobSpec, JobState, JobStopped, Registry, UnknownJob
from tongqu.shared.jobs.worker import claim, run_claimed, run_ready, take_over_lost_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(registry: Registry) -> list[str]:
    """What the job `note` was called with, in order."""
    calls: list[str] = []
    register(JobSpec("note", lambda text: calls.append(text)))
    return calls


def fails(text: str = "") -> None:
    raise ValueError(f"cannot {text}")


def make_due(job_id: str) -> None:
    DBTaskResult.objects.filter(pk=job_id).update(run_after=machine_now())


def run_until_it_ends(job_id: str) -> int:
    """Run the job again and again without waiting; returns how often."""
    times = 0
    while not job(job_id).is_finished:
        make_due(job_id)
        times += run_ready(1)
    return times


def test_a_job_runs_with_its_arguments_and_is_done(ran: list[str]) -> None:
    job_id = enqueue("note", text="hello")
    assert job(job_id).state == JobState.WAITING
    assert run_ready() == 1
    assert ran == ["hello"]
    assert job(job_id).state == JobState.DONE


@transaction.atomic
def act_that_fails() -> None:
    enqueue("note", text="hello")
    raise ZeroDivisionError


def test_a_job_of_an_act_that_fails_is_never_queued(ran: list[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        act_that_fails()
    assert run_ready() == 0


def test_an_unknown_job_is_refused_when_it_is_queued(registry: Registry) -> None:
    with pytest.raises(UnknownJob, match="no job"):
        enqueue("no job")


def test_a_job_that_was_unregistered_is_tried_again_later(ran: list[str], registry: Registry) -> None:
    job_id = enqueue("note", text="hello")
    del registry.specs["note"]
    run_ready()
    assert job(job_id).state == JobState.WAITING
    assert "UnknownJob" in job(job_id).error


def test_a_later_job_waits(ran: list[str]) -> None:
    enqueue("note", text="tomorrow", run_after=machine_now() + timedelta(days=1))
    assert run_ready() == 0
    assert depth().later == 1


def test_more_urgent_jobs_go_first_and_equals_in_order(ran: list[str]) -> None:
    for text in ("first", "second"):
        enqueue("note", text=text)
    enqueue("note", text="urgent", priority=50)
    run_ready()
    assert ran == ["urgent", "first", "second"]


def test_a_worker_may_keep_to_some_queues(ran: list[str], registry: Registry) -> None:
    register(JobSpec("slow", lambda: None, queue="pictures"))
    enqueue("slow")
    assert claim("w1", ["default"]) is None
    assert claim("w1", ["pictures"]) is not None


def test_a_job_that_asks_gets_its_context(registry: Registry) -> None:
    seen: list[JobContext] = []

    def asks(context: JobContext) -> None:
        seen.append(context)

    register(JobSpec("asks", asks))
    job_id = enqueue("asks")
    run_ready()
    assert seen == [JobContext(job_id, 1)]


def test_a_failing_job_is_tried_again_with_growing_delay_and_then_dies(registry: Registry) -> None:
    register(JobSpec("fails", fails, most_attempts=3))
    job_id = enqueue("fails", text="do it")
    delays = []
    for _ in range(2):
        make_due(job_id)
        started = machine_now()
        run_ready(1)
        delays.append((job(job_id).run_after - started).total_seconds())
        assert job(job_id).state == JobState.WAITING
    assert 1.0 <= delays[0] <= 2.1
    assert 2.0 <= delays[1] <= 4.1
    assert [view.id for view in retrying_jobs()] == [job_id]
    make_due(job_id)
    run_ready(1)
    assert job(job_id).state == JobState.DEAD
    assert job(job_id).error == "ValueError: cannot do it"
    assert "Traceback" in job(job_id).traceback
    assert [view.id for view in dead_letters()] == [job_id]
    assert depth().dead == 1


def test_a_dead_job_can_be_tried_again_with_all_its_attempts(registry: Registry, ran: list[str]) -> None:
    register(JobSpec("fails", fails, most_attempts=2))
    job_id = enqueue("fails", text="do it")
    assert run_until_it_ends(job_id) == 2
    register(JobSpec("fails", lambda text: ran.append(text), most_attempts=2))
    try_again(job_id)
    assert run_ready() == 1
    assert ran == ["do it"]
    assert job(job_id).state == JobState.DONE


def test_a_dead_job_can_be_discarded(registry: Registry) -> None:
    register(JobSpec("fails", fails, most_attempts=1))
    job_id = enqueue("fails")
    run_ready()
    discard(job_id)
    assert job(job_id) is None
    assert not Job.objects.exists()


@pytest.mark.parametrize("deed", [try_again, discard])
def test_a_job_that_is_not_dead_is_neither_repeated_nor_discarded(ran: list[str], deed: object) -> None:
    job_id = enqueue("note", text="x")
    with pytest.raises(NotRepeatable):
        deed(job_id)  # type: ignore[operator]


def test_a_job_reports_its_progress(registry: Registry) -> None:
    def counts(context: JobContext) -> None:
        for number in range(3):
            progress(context.job_id).report(number + 1, 3, f"row {number + 1}")

    register(JobSpec("counts", counts))
    job_id = enqueue("counts")
    run_ready()
    found = progress_of(job_id)
    assert (found.done, found.total, found.message, found.share) == (3, 3, "row 3", 1.0)


def test_progress_outside_a_worker_is_written_at_once(ran: list[str]) -> None:
    job_id = enqueue("note", text="x")
    progress(job_id).report(1, 4)
    assert progress_of(job_id).share == 0.25


def test_a_waiting_job_is_stopped_at_once_and_can_resume(ran: list[str]) -> None:
    job_id = enqueue("note", text="x")
    ask_to_stop(job_id)
    assert run_ready() == 0
    assert job(job_id).state == JobState.STOPPED
    assert [view.id for view in stopped_jobs()] == [job_id]
    assert dead_letters() == []
    try_again(job_id)
    run_ready()
    assert ran == ["x"]


def test_a_running_job_that_is_stopped_ends_as_stopped(registry: Registry) -> None:
    def stops() -> None:
        raise JobStopped("Stopped on request.")

    register(JobSpec("stops", stops))
    job_id = enqueue("stops")
    run_ready()
    assert job(job_id).state == JobState.STOPPED


def test_a_closing_worker_puts_the_job_back_and_the_attempt_does_not_count(registry: Registry) -> None:
    def closes() -> None:
        raise WorkerClosing

    register(JobSpec("closes", closes))
    job_id = enqueue("closes")
    held = claim("w1")
    assert [view.id for view in running_jobs()] == [job_id]
    assert not run_claimed(held)
    assert (job(job_id).state, job(job_id).attempts) == (JobState.WAITING, 0)


def test_the_job_of_a_dead_worker_is_taken_over(ran: list[str]) -> None:
    job_id = enqueue("note", text="x")
    assert claim("gone") is not None
    assert take_over_lost_jobs() == 1
    assert "WorkerLost" in job(job_id).error
    run_until_it_ends(job_id)
    assert ran == ["x"]


@pytest.mark.parametrize(("silent_s", "lost"), [(55, 0), (65, 1)])
def test_a_silent_worker_loses_its_jobs_after_the_lease(ran: list[str], silent_s: int, lost: int) -> None:
    at = machine_now()
    Worker.objects.create(
        id="far", host="elsewhere", pid=7, started_at=at, seen_at=at - timedelta(seconds=silent_s)
    )
    enqueue("note", text="x")
    claim("far")
    assert take_over_lost_jobs() == lost
    assert len(workers()) == 1 - lost


def test_who_lost_a_job_no_longer_settles_it(ran: list[str]) -> None:
    job_id = enqueue("note", text="x")
    held = claim("slow")
    take_over_lost_jobs()
    make_due(job_id)
    taken = claim("next")
    assert not run_claimed(held)
    assert job(job_id).state == JobState.RUNNING
    assert run_claimed(taken)
    assert job(job_id).attempts == 2


def test_a_job_that_always_kills_its_worker_dies(registry: Registry, ran: list[str]) -> None:
    register(JobSpec("note", ran.append, most_attempts=2))
    job_id = enqueue("note", text="x")
    for _ in range(2):
        make_due(job_id)
        claim("gone")
        take_over_lost_jobs()
    assert job(job_id).state == JobState.DEAD


def test_a_schedule_fires_once_in_each_slot(ran: list[str], at: datetime) -> None:
    register_schedule("hourly", every=timedelta(hours=1), job="note", text="tick")
    assert fire_due(at) == ["hourly"]
    assert fire_due(at + timedelta(minutes=59)) == []
    assert fire_due(at + timedelta(minutes=60)) == ["hourly"]
    run_ready()
    assert ran == ["tick", "tick"]
    standing = schedules_at(at + timedelta(minutes=90))[0]
    assert (standing.last_at, standing.next_at) == (at + timedelta(hours=1), at + timedelta(hours=2))


def test_slots_missed_while_nothing_ran_are_made_good_once(ran: list[str], at: datetime) -> None:
    register_schedule("hourly", every=timedelta(hours=1), job="note", text="tick")
    fire_due(at)
    assert fire_due(at + timedelta(hours=30)) == ["hourly"]
    assert Firing.objects.count() == 2


@pytest.mark.parametrize("given", [{}, {"every": timedelta(hours=1), "cron": "0 * * * *"}])
def test_a_schedule_has_either_a_period_or_a_cron_line(registry: Registry, given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either"):
        register_schedule("bad", job="note", **given)  # type: ignore[arg-type]


def test_old_finished_jobs_are_pruned_and_others_stay(
    ran: list[str], registry: Registry, at: datetime
) -> None:
    register(JobSpec("fails", fails, most_attempts=1))
    old, new, dead = enqueue("note", text="old"), enqueue("note", text="new"), enqueue("fails")
    run_ready()
    long_ago = machine_now() - timedelta(days=4)
    DBTaskResult.objects.filter(pk__in=[old, dead]).update(finished_at=long_ago)
    assert prune(at, batch=1) == 1
    assert (job(old), job(new).state, job(dead).state) == (None, JobState.DONE, JobState.DEAD)


def test_the_queue_is_counted_by_kind(ran: list[str]) -> None:
    enqueue("note", text="x")
    enqueue("note", text="y")
    assert [(kind.name, kind.status, kind.number) for kind in depth_by_kind()] == [("note", "READY", 2)]
    assert depth().due == 2
    assert depth().oldest_wait_s(machine_now()) >= 0


def test_a_job_that_is_not_there_is_none() -> None:
    assert job("nonsense") is None
