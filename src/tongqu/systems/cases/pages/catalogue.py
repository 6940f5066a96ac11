"""The catalogue of matters as a file: written, or uploaded, looked at and then taken in."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.xlsx import MEDIA_TYPE
from tongqu.systems.cases.actions.matters import take_tables
from tongqu.systems.cases.actions.versions import check_may_change
from tongqu.systems.cases.forms.matters import CatalogueFileForm
from tongqu.systems.cases.pages.versions import in_words
from tongqu.systems.cases.queries.catalogue import (
    CHANGED,
    NEW,
    SAME,
    Plan,
    Tables,
    catalogue_workbook,
    plan_of,
    tables_of,
)
from tongqu.systems.cases.rules.catalogue import HEADINGS

LARGEST_BYTES = 1024 * 1024
SALT = "cases.catalogue"
LOOKED_AT_S = 3600
"""For so long a file that was looked at can be taken in."""
MOST_SHOWN = 200
STATE_LABELS = {NEW: gettext_lazy("new matter"), CHANGED: gettext_lazy("changed")}


@door(SIGNED_IN)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Send the catalogue as a workbook."""
    response = HttpResponse(catalogue_workbook(at=now()), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = 'attachment; filename="matters.xlsx"'
    return response


@door(held_by(Role.REGION_ADMIN))
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file, say what it would change, and on the word take it in."""
    check_may_change(person_of(request))
    if "looked_at" in request.POST:
        return _take_in(request)
    form = CatalogueFileForm(request.POST, request.FILES) if request.method == "POST" else CatalogueFileForm()
    if form.is_valid():
        tables = _tables(form)
        if tables is not None:
            return _shown(request, plan_of(tables, at=now()), form, looked_at=_signed(request, tables))
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/matters_import.html", {"form": form}, status=status)


def _tables(form: CatalogueFileForm) -> Tables | None:
    """Return the tables of the file; what is wrong goes to the form."""
    file = form.cleaned_data["file"]
    data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        form.add_error("file", _("The file is larger than 1 MB. Split it."))
        return None
    try:
        return tables_of(data, file.name or "matters.csv")
    except BadInput as refusal:
        for problem in refusal.problems:
            form.add_error("file", str(problem.message))
        return None


def _signed(request: HttpRequest, tables: Tables) -> str:
    """Return the tables under our signature: they go with the page and come back with the word to take them in."""
    return signing.dumps([person_of(request).pk, tables], salt=SALT, compress=True)


def _take_in(request: HttpRequest) -> HttpResponse:
    form, person = CatalogueFileForm(), person_of(request)
    try:
        owner, tables = signing.loads(request.POST["looked_at"], salt=SALT, max_age=LOOKED_AT_S)
    except signing.BadSignature:
        owner, tables = None, []
    if owner != person.pk:
        form = CatalogueFileForm({})
        form.add_error(None, _("The file was looked at too long ago, or by somebody else. Upload it again."))
        return render(request, "cases/matters_import.html", {"form": form}, status=422)
    plan = take_tables([(name, rows) for name, rows in tables], by=person, at=now())
    return _shown(request, plan, form, is_done=True)


def _shown(
    request: HttpRequest, plan: Plan, form: CatalogueFileForm, *, looked_at: str = "", is_done: bool = False
) -> HttpResponse:
    moving = [matter for matter in plan.matters if matter.state != SAME]
    context: dict[str, Any] = {
        "form": form,
        "plan": plan,
        "counts": [
            (_("new matter"), plan.count(NEW)),
            (_("changed"), plan.count(CHANGED)),
            (_("as before"), plan.count(SAME)),
        ],
        "rows": [
            {
                "matter": matter,
                "state": STATE_LABELS[matter.state],
                "changes": [in_words(each) for each in matter.differences] if matter.state == CHANGED else [],
            }
            for matter in moving[:MOST_SHOWN]
        ],
        "more": max(0, len(moving) - MOST_SHOWN),
        "problems": [
            (p.file, p.row, HEADINGS.get(p.field, p.field), p.message) for p in plan.problems[:MOST_SHOWN]
        ],
        "looked_at": looked_at if moving else "",
        "is_done": is_done,
    }
    return render(request, "cases/matters_import.html", context)
