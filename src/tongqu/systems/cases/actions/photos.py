"""Lets a newer photo of a place verify what was handled there, as the matter's rule says."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.flying import photo_from_air
from tongqu.systems.cases.actions.moves import verify
from tongqu.systems.cases.models.case import Case, CaseEvidence
from tongqu.systems.cases.queries.proof import handled_cases_near
from tongqu.systems.cases.rules.kinds import PhotoRule, Purpose


def photo_stored(fact: Fact) -> None:
    """Take note of a photo that has just been stored: the subscriber of `evidence.stored`."""
    photo = Evidence.objects.filter(sha256=fact.subject_id).first()
    if photo is not None:
        consider(photo, at=fact.at)


def consider(photo: Evidence, *, at: datetime) -> list[Case]:
    """Verify, or offer to the inspectors, each handled case that the photo could show as done; return them.

    Doing it again changes nothing: a verified case is no longer handled, and a photo is offered once.
    """
    photo_from_air(photo, at=at)
    found = handled_cases_near(photo)
    for case in found:
        if case.terms.photo_rule == PhotoRule.AUTOMATIC and not case.is_split:
            _verify(case, photo, at=at)
        else:
            offer(case, photo, at=at)
    return found


def _verify(case: Case, photo: Evidence, *, at: datetime) -> None:
    """Verify by the photo; an inspector who was quicker, or a refusal, stands."""
    try:
        verify(
            case,
            evidence=[photo],
            note=_("a newer photo of the place"),
            by=SYSTEM,
            at=at,
            expected=case.revision,
        )
    except MoveNotAllowed:
        return


@acting
def offer(case: Case, photo: Evidence, *, at: datetime) -> None:
    """Lay the photo beside the case for the inspectors, once."""
    _use, is_new = CaseEvidence.objects.get_or_create(
        case=case, evidence=photo, purpose=Purpose.OFFERED, defaults={"added_at": at}
    )
    if is_new:
        record_of(
            case,
            "case.photo_offered",
            by=SYSTEM,
            at=at,
            evidence=[photo.sha256],
        )
