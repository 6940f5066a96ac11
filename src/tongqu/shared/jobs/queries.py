"""Reads the queue: how deep it is, what runs, what died, who works, when schedules are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min, QuerySet
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tongqu.shared.clock import machine_now
from tongqu.shared.jobs.models import Firing, Worker
from tongqu.shared.jobs.rules import REGISTRY, STOPPED, JobState, is_lease_over


@dataclass(frozen=True)
class JobView:
    """A job as people see it."""

    id: str
    name: str
    arguments: dict[str, Any]
    queue: str
    state: JobState
    attempts: int
    worker_id: str
    enqueued_at: datetime
    run_after: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int | None
    total: int | None
    message: str
    error: str
    traceback: str

    @property
    def share(self) -> float | None:
        """The share of the work that is done, from 0 to 1, where the job says how much there is."""
        if self.state == JobState.DONE:
            return 1.0
        return min(1.0, (self.done or 0) / self.total) if self.total else None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in {JobState.DONE, JobState.DEAD, JobState.STOPPED}


def _state(row: DBTaskResult[..., Any]) -> JobState:
    if row.status == TaskResultStatus.FAILED:
        return JobState.STOPPED if row.exception_class_path == STOPPED else JobState.DEAD
    return {
        TaskResultStatus.READY: JobState.WAITING,
        TaskResultStatus.RUNNING: JobState.RUNNING,
        TaskResultStatus.SUCCESSFUL: JobState.DONE,
    }[TaskResultStatus(row.status)]


def _view(row: DBTaskResult[..., Any]) -> JobView:
    given, job = row.args_kwargs["kwargs"], getattr(row, "job", None)
    return JobView(
        id=str(row.pk),
        name=given.get("name", row.task_path),
        arguments=given.get("arguments", given),
        queue=row.queue_name,
        state=_state(row),
        attempts=len(row.worker_ids),
        worker_id=row.worker_ids[-1] if row.worker_ids else "",
        enqueued_at=row.enqueued_at,
        run_after=row.run_after,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=job.done if job else None,
        total=job.total if job else None,
        message=job.message if job else "",
        error=row.traceback.strip().rsplit("\n", 1)[-1],
        traceback=row.traceback,
    )


def job(job_id: str) -> JobView | None:
    """Return the job, or None when there is none (or it finished so long ago that it was pruned)."""
    try:
        row = DBTaskResult.objects.select_related("job").filter(pk=job_id).first()
    except ValidationError:
        return None
    return _view(row) if row else None


def progress_of(job_id: str) -> JobView | None:
    """Return how far the job is; the same as `job`, under the name by which pages ask."""
    return job(job_id)


def _rows(status: TaskResultStatus) -> QuerySet[DBTaskResult[..., Any]]:
    return DBTaskResult.objects.filter(status=status).select_related("job")


def running_jobs() -> list[JobView]:
    """Return what runs now, the longest first."""
    return [_view(row) for row in _rows(TaskResultStatus.RUNNING).order_by("started_at")]


def dead_letters(most: int = 200) -> list[JobView]:
    """Return the jobs that failed for good, the newest first."""
    rows = _rows(TaskResultStatus.FAILED).exclude(exception_class_path=STOPPED)
    return [_view(row) for row in rows.order_by("-finished_at")[:most]]


def stopped_jobs(most: int = 200) -> list[JobView]:
    """Return the jobs that someone stopped, the newest first."""
    rows = _rows(TaskResultStatus.FAILED).filter(exception_class_path=STOPPED)
    return [_view(row) for row in rows.order_by("-finished_at")[:most]]


def retrying_jobs(most: int = 200) -> list[JobView]:
    """Return the waiting jobs that failed at least once, the next first."""
    rows = _rows(TaskResultStatus.READY).exclude(traceback="")
    return [_view(row) for row in rows.order_by("run_after")[:most]]


@dataclass(frozen=True)
class Depth:
    """How much stands in the queue."""

    due: int
    later: int
    running: int
    dead: int
    stopped: int
    retrying: int
    oldest_due_at: datetime | None

    def oldest_wait_s(self, at: datetime) -> float:
        """Seconds that the oldest due job has waited."""
        return max(0.0, (at - self.oldest_due_at).total_seconds()) if self.oldest_due_at else 0.0


def depth() -> Depth:
    """Return how much stands in the queue now."""
    at = machine_now()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    due = waiting.filter(run_after__lte=at).aggregate(number=Count("pk"), oldest=Min("run_after"))
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    stopped = failed.filter(exception_class_path=STOPPED).count()
    return Depth(
        due=due["number"],
        later=waiting.filter(run_after__gt=at).count(),
        running=DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count(),
        dead=failed.count() - stopped,
        stopped=stopped,
        retrying=waiting.exclude(traceback="").count(),
        oldest_due_at=due["oldest"],
    )


@dataclass(frozen=True)
class KindDepth:
    """How many jobs of one kind stand in one state."""

    name: str
    status: str
    number: int


def depth_by_kind() -> list[KindDepth]:
    """Return how many unfinished or failed jobs there are of each kind and state."""
    rows = (
        DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL)
        .values_list("job__name", "status")
        .annotate(number=Count("pk"))
        .order_by("job__name", "status")
    )
    return [KindDepth(name or "?", status, number) for name, status, number in rows]


@dataclass(frozen=True)
class WorkerView:
    """A worker as people see it."""

    id: str
    host: str
    pid: int
    queues: str
    started_at: datetime
    seen_at: datetime
    jobs_done: int
    jobs_failed: int
    is_silent: bool


def workers() -> list[WorkerView]:
    """Return the workers that are known, and whether one has fallen silent."""
    at = machine_now()
    return [
        WorkerView(
            id=row.id,
            host=row.host,
            pid=row.pid,
            queues=row.queues,
            started_at=row.started_at,
            seen_at=row.seen_at,
            jobs_done=row.jobs_done,
            jobs_failed=row.jobs_failed,
            is_silent=is_lease_over(row.seen_at, at),
        )
        for row in Worker.objects.all()
    ]


@dataclass(frozen=True)
class ScheduleStanding:
    """A schedule, when it last fired and when it is next due."""

    name: str
    line: str
    job: str
    last_at: datetime | None
    next_at: datetime


def schedules_at(at: datetime) -> list[ScheduleStanding]:
    """Return all schedules by name."""
    last = dict(Firing.objects.order_by().values_list("schedule").annotate(Max("slot")))
    return [
        ScheduleStanding(s.name, s.line, s.job, last.get(s.name), s.next(at, settings.TIME_ZONE))
        for s in REGISTRY.in_order()
    ]
