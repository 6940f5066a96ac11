"""Queues work in the transaction of the act that causes it; registers jobs and schedules; reports progress.

The queue's rows are those of `django_tasks_db`; `worker.py` runs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from tongqu.shared.clock import machine_now, machine_time_of
from tongqu.shared.jobs.models import Firing, Job
from tongqu.shared.jobs.rules import (
    KEEP_FINISHED,
    KEEP_FIRINGS,
    REGISTRY,
    Cron,
    JobSpec,
    JobStopped,
    Schedule,
)


class WorkerClosing(Exception):
    """The worker is about to end; the job goes back to the queue. Raised where the job reports its progress."""


class NotRepeatable(Exception):
    """Only a dead or stopped job can be tried again or discarded."""


def register(spec: JobSpec) -> None:
    """Make a job known by its name; call it from the app's `jobs.py`, which `AppConfig.ready()` imports."""
    REGISTRY.specs[spec.name] = spec


def spec_of(name: str) -> JobSpec:
    """Return the job registered under the name; raises `UnknownJob`."""
    return REGISTRY.spec_of(name)


def register_schedule(
    name: str, /, *, job: str, every: timedelta | None = None, cron: str = "", **arguments: Any
) -> None:
    """Have the job queued once in each slot: every so often, or by a cron line in the region's zone.

    A slot that passed while no worker ran is made good once, by the newest slot, when one starts.
    """
    if (every is None) == (not cron):
        raise ValueError(f"Schedule {name!r}: give either `every` or `cron`.")
    parsed = Cron.parse(cron) if cron else None
    REGISTRY.schedules[name] = Schedule(name, job, every, parsed, cron or str(every), arguments)


@task()
def run(name: str, arguments: dict[str, Any]) -> None:
    """Run one job; the single task that the queue knows."""
    spec_of(name).function(**arguments)


def enqueue(
    name: str, /, *, run_after: datetime | None = None, priority: int | None = None, **arguments: Any
) -> str:
    """Queue the job and return its id. It runs at least once after the surrounding transaction commits.

    `arguments` are JSON values. `run_after` delays the first run. Raises `UnknownJob`.
    """
    spec = spec_of(name)
    queued = run.using(
        run_after=machine_time_of(run_after) if run_after else machine_now(),
        priority=spec.priority if priority is None else priority,
        queue_name=spec.queue,
    )
    with transaction.atomic():
        job_id = queued.enqueue(name=name, arguments=arguments).id
        Job.objects.create(task_id=job_id, name=name)
    return str(job_id)


# Progress. The thread that runs a job writes down nothing: it sets what `_live` holds, and the worker's beat
# writes that with a connection of its own. So progress can be read while the job's transaction is still open
# (PostgreSQL), and reporting never waits for SQLite's single writer.


@dataclass
class _Live:
    done: int = 0
    total: int | None = None
    message: str = ""
    is_new: bool = False
    stop: bool = False
    closing: bool = False


_live: dict[str, _Live] = {}
_live_lock = Lock()


