"""The terms of an indicator, and a set of divisions, as forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.models.divisions import LATE_LABELS, DivisionSet
from tongqu.systems.indicators.models.indicator import (
    ACCUMULATION_LABELS,
    BETTER_LABELS,
    FREQUENCY_LABELS,
    PRICE_LABELS,
    Indicator,
)
from tongqu.systems.indicators.queries.book import divisions_by_name
from tongqu.systems.indicators.queries.by_code import unknown_indicators
from tongqu.systems.indicators.rules.definition import (
    CODE,
    Accumulation,
    Better,
    Definition,
    Frequency,
    PriceBasis,
    Ratio,
)
from tongqu.systems.indicators.rules.ranking import Late

SET_CODE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"
DIVISION_CODE = r"[A-Za-z0-9_-]{1,15}"
MOST_MEMBERS = 5000


def _code(pattern: str) -> forms.RegexField:
    return forms.RegexField(
        pattern, label=_("code"), max_length=40,
        help_text=_("Letters, digits, hyphens and underscores; it stands in the address and stays."),
    )  # fmt: skip


class _NamesForm(forms.Form):
    """Names in three languages, and the mark of what was looked at."""

    name = forms.CharField(label=_("Name (Simplified Chinese)"), max_length=100)
    name_hant = forms.CharField(label=_("Name (Traditional Chinese)"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class IndicatorForm(_NamesForm):
    """What an indicator means."""

    unit = forms.CharField(
        label=_("unit"),
        max_length=40,
        required=False,
        help_text=_("A code such as CNY_100M, PCT, PERSON_10K."),
    )
    frequency = forms.ChoiceField(label=_("frequency"), choices=choices_of(FREQUENCY_LABELS))
    accumulation = forms.ChoiceField(label=_("what a figure covers"), choices=choices_of(ACCUMULATION_LABELS))
    price_basis = forms.ChoiceField(label=_("prices of the value"), choices=choices_of(PRICE_LABELS))
    growth_basis = forms.ChoiceField(label=_("prices of the growth"), choices=choices_of(PRICE_LABELS))
    better = forms.ChoiceField(label=_("which way is good"), choices=choices_of(BETTER_LABELS))
    decimals = forms.IntegerField(label=_("decimals"), min_value=0, max_value=9, initial=2)
    numerator = forms.CharField(
        label=_("numerator"), max_length=40, required=False,
        help_text=_("Of a ratio: the code of the indicator above the line. Both or none."),
    )  # fmt: skip
    denominator = forms.CharField(label=_("denominator"), max_length=40, required=False)
    source = forms.CharField(label=_("source"), max_length=300, required=False)
    meaning = forms.CharField(
        label=_("definition"), max_length=5000, required=False, widget=forms.Textarea({"rows": 4})
    )
    reason = forms.CharField(label=_("what changes, and why"), max_length=300)

    def __init__(self, data: Any = None, *, indicator: Indicator | None = None, seen: str = "") -> None:
        super().__init__(data, initial=_terms_of(indicator) | {"seen": seen})
        self.indicator = indicator
        if indicator is None:
            del self.fields["reason"]
            self.fields = {"code": _code(CODE), **self.fields}

    def clean(self) -> dict[str, Any]:
        """Check the two parts of a ratio together."""
        said = super().clean() or {}
        above, below = said.get("numerator", ""), said.get("denominator", "")
        if bool(above) != bool(below):
            empty = "denominator" if above else "numerator"
            self.add_error(empty, _("A ratio has two parts. Write both, or none."))
        elif above:
            self._check_parts(
                said.get("code") or (self.indicator.code if self.indicator else ""), above, below
            )
        return said

    def _check_parts(self, code: str, above: str, below: str) -> None:
        unknown = unknown_indicators([above, below])
        for name, part in (("numerator", above), ("denominator", below)):
            if part == code:
                self.add_error(name, _("An indicator is no part of itself. Name another."))
            elif part in unknown:
                self.add_error(name, _("No indicator has this code. Define it first, or correct it."))

    @property
    def definition(self) -> Definition:
        """The terms that were written."""
        said = self.cleaned_data
        return Definition(
            said["code"] if self.indicator is None else self.indicator.code,
            said["name"],
            said["name_hant"],
            said["name_en"],
            said["unit"],
            Frequency(said["frequency"]),
            Accumulation(said["accumulation"]),
            PriceBasis(said["price_basis"]),
            PriceBasis(said["growth_basis"]),
            Better(said["better"]),
            said["decimals"],
            Ratio(said["numerator"], said["denominator"]) if said["numerator"] else None,
            said["source"],
            # A browser sends two signs at the end of each line, and the store has one.
            said["meaning"].replace("\r\n", "\n"),
        )


def _terms_of(indicator: Indicator | None) -> dict[str, Any]:
    if indicator is None:
        return {"frequency": Frequency.QUARTER, "accumulation": Accumulation.CUMULATIVE}
    names = {
        "name": indicator.name_zh_hans,
        "name_hant": indicator.name_zh_hant,
        "name_en": indicator.name_en,
    }
    terms = (
        "unit", "frequency", "accumulation", "price_basis", "growth_basis", "better", "decimals", "numerator",
        "denominator", "source", "meaning",
    )  # fmt: skip
    return names | {term: getattr(indicator, term) for term in terms}


@dataclass
class Members:
    """What a list of members names: the codes that are known, and what is new with its name."""

    codes: list[str] = field(default_factory=list)
    fresh: dict[str, str] = field(default_factory=dict)


class SetForm(_NamesForm):
    """A named set of divisions, its members a line each."""

    late = forms.ChoiceField(
        label=_("late figures"), choices=choices_of(LATE_LABELS), initial=str(Late.LEAVE_OUT)
    )
    members = forms.CharField(
        label=_("members"), max_length=300_000, widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=_("A division in each line: its code, its name, or both; cells of a spreadsheet can be pasted."),
    )  # fmt: skip
    adds = forms.BooleanField(
        label=_("Add the divisions that are not known yet, by code and name"), required=False
    )

    def __init__(self, data: Any = None, *, division_set: DivisionSet | None = None, seen: str = "") -> None:
        super().__init__(data, initial=_set_of(division_set) | {"seen": seen})
        if division_set is None:
            self.fields = {"code": _code(SET_CODE), **self.fields}

    def clean_members(self) -> Members:
        """Return what the lines name; names each line that names nothing."""
        known = divisions_by_name()
        found = Members()
        for number, line in enumerate(self.cleaned_data["members"].splitlines(), start=1):
            words = [word for word in re.split(r"[\t,，、; ]+", line.strip()) if word]
            if words:
                self._read(number, words, known, found)
        if len(found.codes) > MOST_MEMBERS:
            message = _("A set has at most %(most)s members.") % {"most": MOST_MEMBERS}
            raise forms.ValidationError(message)
        return found

    def _read(self, number: int, words: list[str], known: Mapping[str, str], found: Members) -> None:
        code = next((known[word] for word in words if word in known), None)
        if code is None and len(words) >= 2 and re.fullmatch(DIVISION_CODE, words[0]) and "adds" in self.data:
            found.fresh[words[0]] = words[1]
            code = words[0]
        if code is None:
            message = _("Line %(row)s: no division has the code or name “%(text)s”, or several have.")
            self.add_error("members", message % {"row": number, "text": " ".join(words)[:60]})
        elif code not in found.codes:
            found.codes.append(code)


def _set_of(division_set: DivisionSet | None) -> dict[str, Any]:
    if division_set is None:
        return {}
    members = division_set.members.order_by("code")
    return {
        "name": division_set.name_zh_hans,
        "name_hant": division_set.name_zh_hant,
        "name_en": division_set.name_en,
        "late": division_set.late,
        "members": "\n".join(f"{each.code}\t{each.name_zh_hans}" for each in members),
    }
