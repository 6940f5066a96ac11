"""The form that keeps the filters of the queue under a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Person, Unit


class SaveFilterForm(forms.Form):
    """A name, and with whom the filter is shared."""

    name = forms.CharField(label=_("Name of the filter"), max_length=30)
    unit = forms.ChoiceField(label=_("Who sees it"), required=False)
    is_first = forms.BooleanField(label=_("Open the queue with it"), required=False)

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = {str(unit.pk): unit for unit in person.units_as()}
        shared = [
            (key, _("everybody in %(unit)s") % {"unit": unit.name}) for key, unit in self._units.items()
        ]
        self.fields["unit"].choices = [("", _("only I")), *shared]  # type: ignore[attr-defined]

    @property
    def shared_with(self) -> Unit | None:
        """The unit chosen."""
        return self._units.get(self.cleaned_data.get("unit", ""))