@dataclass(frozen=True)
class Progress:
    """Reports how far a job is."""

    job_id: str

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the job is; cheap enough for every item of a loop.

        Call it between two steps, never inside a transaction: it raises `JobStopped` when someone asked to stop
        the job and `WorkerClosing` when the worker must end. Both leave the work done so far.
        """
        with _live_lock:
            live = _live.get(self.job_id)
            if live is not None:
                live.done, live.total, live.message, live.is_new = done, total, message[:200], True
        if live is None:
            _write_progress(self.job_id, _Live(done, total, message[:200]))
            return
        if live.stop:
            raise JobStopped("Stopped on request.")
        if live.closing:
            raise WorkerClosing


def progress(job_id: str) -> Progress:
    """Return the reporter of the job."""
    return Progress(job_id)


def _write_progress(job_id: str, live: _Live) -> None:
    Job.objects.filter(pk=UUID(job_id)).update(
        done=live.done, total=live.total, message=live.message, reported_at=machine_now()
    )


def flush_progress() -> None:
    """Write down what the running jobs reported, and hand them the wishes to stop."""
    with _live_lock:
        news = {job_id: _Live(x.done, x.total, x.message) for job_id, x in _live.items() if x.is_new}
        running = list(_live)
        for live in _live.values():
            live.is_new = False
    for job_id, live in news.items():
        _write_progress(job_id, live)
    asked = {
        str(pk)
        for pk in Job.objects.filter(pk__in=map(UUID, running))
        .exclude(stop_asked_at=None)
        .values_list("pk", flat=True)
    }
    with _live_lock:
        for job_id in asked & _live.keys():
            _live[job_id].stop = True


@contextmanager
def reporting(job_id: str) -> Iterator[None]:
    """Keep the job's reports in memory for the beat while it runs, and write the last one at its end."""
    with _live_lock:
        _live[job_id] = _Live()
    try:
        yield
    finally:
        with _live_lock:
            live = _live.pop(job_id)
        if live.is_new:
            _write_progress(job_id, live)


def close_running() -> None:
    """Have every job of this process raise `WorkerClosing` at its next report."""
    with _live_lock:
        for live in _live.values():
            live.closing = True


# What people do to jobs. The acts that call these write to the journal (see `site/operations`).


def ask_to_stop(job_id: str) -> None:
    """Stop a job: at once when it waits, at its next report of progress when it runs."""
    with transaction.atomic():
        row = DBTaskResult.objects.select_for_update().get(pk=job_id)
        Job.objects.filter(pk=UUID(job_id)).update(stop_asked_at=machine_now())
        if row.status == TaskResultStatus.READY:
            row.set_failed(JobStopped("Stopped before it ran."))


def _ended(job_id: str) -> DBTaskResult[..., Any]:
    row = DBTaskResult.objects.select_for_update().get(pk=job_id)
    if row.status != TaskResultStatus.FAILED:
        raise NotRepeatable("This job is neither dead nor stopped; someone may have dealt with it already.")
    return row


def try_again(job_id: str) -> None:
    """Queue a dead or stopped job anew, with all its attempts; raises `NotRepeatable`."""
    with transaction.atomic():
        row = _ended(job_id)
        Job.objects.filter(pk=UUID(job_id)).update(stop_asked_at=None)
        row.status, row.worker_ids, row.run_after = TaskResultStatus.READY, [], machine_now()
        row.started_at = row.finished_at = None
        row.save(update_fields=["status", "worker_ids", "run_after", "started_at", "finished_at"])


def discard(job_id: str) -> None:
    """Delete a dead or stopped job; raises `NotRepeatable`."""
    with transaction.atomic():
        _ended(job_id).delete()


def fire_due(at: datetime) -> list[str]:
    """Queue the job of every schedule whose slot has no firing yet; returns the names of those schedules."""
    fired = []
    for schedule in REGISTRY.in_order():
        slot = schedule.latest(at, settings.TIME_ZONE)
        if Firing.objects.filter(schedule=schedule.name, slot=slot).exists():
            continue
        with transaction.atomic():
            firing, is_first = Firing.objects.get_or_create(schedule=schedule.name, slot=slot)
            if is_first:
                firing.job_id = enqueue(schedule.job, **schedule.arguments)
                firing.save(update_fields=["job_id"])
                fired.append(schedule.name)
    return fired


def prune(at: datetime, batch: int = 1000) -> int:
    """Delete finished jobs and firings that are old, in short transactions; returns how many jobs."""
    deleted = 0
    old = DBTaskResult.objects.successful().filter(finished_at__lt=machine_now() - KEEP_FINISHED)
    while ids := list(old.values_list("pk", flat=True)[:batch]):
        with transaction.atomic():
            DBTaskResult.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    Firing.objects.filter(slot__lt=at - KEEP_FIRINGS).delete()
    return deleted
