"""What a reporter says with the tracking code: a rating, a word on the work, a reason to open the case again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.rules.reporter import MOST_CHARACTERS

STARS = (
    ("5", _("5 – very good")),
    ("4", _("4 – good")),
    ("3", _("3 – fair")),
    ("2", _("2 – poor")),
    ("1", _("1 – very poor")),
)


def satisfied_field() -> forms.ChoiceField:
    """Return the question whether the reporter is satisfied."""
    choices = [("yes", _("satisfied")), ("no", _("not satisfied"))]
    return forms.ChoiceField(
        label=_("Satisfied with the outcome?"), choices=choices, widget=forms.RadioSelect
    )


def stars_field() -> forms.ChoiceField:
    """Return the choice of one to five stars."""
    return forms.ChoiceField(label=_("Stars"), choices=[("", "—"), *STARS])


def rating_in(data: dict[str, Any]) -> dict[str, Any]:
    """Return a rating that was sent as the action takes it."""
    return {
        "is_satisfied": data["is_satisfied"] == "yes",
        "stars": int(data["stars"]),
        "text": data["text"],
    }


def _text_field(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=MOST_CHARACTERS, widget=forms.Textarea(attrs={"rows": 3}), **options
    )


class ReporterForm(forms.Form):
    """What every form on the tracking page holds: some words, and a field that only robots fill in."""

    text = _text_field(_("Reason"))
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_website(self) -> str:
        """Refuse whoever fills in what people do not see."""
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(_("This looks like spam. Leave the last field empty."), code="spam")
        return ""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the action is called with."""
        return {"text": self.cleaned_data["text"]}


class RatingForm(ReporterForm):
    """Satisfied or not, one to five stars, and some words."""

    is_satisfied, stars = satisfied_field(), stars_field()
    text = _text_field(_("What was good, what was not?"), required=False)
    field_order = ("is_satisfied", "stars", "text", "website")

    @property
    def arguments(self) -> dict[str, Any]:
        """The rating."""
        return rating_in(self.cleaned_data)


class ConfirmForm(ReporterForm):
    """The work is done; words if they help."""

    text = _text_field(_("Anything to add?"), required=False)


class DenyForm(ReporterForm):
    """The work is not done: what is missing."""

    text = _text_field(_("What is still to be done?"))


class ReopenForm(ReporterForm):
    """Why the case should be opened again."""

    text = _text_field(_("Why should the case be opened again?"))
