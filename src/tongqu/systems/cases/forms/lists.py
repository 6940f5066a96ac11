"""The filters above the queue and the list of matters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.forms.fields import FoldingForm, LongSelect, classes
from tongqu.systems.cases.models.labels import GRADE_LABELS, SOURCE_LABELS, TRACK_LABELS, VERIFY_LABELS
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.queries.matters import matters_by_class


class QueueForm(FoldingForm):
    """The filters above the queue."""

    FIRST = ("words", "lamp", "sort")

    words = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    matter = forms.ChoiceField(label=_("Matter"), required=False, widget=LongSelect)
    matter_class = forms.ChoiceField(label=_("Class"), required=False)
    track = forms.ChoiceField(
        label=_("Platform"),
        required=False,
        choices=[("", _("All")), *((str(k), v) for k, v in TRACK_LABELS.items())],
    )
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
    outcome = forms.ChoiceField(
        label=_("How it went"),
        required=False,
        choices=[
            ("", _("All")),
            ("closed", _("closed")),
            ("rejected", _("turned away")),
            ("late", _("handled late")),
            ("returned", _("sent back by a unit")),
            ("reopened", _("opened again")),
        ],
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
        self._choose("matter_class", classes())
        divisions = Division.objects.filter(level__in=[Level.COUNTY, Level.TOWNSHIP]).order_by("path")
        places = divisions.only("path", "level", "name_zh_hans", "name_zh_hant", "name_en")
        self._choose("division", [("none", _("place unknown")), *((d.path, _indented(d)) for d in places)])
        # The region's departments and counties; choosing one takes in every unit below it.
        units = (
            Unit.objects.filter(is_active=True)
            .filter(Q(parent=None) | Q(parent__parent=None) | Q(path=self.data.get("unit", "")))
            .order_by("path")
        )
        self._choose("unit", [(u.path, u.name) for u in units])

    def _choose(self, name: str, choices: Sequence[Any]) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def wanted(self, group: str) -> Wanted:
        """Return what the reader asked for; a value that does not hold is left out."""
        if not self.is_valid():
            return Wanted(group=group)
        data = self.cleaned_data
        division = data["division"]
        return Wanted(
            group=group,
            matter=data["matter"],
            matter_class=data["matter_class"],
            track=data["track"],
            outcome=data["outcome"],
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
