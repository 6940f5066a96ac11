"""The living page `/ui`: every component with its states, for those who build pages and those who review them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.evidence.queries.finding import visible
from tongqu.shared.region.models import Division
from tongqu.shared.region.rules import Level
from tongqu.shared.ui.icons import ICONS
from tongqu.shared.ui.table import Column, Table

COLOURS = (
    "surface", "surface-raised", "surface-sunken", "line", "line-strong", "ink", "ink-soft", "ink-faint", "accent",
    "accent-wash", "lamp-blue", "lamp-yellow", "lamp-red", "lamp-none", "chart-1", "chart-2", "chart-3", "chart-4",
    "chart-5", "chart-6", "class-1", "class-2", "class-3", "class-4", "class-5",
)  # fmt: skip
SPACES = (4, 8, 12, 16, 20, 24, 32, 48)
STOP_POLLING = 286
SAMPLE_ROWS = 240
LAMPS = ("red", "yellow", "blue", "none")


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=60, help_text=gettext_lazy("Say what and where.")
    )
    text = forms.CharField(label=gettext_lazy("Description"), widget=forms.Textarea, required=False)
    grade = forms.ChoiceField(
        label=gettext_lazy("Grade"),
        choices=[("", "—"), ("a", gettext_lazy("Ordinary")), ("b", gettext_lazy("Urgent"))],
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Source"),
        choices=[("web", gettext_lazy("Web form")), ("drone", gettext_lazy("Drone patrol"))],
        widget=forms.RadioSelect,
    )
    on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    photo = forms.FileField(label=gettext_lazy("Photo"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("The reporter wants an answer"), required=False)


class SampleFilters(forms.Form):
    """The filters above the sample table."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False)
    lamp = forms.ChoiceField(
        label=gettext_lazy("Lamp"),
        choices=[("", gettext_lazy("All"))] + [(c, c) for c in LAMPS[:3]],
        required=False,
    )


class SamplePlace(forms.Form):
    """The inputs of the pin picker."""

    lon = forms.FloatField(label=gettext_lazy("Longitude (WGS-84)"), required=False)
    lat = forms.FloatField(label=gettext_lazy("Latitude (WGS-84)"), required=False)


@dataclass(frozen=True)
class SampleFact:
    """A fact as the journal holds them, made up for the page."""

    seq: int
    at: datetime
    actor_name: str
    verb: str
    subject_label: str
    note: str = ""
    subject_id: str = ""
    before_values: dict[str, Any] = field(default_factory=dict)
    after_values: dict[str, Any] = field(default_factory=dict)
    evidence_hashes: tuple[str, ...] = ()


def _rows(at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "number": f"260916-{place:06d}",
            "title": _("Heap of building waste beside the road"),
            "unit": _("Sample unit %(number)s") % {"number": place % 7 + 1},
            "lamp": LAMPS[place % 4],
            "due": at + timedelta(hours=place - 40),
            "returns": place * 7 % 5,
        }
        for place in range(1, SAMPLE_ROWS + 1)
    ]


def _table(request: HttpRequest, name: str, rows: list[dict[str, Any]]) -> Table:
    columns = [
        Column("number", _("Number"), sort="key", link=lambda row: f"#{row['number']}"),
        Column("lamp", _("Lamp"), kind="lamp", sort="key"),
        Column("title", _("Title")),
        Column("unit", _("Unit"), sort="key"),
        Column("due", _("Due"), kind="instant", sort="key"),
        Column("returns", _("Returns"), kind="number", sort="key", optional=True),
    ]
    return Table(
        name, columns, rows, request, caption=_("Sample cases"), page_size=8,
        empty_title=_("No case matches"), empty_text=_("Widen the filters or clear them."),
    )  # fmt: skip


def _facts(at: datetime) -> list[SampleFact]:
    title = _("Heap of building waste beside the road")
    said = [
        ("case.closed", _("Zhou of the duty desk"), ""),
        ("case.handled", _("Wang of enforcement"), _("Cleared and washed; photo attached.")),
        ("case.dispatched", _("Zhou of the duty desk"), ""),
        ("case.reported", _("A resident"), _("Blocks half of the lane.")),
    ]
    return [
        SampleFact(len(said) - place, at - timedelta(hours=3 * place), actor, verb, title, note)
        for place, (verb, actor, note) in enumerate(said)
    ]


