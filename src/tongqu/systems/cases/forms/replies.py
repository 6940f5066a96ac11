"""The form of a reply."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    """A reply to the reporter; why it goes out when its score is low."""

    text = forms.CharField(
        label=_("Reply to the reporter"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
    )
    why_sent = forms.CharField(
        label=_("Why it goes out although the score is low"), required=False, max_length=500
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)
