"""The forms of the region pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Person, Unit, below
from tongqu.shared.region.rules import UNIT_CODE, Level, Role, UnitKind

LEVEL_WORDS = {
    Level.PREFECTURE: _("Prefecture"),
    Level.COUNTY: _("County"),
    Level.TOWNSHIP: _("Township"),
    Level.VILLAGE: _("Village"),
    Level.GRID: _("Grid"),
}
KIND_WORDS = {UnitKind.LINE: _("Line department"), UnitKind.TERRITORY: _("Territorial government")}
ROLE_WORDS = {
    Role.DUTY_DESK: _("Duty desk"),
    Role.HANDLER: _("Handler"),
    Role.UNIT_HEAD: _("Unit head"),
    Role.INSPECTOR: _("Inspector"),
    Role.AUDITOR: _("Auditor"),
    Role.REGION_ADMIN: _("Region administrator"),
}


class SearchForm(forms.Form):
    """Finds divisions by name or code."""

    q = forms.CharField(label=_("Name or code"), max_length=60, required=False, widget=forms.SearchInput)
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("All levels")), *LEVEL_WORDS.items()], required=False
    )


class UnitSearchForm(forms.Form):
    """Finds units by name, code or what they answer for."""

    q = forms.CharField(
        label=_("Name, code or matter"), max_length=60, required=False, widget=forms.SearchInput
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *KIND_WORDS.items()], required=False
    )


class UnitForm(forms.ModelForm[Unit]):
    """What can be changed about a unit."""

    class Meta:
        model = Unit
        fields = ["name_zh_hans", "name_zh_hant", "name_en", "answers_for", "phone", "is_active"]
        widgets = {"answers_for": forms.Textarea(attrs={"rows": 3})}


class NewUnitForm(forms.Form):
    """A new unit under another."""

    code = forms.RegexField(
        UNIT_CODE,
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens, such as zhzf-qujiang."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KIND_WORDS.items()))
    name_zh_hans = forms.CharField(label=_("Name (Simplified Chinese)"), max_length=100)
    name_en = forms.CharField(label=_("Name (English)"), max_length=200, required=False)
    answers_for = forms.CharField(
        label=_("What it answers for"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MoveUnitForm(forms.Form):
    """The unit that another shall stand under."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Unit.objects.filter(is_active=True).exclude(below("path", unit.path)).order_by("path")
        self.fields["parent"] = forms.ModelChoiceField(
            others,
            label=_("Supervising unit"),
            to_field_name="code",
            initial=unit.parent and unit.parent.code,
        )


class PostForm(forms.Form):
    """A person who is given a role in a unit."""

    person = forms.CharField(label=_("Login"), max_length=60)
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_WORDS.items()))
    since_on = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_person(self) -> Person:
        """Find the person by login or full name."""
        text = self.cleaned_data["person"].strip()
        found = list(Person.objects.filter(Q(username=text) | Q(name=text), is_active=True)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("Nobody, or more than one, goes by this name. Give the login."))
        return found[0]


class CalendarDayForm(forms.Form):
    """A holiday or a shifted working day."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_working = forms.TypedChoiceField(
        label=_("Working or not"),
        choices=[("0", _("Holiday")), ("1", _("Working day"))],
        coerce=lambda value: value == "1",
    )
    name = forms.CharField(label=_("Name"), max_length=60, required=False)


class HoursForm(forms.Form):
    """The working hours of the region."""

    work_spans = forms.CharField(
        label=_("Working hours"),
        max_length=100,
        help_text=_("Spans of local time, such as 08:30-12:00,14:00-17:30."),
    )


class UploadForm(forms.Form):
    """The folder of a region, packed as a ZIP archive."""

    archive = forms.FileField(
        label=_("ZIP archive"),
        help_text=_(
            "Holds divisions.csv, outlines.geojson, units.csv, people.csv, postings.csv, calendar.csv: those that change."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )
