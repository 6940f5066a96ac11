"""A job of many steps that can be killed, stopped and resumed."""

import time
from pathlib import Path

from django.conf import settings

from tests.reliability.tally.models import Step
from tongqu.shared.jobs.actions import progress, register
from tongqu.shared.jobs.rules import JobContext, JobSpec


def gate(name: str) -> Path:
    """Return the file that lets a climb go on."""
    return Path(settings.HOME) / f"gate-{name}"


def climb(name: str, steps: int, gate_at: int, context: JobContext) -> None:
    """Write one row for each step, going on from where an earlier attempt was ended; wait at the gate."""
    report = progress(context.job_id).report
    for number in range(Step.objects.filter(name=name).count(), steps):
        while number == gate_at and not gate(name).exists():
            report(number, steps, "at the gate")
            time.sleep(0.1)
        Step.objects.create(name=name, number=number, attempt=context.attempt)
        report(number + 1, steps, f"step {number + 1}")


register(JobSpec("tally.climb", climb, most_attempts=5))