def _points(at: datetime) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {
                    "type": "Point",
                    "coordinates": [118.6 + place % 9 * 0.06, 28.75 + place % 7 * 0.05 + place % 4 * 0.012],
                },
                "properties": {
                    "number": f"260916-{place:06d}",
                    "title": _("Heap of building waste beside the road"),
                    "lamp": LAMPS[place % 3],
                    "at": at.isoformat(),
                },
            }
            for place in range(1, 41)
        ],
    }


def _maps(at: datetime) -> dict[str, Any]:
    outlines = [
        {"kind": "outlines", "level": level, "url": reverse("region:outlines", args=[level]), "label": label}
        for level, label in (("county", _("Counties")), ("township", _("Townships")))
    ]
    return {
        "show": {"layers": [*outlines, {"kind": "cases", "data": _points(at), "label": _("Cases")}]},
        "pick": {"layers": outlines, "pick": {"lon": "lon", "lat": "lat"}},
    }


def _charts() -> list[dict[str, Any]]:
    days = [f"09-{day:02d}" for day in range(10, 17)]
    bars = {
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value"},
        "legend": {"bottom": 0},
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 36, "outerBoundsMode": "same"},
        "series": [
            {"name": _("Reported"), "type": "bar", "data": [12, 18, 9, 14, 21, 7, 11]},
            {"name": _("Closed"), "type": "bar", "data": [10, 15, 12, 13, 16, 9, 14]},
        ],
    }
    line = {
        "xAxis": {"type": "category", "data": days, "boundaryGap": False},
        "yAxis": {"type": "value", "max": 100},
        "series": [
            {
                "name": _("Met on time, %"),
                "type": "line",
                "symbol": "none",
                "data": [88, 90, 87, 91, 93, 92, 95],
            }
        ],
    }
    return [
        {
            "id": "bars",
            "option": bars,
            "title": _("More cases were closed than reported on three of seven days"),
        },
        {"id": "line", "option": line, "title": _("Nineteen of twenty duties are now met on time")},
        {
            "id": "areas",
            "option": _areas(),
            "title": _("Most cases came from the county in the darkest colour"),
        },
    ]


def _areas() -> dict[str, Any]:
    """Return a map in classes as a chart, with invented numbers for the counties that there are."""
    counties = Division.objects.filter(level=Level.COUNTY).exclude(outline=None).defer("outline")
    data = [
        {
            "name": county.code,
            "value": n % 5,
            "tip": f"{county.name}\n{n % 5 * 10}",
            "url": reverse("region:division", args=[county.code]),
        }
        for n, county in enumerate(counties)
    ]
    pieces = [{"value": n, "label": f"{n * 10}", "color": f"$class-{n + 1}"} for n in range(5)]
    outlines = {"name": "outlines-county", "url": reverse("region:outlines", args=["county"])}
    return {
        "tongqu": {"map": outlines, "tips": True, "height": 260},
        "tooltip": {"trigger": "item"},
        "visualMap": {"type": "piecewise", "pieces": pieces, "left": 0, "bottom": 0},
        "series": [{"type": "map", "map": "outlines-county", "nameProperty": "code", "data": data}],
    }


@door(SIGNED_IN)
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    at = now()
    table = _table(request, "sample", _rows(at))
    if table.is_download:
        return table.download()
    return render(
        request,
        "site/components.html",
        {
            "colours": COLOURS,
            "spaces": SPACES,
            "icons": ICONS,
            "lamps": LAMPS,
            "filters": SampleFilters(request.GET or None),
            "table": table,
            "nothing": _table(request, "nothing", []),
            "form": SampleForm(),
            "wrong": SampleForm({"title": "", "grade": "x"}, prefix="wrong"),
            "place": SamplePlace(),
            "maps": _maps(at),
            "charts": _charts(),
            "facts": _facts(at),
            "photos": visible(person_of(request), at).filter(kind="photo").order_by("-stored_at", "-id")[:8],
        },
    )


@door(SIGNED_IN)
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show a bar that fills within ten seconds, then stop asking."""
    share = now().second % 10 / 9
    done = share >= 1
    text = _("%(share)d %% done") % {"share": round(share * 100)}
    return render(
        request, "ui/bar.html", {"share": share, "text": text}, status=STOP_POLLING if done else 200
    )
