"""The journal and the queue in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from tongqu.shared.access.api_frame import Page, Paging, Refused, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.queries import scope_of
from tongqu.shared.access.rules import TokenScope, held_by
from tongqu.shared.clock import now
from tongqu.shared.jobs import queries as jobs_now
from tongqu.shared.jobs.actions import NotRepeatable
from tongqu.shared.jobs.queries import JobView
from tongqu.shared.jobs.rules import JobState
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import Wanted, chain_state, fact, facts, facts_of
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.rules import Role
from tongqu.site.operations import actions

journal = Router(tags=["journal"])
jobs = Router(tags=["jobs"])
READERS = held_by(Role.AUDITOR, Role.REGION_ADMIN)
ADMIN = held_by(Role.REGION_ADMIN)


class FactOut(Schema):
    """One recorded act."""

    seq: int = Field(..., description="Place in the chain.", examples=[4711])
    id: UUID
    at: datetime
    actor_ref: str = Field(..., examples=["person:12"])
    actor_name: str = Field(..., examples=["郑办事"])
    actor_unit: str = Field(..., examples=["lianhua"])
    verb: str = Field(..., examples=["case.closed"])
    subject_kind: str = Field(..., examples=["case"])
    subject_id: str = Field(..., examples=["17"])
    subject_label: str
    before: dict[str, Any] = Field(..., description="What the act changed, as it was.")
    after: dict[str, Any] = Field(..., description="What the act changed, as it is since.")
    evidence: list[str] = Field(..., description="SHA-256 of the evidence that the act rests on.")
    note: str
    previous_hash: str
    hash: str = Field(..., description="SHA-256 over the fields and the hash of the fact before.")


def _fact(found: Fact) -> FactOut:
    return FactOut(
        seq=found.seq,
        id=found.id,
        at=found.at,
        actor_ref=found.actor_ref,
        actor_name=found.actor_name,
        actor_unit=found.actor_unit,
        verb=found.verb,
        subject_kind=found.subject_kind,
        subject_id=found.subject_id,
        subject_label=found.subject_label,
        before=found.before_values,
        after=found.after_values,
        evidence=found.evidence_hashes,
        note=found.note,
        previous_hash=found.previous_hash,
        hash=found.hash,
    )


class FactFilter(Schema):
    """Which facts are asked for; empty means any."""

    actor: str = Field(
        "", max_length=100, description="Reference or name of who acted.", examples=["person:12"]
    )
    verb: str = Field("", max_length=60, description="A verb, or all of a kind.", examples=["case.*"])
    since: datetime | None = Field(None, description="Not before this instant.")
    until: datetime | None = Field(None, description="Before this instant.")


@journal.get("/facts", response=Page[FactOut], summary="Facts in sight, newest first")
@door(READERS)
@scope(TokenScope.JOURNAL_READ)
def list_facts(request: HttpRequest, paging: Query[Paging], wanted: Query[FactFilter]) -> Page[FactOut]:
    """Return the facts in the caller's sight that fit, newest first."""
    condition = Wanted(actor=wanted.actor, verb=wanted.verb, since=wanted.since, until=wanted.until).q()
    found = facts(scope_of(person_of(request))).filter(condition)
    return paged(found, paging, by=("-seq",), show=_fact)


@journal.get("/facts/{fact_id}", response=FactOut, summary="One fact")
@door(READERS)
@scope(TokenScope.JOURNAL_READ)
def one_fact(request: HttpRequest, fact_id: UUID) -> FactOut:
    """Return the fact with this id."""
    found = fact(fact_id, scope_of(person_of(request)))
    if found is None:
        raise Http404
    return _fact(found)


@journal.get("/subjects/{kind}/{subject_id}", response=Page[FactOut], summary="What happened to a subject")
@door(READERS)
@scope(TokenScope.JOURNAL_READ)
def subject_facts(request: HttpRequest, kind: str, subject_id: str, paging: Query[Paging]) -> Page[FactOut]:
    """Return what happened to the subject, oldest first."""
    found = facts_of(Subject(kind, subject_id), scope_of(person_of(request)))
    return paged(found, paging, by=("seq",), show=_fact)


class ChainOut(Schema):
    """The end of the chain, to be kept elsewhere as an anchor, and the last walk along it."""

    seq: int = Field(..., description="Number of the last fact.")
    hash: str = Field(..., description="Hash of the last fact.")
    verified_at: datetime | None = Field(None, description="When the chain was last checked.")
    verified_up_to: int | None = Field(None, description="Up to which fact it was found sound.")
    fault: str = Field("", description="What was found broken; empty when nothing was.")


