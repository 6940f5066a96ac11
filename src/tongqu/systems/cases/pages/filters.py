"""Saved filters of the queue: keep one, remove it, open the queue with it, and live counts of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person, Unit
from tongqu.systems.cases.actions.filters import open_with, remove_filter, save_filter
from tongqu.systems.cases.forms.filters import SaveFilterForm
from tongqu.systems.cases.forms.lists import QueueForm
from tongqu.systems.cases.forms.seeing import MAP_GROUPS
from tongqu.systems.cases.models.filters import SavedFilter
from tongqu.systems.cases.queries.filters import (
    Choice,
    count_of,
    filters_of,
    first_filter,
    saved_filter,
    wanted_of,
)
from tongqu.systems.cases.rules.presets import address, kept


def preset_name(key: str) -> str:
    """Return the name of a preset."""
    names = {
        "to-accept": _("To accept, due first"),
        "to-dispatch": _("To dispatch, due first"),
        "to-close": _("To close, due first"),
        "late": _("All that is late"),
        "no-place": _("Place unknown"),
        "unit-handles": _("My unit handles"),
        "unit-soon": _("My unit, due soon"),
        "unit-late": _("My unit, late"),
        "to-verify": _("To verify, due first"),
        "to-verify-late": _("To verify, late"),
    }
    return names[key]


@dataclass(frozen=True)
class Shown:
    """A filter as the queue offers it."""

    key: str
    label: str
    url: str
    is_here: bool
    shared_by: str


def offered(person: Person, request: HttpRequest) -> list[Shown]:
    """Return the filters that the queue offers; the one in use is marked."""
    asked = kept(request.GET.dict())
    return [_shown(choice, asked) for choice in filters_of(person)]


def _shown(choice: Choice, asked: dict[str, str]) -> Shown:
    saved = choice.saved
    shared = saved.owner.actor_name if saved is not None and not choice.is_own else ""
    return Shown(
        key=choice.key,
        label=saved.name if saved is not None else preset_name(choice.key),
        url=reverse("cases:queue") + address(choice.query),
        is_here=bool(asked) and asked == kept(choice.query),
        shared_by=shared,
    )


@door(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """List the reader's saved filters; keep those of the address (`?group=…`) under a name."""
    person = person_of(request)
    query = kept(request.GET.dict())
    form = SaveFilterForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(form, query, person):
        return redirect(reverse("cases:queue") + address(query))
    labels = QueueForm()
    rows = [choice for choice in filters_of(person) if choice.saved is not None]
    context = {
        "form": form,
        "rows": [
            (one, reverse("cases:queue") + address(one.query), _told(one.query, labels)) for one in rows
        ],
        "told": _told(query, labels),
        "first": first_filter(person),
        "query": address(query),
    }
    return render(request, "cases/filters.html", context, status=422 if request.method == "POST" else 200)


def _saved(form: SaveFilterForm, query: dict[str, str], person: Person) -> bool:
    data, at = form.cleaned_data, now()
    try:
        saved = save_filter(data["name"], query, unit=form.shared_with, by=person, at=at)
    except BadInput as refusal:
        for problem in refusal.problems:
            form.add_error("name", str(problem.message))
        return False
    if data["is_first"]:
        open_with(saved, by=person, at=at)
    return True


def _told(query: Mapping[str, str], form: QueueForm) -> str:
    """Return the filters in words: the label of each field with that of its value."""
    parts = [str(dict(MAP_GROUPS).get(query.get("group", "open"), ""))]
    for name, value in query.items():
        if name != "group" and name in form.fields:
            parts.append(f"{form.fields[name].label} {_label_of(form.fields[name], value)}")
    return " · ".join(parts)


def _label_of(field: Any, value: str) -> str:
    for key, label in getattr(field, "choices", ()):
        inner = label if isinstance(label, list | tuple) else [(key, label)]
        for one, name in inner:
            if str(one) == value:
                return str(name).strip("　")
    unit = Unit.objects.filter(path=value).first()
    return unit.name if unit else value


def _found(request: HttpRequest, filter_number: int) -> SavedFilter:
    saved = saved_filter(person_of(request), filter_number)
    if saved is None:
        raise Http404
    return saved


@door(SIGNED_IN)
@require_POST
def remove(request: HttpRequest, filter_number: int) -> HttpResponse:
    """Take a saved filter away."""
    remove_filter(_found(request, filter_number), by=person_of(request), at=now())
    return redirect("cases:filters")


@door(SIGNED_IN)
@require_POST
def first(request: HttpRequest, filter_number: int) -> HttpResponse:
    """Open the queue with a filter, or no more when it is the one already."""
    person, saved = person_of(request), _found(request, filter_number)
    open_with(None if saved == first_filter(person) else saved, by=person, at=now())
    return redirect("cases:filters")


@door(SIGNED_IN)
@require_safe
def counts(request: HttpRequest) -> JsonResponse:
    """Return how many cases each filter finds now, up to 1,000; null where that is not counted."""
    person, at = person_of(request), now()
    found = {one.key: count_of(person, wanted_of(one.query), at) for one in filters_of(person)}
    return JsonResponse({"counts": found})
