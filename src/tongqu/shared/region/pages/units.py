"""The tree of units, one unit, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.shared.region.actions.rights import may_administer
from tongqu.shared.region.actions.units import (
    UnitInUse,
    change_unit,
    make_unit,
    move_unit,
    post_person,
    unpost_person,
)
from tongqu.shared.region.forms import (
    KIND_WORDS,
    ROLE_WORDS,
    MoveUnitForm,
    NewUnitForm,
    PostForm,
    UnitForm,
    UnitSearchForm,
)  # fmt: skip
from tongqu.shared.region.models import Person, Posting, Unit
from tongqu.shared.region.queries import supervisor_of
from tongqu.shared.region.rules import Role, UnitKind
from tongqu.shared.ui.refusals import show_refusal
from tongqu.shared.ui.table import Column, Table

ADMIN = held_by(Role.REGION_ADMIN)
ACT_WORDS = {
    "change": gettext_lazy("Change"),
    "post": gettext_lazy("Post a person"),
    "add": gettext_lazy("Add a unit below"),
    "move": gettext_lazy("Move under another unit"),
}


def unit_link(unit: Unit) -> str:
    """Return the address of a unit's page."""
    return reverse("region:unit", args=[unit.code])


@door(SIGNED_IN)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Show the tree of units, or the units found."""
    form = UnitSearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "kind": ""}
    table = None
    if asked["q"] or asked["kind"]:
        table = _units_table(request, asked["q"].strip(), asked["kind"])
        if table.is_download:
            return table.download()
    return render(request, "region/units.html", {"form": form, "table": table, "tree": _tree(request)})


def _units_table(request: HttpRequest, text: str, kind: str) -> Table:
    found = Unit.objects.visible_to(person_of(request)).select_related("division").order_by("path")
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(
            Q(name_zh_hans__icontains=text) | Q(name_zh_hant__icontains=text) | Q(name_en__icontains=text)
            | Q(code__icontains=text) | Q(answers_for__icontains=text)
        )  # fmt: skip
    return Table(
        name="units",
        request=request,
        rows=found,
        caption=gettext_lazy("Units found"),
        order="code",
        columns=[
            Column("name", gettext_lazy("Name"), link=unit_link),
            Column("code", gettext_lazy("Code"), sort="code"),
            Column("kind", gettext_lazy("Kind"), value=lambda unit: KIND_WORDS[UnitKind(unit.kind)]),
            Column("division", gettext_lazy("Territory"), value=lambda unit: unit.division.name),
            Column("answers_for", gettext_lazy("What it answers for")),
        ],
        empty_title=gettext_lazy("No unit found"),
    )


def _tree(request: HttpRequest) -> list[dict[str, Any]]:
    roots: list[dict[str, Any]] = []
    by_id: dict[int, dict[str, Any]] = {}
    for unit in Unit.objects.visible_to(person_of(request)).filter(is_active=True).order_by("path"):
        node = by_id[unit.pk] = {"unit": unit, "children": []}
        above = by_id.get(unit.parent_id or 0)
        (above["children"] if above else roots).append(node)
    return roots


@door(SIGNED_IN)
@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit: what it answers for, who serves in it, who supervises it."""
    return _show(request, _found(code))


def _found(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("division", "parent"), code=code)


def _show(request: HttpRequest, unit: Unit, wrong: dict[str, forms.BaseForm] | None = None) -> HttpResponse:
    me = person_of(request)
    postings = Posting.objects.visible_to(me).filter(unit=unit, until_on=None).select_related("person")
    may_change = may_administer(me, unit.division.path)
    offered = [
        {
            "act": act,
            "word": word,
            "form": (wrong or {}).get(act) or _form(act, unit),
            "is_wrong": act in (wrong or {}),
        }
        for act, word in ACT_WORDS.items()
    ]
    context = {
        "unit": unit,
        "kind": KIND_WORDS[UnitKind(unit.kind)],
        "supervisor": supervisor_of(unit),
        "children": unit.children.filter(is_active=True).order_by("path"),
        "postings": [(posting, ROLE_WORDS[Role(posting.role)]) for posting in postings.order_by("role", "person__username")],
        "sees_people": bool(me.postings_now) or me.is_superuser,
        "may_change": may_change,
        "offered": offered if may_change else [],
    }  # fmt: skip
    return render(request, "region/unit.html", context, status=422 if wrong else 200)


def _form(act: str, unit: Unit, data: Any = None) -> forms.BaseForm:
    """Return the form of an act, filled from what was sent."""
    match act:
        case "change":
            return UnitForm(data, instance=unit, prefix="change")
        case "post":
            return PostForm(data, prefix="post")
        case "add":
            return NewUnitForm(data, prefix="add")
        case "move":
            return MoveUnitForm(data, unit=unit, prefix="move")
        case _:
            raise Http404


@door(ADMIN)
@require_POST
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Do one of the acts on a unit; what is wrong is said in the form."""
    unit = _found(code)
    form = _form(act, unit, request.POST)
    if not form.is_valid():
        return _show(request, _found(code), {act: form})
    try:
        unit = _ACTS[act](unit, form.cleaned_data, person_of(request))
    except (BadInput, UnitInUse) as refusal:
        show_refusal(form, refusal)
        return _show(request, _found(code), {act: form})
    messages.success(request, _("Saved."))
    return redirect("region:unit", unit.code)


def _change(unit: Unit, values: dict[str, Any], by: Person) -> Unit:
    return change_unit(unit, by=by, at=now(), **values)


def _post(unit: Unit, values: dict[str, Any], by: Person) -> Unit:
    post_person(values["person"], unit, Role(values["role"]), since_on=values["since_on"], by=by, at=now())
    return unit


def _add(unit: Unit, values: dict[str, Any], by: Person) -> Unit:
    kind = UnitKind(values.pop("kind"))
    return make_unit(kind=kind, division=unit.division, parent=unit, by=by, at=now(), **values)


def _move(unit: Unit, values: dict[str, Any], by: Person) -> Unit:
    return move_unit(unit, parent=values["parent"], by=by, at=now())


_ACTS: dict[str, Callable[[Unit, dict[str, Any], Person], Unit]] = {
    "change": _change,
    "post": _post,
    "add": _add,
    "move": _move,
}


@door(ADMIN)
@require_POST
def end_posting(request: HttpRequest, number: int) -> HttpResponse:
    """End a posting."""
    posting = get_object_or_404(Posting.objects.select_related("unit"), pk=number)
    try:
        unpost_person(posting, by=person_of(request), at=now())
    except BadInput as bad:
        messages.error(request, str(bad))
    else:
        messages.success(request, _("The posting has ended."))
    return redirect("region:unit", posting.unit.code)
