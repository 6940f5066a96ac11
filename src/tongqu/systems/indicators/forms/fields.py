"""Fields that several forms of the indicators have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.kernel.periods import BadPeriod, Period


class PeriodField(forms.CharField):
    """A period in words: 2024, 2024-Q3, 2024-01/P9M."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text", _("2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September")
        )
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> Any:
        """Return the period, or None when nothing was written and nothing is needed."""
        text = super().clean(value)
        try:
            return Period.parse(text) if text else None
        except BadPeriod:
            message = _("Write 2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September.")
            raise forms.ValidationError(message) from None
