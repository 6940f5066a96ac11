"""Responsibility lists: the shelf of all of them, one list with its entries, and its moves."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, NotAllowed, held_by
from tongqu.shared.clock import now
from tongqu.shared.duties.pages.words import allowance_text
from tongqu.shared.region.models import Person
from tongqu.shared.ui.refusals import show_refusal
from tongqu.shared.ui.table import Column, Table
from tongqu.shared.ui.xlsx import MEDIA_TYPE
from tongqu.systems.cases.actions.routing import approve, discard, draft_list, send_back, submit
from tongqu.systems.cases.actions.routing_rule import rule_from_decision
from tongqu.systems.cases.forms.routing import (
    LIST_FORMS,
    LIST_MOVE_LABELS,
    DraftForm,
    EntryFilter,
    ListMoveForm,
)
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.pages.case import found as found_case
from tongqu.systems.cases.queries.routing import keeps_lists
from tongqu.systems.cases.queries.routing_files import as_csv, as_workbook
from tongqu.systems.cases.queries.routing_lists import (
    READERS,
    chosen_entries,
    find_list,
    history_of,
    is_outdated,
    may_move,
    shelf,
    unit_names,
)
from tongqu.systems.cases.queries.routing_proof import proof_of
from tongqu.systems.cases.queries.routing_reading import class_names
from tongqu.systems.cases.queries.routing_words import about_words, listed, window_words
from tongqu.systems.cases.rules.kinds import Grade
from tongqu.systems.cases.rules.routing import KEEPERS, LIST_MOVES
from tongqu.systems.cases.rules.windows import Window

KEEPER = held_by(*KEEPERS)
READER = held_by(*READERS)
ACTIONS = {"submit": submit, "approve": approve, "send_back": send_back, "discard": discard}


def found(request: HttpRequest, list_number: int) -> RoutingList:
    """Return the list, or answer 404 when it is not there or not the person's to read."""
    routing_list = find_list(person_of(request), list_number)
    if routing_list is None:
        raise Http404
    return routing_list


@door(SIGNED_IN)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the list in force, those to come, the drafts and those of before."""
    return _overview(request, DraftForm())


def _overview(request: HttpRequest, form: DraftForm, status: int = 200) -> HttpResponse:
    person = person_of(request)
    context = {"shelf": shelf(person, now()), "form": form, "keeps": keeps_lists(person)}
    return render(request, "cases/routing/overview.html", context, status=status)


@require_POST
@door(KEEPER)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft: a copy of the list in force."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _overview(request, form, 422)
    data = form.cleaned_data
    draft = draft_list(title=data["title"], reason=data["reason"], by=person_of(request), at=now())
    return redirect("cases:routing-list", draft.pk)


@door(SIGNED_IN)
@require_safe
def detail(request: HttpRequest, list_number: int) -> HttpResponse:
    """Show a list: what it is, its entries, its history, and the moves that the person may make."""
    routing_list = found(request, list_number)
    if (kind := request.GET.get("file", "")) in ("csv", "xlsx"):
        return _file(routing_list, kind)
    return page(request, routing_list)


def page(
    request: HttpRequest,
    routing_list: RoutingList,
    sent: dict[str, ListMoveForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of a list, with the form that was sent and refused if there is one."""
    person, at = person_of(request), now()
    form = EntryFilter(request.GET or None)
    rows = chosen_entries(routing_list, form.cleaned_data if form.is_bound and form.is_valid() else {})
    is_mine = routing_list.is_draft and keeps_lists(person)
    table = Table(
        "routing-entries",
        _columns(rows, is_mine=is_mine),
        rows,
        request,
        caption=_("Entries"),
        order="number",
        export=False,
        empty_title=_("No entry fits"),
        empty_text=_("Clear the filters, or add an entry to the draft."),
    )
    context = {
        "list": routing_list,
        "form": form,
        "table": table,
        "is_mine": is_mine,
        "is_outdated": is_outdated(routing_list, at),
        "proof": proof_of(routing_list),
        "may_approve": may_move(person, routing_list, "approve"),
        "moves": _moves(person, routing_list, sent or {}),
        "refused": _refused(person, routing_list, sent or {}),
        "facts": history_of(routing_list),
    }
    return render(request, "cases/routing/list.html", context, status=status)


