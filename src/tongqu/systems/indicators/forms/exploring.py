"""What the explorer is asked for: how to look, at which indicator, among whom, when, and what each way of looking needs besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.kernel.periods import BadPeriod, Period
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.forms.choosing import MEASURE_LABELS
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.rules.classes import Method
from tongqu.systems.indicators.rules.exploring import Step, View

VIEW_LABELS = {
    View.RANKS: pgettext_lazy("view", "Ranks"),
    View.CHART: pgettext_lazy("view", "Chart"),
    View.MAP: pgettext_lazy("view", "Map"),
    View.TABLE: pgettext_lazy("view", "Table"),
    View.FLOW: pgettext_lazy("view", "Rank flow"),
    View.SCATTER: pgettext_lazy("view", "Scatter"),
}
STEP_LABELS = {
    Step.EVERY: _("each period"),
    Step.YEAR: _("the same months of each year"),
}
METHOD_LABELS = {
    Method.QUANTILES: _("equal counts"),
    Method.NATURAL: _("natural breaks"),
}
MOST_CODE_SIGNS = 15
WITHIN = (10, 20, 50)
LOG_LABELS = {
    "": pgettext_lazy("logarithmic axes", "neither"),
    "x": pgettext_lazy("logarithmic axes", "across"),
    "y": pgettext_lazy("logarithmic axes", "upwards"),
    "xy": pgettext_lazy("logarithmic axes", "both"),
}
OWN_FIELDS: Mapping[View, tuple[str, ...]] = {
    View.CHART: ("step",),
    View.MAP: ("classes",),
    View.FLOW: ("step", "within"),
    View.SCATTER: ("y", "y_measure", "size", "log"),
}
"""Fields that only one way of looking shows."""
_FIRST = ("indicator", "set", "measure")


class QuickSelect(forms.Select):
    """A select that writes hundreds of options without a template for each."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the select with its options."""
        selected = mark_safe(" selected")
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, selected if str(key) == str(value or "") else "", label) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name})),
            options,
        )


class CodesField(forms.MultipleChoiceField):
    """Codes of divisions; which of them are members of the set is for the page to see."""

    def valid_value(self, value: Any) -> bool:
        """Take what could be a code."""
        return len(str(value)) <= MOST_CODE_SIGNS


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=QuickSelect)


class ExploringForm(forms.Form):
    """All that an address of the explorer can say; each field may be left out."""

    view = forms.ChoiceField(required=False, choices=choices_of(VIEW_LABELS), widget=forms.HiddenInput)
    indicator = _choice(_("Indicator"))
    set = _choice(_("Set of divisions"))
    measure = _choice(_("Measure"), choices_of(MEASURE_LABELS))
    y = _choice(_("Upwards"))
    y_measure = _choice(_("Measure upwards"), choices_of(MEASURE_LABELS))
    size = _choice(_("Size of the dots"))
    log = _choice(_("Logarithmic"), choices_of(LOG_LABELS))
    step = _choice(_("Through time"), choices_of(STEP_LABELS))
    classes = _choice(_("Classes by"), choices_of(METHOD_LABELS))
    within = _choice(
        _("Ranks shown"),
        [*((str(n), _("first %d") % n) for n in WITHIN), ("all", pgettext_lazy("ranks", "all"))],
    )
    period = forms.CharField(label=_("Period"), required=False, max_length=20, widget=forms.HiddenInput)
    since = forms.CharField(label=_("Since"), required=False, max_length=20, widget=forms.HiddenInput)
    d = CodesField(label=_("Divisions"), required=False)

    def __init__(
        self, indicators: Iterable[Indicator], sets: Iterable[DivisionSet], data: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        named = [(each.code, each.name) for each in indicators]
        self._offer("indicator", named)
        self._offer("y", named)
        self._offer("size", [("", _("all alike")), *named])
        self._offer("set", [(each.code, each.name) for each in sets])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _clean_period(self, name: str) -> Period | None:
        text = self.cleaned_data[name].strip()
        try:
            return Period.parse(text) if text else None
        except BadPeriod:
            message = _("Write 2024, 2024-S1, 2024-Q3, 2024-09, or 2024-01/P9M for January to September.")
            raise forms.ValidationError(message) from None

    def clean_period(self) -> Period | None:
        """Return the period, or None when nothing was written."""
        return self._clean_period("period")

    def clean_since(self) -> Period | None:
        """Return the first period of the span, or None when nothing was written."""
        return self._clean_period("since")

    def chosen(self, name: str) -> Any:
        """Return what was chosen, or None where nothing was or it does not hold."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that the way of looking needs, in order."""
        view = View(self.get_initial_for_field(self.fields["view"], "view") or View.RANKS)
        return [self[name] for name in (*_FIRST, *OWN_FIELDS.get(view, ()))]
