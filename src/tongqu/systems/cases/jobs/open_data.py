"""Makes the files of open data each night."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.open_data import publish_month
from tongqu.systems.cases.queries.open_data import months_due


def run() -> None:
    """Make the files of every month that is due."""
    for month in months_due(now()):
        publish_month(month, by=SYSTEM, at=now())


register(JobSpec("cases.open_data", run, priority=-10, most_s=3600))
register_schedule("cases.open_data", job="cases.open_data", cron="40 2 * * *")
