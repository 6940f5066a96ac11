"""Shows a reporter's name and telephone; every look is an act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.open311 import Open311Filing
from tongqu.systems.cases.queries.answering import sees_reporter
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.mail import Outcome


@dataclass(frozen=True)
class Reporter:
    """Who reported a case, unmasked."""

    name: str
    phone: str
    email: str = ""


@acting
def view_personal_data(case: Case, *, by: Person, at: datetime) -> Reporter:
    """Return the reporter's name and telephone, and record who looked.

    Only the desk of the place and the unit that handles the case may; raises `NotAllowed` for others.
    """
    if not sees_reporter(by, case):
        raise NotAllowed(_("Only the desk and the handling unit may see who reported this case."))
    email = _email(case)
    record_of(
        case,
        "case.personal_data_viewed",
        by=by,
        at=at,
        after={"fields": ["reporter_name", "reporter_phone"] + (["email"] if email else [])},
    )
    return Reporter(case.reporter_name, case.reporter_phone, email)


def _email(case: Case) -> str:
    """Return the address that came with the report by e-mail or through Open311, or nothing."""
    if case.source == Source.EMAIL:
        first = case.letters.filter(outcome=Outcome.CASE).order_by("pk").first()
        return first.sender if first is not None else ""
    filing = Open311Filing.objects.filter(case=case).first() if case.source == Source.OPEN311 else None
    return filing.email if filing is not None else ""
