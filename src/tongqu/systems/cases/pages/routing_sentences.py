"""How the facts of responsibility lists read in a story."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Division
from tongqu.shared.ui.sentences import name_fields, say
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.routing import LIST_STATE_LABELS
from tongqu.systems.cases.queries.routing_words import window_words
from tongqu.systems.cases.rules.kinds import Grade
from tongqu.systems.cases.rules.routing import ListState
from tongqu.systems.cases.rules.windows import Window

SENTENCES = {
    "routing.drafted": _("{actor} began the draft {subject}."),
    "routing.entry_added": _("{actor} added an entry."),
    "routing.entry_changed": _("{actor} changed an entry."),
    "routing.entry_ended": _("{actor} ended an entry."),
    "routing.imported": _("{actor} replaced all entries by those of a file."),
    "routing.submitted": _("{actor} submitted the list for approval."),
    "routing.approved": _("{actor} approved the list."),
    "routing.sent_back": _("{actor} gave the list back to be changed."),
    "routing.discarded": _("{actor} discarded the draft."),
}
FIELDS = {
    "list_state": _("State"),
    "routing": _("Responsibility list"),
    "entries": _("Entries"),
    "in_force_from": _("In force from"),
    "entry_number": _("Number"),
    "entry_division": _("Place"),
    "entry_class_code": _("Class"),
    "entry_matter": _("Matter"),
    "entry_grade": _("Grade"),
    "entry_times": _("Times"),
    "entry_lead": _("Lead unit"),
    "entry_assisting": _("Assisting units"),
    "entry_handle_allowance": _("Time to handle"),
    "entry_verifier": _("Verifying unit"),
    "entry_note": _("Note"),
}

USE_LABELS = {
    "followed": _("followed"),
    "departed": _("not followed"),
    "hole": _("names nobody"),
    "conflict": _("names several"),
}


def _division(code: str) -> str:
    division = Division.objects.filter(code=code).only("name_zh_hans", "name_zh_hant", "name_en").first()
    return division.name if division else code


def make_known() -> None:
    """Tell the shared app how lists read; called once at the start."""
    say(SENTENCES)
    name_fields(
        FIELDS,
        {
            "routing": lambda value: USE_LABELS.get(value, value),
            "list_state": lambda value: str(LIST_STATE_LABELS[ListState(value)]),
            "entry_division": _division,
            "entry_grade": lambda value: str(GRADE_LABELS[Grade(value)]),
            "in_force_from": lambda value: f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}",
            "entry_times": lambda value: window_words(Window.parse(value)),
        },
    )
