"""What an administrator does to jobs, and an auditor to the chain: each an act with its fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.jobs import actions as jobs
from tongqu.shared.jobs import queries as job_queries
from tongqu.shared.jobs.queries import JobView
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role

CHAIN = Subject("journal", "chain")


class NoSuchJob(LookupError):
    """The job is not in the queue; it may have been discarded or pruned."""


def _need(by: Person, *roles: Role) -> None:
    if not by.roles & set(roles):
        raise NotAllowed(_("Only a region administrator may do this. Ask one of them."))


def _change(job_id: str, verb: str, change: Callable[[str], None], by: Person, at: datetime) -> JobView:
    """Do something to a job and record what it was before and after."""
    _need(by, Role.REGION_ADMIN)
    before = job_queries.job(job_id)
    if before is None:
        raise NoSuchJob(job_id)
    change(job_id)
    after = job_queries.job(job_id)
    record(
        verb,
        Subject("job", job_id),
        by=by,
        at=at,
        label=before.name,
        before={"state": before.state, "attempts": before.attempts, "error": before.error[:300]},
        after={"state": after.state if after else "discarded"},
    )
    return before


@acting
def retry(job_id: str, *, by: Person, at: datetime) -> JobView:
    """Queue a dead or stopped job anew; raises `NotRepeatable`, `NoSuchJob`, `NotAllowed`."""
    return _change(job_id, "job.retried", jobs.try_again, by, at)


@acting
def discard(job_id: str, *, by: Person, at: datetime) -> JobView:
    """Delete a dead or stopped job; raises `NotRepeatable`, `NoSuchJob`, `NotAllowed`."""
    return _change(job_id, "job.discarded", jobs.discard, by, at)


@acting
def stop(job_id: str, *, by: Person, at: datetime) -> JobView:
    """Stop a job: at once when it waits, at its next report when it runs; raises `NoSuchJob`, `NotAllowed`."""
    return _change(job_id, "job.stopped", jobs.ask_to_stop, by, at)


@acting
def verify_chain(*, by: Person, at: datetime) -> str:
    """Queue a walk along the whole chain and return the job's id."""
    _need(by, Role.AUDITOR, Role.REGION_ADMIN)
    job_id = jobs.enqueue("journal.verify", priority=20)
    record("journal.verification_asked", CHAIN, by=by, at=at, after={"job": job_id})
    return job_id


@acting
def note_export(filters: dict[str, str], *, by: Person, at: datetime) -> None:
    """Record that someone took facts out of the journal, and which."""
    record(
        "journal.exported", CHAIN, by=by, at=at, after={key: value for key, value in filters.items() if value}
    )
