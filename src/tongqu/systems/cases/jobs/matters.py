"""Brings planned versions of matters into force on their day."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.systems.cases.actions.versions import bring_into_force


def run() -> None:
    """Have the list of matters show what holds today."""
    bring_into_force(at=now())


register(JobSpec("cases.matters_in_force", run))
register_schedule("cases.matters_in_force", job="cases.matters_in_force", cron="1 0 * * *")
