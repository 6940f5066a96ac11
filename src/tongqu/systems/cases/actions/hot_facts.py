"""What every act on a hot issue does: count what its heat is made of, and record what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongqu.shared.journal.actions import record
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotIssue
from tongqu.systems.cases.queries.hot import common_path, person_behind


def count_anew(issue: HotIssue, cases: Sequence[Case], *, at: datetime) -> None:
    """Count what the heat is made of anew, over all cases of the issue."""
    issue.people = len({person_behind(case) for case in cases})
    issue.first_at = min(case.reported_at for case in cases)
    issue.last_at = max(case.reported_at for case in cases)
    issue.counted_at = max(at, issue.last_at)
    issue.division_path = common_path(case.division_path for case in cases)
    issue.is_invented = all(case.is_invented for case in cases)
    issue.heat = round(issue.parts.index, 2)


def record_of_issue(
    verb: str,
    issue: HotIssue,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    note: str = "",
) -> None:
    """Record a fact of the issue, where it lies."""
    record(
        verb,
        issue.subject,
        by=by,
        at=at,
        label=str(issue),
        before=before,
        after=after,
        note=note,
        division_path=issue.division_path,
    )
