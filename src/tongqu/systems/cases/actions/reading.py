"""What follows from a reading: the desk's choice is kept, a place is set, a text is looked at unmasked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Division, Person
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.reading import ReadingChoice
from tongqu.systems.cases.queries.answering import parties_of, sees_reporter
from tongqu.systems.cases.queries.case_reading import reading_by, version_in_use
from tongqu.systems.cases.rules.lifecycle import Party, State


@acting
def matter_named(fact: Fact) -> None:
    """Keep what the reader suggests for a case whose matter was just named: the subscriber of `case.accepted`.

    `place` is where the chosen matter stood among the suggestions, counted from 1; None when it was not among them.
    """
    case = Case.objects.filter(pk=fact.subject_id).first()
    chosen = str(fact.after_values.get("matter") or "")
    if case is None or not chosen:
        return
    # The worker may come late: a version that was put to use meanwhile has perhaps learnt this very decision.
    reading = reading_by(version_in_use(fact.at), case)
    codes = [each.matter.code for each in reading.suggestions]
    ReadingChoice.objects.update_or_create(
        case=case,
        defaults={
            "version": reading.version,
            "suggested": [[each.matter.code, round(each.probability, 4)] for each in reading.suggestions],
            "chosen": chosen,
            "place": codes.index(chosen) + 1 if chosen in codes else None,
            "chosen_at": fact.at,
        },
    )


PLACEABLE = frozenset({State.REPORTED, State.ACCEPTED})


@acting
def set_division(
    case: Case, *, division: Division, by: Person, at: datetime, expected: int | None = None
) -> Case:
    """Say in which division a case lies whose place was unknown; only the desk may, and only before it is dispatched.

    The open duty stays with the desk that owes it; the next one goes to the desk of the place. Raises
    `MoveNotAllowed` when the case has a place or has gone on meanwhile, `NotAllowed` for others.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if Party.DESK not in parties_of(by, locked):
        raise NotAllowed(_("Only the desk may say where a case lies."))
    is_stale = expected not in (None, locked.revision)
    if is_stale or locked.division_id is not None or locked.state not in PLACEABLE:
        raise MoveNotAllowed(_("The case has a place by now, or has gone on. Load the page again."))
    before = locked.division_path
    locked.division, locked.division_path = division, division.path
    locked.revision += 1
    locked.save(update_fields=["division", "division_path", "revision"])
    record_of(
        locked,
        "case.placed",
        by=by,
        at=at,
        before={"division": "", "division_path": before},
        after={"division": division.code},
    )
    return locked


@acting
def view_text(case: Case, *, by: Person, at: datetime) -> str:
    """Return the text with the personal data in it, which the reporter's letters go with, and record who looked; raises `NotAllowed` as for the reporter."""
    if not sees_reporter(by, case):
        raise NotAllowed(_("Only the desk and the handling unit may see who reported this case."))
    record_of(
        case,
        "case.personal_data_viewed",
        by=by,
        at=at,
        after={"fields": ["text"]},
    )
    return case.text
