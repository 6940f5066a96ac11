"""Which round of a contest is shown, what is tried in a what-if, and an appeal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.indicators.models.contest import Round
from tongqu.systems.indicators.models.divisions import StatDivision
from tongqu.systems.indicators.rules.contests import WhatIf
from tongqu.systems.indicators.rules.figures import BadNumber, read_number
from tongqu.systems.indicators.rules.rounds import RoundState
from tongqu.systems.indicators.rules.sensitivity import Setting

ROWS = range(3)
"""How many figures can be changed at once on the page."""


def round_label(round_: Round) -> str:
    """Return how a round is called in a list: its period, and its state unless it is published."""
    is_published = round_.state == RoundState.PUBLISHED
    return round_.period_name if is_published else f"{round_.period_name} · {round_.get_state_display()}"


class RoundForm(forms.Form):
    """The round that is shown."""

    period = forms.ChoiceField(label=_("Round"), required=False)

    def __init__(self, rounds: Sequence[Round], shown: Round) -> None:
        super().__init__({"period": str(shown.when)})
        self.fields["period"].choices = [(str(each.when), round_label(each)) for each in rounds]  # type: ignore[attr-defined]


class AppealForm(forms.Form):
    """An objection for a division that the person answers for."""

    division = forms.ChoiceField(label=_("Division"))
    text = forms.CharField(label=_("What is wrong"), max_length=2000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, members: Sequence[StatDivision], data: Any = None) -> None:
        super().__init__(data, prefix="appeal")
        self.fields["division"].choices = [(each.code, each.name) for each in members]  # type: ignore[attr-defined]


class WhatIfForm(forms.Form):
    """Other weights, and up to three other figures."""

    def __init__(
        self, setting: Setting, items: Mapping[str, str], divisions: Mapping[str, str], data: Any = None
    ) -> None:
        super().__init__(data)
        self.setting = setting
        weights = {item.code: item.weight for item in setting.contest.items}
        for place, (code, label) in enumerate(items.items()):
            self.fields[f"weight_{place}"] = forms.DecimalField(
                label=label,
                max_digits=12,
                decimal_places=4,
                min_value=Decimal("0.0001"),
                initial=weights[code],
                widget=forms.NumberInput({"step": "any"}),
            )
        nothing = ("", "—")
        for row in ROWS:
            number = {"number": row + 1}
            self.fields[f"division_{row}"] = forms.ChoiceField(
                label=_("Division %(number)s") % number, required=False, choices=[nothing, *divisions.items()]
            )
            self.fields[f"item_{row}"] = forms.ChoiceField(
                label=_("Indicator %(number)s") % number, required=False, choices=list(items.items())
            )
            self.fields[f"value_{row}"] = forms.CharField(
                label=_("Figure %(number)s, empty for no figure") % number, required=False, max_length=30
            )

    def clean(self) -> dict[str, Any]:
        """Read the figures; names the field whose figure is none."""
        cleaned = super().clean() or {}
        for row in ROWS:
            try:
                cleaned[f"value_{row}"] = read_number(cleaned.get(f"value_{row}", ""))
            except BadNumber:
                self.add_error(f"value_{row}", _("Write a number such as 105.2, or nothing for no figure."))
                continue
            if cleaned[f"value_{row}"] is not None and not cleaned.get(f"division_{row}"):
                self.add_error(f"division_{row}", _("Choose the division whose figure this would be."))
        return cleaned

    @property
    def weights(self) -> dict[str, Decimal]:
        """The weights that differ from the round's, by item."""
        given = {
            item.code: self.cleaned_data.get(f"weight_{place}")
            for place, item in enumerate(self.setting.contest.items)
        }
        known = {item.code: item.weight for item in self.setting.contest.items}
        return {code: weight for code, weight in given.items() if weight and weight != known[code]}

    @property
    def changes(self) -> list[WhatIf]:
        """The figures that differ, in the order of the form."""
        rows = ((self.cleaned_data[f"item_{row}"], self.cleaned_data[f"division_{row}"], row) for row in ROWS)
        return [
            WhatIf(item or self.setting.contest.items[0].code, division, self.cleaned_data[f"value_{row}"])
            for item, division, row in rows
            if division
        ]

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        """The fields of the weights."""
        return [self[f"weight_{place}"] for place in range(len(self.setting.contest.items))]

    @property
    def figure_rows(self) -> list[list[forms.BoundField]]:
        """The fields of the figures, three to a row."""
        return [[self[f"{name}_{row}"] for name in ("division", "item", "value")] for row in ROWS]
