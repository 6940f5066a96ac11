"""Journals who looked at restricted evidence."""

from __future__ import annotations

from datetime import datetime

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor, Subject


@acting
def record_view(evidence: Evidence, *, by: Actor, at: datetime, what: str = "detail") -> None:
    """Journal one look at restricted evidence: `what` is `detail`, or the size of the file that was read."""
    if not evidence.restricted:
        return
    record(
        "evidence.viewed",
        Subject("evidence", evidence.sha256),
        by=by,
        at=at,
        label=evidence.name,
        after={"what": what},
        evidence=[evidence.sha256],
        division_path=evidence.division_path,
        unit_path=evidence.unit_path,
    )
