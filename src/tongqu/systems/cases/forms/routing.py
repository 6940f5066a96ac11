"""The forms of the responsibility lists: filters, an entry, the moves, the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import Level, UnitKind
from tongqu.systems.cases.forms.fields import Choices, LongSelect, words_field
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.matter import Matter

ANY = ("", _("All"))
GRADES: Choices = [(str(grade), label) for grade, label in GRADE_LABELS.items()]


def class_choices() -> Choices:
    """Return the classes of matters in use."""
    rows = Matter.objects.filter(is_active=True).order_by("class_code")
    return list(dict(rows.values_list("class_code", "class_name")).items())


def about_choices() -> Choices:
    """Return classes and matters in use, each class above its matters."""
    groups: dict[str, tuple[str, Choices]] = {}
    for matter in Matter.objects.filter(is_active=True).order_by("class_code", "code"):
        whole = (f"class:{matter.class_code}", _("all of “%(class)s”") % {"class": matter.class_name})
        _name, members = groups.setdefault(matter.class_code, (matter.class_name, [whole]))
        members.append((f"matter:{matter.code}", matter.name))
    return list(groups.values())


def place_choices(value: str = "path", *levels: Level) -> Choices:
    """Return region, counties and townships by path or code, each indented below what holds it."""
    kept = levels or (Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP)
    rows = Division.objects.filter(level__in=kept).order_by("path")
    depth = {Level.PREFECTURE: 0, Level.COUNTY: 1, Level.TOWNSHIP: 2}
    fields = rows.only("path", "code", "level", "name_zh_hans", "name_zh_hant", "name_en")
    return [(getattr(d, value), "　" * depth[Level(d.level)] + d.name) for d in fields]


def unit_choices(*kinds: UnitKind) -> Choices:
    """Return the active units by code."""
    rows = Unit.objects.filter(is_active=True, kind__in=kinds or tuple(UnitKind)).order_by("path")
    return [(unit.code, unit.name) for unit in rows]


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]


class EntryFilter(forms.Form):
    """The filters above the entries of a list."""

    place = forms.ChoiceField(label=_("Place"), required=False, widget=LongSelect)
    about = forms.ChoiceField(label=_("Matter"), required=False, widget=LongSelect)
    unit = forms.ChoiceField(label=_("Lead unit"), required=False, widget=LongSelect)
    special = forms.BooleanField(label=_("Only with grade or times"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "place", [ANY, *place_choices()])
        _offer(self, "about", [ANY, *about_choices()])
        _offer(self, "unit", [ANY, *unit_choices()])


class GridFilter(forms.Form):
    """What part of the table is shown."""

    within = forms.ChoiceField(label=_("Place"), required=False, widget=LongSelect)
    class_code = forms.ChoiceField(label=_("Class"), required=False)
    grade = forms.ChoiceField(
        label=_("Grade"), required=False, choices=[("", _("each matter's own")), *GRADES]
    )
    moment = forms.DateTimeField(
        label=_("At"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counties = place_choices("path", Level.COUNTY)
        _offer(self, "within", [("", _("Whole region: the counties")), *counties])
        _offer(self, "class_code", [ANY, *class_choices()])


class RehearsalForm(forms.Form):
    """On the cases of which days a list is rehearsed."""

    since = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class DraftForm(forms.Form):
    """Begins a draft."""

    title = forms.CharField(label=_("Title"), max_length=120)
    reason = words_field(_("What changes, and why"), required=False, rows=2)


class EntryForm(forms.Form):
    """An entry of a draft; what it may say is checked by the same reader as a file."""

    division = forms.ChoiceField(
        label=_("Place"), widget=LongSelect, help_text=_("Holds in everything inside it, too.")
    )
    about = forms.ChoiceField(label=_("Matter"), required=False, widget=LongSelect)
    grade = forms.ChoiceField(label=_("Grade"), required=False, choices=[("", _("any grade")), *GRADES])
    times = forms.CharField(
        label=_("Times"),
        required=False,
        max_length=80,
        help_text=_(
            "Days, hours and season, parted by spaces: workdays 22:00-06:00 10-01..04-30. Empty: always."
        ),
    )
    lead = forms.ChoiceField(label=_("Lead unit"), widget=LongSelect)
    assisting = forms.MultipleChoiceField(
        label=_("Assisting units"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    handle_allowance = forms.CharField(
        label=_("Time to handle"),
        required=False,
        max_length=10,
        help_text=_("4wh, 3wd, 2h or 7d. Empty: as the matter says."),
    )
    verifier = forms.ChoiceField(label=_("Verifying unit"), required=False, widget=LongSelect)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, place: Division | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = place_choices("code")
        if place is not None and place.code not in dict(places):
            places = [(place.code, place.name), *places]
        units = unit_choices()
        _offer(self, "division", places)
        _offer(self, "about", [("", _("any matter")), *about_choices()])
        _offer(self, "lead", [("", "—"), *units])
        _offer(self, "assisting", units)
        _offer(self, "verifier", [("", _("the usual inspectors")), *unit_choices(UnitKind.TERRITORY)])

    @property
    def values(self) -> dict[str, str]:
        """The entry as the columns of a file."""
        data = self.cleaned_data
        kind, _colon, code = data["about"].partition(":")
        plain = {
            name: data[name]
            for name in ("division", "grade", "times", "lead", "handle_allowance", "verifier", "note")
        }
        return {
            **plain,
            "class_code": code if kind == "class" else "",
            "matter": code if kind == "matter" else "",
            "assisting": " ".join(data["assisting"]),
        }


def initial_of(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of a file as the entry's form takes them."""
    about = f"matter:{values['matter']}" if values["matter"] else f"class:{values['class_code']}"
    has_about = values["matter"] or values["class_code"]
    return {**values, "about": about if has_about else "", "assisting": values["assisting"].split()}


FIELD_OF = {"matter": "about", "class_code": "about", "number": None}
"""Where a problem with a column is shown in the form."""


class ListMoveForm(forms.Form):
    """A move of a list that needs nothing but the click."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def arguments(self, at: datetime) -> dict[str, Any]:
        """What the action is called with besides the revision."""
        return {}


class ApproveForm(ListMoveForm):
    """Approves, with the day from which the list is in force."""

    day = forms.DateField(
        label=_("In force from"),
        help_text=_("Today: at once. A later day: from its first minute."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def arguments(self, at: datetime) -> dict[str, Any]:
        """The instant from which the list is in force."""
        day: date = self.cleaned_data["day"]
        midnight = make_aware(datetime.combine(day, time.min))
        is_today = midnight.date() == at.astimezone(midnight.tzinfo).date()
        return {"in_force_from": at if is_today else midnight}


class SendBackForm(ListMoveForm):
    """Gives a list back, with a reason."""

    reason = words_field(_("Reason"), rows=2)

    def arguments(self, at: datetime) -> dict[str, Any]:
        """The reason."""
        return {"reason": self.cleaned_data["reason"]}


LIST_FORMS: dict[str, type[ListMoveForm]] = {
    "submit": ListMoveForm,
    "approve": ApproveForm,
    "send_back": SendBackForm,
    "discard": ListMoveForm,
}
LIST_MOVE_LABELS = {
    "submit": _("Submit for approval"),
    "approve": _("Approve"),
    "send_back": _("Give back to be changed"),
    "discard": _("Discard the draft"),
}


class ListFileForm(forms.Form):
    """A file of entries."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "XLSX or CSV (UTF-8 or GB18030) with the columns of the export. It takes the place of all entries of the draft."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
