"""What who holds a contest writes: a period, a bonus or penalty, a reason, a decision."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.forms.fields import PeriodField
from tongqu.systems.indicators.models.divisions import StatDivision


class Way(StrEnum):
    """Whether points are added or taken off."""

    BONUS = "bonus"
    PENALTY = "penalty"


class Decision(StrEnum):
    """What becomes of an appeal."""

    UPHOLD = "uphold"
    REJECT = "reject"


WAY_LABELS = {
    Way.BONUS: pgettext_lazy("of points", "Bonus: add"),
    Way.PENALTY: pgettext_lazy("of points", "Penalty: take off"),
}
DECISION_LABELS = {
    Decision.UPHOLD: pgettext_lazy("of an appeal", "Uphold: the result will be corrected"),
    Decision.REJECT: pgettext_lazy("of an appeal", "Reject: the result stands"),
}


class OpenForm(forms.Form):
    """The period of a new round."""

    period = PeriodField(label=_("Period"))


class AdjustForm(forms.Form):
    """A bonus or a penalty with its reason."""

    division = forms.ChoiceField(label=_("Division"))
    way = forms.ChoiceField(label=_("Bonus or penalty"), choices=choices_of(WAY_LABELS))
    points = forms.DecimalField(
        label=_("Points"),
        min_value=Decimal("0.0001"),
        max_value=Decimal(1000),
        decimal_places=4,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
    )
    reason = forms.CharField(label=_("reason"), max_length=300)

    def __init__(self, members: Sequence[StatDivision], data: Any = None) -> None:
        super().__init__(data)
        names = [(each.code, each.name) for each in members]
        self.fields["division"].choices = [("", "—"), *names]  # type: ignore[attr-defined]

    @property
    def signed(self) -> Decimal:
        """The points, below zero for a penalty."""
        points: Decimal = self.cleaned_data["points"]
        return -points if self.cleaned_data["way"] == Way.PENALTY else points


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("reason"), max_length=300)


class PublishForm(forms.Form):
    """The word to publish: which edition, and the table that was looked at."""

    reason = forms.CharField(label=_("Why it is corrected"), max_length=300)
    edition = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["reason"]


class DecideForm(forms.Form):
    """An answer to an appeal."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=choices_of(DECISION_LABELS), widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("answer"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Whoever appealed reads it, and everyone who may see the appeal."),
    )
