"""What steps, notices and times are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongqu.shared.duties.models import Notice
from tongqu.shared.duties.rules import Outcome, Step

_HOUR = 3600


def notice_text(notice: Notice) -> str:
    """Say what the notice tells, and of which duty."""
    told = {
        "transferred": _("A duty was handed to you"),
        "extension_asked": _("More time is asked for: decide"),
        "extension_granted": _("More time was granted"),
        "extension_refused": _("More time was refused"),
    }
    step = Step.parse(notice.kind)
    return _("%(what)s: %(label)s") % {
        "what": step_text(step) if step else told[notice.kind],
        "label": notice.duty.label,
    }


def step_text(step: Step) -> str:
    """Say when a step comes."""
    if step.days_after:
        days = step.days_after
        return ngettext("%(days)d working day late", "%(days)d working days late", days) % {"days": days}
    if step.share >= 1:
        return _("The time is up")
    return _("%(percent)d%% of the time is used") % {"percent": round(step.share * 100)}


def outcome_text(outcome: Outcome | None) -> str:
    """Say how a duty ended."""
    words: dict[Any, str] = {
        Outcome.ON_TIME: _("Met on time"),
        Outcome.LATE: _("Met late"),
        Outcome.CANCELLED: _("Cancelled"),
    }
    return words.get(outcome, "")


def hours(seconds: float | None) -> float | None:
    """Return seconds as hours with one decimal.

    >>> hours(5400), hours(None)
    (1.5, None)
    """
    return None if seconds is None else round(seconds / _HOUR, 1)


def minutes_text(minutes: int) -> str:
    """Say an amount of counted time."""
    return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
