"""Journals who looked at restricted evidence."""

from __future__ import annotations

from datetime import datetime

from tongqu.shared.evidence.actions.facts import record_of
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor


@acting
def record_view(evidence: Evidence, *, by: Actor, at: datetime, what: str = "detail") -> None:
    """Journal one look at restricted evidence: `what` is `detail`, or the size of the file that was read."""
    if not evidence.restricted:
        return
    record_of(evidence, "evidence.viewed", by=by, at=at, after={"what": what})
