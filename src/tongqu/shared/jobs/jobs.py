"""The queue's own jobs."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import prune, register, register_schedule
from tongqu.shared.jobs.rules import JobSpec


def prune_finished() -> None:
    """Delete what finished long ago."""
    prune(now())


register(JobSpec("jobs.prune", prune_finished, priority=-50))
register_schedule("jobs.prune", cron="10 3 * * *", job="jobs.prune")
