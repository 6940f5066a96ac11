"""Trains the reader of matters once a week, and when an administrator asks for it."""

from tongqu.kernel.problems import BadInput
from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import register, register_schedule
from tongqu.shared.jobs.rules import JobSpec
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.readers import train_version


def run() -> None:
    """Train; where there are too few decisions yet, leave things as they are."""
    try:
        train_version(by=SYSTEM, at=now())
    except BadInput as refusal:
        if {problem.code for problem in refusal.problems} - {"few-decisions", "few-new-decisions"}:
            raise


register(JobSpec("cases.reader_train", run, priority=-20, most_s=3600))
register_schedule("cases.reader_train", job="cases.reader_train", cron="30 3 * * 0")
