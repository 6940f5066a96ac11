"""The scheduled work: reminding, and keeping the league's rows."""

from datetime import timedelta

from tongqu.shared.clock import now
from tongqu.shared.duties.actions.league import count_closed
from tongqu.shared.duties.actions.reminders import remind
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec

IN_ONE_ACT = 100


def remind_all() -> None:
    """Do every step of reminding and escalation that has come."""
    at = now()
    while remind(at=at, most=IN_ONE_ACT) == IN_ONE_ACT:
        continue


def count_all() -> None:
    """Bring the league's rows up to date."""
    at = now()
    while count_closed(at=at):
        continue


register(JobSpec("duties.remind", remind_all))
register(JobSpec("duties.count_closed", count_all))
register_schedule("duties.remind", job="duties.remind", every=timedelta(minutes=1))
register_schedule("duties.count_closed", job="duties.count_closed", every=timedelta(minutes=5))
