"""Records what happened to a piece of evidence."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import record
from tongqu.shared.journal.rules import Actor, Subject


def record_of(
    evidence: Evidence,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> uuid.UUID:
    """Record a fact of the evidence, where it belongs and with the unit that keeps it."""
    return record(
        verb,
        Subject("evidence", evidence.sha256),
        by=by,
        at=at,
        label=evidence.name,
        before=before,
        after=after,
        evidence=[evidence.sha256],
        note=note,
        division_path=evidence.division_path,
        unit_path=evidence.unit_path,
    )
