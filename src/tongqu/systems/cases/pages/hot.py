"""Hot issues of live cases: the ranked list, one issue with its cases, and what the desk does about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.actions.hot import dismiss_issue, open_parent_of, put_into_issue
from tongqu.systems.cases.forms.hot import DismissForm
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.hot import HotCount, HotIssue
from tongqu.systems.cases.pages.case import found
from tongqu.systems.cases.queries.hot import (
    cases_of,
    find_issue,
    is_desk_of,
    issues,
    offered_issue,
    places_of,
    week_names,
    weekly,
)

MOST_LISTED = 100
MOST_SHOWN = 200
"""Reports that the page of an issue lists and draws; the routes give all."""
SPARK_WIDTH, SPARK_HEIGHT = 104, 24


@dataclass(frozen=True)
class Row:
    """An issue as the list prints it."""

    rank: int
    issue: HotIssue
    place: str
    weeks: list[int]
    bars: list[tuple[int, int, int]]
    """Left, top and height of the bar of each week, in pixels."""


@door(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the hot issues in the reader's territory, the hottest first."""
    person, at = person_of(request), now()
    state = request.GET.get("state", HotIssue.OPEN)
    state = state if state in dict(HotIssue.STATES) else HotIssue.OPEN
    listed = list(issues(person, state)[:MOST_LISTED])
    weeks = weekly(listed, at)
    places = {path: division.name for path, division in places_of(listed).items()}
    rows = [
        Row(rank, issue, places.get(issue.division_path, ""), weeks[issue.pk], bars(weeks[issue.pk]))
        for rank, issue in enumerate(listed, start=1)
    ]
    context = {
        "rows": rows,
        "states": [(key, label, key == state) for key, label in HotIssue.STATES],
        "counted": HotCount.objects.first(),
        "size": (SPARK_WIDTH, SPARK_HEIGHT),
    }
    return render(request, "cases/hot.html", context)


def bars(weeks: list[int]) -> list[tuple[int, int, int]]:
    """Return left, top and height of a bar for each week; the highest fills the height, none is a line.

    >>> bars([0, 2, 4])
    [(0, 23, 1), (8, 12, 12), (16, 0, 24)]
    """
    most = max([*weeks, 1])
    heights = [max(round(SPARK_HEIGHT * count / most), 1) for count in weeks]
    return [(8 * place, SPARK_HEIGHT - height, height) for place, height in enumerate(heights)]


@door(SIGNED_IN)
@require_safe
def detail(request: HttpRequest, issue_number: int) -> HttpResponse:
    """Show one issue: its heat and the parts of it, when and where its reports came, and what can be done."""
    return _page(request, _found(request, issue_number), DismissForm())


def _found(request: HttpRequest, number: int) -> HotIssue:
    issue = find_issue(person_of(request), number)
    if issue is None:
        raise Http404
    return issue


def _page(request: HttpRequest, issue: HotIssue, form: DismissForm, status: int = 200) -> HttpResponse:
    person, at = person_of(request), now()
    in_sight = cases_of(issue, person)
    cases, count = list(in_sight[:MOST_SHOWN]), in_sight.count()
    context = {
        "issue": issue,
        "cases": cases,
        "left_out": count > len(cases) and {"shown": len(cases), "all": count},
        "form": form,
        "is_desk": is_desk_of(person, issue),
        "open_count": in_sight.open().count(),
        "map": _map(cases),
        "chart": _chart(issue, at),
        "chart_title": _chart_title(count),
        "facts": list(
            Fact.objects.filter(subject_kind="hot_issue", subject_id=str(issue.pk)).order_by("seq")
        ),
    }
    return render(request, "cases/hot_issue.html", context, status=status)


def _chart(issue: HotIssue, at: datetime) -> dict[str, Any]:
    return {
        "xAxis": {"type": "category", "data": week_names(at)},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("Reports"), "data": weekly([issue], at)[issue.pk]}],
    }


def _chart_title(count: int) -> str:
    return ngettext("%(count)s report, by week", "%(count)s reports, by week", count) % {"count": count}


def _map(cases: list[Case]) -> dict[str, Any] | None:
    placed = [case for case in cases if case.lon is not None]
    if not placed:
        return None
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [case.lon, case.lat]},
            "properties": {
                "label": f"{case.number} {case.title}",
                "title": case.title,
                "number": case.number,
                "url": reverse("cases:detail", args=[case.number]),
            },
        }
        for case in placed
    ]
    outlines = {
        "kind": "outlines",
        "label": _("Townships"),
        "url": reverse("region:outlines", args=["township"]),
    }
    points = {
        "kind": "points",
        "label": _("Reports"),
        "data": {"type": "FeatureCollection", "features": features},
    }
    return {"layers": [outlines, points], "fit": "points"}


@require_POST
@door(SIGNED_IN)
def parent(request: HttpRequest, issue_number: int) -> HttpResponse:
    """Open one parent case for the issue and go to it."""
    issue = _found(request, issue_number)
    try:
        opened = open_parent_of(issue, by=person_of(request), at=now())
    except (BadInput, MoveNotAllowed) as refusal:
        said = refusal.problems[0].message if isinstance(refusal, BadInput) else refusal
        messages.error(request, str(said))
        return redirect("cases:hot-issue", issue.pk)
    for _case, why in opened.left:
        messages.warning(request, f"{_case.number}: {why}")
    return redirect("cases:detail", opened.parent.number)


@require_POST
@door(SIGNED_IN)
def dismiss(request: HttpRequest, issue_number: int) -> HttpResponse:
    """Take an issue off the list, with a reason."""
    issue, form = _found(request, issue_number), DismissForm(request.POST)
    if not form.is_valid():
        return _page(request, issue, form, status=422)
    return _acted(
        request,
        issue,
        lambda: dismiss_issue(issue, reason=form.cleaned_data["reason"], by=person_of(request), at=now()),
    )


@require_POST
@door(SIGNED_IN)
def put(request: HttpRequest, number: str, issue_number: int) -> HttpResponse:
    """Put a case into an issue."""
    case, issue = found(request, number), _found(request, issue_number)
    return _acted(request, issue, lambda: put_into_issue(issue, case=case, by=person_of(request), at=now()))


def _acted(request: HttpRequest, issue: HotIssue, act: Callable[[], HotIssue]) -> HttpResponse:
    try:
        act()
    except MoveNotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("cases:hot-issue", issue.pk)


@door(SIGNED_IN)
@require_safe
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """Show the hot issue that a case is in, or may belong to; nothing when there is none."""
    person, case = person_of(request), found(request, number)
    offered = offered_issue(person, case) if case.is_open else None
    context = {"case": case, "offer": offered, "is_desk": offered and is_desk_of(person, offered.issue)}
    return render(request, "cases/hot_offer.html", context)
