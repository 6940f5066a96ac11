"""The hotline import of the duty desk: upload, look, confirm, watch, read what became of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.actions.hotline import change_columns, draft_import, save_mapping, start_import
from tongqu.systems.cases.analytics.sheets import LARGEST_BYTES
from tongqu.systems.cases.forms.hotline import FIELD_LABELS, ColumnsForm, HotlineFileForm
from tongqu.systems.cases.models.hotline import HotlineImport
from tongqu.systems.cases.queries.hotline import known_numbers, read_export
from tongqu.systems.cases.rules.naming import masked_name, masked_phone

DESK = held_by(Role.DUTY_DESK)
MOST_SHOWN = 20
MOST_PROBLEMS_SHOWN = 200


@door(DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; nothing is made of it yet."""
    form = HotlineFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (draft := _drafted(request, form)) is not None:
        return redirect("cases:hotline-import", draft.pk)
    batches = HotlineImport.objects.filter(made_by=person_of(request)).defer("data", "problems")[:MOST_SHOWN]
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/hotline.html", {"form": form, "batches": batches}, status=status)


def _drafted(request: HttpRequest, form: HotlineFileForm) -> HotlineImport | None:
    file, mapping = form.cleaned_data["file"], form.cleaned_data["mapping"]
    try:
        return draft_import(
            file.read(LARGEST_BYTES + 1),
            file.name or "export.csv",
            mapping=mapping.columns if mapping else None,
            by=person_of(request),
            at=now(),
        )
    except BadInput as refusal:
        for problem in refusal.problems:
            form.add_error("file", str(problem.message))
        return None


@door(DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, import_number: int) -> HttpResponse:
    """Show what a file would bring, take other columns or the word to import; afterwards what it brought."""
    batch = get_object_or_404(HotlineImport, pk=import_number, made_by=person_of(request))
    if batch.state != HotlineImport.DRAFT:
        problems = [(row, _label(field), say) for row, field, say in batch.problems[:MOST_PROBLEMS_SHOWN]]
        return render(request, "cases/hotline_import.html", {"batch": batch, "problems": problems})
    return _draft(request, batch)


def _draft(request: HttpRequest, batch: HotlineImport) -> HttpResponse:
    data = bytes(batch.data or b"")
    headings = read_export(data, batch.name, batch.columns).headings
    form = ColumnsForm(headings, batch.columns, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_columns(batch, form.columns)
        if form.cleaned_data["save_as"]:
            save_mapping(form.cleaned_data["save_as"], form.columns, by=person_of(request), at=now())
        if "import" in request.POST:
            start_import(batch, by=person_of(request), at=now())
        return redirect("cases:hotline-import", batch.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/hotline_import.html", _preview(data, batch, form), status=status)


def _preview(data: bytes, batch: HotlineImport, form: ColumnsForm) -> dict[str, Any]:
    export = read_export(data, batch.name, batch.columns)
    known = known_numbers(export.orders)
    rows = [
        (order, masked_name(order.name), masked_phone(order.phone), order.number in known)
        for order in export.orders[:MOST_SHOWN]
    ]
    shown = export.problems[:MOST_PROBLEMS_SHOWN]
    return {
        "batch": batch,
        "form": form,
        "export": export,
        "rows": rows,
        "new": len(export.orders) - len(known),
        "known": len(known),
        "problems": [(p.row, _label(p.field), p.message) for p in shown],
    }


def _label(field: str) -> str:
    return str(FIELD_LABELS.get(field, field))


@door(DESK)
@require_safe
def progress(request: HttpRequest, import_number: int) -> HttpResponse:
    """Say how far the import is; status 286 ends the asking."""
    batch = get_object_or_404(
        HotlineImport.objects.defer("data", "problems"), pk=import_number, made_by=person_of(request)
    )
    if batch.state == HotlineImport.RUNNING:
        return render(request, "ui/bar.html", {"text": _("The worker is taking the orders in…")})
    return HttpResponse(status=286, headers={"HX-Refresh": "true"})
