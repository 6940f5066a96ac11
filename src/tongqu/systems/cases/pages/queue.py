"""The queue of cases, as the desk, a unit and an inspector read it, and the points on the map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.shared.ui.xlsx import MEDIA_TYPE, workbook
from tongqu.systems.cases.forms.lists import QueueForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import SOURCE_LABELS, STATE_LABELS
from tongqu.systems.cases.pages.filters import offered
from tongqu.systems.cases.pages.geojson import geojson
from tongqu.systems.cases.queries.answers import AnswersInWords
from tongqu.systems.cases.queries.cases import (
    GROUPS,
    ORDERS,
    Box,
    Wanted,
    case_points,
    chosen,
    owed_by_units_of,
    queue,
    tabs,
    visible_cases,
)
from tongqu.systems.cases.queries.filters import first_filter
from tongqu.systems.cases.queries.joining import joined_counts
from tongqu.systems.cases.queries.parts import owed_parts
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.presets import address, kept

PAGE_SIZE = 50
MOST_EXPORTED = 50_000


@door(SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the queue; with `export=xlsx` or `geojson`, send it as a file."""
    person, at = person_of(request), now()
    if not request.GET and (first := first_filter(person)) is not None:
        return redirect(reverse("cases:queue") + address(first.query))
    group = request.GET.get("group", "open")
    form = QueueForm(request.GET or None)
    wanted = form.wanted(group if group in GROUPS else "open")
    if request.GET.get("export") == "xlsx":
        return export(person, wanted)
    if request.GET.get("export") == "geojson":
        return geojson(person, wanted)
    leaf = queue(person, wanted, at=at, after=request.GET.get("after", ""), limit=PAGE_SIZE)
    joined = joined_counts(leaf.cases)
    context = {
        "form": form,
        "group": wanted.group,
        "filters": offered(person, request),
        "kept": address(kept(request.GET.dict())),
        "tabs": [
            {"tab": tab, "label": tab_label(tab.key), "query": _query(request, group=tab.key)}
            for tab in tabs(person)
        ],
        "rows": [_row(case, at, joined.get(case.pk, 0)) for case in leaf.cases],
        "next": _query(request, keep_filters=True, after=leaf.next) if leaf.next else "",
        "first": _query(request, keep_filters=True) if request.GET.get("after") else "",
        "export": _query(request, keep_filters=True, export="xlsx"),
        "geojson": _query(request, keep_filters=True, export="geojson"),
    }
    return render(request, "cases/queue.html", context)


@dataclass(frozen=True)
class Row:
    """A case as the queue prints it; made here, because a template takes several times as long."""

    case: Case
    number: str
    lamp: str
    state: str
    matter: str
    place: str
    unit: str
    due: tuple[str, str]
    reported: tuple[str, str]
    joined: int
    is_paused: bool


def _row(case: Case, at: datetime, joined: int) -> Row:
    duty = case.duty
    return Row(
        case=case,
        number=case.number,
        lamp=str(duty.lamp(at) or "") if duty else "",
        state=str(STATE_LABELS[State(case.state)]),
        matter=case.matter.name if case.matter else "",
        place=case.division.name if case.division else "",
        unit=case.owner_unit.name if case.owner_unit else "",
        due=_instant(duty.due_at) if duty else ("", ""),
        reported=_instant(case.reported_at),
        joined=joined,
        is_paused=duty is not None and duty.paused_at is not None,
    )


def _instant(at: datetime) -> tuple[str, str]:
    """Return an instant for the machine and for the eye, in local time."""
    local = localtime(at)
    return local.isoformat(timespec="seconds"), local.strftime("%m-%d %H:%M")


def _query(request: HttpRequest, *, keep_filters: bool = True, **changes: str) -> str:
    query = request.GET.copy()
    for key in ("after", "export"):
        query.pop(key, None)
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}"


def tab_label(key: str) -> str:
    """Return the name of a group of states."""
    names = {
        "new": _("To accept"),
        "dispatch": _("To dispatch"),
        "handling": _("Being handled"),
        "check": _("To verify"),
        "closing": _("To close"),
        "open": _("All open"),
        "joined": _("Joined"),
        "ended": _("Ended"),
        "all": _("All"),
    }
    return names[key]


def export(person: Person, wanted: Wanted) -> HttpResponse:
    """Return the cases wanted as a workbook, without personal data."""
    rows = chosen(visible_cases(person).select_related("parent"), wanted, now()).order_by(
        *ORDERS[wanted.sort]
    )[:MOST_EXPORTED]
    labels = [
        _("Number"), _("Title"), _("State"), _("Matter"), _("Place"), _("Address or landmark"), _("Unit"), _("Source"),
        _("Reported at"), _("Due"), _("Handled at"), _("Ended at"), _("Returns"), _("Longitude"), _("Latitude"), _("Invented"),
        _("Joined to"), _("Answers"),
    ]  # fmt: skip
    words = AnswersInWords()
    body = workbook(_("Cases"), labels, (_line(case, words) for case in rows.iterator(2000)))
    response = HttpResponse(body, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="cases.xlsx"'
    return response


def _line(case: Case, words: AnswersInWords) -> list[Any]:
    instants = [case.reported_at, case.duty.due_at if case.duty else None, case.handled_at, case.closed_at]
    reported, due, handled, ended = [localtime(i).replace(tzinfo=None) if i else None for i in instants]
    return [
        case.number, case.title, str(STATE_LABELS[State(case.state)]), case.matter.name if case.matter else "",
        case.division.name if case.division else "", case.place_text, case.owner_unit.name if case.owner_unit else "",
        str(SOURCE_LABELS[Source(case.source)]), reported, due, handled, ended, case.returns, case.lon, case.lat,
        _("yes") if case.is_invented else "", case.parent.number if case.parent else "",
        "\n".join(f"{asked} {said}" for asked, said in words.of(case)),
    ]  # fmt: skip


@door(SIGNED_IN)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what the person's units owe now, one card each: the page for a phone."""
    person, at = person_of(request), now()
    cases = owed_by_units_of(person)
    return render(
        request,
        "cases/mine.html",
        {
            "rows": [(case, case.duty.lamp(at) if case.duty else None) for case in cases],
            "parts": [(part, part.duty.lamp(at) if part.duty else None) for part in owed_parts(person)],
        },
    )


@door(SIGNED_IN)
@require_safe
def points(request: HttpRequest) -> JsonResponse:
    """Return the open cases in a box (`bbox=west,south,east,north`) as GeoJSON."""
    return JsonResponse(case_points(person_of(request), _box(request.GET.get("bbox", "")), at=now()))


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        message = _("Write the box as west,south,east,north in degrees.")
        raise BadInput([Problem(message, code="bad-box", field="bbox")]) from None
    return west, south, east, north
