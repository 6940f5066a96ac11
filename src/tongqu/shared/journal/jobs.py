"""Delivers facts to their subscribers; walks along the chain every night."""

import time

from tongqu.shared.clock import now
from tongqu.shared.jobs.actions import progress, register, register_schedule
from tongqu.shared.jobs.rules import JobContext, JobSpec
from tongqu.shared.journal import actions, queries


class ChainBroken(Exception):
    """The nightly walk found a fact that is not as it was written."""


def deliver(fact_id: str, subscriber: str) -> None:
    """Hand one fact to one subscriber."""
    actions.deliver(fact_id, subscriber)


def verify(context: JobContext) -> None:
    """Walk along the whole chain; a fault makes the job a dead letter that names it."""
    started, total = time.monotonic(), queries.last_seq()
    report = progress(context.job_id).report
    walk = queries.verify(tell=lambda seq: report(seq, total))
    actions.note_verification(walk, at=now(), seconds=time.monotonic() - started)
    if walk.broken is not None:
        raise ChainBroken(str(walk.broken))


register(JobSpec("journal.deliver", deliver, priority=10))
register(JobSpec("journal.verify", verify, most_attempts=1, priority=-20))
register_schedule("journal.verify", cron="40 2 * * *", job="journal.verify")
