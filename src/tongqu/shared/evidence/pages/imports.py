"""Imports: bring files in, see how far it is, read and take away the report."""

from __future__ import annotations

import csv
from io import StringIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.importing import (
    discard_received,
    queue_import,
    receive,
    resume_import,
    start_import,
    stop_import,
)
from tongqu.shared.evidence.forms import ImportForm
from tongqu.shared.evidence.models import ImportBatch, ImportItem
from tongqu.shared.evidence.queries.imports import (
    REPORT_HEADINGS,
    imports_of,
    items_of,
    reason_of,
    report_rows,
    tally,
)
from tongqu.shared.evidence.rules.words import BatchState, ItemState
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.table import Column, Table
from tongqu.shared.ui.xlsx import safe

STOP_ASKING = 286
"""The status by which a fragment tells HTMX to stop asking for it."""
IMPORTERS = held_by(Role.DUTY_DESK, Role.HANDLER, Role.UNIT_HEAD, Role.INSPECTOR, Role.REGION_ADMIN)


@door(IMPORTERS)
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports in sight and take in another."""
    person = person_of(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(*sent, units=person.units_as())
    if form.is_valid():
        try:
            return _take_in(request, form)
        except BadInput as error:
            for problem in error.problems:
                form.add_error("chosen", str(problem.message))
    started = [(batch, tally(batch)) for batch in imports_of(person)[:20]]
    status = 422 if form.errors else 200
    return render(request, "evidence/imports.html", {"form": form, "imports": started}, status=status)


def _take_in(request: HttpRequest, form: ImportForm) -> HttpResponse:
    """Keep the files for the worker and go to the import's page."""
    person, at = person_of(request), now()
    files = form.cleaned_data["chosen"]
    path = receive((file.name, file) for file in files)
    label = files[0].name
    if len(files) > 1:
        label = _("%(first)s and %(more)s more") % {"first": label, "more": len(files) - 1}
    try:
        batch = start_import(
            path,
            by=person,
            at=at,
            unit=form.cleaned_data["unit"],
            source="upload",
            restricted=form.cleaned_data["restricted"],
            label=label,
        )
    except BadInput:
        discard_received(path)
        raise
    queue_import(batch)
    return redirect("evidence:batch", batch.pk)


@door(IMPORTERS)
@require_safe
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """Show one import: how far it is, and its report."""
    found = _found(request, number)
    table = Table(
        f"import-{number}",
        [
            Column("name", gettext_lazy("File")),
            Column(
                "state", gettext_lazy("Result"), value=lambda item: item.get_state_display(), sort="state"
            ),
            Column("reason", gettext_lazy("Why it was refused"), value=reason_of),
            Column("evidence", gettext_lazy("Evidence"), value=_short_hash, link=_address),
        ],
        items_of(found, _wanted_state(request)),
        request,
        caption=gettext_lazy("Import report"),
        page_size=100,
        empty_title=gettext_lazy("No such files"),
        export=False,
    )
    counts = tally(found)
    return render(
        request,
        "evidence/batch.html",
        {"batch": found, "table": table, "tally": counts, "tiles": _tiles(counts)},
    )


def _tiles(counts: object) -> list[tuple[str, str, int]]:
    words = {
        "new": _("Newly stored"),
        "known": _("Known"),
        "refused": _("Turned away"),
        "waiting": _("Waiting"),
    }
    return [(name, word, getattr(counts, name)) for name, word in words.items()]


@door(IMPORTERS)
@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """Return the fragment that shows how far the import is; the last one loads the report."""
    found = _found(request, number)
    counts = tally(found)
    is_over = found.state in {BatchState.DONE, BatchState.STOPPED}
    text = _("%(done)s of %(total)s files") % {"done": counts.done, "total": counts.total}
    share = counts.done / counts.total if counts.total else 1.0
    answer = render(
        request, "ui/bar.html", {"share": share, "text": text}, status=STOP_ASKING if is_over else 200
    )
    if is_over:
        answer["HX-Refresh"] = "true"
    return answer


@door(IMPORTERS)
@require_safe
def report(request: HttpRequest, number: int) -> HttpResponse:
    """Return the report as CSV, for a spreadsheet."""
    target = StringIO()
    writer = csv.writer(target)
    writer.writerow([str(heading) for heading in REPORT_HEADINGS])
    writer.writerows([safe(cell) for cell in row] for row in report_rows(_found(request, number)))
    # The mark tells a spreadsheet that the text is UTF-8.
    response = HttpResponse("\ufeff" + target.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{number}.csv"'
    return response


@require_POST
@door(IMPORTERS)
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop an import before its next file."""
    stop_import(_found(request, number), by=person_of(request), at=now())
    messages.success(request, _("The import has stopped. What was brought in stays."))
    return redirect("evidence:batch", number)


@require_POST
@door(IMPORTERS)
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """Go on with a stopped import."""
    resume_import(_found(request, number), by=person_of(request), at=now())
    return redirect("evidence:batch", number)


def _found(request: HttpRequest, number: int) -> ImportBatch:
    return get_object_or_404(imports_of(person_of(request)), pk=number)


def _wanted_state(request: HttpRequest) -> ItemState | None:
    wanted = request.GET.get("state", "")
    return ItemState(wanted) if wanted in set(ItemState) else None


def _short_hash(item: ImportItem) -> str:
    return item.evidence.sha256[:12] if item.evidence else ""


def _address(item: ImportItem) -> str:
    return f"../../{item.evidence.sha256}/" if item.evidence else ""
