"""What the queue's own table (`django_tasks_db`) does not hold: names, progress, workers and firings.

The state of a job, its attempts and its traceback stand in `DBTaskResult` alone.
"""

from __future__ import annotations

from django.db import models
from django_tasks_db.models import DBTaskResult


class Job(models.Model):
    """What we know of a queued task beyond the library's row: its name, its progress, the wish to stop it."""

    task = models.OneToOneField(DBTaskResult, on_delete=models.CASCADE, primary_key=True, related_name="job")
    name = models.CharField(max_length=80, db_index=True)
    done = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=200, blank=True)
    reported_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Worker(models.Model):
    """A worker process; its beat is the lease on whatever it runs."""

    id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    queues = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    jobs_done = models.PositiveBigIntegerField(default=0)
    jobs_failed = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["host", "pid"]

    def __str__(self) -> str:
        return self.id


class Firing(models.Model):
    """One slot of a schedule; the row is unique, so that only one worker queues the job."""

    schedule = models.CharField(max_length=80)
    slot = models.DateTimeField()
    job_id = models.CharField(max_length=40)

    class Meta:
        ordering = ["-slot"]
        constraints = [models.UniqueConstraint(fields=["schedule", "slot"], name="one_firing_per_slot")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.slot:%Y-%m-%d %H:%M}"
