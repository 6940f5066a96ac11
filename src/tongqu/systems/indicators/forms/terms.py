"""The terms of a contest as forms: its names, its items, caps, flags and targets. The way back is `terms`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.kernel.problems import BadInput
from tongqu.shared.ui.words import choices_of
from tongqu.systems.indicators.forms.choosing import MEASURE_LABELS
from tongqu.systems.indicators.models.contest import Contest
from tongqu.systems.indicators.models.divisions import DivisionSet
from tongqu.systems.indicators.models.indicator import BETTER_LABELS, Indicator
from tongqu.systems.indicators.queries.saying import in_words
from tongqu.systems.indicators.rules.contests import INPUTS, Item, Missing
from tongqu.systems.indicators.rules.contests import Contest as Terms
from tongqu.systems.indicators.rules.definition import CODE, Better
from tongqu.systems.indicators.rules.formulas import BadFormula, read_formula
from tongqu.systems.indicators.rules.ranking import Measure
from tongqu.systems.indicators.rules.saying import Wrong
from tongqu.systems.indicators.rules.targets import Targets, read_targets, targets_text
from tongqu.systems.indicators.rules.tidy import decimal_text

MOST_ITEMS = 40
ITEM_CODE = r"[^\s,]{1,40}"
MISSING_LABELS = {
    Missing.ZERO: pgettext_lazy("missing figure", "no points"),
    Missing.LOWEST: pgettext_lazy("missing figure", "as many as the one with the fewest"),
}
_PLACE = re.compile(r"terms\.items\[(\d+)\]\.(\w+)")


def number(label: Any, **options: Any) -> forms.DecimalField:
    """Return a field for a number of points, exact to nine decimals."""
    widget = forms.NumberInput({"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(label=label, max_digits=18, decimal_places=9, widget=widget, **options)


class ItemForm(forms.Form):
    """One item: an indicator, what of it counts, and how it becomes points."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    code = forms.RegexField(
        ITEM_CODE, label=_("Code of the item"), required=False,
        help_text=_("Short, such as gdp; the indicator's own when empty."),
    )  # fmt: skip
    measure = forms.ChoiceField(
        label=_("What counts"), choices=choices_of(MEASURE_LABELS), initial=str(Measure.VALUE)
    )
    better = forms.ChoiceField(label=_("which way is good"), choices=[], initial=str(Better.UP))
    weight = number(_("Weight: points for 100"), min_value=Decimal("0.000000001"))
    low = number(_("Lower cap"), initial=Decimal(0))
    high = number(_("Upper cap"), initial=Decimal(100))
    missing = forms.ChoiceField(
        label=_("Without a figure"), choices=choices_of(MISSING_LABELS), initial=str(Missing.ZERO)
    )
    formula = forms.CharField(
        label=_("Formula: what yields 0 to 100"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, indicators: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", "—"), *indicators]  # type: ignore[attr-defined]
        ways = [(str(way), BETTER_LABELS[way]) for way in (Better.UP, Better.DOWN, Better.NEITHER)]
        self.fields["better"].choices = ways  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the formula, so that all that is wrong with the terms is said at once."""
        said = super().clean() or {}
        try:
            read_formula(said.get("formula") or "0", INPUTS)
        except BadFormula as bad:
            self.add_error("formula", in_words(bad.said))
        return said

    @property
    def data_of_item(self) -> dict[str, Any]:
        """The item as `read_contest` takes it."""
        said = self.cleaned_data
        texts = {name: said[name] for name in ("indicator", "measure", "better", "missing", "formula")}
        numbers = {name: decimal_text(said[name]) for name in ("weight", "low", "high")}
        return {"code": said["code"] or said["indicator"], **texts, **numbers}

    @property
    def short_fields(self) -> list[forms.BoundField]:
        """The fields that stand beside each other."""
        return [
            self[name]
            for name in ("indicator", "measure", "better", "weight", "code", "low", "high", "missing")
        ]


def kept_items(items: forms.BaseFormSet[ItemForm]) -> list[ItemForm]:
    """Return the items that were filled and not taken out, in the order of the page; rows left empty are none."""
    filled = (row for row in items.forms if not row.empty_permitted or row.has_changed())
    return [row for row in filled if not row.data.get(row.add_prefix("DELETE"))]


class TermsForm(forms.Form):
    """All of a contest but its items."""

    code = forms.RegexField(
        CODE, label=_("code"), max_length=40,
        help_text=_("Letters, digits, hyphens and underscores, a letter first; it stands in the address and stays."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name (Simplified Chinese)"), max_length=100)
    name_hant = forms.CharField(label=_("Name (Traditional Chinese)"), max_length=100, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    division_set = forms.ModelChoiceField(
        DivisionSet.objects.all(), to_field_name="code", label=_("Set of divisions: who takes part")
    )
    flags = forms.IntegerField(label=_("Number of flags"), min_value=1, max_value=99, initial=1)
    most_bonus = number(_("Most that bonus counts"), min_value=Decimal(0), initial=Decimal(0))
    most_penalty = number(_("Most that penalty counts"), min_value=Decimal(0), initial=Decimal(0))
    decimals = forms.IntegerField(label=_("Decimals of points"), min_value=0, max_value=4, initial=2)
    ties_by = forms.CharField(
        label=_("Equal totals are decided by the item"), max_length=40, required=False,
        help_text=_("Its code; when empty, equals share rank and flag."),
    )  # fmt: skip
    targets = forms.CharField(
        label=_("Targets"), required=False, max_length=200_000,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "wrap": "off"}),
        help_text=_("Paste cells from a spreadsheet: the first line 区划 and the codes of items, then a line for each division. Formulas read them as target."),
    )  # fmt: skip
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["code"]

    @property
    def about(self) -> list[forms.BoundField]:
        """What it is called and who takes part."""
        names = ("code", "name", "name_hant", "name_en", "division_set")
        return [self[name] for name in names if name in self.fields]

    @property
    def rules(self) -> list[forms.BoundField]:
        """What holds for all items."""
        return [self[name] for name in ("flags", "decimals", "ties_by", "most_bonus", "most_penalty")]


class ContestForms:
    """The form and its items together, as they were written or as a contest says."""

    def __init__(
        self, contest: Contest | None, terms: Terms | None, data: Any = None, *, seen: str = ""
    ) -> None:
        indicators = [(each.code, f"{each.code} {each.name}") for each in Indicator.objects.all()]
        formset = forms.formset_factory(
            ItemForm, extra=0 if terms else 3, can_delete=True, max_num=MOST_ITEMS
        )
        targets: Targets = contest.terms.get("targets", {}) if contest else {}
        names = _names(contest.division_set) if contest and targets else {}
        about = initial_of(contest, terms, targets, names) | {"seen": seen}
        items = [initial_of_item(item) for item in terms.items] if terms else None
        self.form = TermsForm(data, initial=about, is_new=contest is None)
        self.items = formset(data, initial=items, prefix="items", form_kwargs={"indicators": indicators})
        self.terms: dict[str, Any] = {}

    def is_valid(self) -> bool:
        """Answer whether all holds; what does not stands beside its field. The terms are in `terms` then."""
        is_good = all([self.form.is_valid(), self.items.is_valid()])
        rows = kept_items(self.items)
        for row in rows:
            if not row.is_valid():
                is_good = False
        if not is_good:
            return False
        items = [row.data_of_item for row in rows]
        said = self.form.cleaned_data
        targets = self._targets(said["targets"], items, said["division_set"])
        self.terms = {
            "items": items,
            "flags": said["flags"],
            "most_bonus": decimal_text(said["most_bonus"]),
            "most_penalty": decimal_text(said["most_penalty"]),
            "decimals": said["decimals"],
            "ties_by": said["ties_by"],
            **({"targets": targets} if targets else {}),
        }
        return not self.form.errors

    def _targets(self, text: str, items: Sequence[Mapping[str, Any]], division_set: DivisionSet) -> Targets:
        codes = {item["code"]: item["code"] for item in items}
        known = codes | {code.lower(): code for code in codes}
        read = read_targets(text, known, _codes(division_set))
        for problem in read.problems:
            if isinstance(problem, Wrong):
                said = {"row": problem.row, "what": in_words(problem.said)}
                self.form.add_error("targets", _("Line %(row)s: %(what)s") % said)
        return read.targets

    def targets_of(self, item: str, division_set: DivisionSet) -> dict[str, Decimal]:
        """Return the targets of one item as far as they can be read."""
        codes = {row.data_of_item["code"] for row in kept_items(self.items) if row.is_valid()} | {item}
        known = {code: code for code in codes} | {code.lower(): code for code in codes}
        read = read_targets(str(self.form.data.get("targets", "")), known, _codes(division_set))
        return {code: Decimal(text) for code, text in read.targets.get(item, {}).items()}

    def refuse(self, refusal: Exception) -> None:
        """Put what the action refused beside its field: of an item, of the form, or above it."""
        if not isinstance(refusal, BadInput):
            self.form.add_error(None, str(refusal))
            return
        for problem in refusal.problems:
            message = str(problem.message)
            if (found := _PLACE.fullmatch(problem.field)) is not None:
                row = kept_items(self.items)[int(found[1])]
                row.add_error(found[2] if found[2] in row.fields else None, message)
                continue
            field = problem.field.removeprefix("terms.")
            self.form.add_error(field if field in self.form.fields else None, message)


def _names(division_set: DivisionSet) -> dict[str, str]:
    return {each.code: each.name for each in division_set.members.order_by("code")}


def _codes(division_set: DivisionSet) -> dict[str, str]:
    """Return the code of each member by its code and by each of its names."""
    members = list(division_set.members.all())
    named = {
        name: each.code for each in members for name in (each.name_zh_hans, each.name_zh_hant, each.name_en)
    }
    return named | {each.code: each.code for each in members}


def initial_of(
    contest: Contest | None, terms: Terms | None, targets: Targets, names: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the form shows of a contest at first."""
    if contest is None or terms is None:
        return {}
    return {
        "name": contest.name_zh_hans,
        "name_hant": contest.name_zh_hant,
        "name_en": contest.name_en,
        "division_set": contest.division_set.code,
        "flags": terms.flags,
        "most_bonus": decimal_text(terms.most_bonus),
        "most_penalty": decimal_text(terms.most_penalty),
        "decimals": terms.decimals,
        "ties_by": terms.ties_by,
        "targets": targets_text(targets, [item.code for item in terms.items], names),
    }


def initial_of_item(item: Item) -> dict[str, Any]:
    """Return what the form shows of an item at first."""
    texts = {
        name: str(getattr(item, name))
        for name in ("code", "indicator", "measure", "better", "formula", "missing")
    }
    return texts | {name: decimal_text(getattr(item, name)) for name in ("weight", "low", "high")}
