"""What the explorer is asked for: how to look, at which indicator, among whom, when, and what each way of looking needs besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.forms.choosing import MEASURE_LABELS
from tongqu.systems.indicators.forms.fields import PeriodField
from tongqu.systems.indicators.queries.exploring import Named
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


def options(choices: Iterable[tuple[Any, Any]], chosen: Any) -> SafeString:
    """Return the options of a select; hundreds of them would be slow through a template for each."""
    selected = mark_safe(" selected")
    wanted = str(chosen or "")
    rows = ((key, selected if str(key) == wanted else "", label) for key, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def ticks(name: str, choices: Iterable[tuple[str, str, bool]]) -> SafeString:
    """Return boxes to tick: each with its value, label and whether it is ticked."""
    ticked = mark_safe(" checked")
    rows = ((name, key, ticked if is_on else "", label) for key, label, is_on in choices)
    return format_html_join("", '<label><input type="checkbox" name="{}" value="{}"{}>{}</label>', rows)


class QuickSelect(forms.Widget):
    """A select that writes its options at once."""

    offered: Sequence[tuple[str, Any]] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the select with its options."""
        own = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", own, options(self.offered, value))


class OneOf(forms.CharField):
    """One of what is offered, or nothing. Django's own field walks through all choices whenever a form is made."""

    widget = QuickSelect

    def offer(self, choices: Sequence[tuple[str, Any]]) -> None:
        """Say what can be chosen: values with their labels."""
        self.codes = {code for code, _label in choices}
        self.widget.offered = choices

    def validate(self, value: str) -> None:
        """Refuse what is not offered, in Django's words."""
        super().validate(value)
        if value and value not in self.codes:
            message = forms.ChoiceField.default_error_messages["invalid_choice"]
            raise forms.ValidationError(message, code="invalid_choice", params={"value": value})


class CodesField(forms.MultipleChoiceField):
    """Codes of divisions; which of them are members of the set is for the page to see."""

    def valid_value(self, value: Any) -> bool:
        """Take what could be a code."""
        return len(str(value)) <= MOST_CODE_SIGNS


def _choice(label: Any, choices: Sequence[tuple[str, Any]] = ()) -> OneOf:
    field = OneOf(label=label, required=False)
    field.offer(choices)
    return field


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
        [
            *((str(n), format_lazy(_("first {n}"), n=n)) for n in WITHIN),
            ("all", pgettext_lazy("ranks", "all")),
        ],
    )
    period = PeriodField(label=_("Period"), required=False, widget=forms.HiddenInput)
    since = PeriodField(label=_("Since"), required=False, widget=forms.HiddenInput)
    d = CodesField(label=_("Divisions"), required=False)

    def __init__(
        self, indicators: Sequence[Named], sets: Sequence[Named], data: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        offered = {
            "indicator": indicators,
            "y": indicators,
            "size": [("", _("all alike")), *indicators],
            "set": sets,
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, OneOf):
                field.offer(choices)

    def chosen(self, name: str) -> Any:
        """Return what was chosen, or None where nothing was or it does not hold."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that the way of looking needs, in order."""
        view = View(self.get_initial_for_field(self.fields["view"], "view") or View.RANKS)
        return [self[name] for name in (*_FIRST, *OWN_FIELDS.get(view, ()))]
