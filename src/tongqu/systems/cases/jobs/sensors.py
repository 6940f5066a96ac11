"""Forgets readings of sensors that are too old to come again."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.systems.cases.actions.sensors import forget_readings


def tidy() -> None:
    """Delete old readings."""
    forget_readings(now())


register(JobSpec("cases.sensors_tidy", tidy, priority=-50))
register_schedule("cases.sensors_tidy", job="cases.sensors_tidy", cron="40 3 * * *")
