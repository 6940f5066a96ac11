"""Files a report that an Open311 client sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tongqu.shared.evidence.actions.storing import Kept, register
from tongqu.shared.journal.actions import acting
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.open311 import Open311Filing
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.open311 import SAME_WITHIN


@dataclass(frozen=True)
class Filing:
    """A report as an Open311 client sends it, read and checked."""

    matter_code: str
    text: str
    lon: float | None = None
    lat: float | None = None
    place_text: str = ""
    division_code: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    email: str = ""
    account_id: str = ""
    media_url: str = ""


@acting
def file_request(
    filing: Filing, *, photos: Sequence[Kept], by: Person, at: datetime, idempotency_key: str = ""
) -> Case:
    """Take the report in and note who filed it; the same report sent again is the same case.

    The same is what carries the same `idempotency_key`, or without one the same content within ten minutes.
    Raises `BadInput` as `report` does.
    """
    key = f"k:{idempotency_key}" if idempotency_key else _content_key(filing, photos, by, at)
    kept = [register(each, by=by, at=at, unit=None, source="open311").evidence for each in photos]
    case = report(
        text=filing.text,
        at=at,
        by=by,
        source=Source.OPEN311,
        lon=filing.lon,
        lat=filing.lat,
        division_code=filing.division_code,
        matter_code=filing.matter_code,
        place_text=filing.place_text,
        answers=filing.answers,
        evidence=kept,
        reporter_name=filing.name,
        reporter_phone=filing.phone,
        idempotency_key=key,
    )
    Open311Filing.objects.get_or_create(
        case=case,
        defaults={
            "filed_by_ref": by.actor_ref,
            "account_id": filing.account_id,
            "email": filing.email,
            "media_url": filing.media_url,
        },
    )
    return case


def _content_key(filing: Filing, photos: Sequence[Kept], by: Person, at: datetime) -> str:
    """Return the key of a content sent now: that of a case of the last ten minutes with it, else a new one."""
    said = json.dumps([vars(filing), [photo.sha256 for photo in photos]], sort_keys=True, default=dict)
    digest = hashlib.sha256(said.encode()).hexdigest()[:40]
    minutes = int(SAME_WITHIN.total_seconds())
    now = int(at.timestamp()) // minutes
    before = f"c:{digest}:{now - 1}"
    recent = Case.objects.filter(
        open311__filed_by_ref=by.actor_ref,
        idempotency_key__endswith=before,
        reported_at__gt=at - SAME_WITHIN,
        reported_at__lte=at,
    )
    return before if recent.exists() else f"c:{digest}:{now}"
