"""Delivers facts to their subscribers."""

from tongqu.shared.jobs.actions import register
from tongqu.shared.jobs.rules import JobSpec
from tongqu.shared.journal.actions import act, handler_of
from tongqu.shared.journal.models import Fact


def deliver(fact_id: str, subscriber: str) -> None:
    """Hand one fact to one subscriber; what the subscriber writes is one act."""
    with act():
        handler_of(subscriber)(Fact.objects.get(id=fact_id))


register(JobSpec("journal.deliver", deliver))
