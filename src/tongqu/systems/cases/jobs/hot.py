"""Clusters live cases into hot issues."""

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.systems.cases.actions.hot_count import count_hot_issues


def run() -> None:
    """Count hot issues anew, if there are new reports or the last count is old."""
    count_hot_issues(at=now())


register(JobSpec("cases.hot_issues", run, priority=-20, most_s=1800))
register_schedule("cases.hot_issues", job="cases.hot_issues", cron="40 * * * *")
