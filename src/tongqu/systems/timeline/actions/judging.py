"""What people say of changes: that one is real, that it is none, or that it is a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.report import report
from tongqu.systems.timeline.models.change import GroundChange
from tongqu.systems.timeline.rules.changes import JUDGES, Cause, Verdict

MOST_NOTE = 200
_SOURCE = "drone"


@dataclass(frozen=True)
class Wanted:
    """The case that is to be opened of a change: what is wrong, what it is about, how to find the spot."""

    text: str
    matter_code: str = ""
    place_text: str = ""
    title: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)


@acting
def judge(
    change: GroundChange,
    verdict: Verdict,
    *,
    cause: Cause | None = None,
    note: str = "",
    by: Person,
    at: datetime,
) -> GroundChange:
    """Say that a change is real, or that it is none and what it is instead; said anew, it replaces what was said.

    Whoever may see both photos asks (`queries.changes`). Raises `NotAllowed` without a role that works on cases,
    `BadInput` for no cause, or the cause "other" without a remark, and `MoveNotAllowed` for setting aside what became
    a case.
    """
    locked = _locked(change, by)
    note = note.strip()[:MOST_NOTE]
    if verdict == Verdict.NONE:
        _check_cause(locked, cause, note)
    before = _said(locked)
    locked.verdict, locked.note = verdict, note
    locked.cause = cause or "" if verdict == Verdict.NONE else ""
    locked.judged_by, locked.judged_at = by, at
    after = _said(locked)
    if after == before:
        return locked
    locked.save(update_fields=["verdict", "cause", "note", "judged_by", "judged_at"])
    verb = "change.set_aside" if verdict == Verdict.NONE else "change.confirmed"
    _record(locked, verb, by=by, at=at, before=before, after=after, note=note)
    return locked


@acting
def open_case(change: GroundChange, wanted: Wanted, *, by: Person, at: datetime) -> str:
    """Open a case of a change and return its number; a change that has one keeps it, whoever asks again.

    The photos that are not restricted come with the report, that from after the change first: it shows what is to be
    handled. Raises `NotAllowed` as `judge` does, and `BadInput` as reporting a case does.
    """
    locked = _locked(change, by)
    if locked.case_number:
        return locked.case_number
    case = report(
        text=wanted.text,
        title=wanted.title,
        by=by,
        at=at,
        source=_SOURCE,
        lon=locked.lon,
        lat=locked.lat,
        matter_code=wanted.matter_code,
        place_text=wanted.place_text,
        answers=wanted.answers,
        evidence=open_photos(locked),
        idempotency_key=f"ground-change:{locked.pk}",
        is_invented=any(photo.is_invented for photo in photos_of(locked)),
    )
    before = _said(locked)
    locked.case_number, locked.verdict, locked.cause = case.number, Verdict.REAL, ""
    locked.judged_by, locked.judged_at = by, at
    locked.save(update_fields=["case_number", "verdict", "cause", "judged_by", "judged_at"])
    after = {**_said(locked), "case": case.number}
    _record(locked, "change.case_opened", by=by, at=at, before=before, after=after)
    return case.number


def photos_of(change: GroundChange) -> list[Evidence]:
    """Return the two photos of a change: that from after it first."""
    return [change.comparison.after.evidence, change.comparison.before.evidence]


def open_photos(change: GroundChange) -> list[Evidence]:
    """Return those of its photos that a case may carry: restricted ones are shared one by one on their own pages."""
    return [photo for photo in photos_of(change) if not photo.restricted]


def _locked(change: GroundChange, by: Person) -> GroundChange:
    """Return the change, locked, so that two people at once make one case; raises `NotAllowed`."""
    if not by.roles & JUDGES:
        raise NotAllowed(_("Only those who work on cases say what a change is."))
    rows = GroundChange.objects.select_for_update(of=("self",)).select_related(
        "comparison__before__evidence", "comparison__after__evidence"
    )
    return rows.get(pk=change.pk)


def _check_cause(change: GroundChange, cause: Cause | None, note: str) -> None:
    if change.case_number:
        raise MoveNotAllowed(
            _("The change has become the case %(case)s; end that one instead.") % {"case": change.case_number}
        )
    if cause is None:
        raise BadInput([Problem(_("Choose what it is instead."), code="no-cause", field="cause")])
    if cause == Cause.OTHER and not note:
        raise BadInput([Problem(_("Write what it is instead."), code="no-note", field="note")])


def _said(change: GroundChange) -> dict[str, Any]:
    return {"verdict": str(change.verdict), "cause": str(change.cause), "note": change.note}


def _record(
    change: GroundChange,
    verb: str,
    *,
    by: Person,
    at: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
    note: str = "",
) -> None:
    after_photo, _before_photo = photos_of(change)
    record(
        verb,
        Subject("change", str(change.pk)),
        by=by,
        at=at,
        label=f"{change.lat:.5f}, {change.lon:.5f}",
        before=before,
        after={**after, "area_m2": round(change.area_m2, 1), "score": round(change.score, 2)},
        evidence=[photo.sha256 for photo in photos_of(change)],
        note=note,
        division_path=after_photo.division_path,
        unit_path=after_photo.unit_path,
    )
