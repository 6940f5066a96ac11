"""Changes the draft of a responsibility list: one entry, or all of them by a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.systems.cases.actions.routing import add_entry, change_entry, end_entry, replace_entries
from tongqu.systems.cases.analytics.sheets import LARGEST_BYTES
from tongqu.systems.cases.forms.routing import FIELD_OF, EntryForm, ListFileForm, initial_of
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.pages.routing import KEEPER, found
from tongqu.systems.cases.queries.routing import entries_of
from tongqu.systems.cases.queries.routing_files import csv_of, difference, values_of
from tongqu.systems.cases.queries.routing_reading import read_list
from tongqu.systems.cases.rules.routing_columns import HEADINGS

MOST_PROBLEMS_SHOWN = 200
MOST_CHANGES_SHOWN = 100


def _draft(request: HttpRequest, list_number: int) -> RoutingList:
    """Return the draft, or answer 404 when the list is none (any more)."""
    routing_list = found(request, list_number)
    if not routing_list.is_draft:
        raise Http404
    return routing_list


@door(KEEPER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, list_number: int) -> HttpResponse:
    """Add an entry."""
    draft = _draft(request, list_number)
    form = EntryForm(request.POST if request.method == "POST" else None)
    if (
        form.is_bound
        and form.is_valid()
        and _kept(form, lambda values: add_entry(draft, values, **_acting(request)))
    ):
        return redirect("cases:routing-list", list_number)
    return _page(request, draft, form, None)


@door(KEEPER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, list_number: int, entry_number: int) -> HttpResponse:
    """Change an entry, or end it."""
    draft = _draft(request, list_number)
    entry = entries_of(draft).select_related("case").filter(number=entry_number).first()
    if entry is None:
        raise Http404
    if "end" in request.POST:
        end_entry(entry, **_acting(request))
        return redirect("cases:routing-list", list_number)
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(values_of(entry)),
        place=entry.division,
    )
    if (
        form.is_bound
        and form.is_valid()
        and _kept(form, lambda values: change_entry(entry, values, **_acting(request)))
    ):
        return redirect("cases:routing-list", list_number)
    return _page(request, draft, form, entry)


def _acting(request: HttpRequest) -> dict[str, Any]:
    return {"by": person_of(request), "at": now()}


def _kept(form: EntryForm, keep: Callable[[dict[str, str]], RoutingEntry]) -> bool:
    """Keep the entry; on a refusal put what is wrong into the form and return False."""
    try:
        keep(form.values)
    except BadInput as refusal:
        show_refusal(form, refusal, FIELD_OF)
        return False
    return True


def _page(
    request: HttpRequest, draft: RoutingList, form: EntryForm, entry: RoutingEntry | None
) -> HttpResponse:
    context = {"list": draft, "form": form, "entry": entry}
    return render(request, "cases/routing/entry.html", context, status=422 if form.is_bound else 200)


@door(KEEPER)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, list_number: int) -> HttpResponse:
    """Take a file, show what it would change, and put its entries in the place of the draft's when told to."""
    draft = _draft(request, list_number)
    if "rows" in request.POST:
        read = read_list(request.POST["rows"].encode(), request.POST.get("name", "") or "list.csv")
        replace_entries(draft, read.entries, file=request.POST.get("name", ""), **_acting(request))
        return redirect("cases:routing-list", list_number)
    is_sent = request.method == "POST"
    form = ListFileForm(request.POST, request.FILES) if is_sent else ListFileForm()
    context: dict[str, Any] = {"list": draft, "form": form}
    status = 422 if is_sent else 200
    if is_sent and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            context |= _preview(draft, upload.read(LARGEST_BYTES + 1), upload.name or "list.csv")
            status = 200
        except BadInput as refusal:
            for problem in refusal.problems:
                form.add_error("file", str(problem.message))
    return render(request, "cases/routing/file.html", context, status=status)


def _preview(draft: RoutingList, data: bytes, name: str) -> dict[str, Any]:
    read = read_list(data, name)
    changes = difference(draft, read.entries)
    return {
        "name": name,
        "read": read,
        "rows": csv_of(read.entries).decode("utf-8-sig"),
        "changes": changes,
        "shown": changes.lines[:MOST_CHANGES_SHOWN],
        "problems": [
            (p.row, HEADINGS.get(p.field, p.field), p.message) for p in read.problems[:MOST_PROBLEMS_SHOWN]
        ],
        "left_out": read.row_count - len(read.entries),
    }
