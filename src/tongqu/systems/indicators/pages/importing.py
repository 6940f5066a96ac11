"""Importing figures: choose a file, look at what it would do and what is wrong with it by row, record it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import person_of
from tongqu.shared.clock import now
from tongqu.systems.indicators.actions.recording import Origin
from tongqu.systems.indicators.actions.taking_in import TakenIn, foresee, take_in
from tongqu.systems.indicators.actions.uploads import keep_upload, kept_upload
from tongqu.systems.indicators.forms.importing import FiguresForm
from tongqu.systems.indicators.pages.keeping import for_keepers

MOST_SHOWN = 200
COLUMN_LABELS = {
    "indicator": pgettext_lazy("column of figures", "indicator"),
    "division": pgettext_lazy("column of figures", "division"),
    "period": pgettext_lazy("column of figures", "period"),
    "value": pgettext_lazy("column of figures", "value"),
    "kind": pgettext_lazy("column of figures", "kind"),
    "status": pgettext_lazy("column of figures", "status"),
    "INDICATOR": pgettext_lazy("column of figures", "indicator"),
    "REF_AREA": pgettext_lazy("column of figures", "division"),
    "TIME_PERIOD": pgettext_lazy("column of figures", "period"),
    "OBS_VALUE": pgettext_lazy("column of figures", "value"),
}
_FIELDS = {"known_at": "known_at", "title": "title", "source": "source"}


@for_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: HttpRequest) -> HttpResponse:
    """Take a file, show what recording it would do, and record it when told to."""
    at = now()
    if request.method != "POST":
        return _page(request, FiguresForm(initial={"known_at": localtime(at)}))
    posted = request.POST.copy()
    form = FiguresForm(posted, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    data, name = _file(form, posted, at)
    if data is None:
        form.add_error("file", _("The file is no longer here. Choose it again."))
        return _page(request, form, status=422)
    return _taken(request, form, data, name, at)


def _file(form: FiguresForm, posted: QueryDict, at: datetime) -> tuple[bytes | None, str]:
    """Return the file that was sent, or the one that was looked at before; and its name."""
    said = form.cleaned_data
    if (file := said["file"]) is None:
        return kept_upload(said["key"]), said["file_name"] or "table"
    data = file.read()
    # The form that is shown next carries the file by its key, so that it need not be chosen again.
    posted["key"], posted["file_name"] = keep_upload(data, at=at), file.name or "table"
    return data, file.name or "table"


def _taken(request: HttpRequest, form: FiguresForm, data: bytes, name: str, at: datetime) -> HttpResponse:
    said = form.cleaned_data
    origin = Origin(said["title"], said["known_at"], said["source"])
    records = "record" in request.POST

    def do() -> TakenIn:
        return take_in(
            data, name, origin, keeps_file=said["keeps_file"] and records, by=person_of(request), at=at
        )

    try:
        found = do() if records else foresee(do)
    except BadInput as refusal:
        others = []
        for problem in refusal.problems:
            if problem.field in _FIELDS and problem.row is None:
                form.add_error(problem.field, str(problem.message))
            else:
                others.append(problem)
        return _page(request, form, problems=tuple(others), is_refused=True, status=422)
    return _page(request, form, found=found, problems=found.problems, is_recorded=records)


def _page(
    request: HttpRequest,
    form: FiguresForm,
    *,
    found: TakenIn | None = None,
    problems: tuple[Problem, ...] = (),
    is_refused: bool = False,
    is_recorded: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "kept": found.recorded if found else None,
        "nothing_new": bool(
            found and found.recorded and not (found.recorded.added or found.recorded.revised)
        ),
        "problems": [
            (each.row, COLUMN_LABELS.get(each.field, each.field), str(each.message))
            for each in problems[:MOST_SHOWN]
        ],
        "more": max(len(problems) - MOST_SHOWN, 0),
        "count": len(problems),
        "is_refused": is_refused,
        "is_recorded": is_recorded,
        "file_name": form.data.get("file_name", ""),
        "headings": list(COLUMN_LABELS.items())[:6],
    }
    return render(request, "indicators/import.html", context, status=status)
