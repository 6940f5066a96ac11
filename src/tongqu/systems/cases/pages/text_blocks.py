"""Text blocks for replies: the list, one of them, export and import."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.ui.refusals import show_refusal
from tongqu.shared.ui.table import Column, Table
from tongqu.systems.cases.actions.text_blocks import as_csv, import_blocks, save_block
from tongqu.systems.cases.forms.text_blocks import BlocksFileForm, TextBlockForm
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.cases.queries.text_blocks import KEEPERS, blocks_in_sight, may_keep

KEEPER = held_by(*KEEPERS)
LARGEST_BYTES = 1024 * 1024
MOST_PROBLEMS_SHOWN = 100


@door(KEEPER)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the blocks of the reader's units and of the region."""
    return _listing(request, BlocksFileForm(auto_id="blocks_%s"))


def _listing(request: HttpRequest, form: BlocksFileForm, status: int = 200) -> HttpResponse:
    rows = blocks_in_sight(person_of(request))
    table = Table(
        "text-blocks",
        _columns(),
        rows,
        request,
        caption=_("Text blocks"),
        order="title",
        empty_text=_("Write the first one, or import a list. Whoever writes a reply then finds it there."),
    )
    if table.is_download:
        return table.download()
    return render(request, "cases/text_blocks.html", {"table": table, "form": form}, status=status)


def _columns() -> list[Column]:
    return [
        Column("title", _("Title"), sort="title", link=lambda b: reverse("cases:text-block", args=[b.pk])),
        Column("text", _("Text"), value=lambda b: b.text if len(b.text) < 90 else f"{b.text[:89]}…"),
        Column("unit", _("Unit"), value=lambda b: b.unit.name if b.unit else _("Whole region")),
        Column("matter", _("Matter"), value=lambda b: b.matter.name if b.matter else b.class_name),
        Column("language", _("Language"), value=lambda b: b.get_language_display(), optional=True),
        Column("is_active", _("in use"), kind="flag", sort="is_active"),
    ]


@door(KEEPER)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Send the blocks in sight as a CSV."""
    body = as_csv(list(blocks_in_sight(person_of(request))))
    response = HttpResponse(f"\ufeff{body}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="text-blocks.csv"'
    return response


@require_POST
@door(KEEPER)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take blocks from a CSV; bad rows are named and the good ones kept."""
    form = BlocksFileForm(request.POST, request.FILES, auto_id="blocks_%s")
    if not form.is_valid():
        return _listing(request, form, 422)
    file = form.cleaned_data["file"]
    try:
        report = import_blocks(
            file.read(LARGEST_BYTES), file.name or "blocks.csv", by=person_of(request), at=now()
        )
    except BadInput as refusal:
        form.add_error("file", str(refusal.problems[0]))
        return _listing(request, form, 422)
    counts = {"new": report.new, "changed": report.changed, "same": report.same}
    messages.success(request, _("%(new)s new, %(changed)s changed, %(same)s as before.") % counts)
    if report.problems:
        for problem in report.problems[:MOST_PROBLEMS_SHOWN]:
            form.add_error("file", str(problem))
        return _listing(request, form, 422)
    return redirect("cases:text-blocks")


@door(KEEPER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a block."""
    return _edited(request, TextBlock())


@door(KEEPER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, block_number: int) -> HttpResponse:
    """Show a block; those who look after it change it."""
    return _edited(request, get_object_or_404(blocks_in_sight(person_of(request)), pk=block_number))


def _edited(request: HttpRequest, block: TextBlock) -> HttpResponse:
    person = person_of(request)
    is_kept = block.pk is None or may_keep(person, block.unit)
    form = TextBlockForm(person, block, request.POST or None)
    if request.method == "POST" and is_kept and form.is_valid():
        try:
            save_block(form.wanted, by=person, at=now())
        except BadInput as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("cases:text-blocks")
    status = 200 if request.method != "POST" else 422 if is_kept else 403
    context = {"form": form, "block": block, "is_kept": is_kept}
    return render(request, "cases/text_block.html", context, status=status)
