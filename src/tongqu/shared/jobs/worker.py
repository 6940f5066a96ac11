"""Runs queued jobs: a worker claims a row, runs the job, and settles the row if it still holds it.

The job runs outside any transaction of the worker, so that its acts are short transactions of their own. A job
whose worker died is taken over by another; a job that fails is tried again later, and in the end lies among the
dead letters.
"""

from __future__ import annotations

import fcntl
import inspect
import logging
import os
import random
import signal
import socket
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event, Thread
from traceback import format_exception
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tongqu.shared.clock import machine_now, now
from tongqu.shared.jobs.actions import (
    WorkerClosing,
    close_running,
    fire_due,
    flush_progress,
    reporting,
    run,
)
from tongqu.shared.jobs.models import Worker
from tongqu.shared.jobs.rules import (
    BEAT_S,
    REGISTRY,
    TICK_S,
    JobContext,
    JobSpec,
    JobStopped,
    UnknownJob,
    is_lease_over,
    retry_delay,
)

log = logging.getLogger(__name__)


class JobTooSlow(Exception):
    """An attempt took longer than its `JobSpec.most_s`."""


class WorkerLost(Exception):
    """The worker that ran the job died or fell silent."""


# Claim, run, settle.


@dataclass(frozen=True)
class Claim:
    """A job that a worker holds: this attempt of it, and no other, is the worker's to settle."""

    job_id: str
    name: str
    worker_id: str
    attempt: int
    arguments: dict[str, Any]

    @property
    def context(self) -> JobContext:
        """What the job may know of itself."""
        return JobContext(self.job_id, self.attempt)


def claim(worker_id: str, queues: Collection[str] = ()) -> Claim | None:
    """Take the next job that is due and mark it as running, or return None.

    The row is locked while it is taken (PostgreSQL skips rows that others are taking; SQLite has one writer).
    """
    ready = DBTaskResult.objects.ready().filter(task_path=run.module_path)
    if queues:
        ready = ready.filter(queue_name__in=queues)
    if not ready.exists():
        return None
    with transaction.atomic():
        row = ready.get_locked()
        if row is None:
            return None
        row.claim(worker_id)
    given = row.args_kwargs["kwargs"]
    return Claim(str(row.pk), given["name"], worker_id, len(row.worker_ids), given["arguments"])


def _call(held: Claim) -> None:
    spec = REGISTRY.spec_of(held.name)
    arguments = dict(held.arguments)
    if "context" in inspect.signature(spec.function).parameters:
        arguments["context"] = held.context
    with _at_most(spec.most_s):
        spec.function(**arguments)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise `JobTooSlow` in a job that takes longer, where the process is a worker that owns the alarm."""
    if signal.getsignal(signal.SIGALRM) is not too_slow:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def too_slow(_signum: int, _frame: FrameType | None) -> None:
    """The worker's handler of the alarm clock."""
    raise JobTooSlow("The attempt took longer than the job allows (JobSpec.most_s).")


def run_claimed(held: Claim) -> bool:
    """Run the job that is held and settle it; returns whether it was done.

    Whatever the job raises is written down with the job; the worker goes on.
    """
    try:
        with reporting(held.job_id):
            _call(held)
    except WorkerClosing:
        _settle(held, _give_back)
        return False
    except JobStopped as stopped:
        _settle(held, partial(_end, error=stopped))
        return False
    except Exception as error:
        log.warning(
            "Job %s (%s), attempt %d: %s", held.name, held.job_id, held.attempt, error, exc_info=error
        )
        _settle(held, partial(_fail, error=error))
        return False
    return _settle(held, _succeed)


def _settle(held: Claim, change: Callable[[DBTaskResult[..., Any]], None]) -> bool:
    """Change the row if this attempt still holds it; a job that was taken over is no longer ours to settle."""
    with transaction.atomic():
        row = DBTaskResult.objects.select_for_update().filter(pk=held.job_id).first()
        if row is None or row.status != TaskResultStatus.RUNNING:
            return False
        if len(row.worker_ids) != held.attempt or row.worker_ids[-1] != held.worker_id:
            return False
        change(row)
    return True


def _succeed(row: DBTaskResult[..., Any]) -> None:
    row.set_successful(None)


def _end(row: DBTaskResult[..., Any], error: BaseException) -> None:
    row.set_failed(error)


def _give_back(row: DBTaskResult[..., Any]) -> None:
    """Put a job back as if this attempt had not begun."""
    row.status = TaskResultStatus.READY
    row.worker_ids = row.worker_ids[:-1]
    row.started_at = None
    row.run_after = machine_now()
    row.save(update_fields=["status", "worker_ids", "started_at", "run_after"])


def _fail(row: DBTaskResult[..., Any], error: BaseException) -> None:
    """Have the job tried again later, or lay it among the dead letters after its last attempt."""
    name = row.args_kwargs["kwargs"].get("name", "")
    if len(row.worker_ids) >= _most_attempts(name):
        row.set_failed(error)
        return
    row.status = TaskResultStatus.READY
    row.run_after = machine_now() + retry_delay(len(row.worker_ids), random.random())  # noqa: S311
    row.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    row.traceback = "".join(format_exception(error))
    row.save(update_fields=["status", "run_after", "exception_class_path", "traceback"])


def _most_attempts(name: str) -> int:
    try:
        return REGISTRY.spec_of(name).most_attempts
    except UnknownJob:
        return JobSpec.most_attempts


def run_ready(most: int = 1000) -> int:
    """Run what is due now in this process, job after job, and return how many were run; for tests and scripts."""
    for number in range(most):
        held = claim("here")
        if held is None:
            return number
        run_claimed(held)
    return most


# Workers: a row with a beat, and a locked file by which the same machine knows at once that one has died.


