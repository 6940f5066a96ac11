"""The filters of the journal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone, make_aware
from django.utils.translation import gettext_lazy as _

from tongqu.shared.journal.queries import Wanted
from tongqu.shared.journal.rules import Subject, subject_of


class JournalFilter(forms.Form):
    """What an auditor looks for."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=80)
    verb = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "case.closed"}),
    )
    subject = forms.CharField(
        label=_("To what"),
        required=False,
        max_length=110,
        widget=forms.TextInput(attrs={"placeholder": "case:17"}),
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_subject(self) -> Subject | None:
        """Read `kind:id`."""
        text = self.cleaned_data["subject"].strip()
        if not text:
            return None
        try:
            return subject_of(text)
        except ValueError:
            raise forms.ValidationError(_("Write the kind and the number, such as case:17.")) from None

    def wanted(self) -> Wanted:
        """Return what is looked for; nothing in particular where a field cannot be read."""
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        since, until = given.get("since"), given.get("until")
        zone = get_current_timezone()
        return Wanted(
            actor=given.get("actor") or "",
            verb=given.get("verb") or "",
            subject=given.get("subject"),
            since=make_aware(datetime.combine(since, datetime.min.time()), zone) if since else None,
            until=make_aware(datetime.combine(until, datetime.min.time()), zone) + timedelta(days=1)
            if until
            else None,
        )
