"""The jobs of access."""

from tongqu.shared.access.actions.sessions import forget_expired
from tongqu.shared.clock import machine_now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec


def tidy() -> None:
    """Take away expired sessions and old failures to sign in."""
    forget_expired(machine_now())


register(JobSpec("access.tidy", tidy))
register_schedule("access.tidy", job="access.tidy", cron="40 3 * * *")
