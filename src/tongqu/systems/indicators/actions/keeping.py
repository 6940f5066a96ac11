"""Who may act, and what is refused in the same words everywhere."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.rules import SYSTEM, Actor
from tongqu.shared.region.models import Person
from tongqu.systems.indicators.queries.keeping import is_keeper


class Overtaken(MoveNotAllowed):
    """Somebody else was faster: what the person looked at is no longer what is there."""


def check_unchanged(seen: str | None, mark: str) -> None:
    """Refuse to overwrite what somebody changed since it was looked at.

    `seen` is the mark of what was looked at, empty for nothing, None where nobody looked (a program that says what shall be);
    `mark` is the one of now. Raises `BadInput` for a code that is taken, and `Overtaken`.
    """
    if seen is None or seen == mark:
        return
    if not seen:
        taken = _("This code is taken. Choose another, or change what has it.")
        raise BadInput([Problem(taken, code="taken", field="code")])
    raise Overtaken(
        _("Somebody changed this since you opened the page. Open it anew, and change what is there now.")
    )


def check_keeper(by: Actor) -> None:
    """Refuse anyone who does not keep the figures; the system itself may."""
    if by is SYSTEM or (isinstance(by, Person) and is_keeper(by)):
        return
    raise NotAllowed(_("Only the statistics office and the administrators of the region do this."))


def required(text: str, field: str, most: int) -> str:
    """Return the text without surrounding space; raises `BadInput` when nothing is left or it is too long."""
    clean = text.strip()
    if clean and len(clean) <= most:
        return clean
    message = _("Write a text of at most %(most)d characters here.") % {"most": most}
    raise BadInput([Problem(message, code="bad-text", field=field)])
