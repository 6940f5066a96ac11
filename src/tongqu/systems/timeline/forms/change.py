"""The form by which a change of the ground becomes a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.queries.matters import matters_by_class


class ChangeCaseForm(forms.Form):
    """What is wrong, what it is about, and how to find the spot; the place and the photos come with the change."""

    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say what the change means; size, dates and place are filled in."),
    )
    matter_code = forms.ChoiceField(
        label=_("What is it about?"),
        required=False,
        help_text=_("Left open, the desk chooses, with what the reader of matters suggests."),
    )
    place_text = forms.CharField(label=_("Address or landmark"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter_code"].choices = [("", _("The desk chooses")), *matters_by_class()]  # type: ignore[attr-defined]
