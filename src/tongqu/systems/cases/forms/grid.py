"""The form of the grid worker's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.forms.fields import LongSelect, PhotosField, words_field
from tongqu.systems.cases.queries.matters import matters_by_class


class GridForm(forms.Form):
    """What a grid worker writes on the spot; `key` is made on the phone, one for each draft."""

    text = words_field(_("What is wrong?"), rows=4)
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("A photo that knows its position also sets the place."),
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    place_text = forms.CharField(label=_("Address or landmark"), max_length=200, required=False)
    matter_code = forms.ChoiceField(label=_("What is it about?"), required=False, widget=LongSelect)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter_code"].choices = [("", _("I am not sure")), *matters_by_class()]  # type: ignore[attr-defined]
