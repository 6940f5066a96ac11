"""What the reporter of a case may do now, and has said."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.rating import Rating
from tongqu.systems.cases.rules.kinds import VerifyBy
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.reporter import Reporter, may_reopen

REPORTER_REF = Reporter.of("").actor_ref


def rating_of(case: Case) -> Rating | None:
    """Return the rating of the case's last closing, if there is one."""
    if case.state != State.CLOSED or case.closed_at is None:
        return None
    return Rating.objects.filter(case=case, closed_at=case.closed_at).first()


def ratings_of(case: Case) -> list[Rating]:
    """Return every rating of the case, the oldest first."""
    return list(Rating.objects.filter(case=case))


def reporter_verifies(case: Case) -> bool:
    """Answer whether the reporter's word is what verifies the case."""
    return case.terms.verify_by == VerifyBy.REPORTER


def reporter_may_reopen(case: Case, at: datetime) -> bool:
    """Answer whether the reporter may open the closed case again at the instant."""
    if case.state != State.CLOSED:
        return False
    again = Fact.objects.filter(
        subject_kind="case", subject_id=str(case.pk), verb="case.reopened", actor_ref=REPORTER_REF
    )
    in_time = may_reopen(closed_at=case.closed_at, at=at, days=settings.REOPEN_DAYS, was_reopened=False)
    return in_time and not again.exists()
