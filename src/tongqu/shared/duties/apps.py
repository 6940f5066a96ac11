"""Registers the duties app, and says how its facts read."""

from datetime import datetime
from importlib import import_module

from django.apps import AppConfig
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.sentences import name_fields, say

SENTENCES = {
    "duty.opened": _("The duty “{subject}” was opened by {actor}"),
    "duty.met": _("{actor} met the duty “{subject}”"),
    "duty.cancelled": _("{actor} cancelled the duty “{subject}”"),
    "duty.returned": _("{actor} sent the work on “{subject}” back"),
    "duty.paused": _("{actor} paused the clock of “{subject}”"),
    "duty.resumed": _("{actor} let the clock of “{subject}” run on"),
    "duty.forecast": _("{actor} gave a forecast for “{subject}”"),
    "duty.transferred": _("{actor} handed “{subject}” over"),
    "duty.extension_asked": _("{actor} asked for more time for “{subject}”"),
    "duty.extended": _("{actor} granted more time for “{subject}”"),
    "duty.extension_refused": _("{actor} refused more time for “{subject}”"),
    "duty.reminded": _("The owner of “{subject}” was reminded"),
    "duty.escalated": _("“{subject}” was escalated"),
    "lamp_rule.set": _("{actor} changed the lamp rule “{subject}”"),
    "lamp_rule.applied": _("{actor} applied the lamp rule “{subject}” to open duties"),
    "reminder_rule.set": _("{actor} changed the steps of reminding “{subject}”"),
}


def _instant(text: str) -> str:
    return date_format(localtime(datetime.fromisoformat(text)), "Y-m-d H:i")


class DutiesConfig(AppConfig):
    """The duties app (label `duties`)."""

    name = "tongqu.shared.duties"
    label = "duties"

    def ready(self) -> None:
        """Make the jobs known, and the words of the facts."""
        import_module("tongqu.shared.duties.jobs")
        say(SENTENCES)
        name_fields(
            {"due_at": _("Due"), "forecast_at": _("Forecast"), "wanted": _("More time")},
            {"due_at": _instant, "forecast_at": _instant},
        )
