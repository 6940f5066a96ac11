"""The operations page: how queue, workers, schedules, journal and disk stand, and what to do about dead jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import machine_now, now
from tongqu.shared.jobs import queries as jobs
from tongqu.shared.jobs.actions import NotRepeatable
from tongqu.shared.jobs.rules import JobState
from tongqu.shared.journal.queries import chain_state
from tongqu.shared.region.rules import Role
from tongqu.site.operations import actions, queries

ADMIN = held_by(Role.REGION_ADMIN)
WATCHERS = held_by(Role.REGION_ADMIN, Role.AUDITOR)

STATES: dict[JobState, Promise] = {
    JobState.WAITING: gettext_lazy("waiting"),
    JobState.RUNNING: gettext_lazy("running"),
    JobState.DONE: gettext_lazy("done"),
    JobState.DEAD: gettext_lazy("dead"),
    JobState.STOPPED: gettext_lazy("stopped"),
}


def _context(request: HttpRequest) -> dict[str, Any]:
    at = now()
    depth = jobs.depth()
    return {
        "at": at,
        "depth": depth,
        "oldest_wait_s": round(depth.oldest_wait_s(machine_now())),
        "running": jobs.running_jobs(),
        "retrying": jobs.retrying_jobs(most=20),
        "dead": jobs.dead_letters(most=50),
        "stopped": jobs.stopped_jobs(most=20),
        "workers": jobs.workers(),
        "schedules": jobs.schedules_at(at),
        "chain": chain_state(),
        "space": queries.space(),
        "store": queries.store(),
        "may_act": Role.REGION_ADMIN in person_of(request).roles,
    }


@door(WATCHERS)
@never_cache
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Show how everything stands; the page fetches itself anew every few seconds."""
    return render(request, "site/operations.html", _context(request))


@door(WATCHERS)
@never_cache
@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show one job: its arguments, its progress, its last error."""
    found = jobs.job(str(job_id))
    if found is None:
        raise Http404
    context = {
        "job": found,
        "state": STATES[found.state],
        "arguments": sorted(found.arguments.items()),
        "may_act": Role.REGION_ADMIN in person_of(request).roles,
    }
    return render(request, "site/operations_job.html", context)


def _act(request: HttpRequest, job_id: UUID, deed: Callable[..., Any], say: str) -> HttpResponse:
    try:
        deed(str(job_id), by=person_of(request), at=now())
    except actions.NoSuchJob:
        messages.warning(request, _("This job is no longer there; someone else dealt with it."))
    except NotRepeatable:
        messages.warning(request, _("This job is neither dead nor stopped any more."))
    else:
        messages.success(request, say)
    return redirect("operations")


@door(ADMIN)
@require_POST
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Queue a dead or stopped job anew."""
    return _act(request, job_id, actions.retry, _("The job is queued again."))


@door(ADMIN)
@require_POST
def discard(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Delete a dead or stopped job."""
    return _act(request, job_id, actions.discard, _("The job was discarded."))


@door(ADMIN)
@require_POST
def stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Ask a waiting or running job to stop."""
    return _act(request, job_id, actions.stop, _("The job will stop at its next step."))


@door(WATCHERS)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Queue a walk along the chain of the journal."""
    actions.verify_chain(by=person_of(request), at=now())
    messages.success(request, _("The chain is being checked; the result appears here when it is done."))
    return redirect("operations")
