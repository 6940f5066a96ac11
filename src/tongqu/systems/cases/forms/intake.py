"""The forms that need no login: a report, and following one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.forms.fields import LongSelect, PhotosField, words_field
from tongqu.systems.cases.queries.matters import matters_by_class
from tongqu.systems.cases.queries.notices import offered
from tongqu.systems.cases.rules.notices import Channel


class ReportForm(forms.Form):
    """A resident's report: what, where, photos, and who, if they like."""

    text = words_field(
        _("What is wrong?"), rows=5, help_text=_("Say what you see, and how to find the spot.")
    )
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("A photo that knows its position also sets the place."),
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    place_text = forms.CharField(label=_("Address or landmark"), max_length=200, required=False)
    matter_code = forms.ChoiceField(label=_("What is it about?"), required=False, widget=LongSelect)
    name = forms.CharField(label=_("Your name"), max_length=60, required=False)
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 \-]{5,19}$",
        label=_("Your telephone"),
        required=False,
        help_text=_("Only the desk and the unit that handles this will see name and number."),
        error_messages={"invalid": _("Write the number with digits only, such as 13812341234.")},
    )
    by_sms = forms.BooleanField(label=_("Tell me by text message what happens"), required=False)
    notice_email = forms.EmailField(
        label=_("E-mail, to be told what happens"),
        required=False,
        help_text=_("It is used for this report alone; each letter has a link to stop it."),
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = offered()
        for name, channel in (("by_sms", Channel.SMS), ("notice_email", Channel.EMAIL)):
            if channel not in ways:
                del self.fields[name]
        about = self.fields["matter_code"]
        about.choices = [("", _("I am not sure")), *matters_by_class()]  # type: ignore[attr-defined]
        # The questions of the matter are fetched as soon as it is chosen.
        about.widget.attrs.update({"hx-get": reverse("cases:report-questions"), "hx-target": "#questions"})

    def clean_website(self) -> str:
        """Refuse whoever fills in what people do not see."""
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(
                _("This report looks like spam. Leave the last field empty."), code="spam"
            )
        return ""

    def clean(self) -> dict[str, Any]:
        """Refuse a wish for text messages without a number."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("by_sms") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Give your number, so that you can be told by text message."))
        return data

    @property
    def contacts(self) -> list[tuple[Channel, str]]:
        """The ways in which the reporter wants to be told."""
        data = self.cleaned_data
        by_sms = [(Channel.SMS, data["phone"])] if data.get("by_sms") else []
        return by_sms + ([(Channel.EMAIL, data["notice_email"])] if data.get("notice_email") else [])


class TrackForm(forms.Form):
    """The tracking code of a report."""

    code = forms.CharField(label=_("Tracking code"), max_length=16)
