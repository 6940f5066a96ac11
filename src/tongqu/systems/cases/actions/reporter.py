"""What the reporter does to a case with the tracking code: confirm or deny the work, open the case again.

The moves are those of everybody; here the reporter's words lose numbers of telephones and the like before they are
kept. Rating is `rating.rate`.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.shared.journal.actions import acting
from tongqu.systems.cases.actions.moves import refuse, reopen, verify
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.reporter import Reporter, without_personal_data


@acting
def confirm(case: Case, *, text: str, by: Reporter, at: datetime) -> Case:
    """Say that the work is done, which verifies it where the matter counts on the reporter's word."""
    said = without_personal_data(text.strip()) or _("The reporter confirms that it is done.")
    return verify(case, note=said, by=by, at=at)


@acting
def deny(case: Case, *, text: str, by: Reporter, at: datetime) -> Case:
    """Say that the work is not done, and why; the unit owes it again."""
    return refuse(case, reason=without_personal_data(text), by=by, at=at)


@acting
def open_again(case: Case, *, text: str, by: Reporter, at: datetime) -> Case:
    """Open a closed case again, once and within some days of its closing, with a reason."""
    return reopen(case, reason=without_personal_data(text), by=by, at=at)
