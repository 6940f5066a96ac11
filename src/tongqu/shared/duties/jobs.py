"""The scheduled work: reminding, and keeping the league's rows."""

from datetime import timedelta

from tongqu.shared.clock import now
from tongqu.shared.duties.actions.league import count_all_closed
from tongqu.shared.duties.actions.reminders import remind_all
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec


def remind() -> None:
    """Do every step of reminding and escalation that has come."""
    remind_all(at=now())


def count() -> None:
    """Bring the league's rows up to date."""
    count_all_closed(at=now())


register(JobSpec("duties.remind", remind))
register(JobSpec("duties.count_closed", count))
register_schedule("duties.remind", job="duties.remind", every=timedelta(minutes=1))
register_schedule("duties.count_closed", job="duties.count_closed", every=timedelta(minutes=5))
