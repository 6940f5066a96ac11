"""Forms of the case pages: the report, the queue's filters, and one form for each move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.models import (
    GRADE_LABELS,
    SOURCE_LABELS,
    TRACK_LABELS,
    VERIFY_LABELS,
    Case,
    Matter,
)
from tongqu.systems.cases.queries.answering import suggested_units
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.rules import VerifyBy

MOST_PHOTOS = 9
Choices = list[tuple[str, Any]]


class PhotoInput(forms.ClearableFileInput):
    """A file input that takes several photos; on a phone it offers the camera."""

    allow_multiple_selected = True


class LongSelect(forms.Select):
    """A list of choices that may be hundreds long: written at once, not by a template for each choice."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the element with its choices and groups."""
        chosen = {str(v) for v in self.format_value(value)}
        parts = [
            format_html('<optgroup label="{}">{}</optgroup>', key, self._options(label, chosen))
            if isinstance(label, list | tuple)
            else self._options([(key, label)], chosen)
            for key, label in self.choices
        ]
        about = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", about, mark_safe("".join(parts)))  # noqa: S308 - parts are escaped

    @staticmethod
    def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if str(key) in chosen else "", label) for key, label in choices),
        )


class PhotosField(forms.FileField):
    """Several photos; what is in them is checked by the store of evidence."""

    def __init__(self, **options: Any) -> None:
        widget = PhotoInput(attrs={"accept": "image/*", "multiple": True})
        super().__init__(widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the files; the base class knows only one."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(
                _("Send at most %(most)s photos at once."), code="too-many", params={"most": MOST_PHOTOS}
            )
        if not files:
            super().clean(None, initial)
        return [super(PhotosField, self).clean(file, initial) for file in files]


def _text(label: Any, **options: Any) -> forms.CharField:
    attrs = {"rows": options.pop("rows", 3)}
    return forms.CharField(label=label, max_length=5000, widget=forms.Textarea(attrs=attrs), **options)


class ReportForm(forms.Form):
    """A resident's report: what, where, photos, and who, if they like."""

    text = _text(_("What is wrong?"), rows=5, help_text=_("Say what you see, and how to find the spot."))
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("A photo that knows its position also sets the place."),
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    place_text = forms.CharField(label=_("Address or landmark"), max_length=200, required=False)
    matter_code = forms.ChoiceField(label=_("What is it about?"), required=False, widget=LongSelect)
    name = forms.CharField(label=_("Your name"), max_length=60, required=False)
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 \-]{5,19}$",
        label=_("Your telephone"),
        required=False,
        help_text=_("Only the desk and the unit that handles this will see name and number."),
        error_messages={"invalid": _("Write the number with digits only, such as 13812341234.")},
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter_code"].choices = [("", _("I am not sure")), *matters_by_class()]  # type: ignore[attr-defined]

    def clean_website(self) -> str:
        """Refuse whoever fills in what people do not see."""
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(
                _("This report looks like spam. Leave the last field empty."), code="spam"
            )
        return ""


def matters_by_class() -> Choices:
    """Return the matters in use, grouped by class, as choices."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for matter in Matter.objects.filter(is_active=True):
        groups.setdefault(matter.class_name, []).append((matter.code, matter.name))
    return list(groups.items())


class TrackForm(forms.Form):
    """The tracking code of a report."""

    code = forms.CharField(label=_("Tracking code"), max_length=16)


class QueueForm(forms.Form):
    """The filters above the queue."""

    words = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    matter = forms.ChoiceField(label=_("Matter"), required=False, widget=LongSelect)
    division = forms.ChoiceField(label=_("Place"), required=False, widget=LongSelect)
    unit = forms.ChoiceField(label=_("Unit"), required=False, widget=LongSelect)
    lamp = forms.ChoiceField(
        label=_("Lamp"),
        required=False,
        choices=[
            ("", _("All")),
            ("red", pgettext_lazy("lamp", "Late")),
            ("yellow", pgettext_lazy("lamp", "Due soon")),
            ("blue", pgettext_lazy("lamp", "On time")),
        ],
    )
    source = forms.ChoiceField(
        label=_("Source"),
        required=False,
        choices=[("", _("All")), *((str(k), v) for k, v in SOURCE_LABELS.items())],
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("newest", _("newest first")), ("oldest", _("oldest first")), ("due", _("due first"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("matter", matters_by_class())
        divisions = Division.objects.filter(level__in=[Level.COUNTY, Level.TOWNSHIP]).order_by("path")
        places = divisions.only("path", "level", "name_zh_hans", "name_zh_hant", "name_en")
        self._choose("division", [("none", _("place unknown")), *((d.path, _indented(d)) for d in places)])
        # The region's departments and counties; choosing one takes in every unit below it.
        units = (
            Unit.objects.filter(is_active=True)
            .filter(Q(parent=None) | Q(parent__parent=None))
            .order_by("path")
        )
        self._choose("unit", [(u.path, u.name) for u in units])

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    FIRST = ("words", "lamp", "sort")

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The filters that always show."""
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """The filters that fold away."""
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def has_more(self) -> bool:
        """Whether one of the folded filters is in use."""
        return any(field.value() for field in self.more_fields)

    def wanted(self, group: str) -> Wanted:
        """Return what the reader asked for; a value that does not hold is left out."""
        if not self.is_valid():
            return Wanted(group=group)
        data = self.cleaned_data
        division = data["division"]
        return Wanted(
            group=group,
            matter=data["matter"],
            division="" if division == "none" else division,
            no_place=division == "none",
            unit=data["unit"],
            lamp=data["lamp"],
            source=data["source"],
            words=data["words"],
            since=_midnight(data["since"]),
            until=_midnight(data["until"], days=1),
            sort=data["sort"] or "newest",
        )


