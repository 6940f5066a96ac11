"""A report to read, which of its claims are shown, and how a claim is mended or rejected."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.forms.choosing import MEASURE_LABELS
from tongqu.systems.indicators.models.report import CLAIM_STATE_LABELS, STATING_LABELS
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.mending import Mend
from tongqu.systems.indicators.rules.claims.settling import Standing
from tongqu.systems.indicators.rules.claims.sheet import About
from tongqu.systems.indicators.rules.claims.stated import Stated
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.tidy import decimal_text

STANDING_LABELS = {
    Standing.AGREES: pgettext_lazy("claim and store", "agrees"),
    Standing.DIFFERS: pgettext_lazy("claim and store", "differs"),
    Standing.CONTRADICTS: pgettext_lazy("claim and other reports", "contradicted"),
    Standing.UNKNOWN: pgettext_lazy("claim and store", "unknown"),
}
SUFFIXES = (".txt", ".html", ".htm", ".pdf", ".docx")
_ALL = ("", pgettext_lazy("claims", "All"))


class ReportForm(forms.Form):
    """A report as a file or a text, and what it does not say itself."""

    title = forms.CharField(label=_("Title"), max_length=200)
    source = forms.CharField(label=_("Published by"), max_length=300, required=False)
    known_on = forms.DateField(
        label=_("Published on"),
        widget=forms.DateInput({"type": "date"}),
        help_text=_("Since this day its figures count as known."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Text, web page, PDF with text, or Word document (.docx)."),
        widget=forms.FileInput({"accept": ",".join(SUFFIXES)}),
    )
    text = forms.CharField(
        label=_("or text"),
        required=False,
        widget=forms.Textarea({"rows": 6}),
        strip=False,
        max_length=400_000,
    )
    division = forms.CharField(
        label=_("Division that it is about"), max_length=100, required=False,
        help_text=_("Only where the text does not say it."),
    )  # fmt: skip
    year = forms.IntegerField(
        label=_("Year of writing"), min_value=1900, max_value=2999, required=False,
        help_text=_("What its “this year” means, where the text does not say it."),
    )  # fmt: skip
    restricted = forms.BooleanField(label=_("Only my unit and those above it see it"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a file or a text, one of the two."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("file")) == bool(cleaned.get("text", "").strip()) and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste a text below: one of the two."))
        return cleaned

    @property
    def about(self) -> About:
        """What is said of the text beforehand."""
        return About(self.cleaned_data["division"].strip(), self.cleaned_data["year"])

    @property
    def published_on(self) -> date:
        """The day on which it was published."""
        found: date = self.cleaned_data["known_on"]
        return found

    def content(self) -> tuple[bytes, str]:
        """Return the bytes of the report and its file's name."""
        file = self.cleaned_data["file"]
        if file:
            return file.read(), file.name
        name = "".join(c if c.isalnum() else "_" for c in self.cleaned_data["title"])[:80]
        return self.cleaned_data["text"].encode(), f"{name}.txt"


class ClaimsForm(forms.Form):
    """Which claims the list shows."""

    standing = forms.ChoiceField(
        label=_("Beside what is known"), required=False, choices=[_ALL, *choices_of(STANDING_LABELS)]
    )
    state = forms.ChoiceField(
        label=_("Decision"), required=False, choices=[_ALL, *choices_of(CLAIM_STATE_LABELS)]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[_ALL, *choices_of(STATING_LABELS)])

    def chosen(self) -> dict[str, str]:
        """Return what was chosen."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class MendForm(forms.Form):
    """A claim as it is meant."""

    indicator = forms.CharField(
        label=_("Indicator"), max_length=120, required=False, help_text=_("Name or code."),
        widget=forms.TextInput({"list": "known-indicators", "autocomplete": "off"}),
    )  # fmt: skip
    division = forms.CharField(
        label=_("Division"), max_length=100, required=False, help_text=_("Name or code."),
        widget=forms.TextInput({"list": "known-divisions", "autocomplete": "off"}),
    )  # fmt: skip
    period = forms.CharField(
        label=_("Period"), max_length=20, required=False, help_text="2024 · 2024-Q3 · 2024-01/2024-09"
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=choices_of(STATING_LABELS))
    value = forms.CharField(label=_("Value"), max_length=40, required=False)
    unit = forms.CharField(label=pgettext_lazy("of measure", "Unit"), max_length=40, required=False)
    value_from = forms.CharField(label=_("Value that it began with"), max_length=40, required=False)
    rank = forms.IntegerField(label=_("Rank"), required=False, min_value=1, max_value=9999)
    set = forms.ChoiceField(label=_("Ranked among"), required=False)
    measure = forms.ChoiceField(
        label=_("Ranked by"),
        required=False,
        choices=[("", pgettext_lazy("ranked by", "as the text says")), *choices_of(MEASURE_LABELS)],
    )
    rank_within = forms.BooleanField(label=_("Among the first so many"), required=False)
    approximate = forms.BooleanField(label=_("Approximate"), required=False)
    target = forms.BooleanField(label=_("Target, not reached"), required=False)
    note = forms.CharField(label=_("Why it is mended"), max_length=300, required=False)

    def __init__(self, sets: list[tuple[str, str]], data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="mend_%s")
        as_said = ("", pgettext_lazy("ranked among", "as the text says"))
        self.fields["set"].choices = [as_said, *sets]  # type: ignore[attr-defined]

    @staticmethod
    def of(stated: Stated, indicator: str, division: str) -> dict[str, Any]:
        """Return what the form begins with: the claim as it stands, with the names that the store has."""
        claim = stated.claim
        same = ("period", "kind", "unit", "rank", "rank_within", "approximate", "target")
        return {
            **{name: getattr(claim, name) for name in same},
            "indicator": indicator,
            "division": division,
            "value": decimal_text(claim.value),
            "value_from": decimal_text(claim.value_from),
            "set": stated.set_code,
            "measure": stated.measure or "",
        }

    @property
    def mend(self) -> Mend:
        """The claim as it is meant."""
        told = dict(self.cleaned_data)
        told["kind"] = Stating(told["kind"])
        told["measure"] = Measure(told["measure"]) if told["measure"] else None
        return Mend(**told)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields of every claim."""
        names = ("indicator", "division", "period", "kind", "value", "unit", "value_from")
        return [self[name] for name in names]

    @property
    def rank_fields(self) -> list[forms.BoundField]:
        """The fields of a rank."""
        return [self[name] for name in ("rank", "set", "measure", "rank_within")]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What else is said of a claim, and why it is mended."""
        return [self[name] for name in ("approximate", "target", "note")]


class RejectForm(forms.Form):
    """Why a claim is rejected."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="reject_%s")