def _lock_file(worker_id: str) -> Path:
    return Path(settings.HOME) / "workers" / f"{worker_id}.lock"


def open_worker(worker_id: str, host: str, queues: Collection[str]) -> int:
    """Make a worker known and lock its file; returns the file's descriptor, held open while the worker lives."""
    at = machine_now()
    Worker.objects.create(
        id=worker_id, host=host, pid=os.getpid(), queues=",".join(queues), started_at=at, seen_at=at
    )
    path = _lock_file(worker_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    # Under its own name the file is locked from the first moment, so that no other worker takes this one for dead.
    draft.rename(path)
    return descriptor


def beat(worker_id: str, done: int, failed: int) -> None:
    """Renew the worker's lease."""
    Worker.objects.filter(pk=worker_id).update(seen_at=machine_now(), jobs_done=done, jobs_failed=failed)


def close_worker(worker_id: str) -> None:
    """Forget a worker that ends in order, or that has died."""
    Worker.objects.filter(pk=worker_id).delete()
    _lock_file(worker_id).unlink(missing_ok=True)


def _has_died_here(worker_id: str) -> bool:
    """Answer whether the worker's file lies on this machine and nobody holds its lock."""
    try:
        descriptor = os.open(_lock_file(worker_id), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def take_over_lost_jobs() -> int:
    """Put the jobs of dead workers back into the queue and return how many there were.

    A worker is dead when it fell silent for longer than its lease, or when its lock is free on this machine.
    Its attempt counts, so that a job that kills its worker ends among the dead letters.
    """
    at = machine_now()
    known = {worker.id: worker for worker in Worker.objects.all()}
    dead = {pk for pk, worker in known.items() if is_lease_over(worker.seen_at, at) or _has_died_here(pk)}
    lost = 0
    for row in DBTaskResult.objects.running().filter(task_path=run.module_path):
        holder = row.worker_ids[-1]
        if holder in known and holder not in dead:
            continue
        given = row.args_kwargs["kwargs"]
        held = Claim(str(row.pk), given["name"], holder, len(row.worker_ids), given["arguments"])
        gone = WorkerLost(f"The worker {holder} died or fell silent while it ran this job.")
        lost += _settle(held, partial(_fail, error=gone))
    for worker_id in dead:
        close_worker(worker_id)
    return lost


# The loop.


def _drop_stale_connections() -> None:
    """Close connections that are broken or too old, as Django does before a request; never inside a transaction."""
    if not connection.in_atomic_block:
        close_old_connections()


@dataclass
class WorkerLoop:
    """One worker process: a loop that runs a job at a time, and a thread that beats beside it.

    The thread renews the lease, writes progress, takes over the jobs of the dead and fires schedules, so that a
    long job holds up none of that.
    """

    queues: tuple[str, ...] = ()
    grace_s: float = 7.0
    idle_s: float = 0.25
    say: Callable[[str], None] = log.info
    worker_id: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}-{uuid.uuid4().hex[:12]}")
    done: int = 0
    failed: int = 0
    said: tuple[float, int] = field(default_factory=lambda: (time.monotonic(), 0))
    closing: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)

    def close(self, *_: object) -> None:
        """End after the job under way; a job that reports progress is put back after the grace."""
        self.closing.set()

    def work(self, *, until_empty: bool = False) -> None:
        """Run jobs until closed (or, for scripts, until none is due)."""
        lock = open_worker(self.worker_id, socket.gethostname()[:100], self.queues)
        beating = Thread(target=self._beat_until_ended, name="beat", daemon=True)
        try:
            take_over_lost_jobs()
            fire_due(now())
            beating.start()
            self._run_jobs(until_empty)
        finally:
            self.ended.set()
            if beating.is_alive():
                beating.join(timeout=BEAT_S)
            close_worker(self.worker_id)
            os.close(lock)

    def _run_jobs(self, until_empty: bool) -> None:
        parent = os.getppid()
        while not self.closing.is_set() and os.getppid() == parent:
            _drop_stale_connections()
            try:
                held = claim(self.worker_id, self.queues)
                if held is not None:
                    self._count(run_claimed(held))
                    continue
            except DatabaseError as error:
                log.warning("The database did not answer as hoped: %s", error)
                self.closing.wait(1.0)
                continue
            if until_empty:
                return
            self.closing.wait(self.idle_s)

    def _count(self, was_done: bool) -> None:
        self.done += was_done
        self.failed += not was_done

    def _beat_until_ended(self) -> None:
        ticks, closing_since = 0, 0.0
        while not self.ended.wait(TICK_S):
            ticks += 1
            if self.closing.is_set():
                closing_since = closing_since or time.monotonic()
                if time.monotonic() - closing_since > self.grace_s - 2 * TICK_S:
                    close_running()
            self._do(flush_progress)
            if ticks % round(BEAT_S / TICK_S) == 0:
                self._do(self._beat)
        connection.close()

    def _beat(self) -> None:
        beat(self.worker_id, self.done, self.failed)
        take_over_lost_jobs()
        if not self.closing.is_set():
            fire_due(now())
        self._say_how_fast()

    def _say_how_fast(self) -> None:
        at, count = time.monotonic(), self.done + self.failed
        said_at, said = self.said
        if count > said:
            rate = (count - said) / (at - said_at)
            self.say(f"{self.worker_id}: {rate:.1f} jobs/s; {self.done} done, {self.failed} failed so far")
        self.said = at, count

    def _do(self, duty: Callable[[], None]) -> None:
        """Do a duty of the beat; one that fails (a busy database) is made good by the next."""
        try:
            _drop_stale_connections()
            duty()
        except DatabaseError as error:
            log.warning("A beat was missed: %s", error)
