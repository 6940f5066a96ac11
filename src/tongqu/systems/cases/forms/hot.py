"""The form that dismisses a hot issue."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.forms.fields import words_field


class DismissForm(forms.Form):
    """Why an issue is none."""

    reason = words_field(_("Reason"), rows=2)
