"""Which ranks the explorer shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.ranking import Measure

MEASURE_LABELS = {
    Measure.VALUE: pgettext_lazy("what is ranked", "Value"),
    Measure.GROWTH: pgettext_lazy("what is ranked", "Growth on the year before, %"),
    Measure.CHANGE: pgettext_lazy("what is ranked", "Change on the year before"),
}


class ExplorerForm(forms.Form):
    """An indicator, the set among which it is ranked, the period, and what of it is ranked."""

    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    set = forms.ChoiceField(label=_("Set of divisions"), required=False)
    period = forms.CharField(label=_("Period"), required=False, max_length=20)
    measure = forms.ChoiceField(label=_("Ranked by"), required=False, choices=choices_of(MEASURE_LABELS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [(i.code, i.name) for i in Indicator.objects.all()]  # type: ignore[attr-defined]
        self.fields["set"].choices = [(s.code, s.name) for s in DivisionSet.objects.all()]  # type: ignore[attr-defined]

    def clean_period(self) -> Period | None:
        """Return the period, or None when nothing was written."""
        text = self.cleaned_data["period"].strip()
        try:
            return Period.parse(text) if text else None
        except BadPeriod:
            message = _("Write 2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September.")
            raise forms.ValidationError(message) from None

    def chosen(self, name: str) -> Any:
        """Return what was chosen, or None where nothing was or it does not hold."""
        if not self.is_bound:
            return None
        self.is_valid()
        return self.cleaned_data.get(name) or None