@journal.get("/chain", response=ChainOut, summary="The end of the chain")
@door(READERS)
@scope(TokenScope.JOURNAL_READ)
def chain(request: HttpRequest) -> ChainOut:
    """Return number and hash of the last fact, and what the last check found."""
    state = chain_state()
    last = state.last_verification
    return ChainOut(
        seq=state.seq,
        hash=state.hash,
        verified_at=last.at if last else None,
        verified_up_to=last.last_seq if last else None,
        fault=last.says if last else "",
    )


class JobOut(Schema):
    """A job of the queue and how far it is."""

    id: UUID
    name: str = Field(..., examples=["evidence.make_renditions"])
    state: JobState
    attempts: int
    enqueued_at: datetime
    run_after: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int | None = Field(None, description="How much is done, where the job says so.")
    total: int | None
    message: str
    error: str = Field("", description="The last line of its last error.")


def _job(found: JobView) -> JobOut:
    return JobOut(
        id=UUID(found.id),
        name=found.name,
        state=found.state,
        attempts=found.attempts,
        enqueued_at=found.enqueued_at,
        run_after=found.run_after,
        started_at=found.started_at,
        finished_at=found.finished_at,
        done=found.done,
        total=found.total,
        message=found.message,
        error=found.error,
    )


class QueueOut(Schema):
    """How much stands in the queue."""

    due: int
    later: int
    running: int
    retrying: int
    dead: int
    stopped: int
    oldest_due_at: datetime | None


@jobs.get("", response=QueueOut, summary="How deep the queue is")
@door(READERS)
@scope(TokenScope.JOBS_READ)
def queue(request: HttpRequest) -> QueueOut:
    """Return how many jobs stand in each state."""
    depth = jobs_now.depth()
    return QueueOut(
        due=depth.due,
        later=depth.later,
        running=depth.running,
        retrying=depth.retrying,
        dead=depth.dead,
        stopped=depth.stopped,
        oldest_due_at=depth.oldest_due_at,
    )


@jobs.get("/dead", response=list[JobOut], summary="Jobs that failed for good")
@door(READERS)
@scope(TokenScope.JOBS_READ)
def dead(request: HttpRequest) -> list[JobOut]:
    """Return the newest 200 dead letters."""
    return [_job(found) for found in jobs_now.dead_letters()]


@jobs.get("/{job_id}", response=JobOut, summary="One job and its progress")
@door(READERS)
@scope(TokenScope.JOBS_READ)
def one_job(request: HttpRequest, job_id: UUID) -> JobOut:
    """Return the job."""
    found = jobs_now.job(str(job_id))
    if found is None:
        raise Http404
    return _job(found)


@jobs.post("/{job_id}/retry", response=JobOut, summary="Queue a dead or stopped job anew")
@door(ADMIN)
@scope(TokenScope.JOBS_WRITE)
def retry(request: HttpRequest, job_id: UUID) -> JobOut:
    """Queue the job anew, with all its attempts."""
    try:
        actions.retry(str(job_id), by=person_of(request), at=now())
    except actions.NoSuchJob:
        raise Http404 from None
    except NotRepeatable:
        raise Refused(409, _("This job is neither dead nor stopped any more."), code="state") from None
    return one_job(request, job_id)


@jobs.post("/{job_id}/discard", response={204: None}, summary="Delete a dead or stopped job")
@door(ADMIN)
@scope(TokenScope.JOBS_WRITE)
def discard(request: HttpRequest, job_id: UUID) -> Status[None]:
    """Delete the job; the journal keeps what it was."""
    try:
        actions.discard(str(job_id), by=person_of(request), at=now())
    except actions.NoSuchJob:
        raise Http404 from None
    except NotRepeatable:
        raise Refused(409, _("This job is neither dead nor stopped any more."), code="state") from None
    return Status(204, None)


@jobs.post("/{job_id}/stop", response={202: JobOut}, summary="Ask a job to stop")
@door(ADMIN)
@scope(TokenScope.JOBS_WRITE)
def stop(request: HttpRequest, job_id: UUID) -> Status[JobOut]:
    """Stop the job: at once when it waits, at its next report when it runs."""
    try:
        actions.stop(str(job_id), by=person_of(request), at=now())
    except actions.NoSuchJob:
        raise Http404 from None
    return Status(202, one_job(request, job_id))