def _file(routing_list: RoutingList, kind: str) -> HttpResponse:
    body = as_csv(routing_list) if kind == "csv" else as_workbook(routing_list)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8" if kind == "csv" else MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="responsibility-list-{routing_list.pk}.{kind}"'
    return response


def _columns(rows: Any, *, is_mine: bool) -> list[Column]:
    classes = class_names()
    names = unit_names({code for codes in rows.values_list("assisting", flat=True) for code in codes})

    return [
        Column("number", _("No."), kind="number", sort="number", link=_entry_link if is_mine else None),
        Column("division", _("Place"), value=lambda e: e.division.name, sort="division_path"),
        Column("about", _("Matter"), value=lambda e: about_words(e, classes)),
        Column("lead", _("Lead unit"), value=lambda e: e.lead.name, sort="lead__path",
               link=lambda e: reverse("region:unit", args=[e.lead.code])),
        Column("assisting", _("Assisting units"), value=lambda e: listed(names.get(code, code) for code in e.assisting)),
        Column("grade", _("Grade"), value=lambda e: GRADE_LABELS[Grade(e.grade)] if e.grade else "", sort="grade"),
        Column("times", _("Times"), value=lambda e: window_words(Window.parse(e.window)) if e.window else "", sort="window"),
        Column("handle_allowance", _("Time to handle"), value=lambda e: allowance_text(e.handle_allowance) if e.handle_allowance else ""),
        Column("verifier", _("Verifying unit"), value=lambda e: e.verifier.name if e.verifier else ""),
        Column("note", _("Note"), link=None),
        Column("case", _("From the case"), value=lambda e: e.case.number if e.case else "", optional=True,
               link=lambda e: reverse("cases:detail", args=[e.case.number]) if e.case else ""),
    ]  # fmt: skip


def _entry_link(entry: RoutingEntry) -> str:
    return reverse("cases:routing-entry", args=[entry.routing_list_id, entry.number])


def _moves(person: Person, routing_list: RoutingList, sent: dict[str, ListMoveForm]) -> list[dict[str, Any]]:
    names = [move.name for move in LIST_MOVES.moves if routing_list.state in move.from_states]
    first = {"expected": routing_list.revision, "day": localdate(now())}
    return [
        {
            "name": name,
            "label": LIST_MOVE_LABELS[name],
            "form": sent.get(name) or LIST_FORMS[name](initial=first, auto_id=f"{name}_%s"),
            "is_quiet": name in ("send_back", "discard"),
        }
        for name in names
        if may_move(person, routing_list, name)
    ]


def _refused(person: Person, routing_list: RoutingList, sent: dict[str, ListMoveForm]) -> list[str]:
    """Return what is wrong with a move that the page does not offer (any more)."""
    offered = {each["name"] for each in _moves(person, routing_list, {})}
    return [
        str(error) for name, form in sent.items() if name not in offered for error in form.non_field_errors()
    ]


@require_POST
@door(KEEPER)
def move(request: HttpRequest, list_number: int, name: str) -> HttpResponse:
    """Submit, approve, give back or discard a list; a refused move shows what is wrong."""
    routing_list = found(request, list_number)
    if name not in ACTIONS:
        raise Http404
    form = LIST_FORMS[name](request.POST, auto_id=f"{name}_%s")
    if form.is_valid() and _made(form, name, routing_list, person_of(request)):
        return redirect("cases:routing-list", list_number)
    return page(request, found(request, list_number), {name: form}, 422)


def _made(form: ListMoveForm, name: str, routing_list: RoutingList, person: Person) -> bool:
    at = now()
    try:
        ACTIONS[name](  # type: ignore[operator]  # each action takes what its own form gives
            routing_list, by=person, at=at, expected=form.cleaned_data["expected"], **form.arguments(at)
        )
    except (BadInput, MoveNotAllowed, NotAllowed) as refusal:
        show_refusal(form, refusal, {"in_force_from": "day"})
        return False
    return True


@require_POST
@door(KEEPER)
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """Make a rule of the decision about a case, and show the entry in its draft."""
    entry = rule_from_decision(found_case(request, number), by=person_of(request), at=now())
    return redirect("cases:routing-entry", entry.routing_list_id, entry.number)
