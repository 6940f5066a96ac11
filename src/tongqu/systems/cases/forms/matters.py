"""The forms that change matters: one by hand, many by a file."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.terms import TERMS

GROUPS = (
    (_("Name and class"), ("name_zh_hans", "name_zh_hant", "name_en", "class_code", "class_name", "subclass_code",
                           "subclass_name", "is_standard_class", "keywords")),
    (_("Who and how fast"), ("track", "grade", "department", "accept_allowance", "dispatch_allowance",
                             "handle_allowance", "verify_allowance", "close_allowance")),
    (_("What shows that it is done"), ("verify_by", "verify_radius_m", "photo_rule", "photos_needed", "seen_by_drone")),
    (_("Where it is seen"), ("publicity", "icon", "colour", "is_active")),
)  # fmt: skip
"""The terms as the form groups them; questions are changed by a file."""


class ChangeMatterForm(forms.ModelForm[Matter]):
    """All terms of a matter but its questions, and from when and why they hold."""

    in_force_on = forms.DateField(
        label=_("in force from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Today or later. Cases that are named before keep what holds now."),
    )
    reason = forms.CharField(label=_("reason"), max_length=300)

    class Meta:
        model = Matter
        fields: ClassVar[list[str]] = [term for term in TERMS if term != "questions"]
        widgets: ClassVar[dict[str, Any]] = {"keywords": forms.Textarea(attrs={"rows": 3})}

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields of the terms under their headings."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    @property
    def about(self) -> list[forms.BoundField]:
        """From when and why."""
        return [self["in_force_on"], self["reason"]]

    @property
    def changes(self) -> dict[str, Any]:
        """The terms that were changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in TERMS}


class CatalogueFileForm(forms.Form):
    """A file of matters, questions or both."""

    file = forms.FileField(
        label=_("File of matters"),
        help_text=_("XLSX or CSV (UTF-8 or GB18030), as the export writes it; at most 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
