"""Takes suspended cases up again when their day has come."""

from datetime import timedelta

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.systems.cases.actions.suspension import end_suspensions


def take_up() -> None:
    """Take up every case whose suspension is over."""
    end_suspensions(at=now())


register(JobSpec("cases.take_up", take_up))
register_schedule("cases.take_up", job="cases.take_up", every=timedelta(minutes=5))
