"""The filters above the map and the statistics of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.rules import Level
from tongqu.systems.cases.forms.fields import FoldingForm, LongSelect, classes
from tongqu.systems.cases.models.labels import SOURCE_LABELS, TRACK_LABELS
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.rules.spans import DAY, LONGEST_DAYS, Span


def date_field(label: Any) -> forms.DateField:
    """Return a field for a day."""
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=picker)


class SeeingForm(FoldingForm):
    """Which cases are counted: what about, where, whose, from when to when."""

    matter_class = forms.ChoiceField(label=_("Class"), required=False)
    track = forms.ChoiceField(label=_("Platform"), required=False)
    division = forms.ChoiceField(label=_("Place"), required=False, widget=LongSelect)
    unit = forms.ChoiceField(label=_("Unit"), required=False, widget=LongSelect)
    source = forms.ChoiceField(label=_("Source"), required=False)
    since = date_field(_("Reported from"))
    until = date_field(_("Reported to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("matter_class", classes())
        self._choose("track", [(str(key), label) for key, label in TRACK_LABELS.items()])
        self._choose("source", [(str(key), label) for key, label in SOURCE_LABELS.items()])
        divisions = Division.objects.filter(level__in=[Level.COUNTY, Level.TOWNSHIP]).order_by("path")
        places = divisions.only("path", "level", "name_zh_hans", "name_zh_hant", "name_en")
        self._choose(
            "division", [(d.path, d.name if d.level == Level.COUNTY else f"　{d.name}") for d in places]
        )
        # The region's departments and counties; choosing one takes in every unit below it.
        top = Q(parent=None) | Q(parent__parent=None) | Q(path=self.data.get("unit", ""))
        units = Unit.objects.filter(top, is_active=True).order_by("path")
        self._choose("unit", [(u.path, u.name) for u in units])

    def _choose(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check the order of the days."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins. Choose a later day."))
        return found

    def wanted(self) -> Wanted:
        """Return what the reader asked for; a value that does not hold is left out."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return Wanted(
            group="all",
            matter_class=data.get("matter_class", ""),
            track=data.get("track", ""),
            division=data.get("division", ""),
            unit=data.get("unit", ""),
            source=data.get("source", ""),
            since=midnight(data.get("since")),
            until=midnight(data.get("until"), days=1),
        )


def midnight(day: Any, days: int = 0) -> datetime | None:
    """Return the instant at which the day begins here, so many days later."""
    return make_aware(datetime.combine(day + timedelta(days=days), time.min)) if day else None


MAP_GROUPS: Sequence[tuple[str, Any]] = [
    ("open", _("All open")),
    ("new", _("To accept")),
    ("dispatch", _("To dispatch")),
    ("handling", _("Being handled")),
    ("check", _("To verify")),
    ("closing", _("To close")),
    ("ended", _("Ended")),
    ("all", _("All")),
]


class MapForm(SeeingForm):
    """The filters of the map; without any, all open cases are shown."""

    FIRST = ("group", "matter_class", "division")

    group = forms.ChoiceField(label=_("State"), required=False, choices=MAP_GROUPS)

    field_order = ("group", "matter_class", "division", "unit", "since", "until", "track", "source")

    def wanted(self) -> Wanted:
        """Return what the reader asked for: open cases, when no state is named."""
        wanted = super().wanted()
        return replace(wanted, group=getattr(self, "cleaned_data", {}).get("group") or "open")


BY_LABELS: Sequence[tuple[str, Any]] = [
    ("class", _("Class")),
    ("matter", _("Matter")),
    ("unit", _("Unit")),
    ("county", _("County")),
    ("township", _("Township")),
    ("source", _("Source")),
    ("time", _("Time")),
]
STEP_LABELS: Sequence[tuple[str, Any]] = [
    ("", _("as fits")),
    ("day", _("Day")),
    ("week", _("Week")),
    ("month", _("Month")),
    ("quarter", _("Quarter")),
]


class StatisticsForm(SeeingForm):
    """The filters of the statistics, and by what cases are put together."""

    FIRST = ("by", "since", "until", "step")

    by = forms.ChoiceField(label=_("Put together by"), required=False, choices=BY_LABELS)
    step = forms.ChoiceField(label=_("Time by"), required=False, choices=STEP_LABELS)

    field_order = ("by", "since", "until", "step", "matter_class", "division", "unit", "track", "source")

    def clean(self) -> dict[str, Any]:
        """Check that the period is not longer than can be compared."""
        found = super().clean()
        since, until = found.get("since"), found.get("until")
        if since and until and (until - since).days >= LONGEST_DAYS:
            self.add_error("until", _("Choose a period of at most ten years."))
        return found

    def span(self, usual: Span) -> Span:
        """Return the days asked for; without a beginning the usual ones, without an end up to the usual end."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        since, until = data.get("since"), data.get("until")
        if since is None:
            return usual if until is None else Span(until - 29 * DAY, until)
        return Span(since, max(since, until or usual.last_on))

    def chosen(self, name: str, usual: str) -> str:
        """Return a choice, or what is usual without one."""
        self.is_valid()
        return str(getattr(self, "cleaned_data", {}).get(name) or usual)
