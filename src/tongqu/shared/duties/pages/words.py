"""What steps, notices, facts and times are called."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongqu.kernel.calendar import Allowance, Clock
from tongqu.shared.duties.models import Notice
from tongqu.shared.duties.rules import Outcome, Step
from tongqu.shared.ui.sentences import name_fields, say

_HOUR = 3600

SENTENCES = {
    "duty.opened": gettext_lazy("The duty “{subject}” was opened by {actor}"),
    "duty.met": gettext_lazy("{actor} met the duty “{subject}”"),
    "duty.cancelled": gettext_lazy("{actor} cancelled the duty “{subject}”"),
    "duty.returned": gettext_lazy("{actor} sent the work on “{subject}” back"),
    "duty.paused": gettext_lazy("{actor} paused the clock of “{subject}”"),
    "duty.resumed": gettext_lazy("{actor} let the clock of “{subject}” run on"),
    "duty.forecast": gettext_lazy("{actor} gave a forecast for “{subject}”"),
    "duty.transferred": gettext_lazy("{actor} handed “{subject}” over"),
    "duty.extension_asked": gettext_lazy("{actor} asked for more time for “{subject}”"),
    "duty.extended": gettext_lazy("{actor} granted more time for “{subject}”"),
    "duty.extension_refused": gettext_lazy("{actor} refused more time for “{subject}”"),
    "duty.reminded": gettext_lazy("The owner of “{subject}” was reminded"),
    "duty.escalated": gettext_lazy("“{subject}” was escalated"),
    "lamp_rule.set": gettext_lazy("{actor} changed the lamp rule “{subject}”"),
    "lamp_rule.applied": gettext_lazy("{actor} applied the lamp rule “{subject}” to open duties"),
    "reminder_rule.set": gettext_lazy("{actor} changed the steps of reminding “{subject}”"),
}
"""How the facts of duties read."""


def register_words() -> None:
    """Say how the facts of duties and their fields read."""
    say(SENTENCES)
    name_fields(
        {
            "due_at": gettext_lazy("Due"),
            "forecast_at": gettext_lazy("Forecast"),
            "wanted": gettext_lazy("More time"),
        },
        {"due_at": _instant, "forecast_at": _instant, "wanted": allowance_text},
    )


def _instant(text: str) -> str:
    return date_format(localtime(datetime.fromisoformat(text)), "Y-m-d H:i")


def allowance_text(text: str) -> str:
    """Say an amount of time such as `3wd` in words."""
    allowance = Allowance.parse(text)
    number = format(allowance.amount.normalize(), "f")
    whole = int(allowance.amount) if allowance.amount == int(allowance.amount) else 2
    words = {
        Clock.WORKING_HOURS: ngettext("%(number)s working hour", "%(number)s working hours", whole),
        Clock.WORKING_DAYS: ngettext("%(number)s working day", "%(number)s working days", whole),
        Clock.HOURS: ngettext("%(number)s hour", "%(number)s hours", whole),
        Clock.DAYS: ngettext("%(number)s day", "%(number)s days", whole),
    }
    return words[allowance.clock] % {"number": number}


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