def _indented(division: Division) -> str:
    return division.name if division.level == Level.COUNTY else f"　{division.name}"


def _midnight(day: Any, days: int = 0) -> datetime | None:
    return make_aware(datetime.combine(day + timedelta(days=days), time.min)) if day else None


class MatterForm(forms.Form):
    """The filters above the list of matters."""

    words = forms.CharField(label=_("Words or code"), required=False, max_length=60)
    track = forms.ChoiceField(
        label=_("Platform"),
        required=False,
        choices=[("", _("All")), *((str(k), v) for k, v in TRACK_LABELS.items())],
    )
    grade = forms.ChoiceField(
        label=_("Grade"),
        required=False,
        choices=[("", _("All")), *((str(k), v) for k, v in GRADE_LABELS.items())],
    )
    verify_by = forms.ChoiceField(
        label=_("Verified by"),
        required=False,
        choices=[("", _("All")), *((str(k), v) for k, v in VERIFY_LABELS.items())],
    )
    drone = forms.BooleanField(label=_("Seen by a drone"), required=False)


# ── One form for each move ──────────────────────────────────────────────────────────────────────────────────


class MoveForm(forms.Form):
    """The form of a move that needs nothing but the click."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, nearby: Sequence[Evidence] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["expected"].initial = case.revision
        self.prepare(nearby)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Fill in choices that depend on the case."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the action is called with, besides evidence."""
        return {}

    @property
    def uploads(self) -> list[UploadedFile[bytes]]:
        """The photos sent along."""
        return list(self.cleaned_data.get("photos") or [])

    @property
    def picked(self) -> list[str]:
        """SHA-256 of the photos chosen among those that are there already."""
        return list(self.cleaned_data.get("near") or [])


class AcceptForm(MoveForm):
    """Names the matter."""

    matter = forms.ChoiceField(label=_("Matter"), widget=LongSelect)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer the matters in use; what the reporter chose comes first."""
        self.fields["matter"].choices = [("", "—"), *matters_by_class()]  # type: ignore[attr-defined]
        self.fields["matter"].initial = self.case.matter.code if self.case.matter else ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The matter."""
        return {"matter": Matter.objects.get(code=self.cleaned_data["matter"])}


class ReasonForm(MoveForm):
    """Gives a reason."""

    reason = _text(_("Reason"))

    @property
    def arguments(self) -> dict[str, Any]:
        """The reason."""
        return {"reason": self.cleaned_data["reason"]}


class DispatchForm(MoveForm):
    """Names the unit; those that answer for matter and place stand first."""

    unit = forms.ChoiceField(label=_("Unit"), widget=LongSelect)
    note = _text(_("Note for the unit"), required=False, rows=2)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer the suggested units, then all others."""
        found = suggested_units(self.case)
        near = [(s.unit.code, s.unit.name) for s in found]
        known = {code for code, _name in near}
        others = [
            (u.code, u.name)
            for u in Unit.objects.filter(is_active=True).order_by("path")
            if u.code not in known
        ]
        self.fields["unit"].choices = [(_("Suggested"), near), (_("Other units"), others)]  # type: ignore[attr-defined]
        self.fields["unit"].initial = near[0][0] if near else ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The unit and the note."""
        return {"unit": Unit.objects.get(code=self.cleaned_data["unit"]), "note": self.cleaned_data["note"]}


class HandleForm(MoveForm):
    """Tells what was done, with photos."""

    text = _text(_("What was done?"))
    photos = PhotosField(label=_("Photos of the finished work"), required=False)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Ask for photos where the matter needs them."""
        self.fields["photos"].required = bool(self.case.matter and self.case.matter.photos_needed)

    @property
    def arguments(self) -> dict[str, Any]:
        """The words."""
        return {"text": self.cleaned_data["text"]}


class VerifyForm(MoveForm):
    """Finds the work done: by newer photos of the place, by photos of one's own, or by words."""

    near = forms.MultipleChoiceField(
        label=_("Newer photos of the place"), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = PhotosField(label=_("Photos of your own"), required=False)
    note = _text(_("What did you find?"), required=False)

    def prepare(self, nearby: Sequence[Evidence]) -> None:
        """Offer the newer photos; ask for the reporter's words where the matter is verified by them."""
        if nearby:
            self.fields["near"].choices = [(e.sha256, e.name) for e in nearby]  # type: ignore[attr-defined]
            # The nearest one is chosen already, so that one click verifies.
            self.fields["near"].initial = [nearby[0].sha256]
        else:
            del self.fields["near"]
        if self.case.matter and self.case.matter.verify_by == VerifyBy.REPORTER:
            self.fields["note"].required = True
            self.fields["note"].label = _("What did the reporter say?")

    @property
    def arguments(self) -> dict[str, Any]:
        """The words."""
        return {"note": self.cleaned_data["note"]}


class RefuseForm(ReasonForm):
    """Finds the work not done: why, with photos if there are any."""

    photos = PhotosField(label=_("Photos"), required=False)


class CloseForm(MoveForm):
    """Closes, with a word if it helps."""

    note = _text(_("Note"), required=False, rows=2)

    @property
    def arguments(self) -> dict[str, Any]:
        """The note."""
        return {"note": self.cleaned_data["note"]}


FORMS: dict[str, type[MoveForm]] = {
    "accept": AcceptForm,
    "reject": ReasonForm,
    "dispatch": DispatchForm,
    "take": MoveForm,
    "send_back": ReasonForm,
    "handle": HandleForm,
    "verify": VerifyForm,
    "refuse": RefuseForm,
    "close": CloseForm,
    "reopen": ReasonForm,
}
"""The form of each move."""
