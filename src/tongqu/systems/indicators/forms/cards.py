"""Which report card is shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.indicators.forms.fields import PeriodField
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.queries.by_code import unknown_indicators
from tongqu.systems.indicators.queries.cards import own_first

MOST_DIVISIONS = 400


class CardForm(forms.Form):
    """A division, a period, the set among which it is ranked, and, if others than the main ones are wanted, indicators."""

    division = forms.ChoiceField(label=_("Division"))
    period = PeriodField(
        label=_("Period"),
        help_text=_("2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September."),
    )
    set = forms.ChoiceField(label=_("Set of divisions"), required=False)
    indicators = forms.CharField(
        label=_("Indicators"),
        required=False,
        max_length=1000,
        help_text=_("Codes with commas between; left empty: the main ones."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.divisions = [(d.code, d.name) for d in own_first()[:MOST_DIVISIONS]]
        self.fields["division"].choices = self.divisions  # type: ignore[attr-defined]
        sets = [(s.code, s.name) for s in DivisionSet.objects.all()]
        self.fields["set"].choices = [("", _("the first that it is in")), *sets]  # type: ignore[attr-defined]

    def clean_indicators(self) -> str:
        """Return the codes of indicators that exist, with commas between."""
        codes = [code.strip() for code in self.cleaned_data["indicators"].split(",") if code.strip()]
        if unknown := unknown_indicators(codes):
            message = _("No indicator has the code “%(code)s”. Look it up in the list.")
            raise forms.ValidationError(message, params={"code": unknown[0]})
        return ",".join(codes)

    def codes(self) -> list[str]:
        """Return the chosen indicators; none where the choice does not hold."""
        self.is_valid()
        return [code for code in self.cleaned_data.get("indicators", "").split(",") if code]
