"""Records what happened to a case."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tongqu.shared.journal.actions import record
from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.models.case import Case


def record_of(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    evidence: Iterable[str] = (),
    note: str = "",
    unit_path: str = "",
) -> uuid.UUID:
    """Record a fact of the case, where the case lies and with the unit that has it, or with the unit of `unit_path`."""
    return record(
        verb,
        case.subject,
        by=by,
        at=at,
        label=str(case),
        before=before,
        after=after,
        evidence=evidence,
        note=note,
        division_path=case.division_path,
        unit_path=unit_path or case.unit_path,
    )
