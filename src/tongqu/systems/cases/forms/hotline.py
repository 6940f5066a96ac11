"""The forms of the hotline import: the file, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.models.hotline import HotlineMapping
from tongqu.systems.cases.rules.hotline import NEEDED

FIELD_LABELS = {
    "number": _("Work order number"),
    "text": _("What was said"),
    "title": _("Title"),
    "called_at": _("Time of the call"),
    "name": _("Caller"),
    "phone": _("Telephone"),
    "place": _("Address"),
    "district": _("District"),
    "kind": _("Kind of request"),
}


class HotlineFileForm(forms.Form):
    """An export, and the mapping to read it by."""

    file = forms.FileField(
        label=_("Export of the hotline"),
        help_text=_("XLSX or CSV (UTF-8 or GB18030), at most 10 MB and 20,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    mapping = forms.ModelChoiceField(
        HotlineMapping.objects.all(),
        label=_("Column mapping"),
        required=False,
        empty_label=_("Guess from the headings"),
    )


class ColumnsForm(forms.Form):
    """Which column holds which field."""

    save_as = forms.CharField(
        label=_("Keep this mapping under the name"), max_length=60, required=False, help_text=""
    )

    def __init__(self, headings: Sequence[str], columns: Mapping[str, str], data: object = None) -> None:
        super().__init__(data, initial=dict(columns))  # type: ignore[arg-type]
        choices = [("", "—"), *((heading, heading) for heading in headings)]
        mine = {
            name: forms.ChoiceField(label=label, choices=choices, required=name in NEEDED)
            for name, label in FIELD_LABELS.items()
        }
        self.fields = {**mine, **self.fields}

    @property
    def columns(self) -> dict[str, str]:
        """The mapping that was chosen."""
        return {name: self.cleaned_data[name] for name in FIELD_LABELS if self.cleaned_data.get(name)}
