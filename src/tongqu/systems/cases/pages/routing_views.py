"""A responsibility list looked at as a whole: table of matters × divisions, proof, rehearsal."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, make_aware
from django.views.decorators.http import require_safe

from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN
from tongqu.shared.clock import now
from tongqu.systems.cases.forms.routing import GridFilter, RehearsalForm
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.pages.routing import READER, found
from tongqu.systems.cases.queries.routing import keeps_lists, list_in_force
from tongqu.systems.cases.queries.routing_matrix import grid_of
from tongqu.systems.cases.queries.routing_proof import named_faults, proof_of
from tongqu.systems.cases.queries.routing_reading import class_names
from tongqu.systems.cases.queries.routing_rehearsal import rehearse
from tongqu.systems.cases.queries.routing_words import entry_words
from tongqu.systems.cases.rules.kinds import Grade

QUARTER = timedelta(days=91)
MOST_FAULTS_SHOWN = 200


@door(SIGNED_IN)
@require_safe
def grid(request: HttpRequest, list_number: int) -> HttpResponse:
    """Show who leads each matter in each division."""
    routing_list = found(request, list_number)
    form = GridFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    at = wanted.get("moment") or now()
    number = request.GET.get("page", "1")
    part = grid_of(routing_list, wanted, at, int(number) if number.isdecimal() and len(number) < 5 else 1)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "list": routing_list,
        "form": form,
        "grid": part,
        "at": at,
        "grades": {str(grade): GRADE_LABELS[Grade(grade)] for grade in Grade},
        "query": query.urlencode(),
        "is_mine": routing_list.is_draft and keeps_lists(person_of(request)),
    }
    return render(request, "cases/routing/grid.html", context)


@door(SIGNED_IN)
@require_safe
def proof(request: HttpRequest, list_number: int) -> HttpResponse:
    """Show whether exactly one unit leads everywhere, and where not."""
    routing_list = found(request, list_number)
    shown = proof_of(routing_list)
    faults = named_faults(shown)
    classes = class_names()
    context = {
        "list": routing_list,
        "found": shown,
        "cells": f"{shown.proof.cells:,}",
        "faults": faults[:MOST_FAULTS_SHOWN],
        "more": len(faults) - MOST_FAULTS_SHOWN,
        "idle": [(entry, entry_words(entry, classes)) for entry in shown.idle],
        "is_mine": routing_list.is_draft and keeps_lists(person_of(request)),
    }
    return render(request, "cases/routing/proof.html", context)


@door(READER)
@require_safe
def rehearsal(request: HttpRequest, list_number: int) -> HttpResponse:
    """Show which cases of a time the list would have sent elsewhere, against the list in force."""
    routing_list = found(request, list_number)
    today = localdate(now())
    first = {"since": today - QUARTER, "until": today}
    form = RehearsalForm(request.GET if "since" in request.GET else None, initial=first)
    days = form.cleaned_data if form.is_bound and form.is_valid() else first
    base = _base(routing_list)
    context = {
        "list": routing_list,
        "form": form,
        "base": base,
        "found": rehearse(
            person_of(request),
            routing_list,
            base,
            since=make_aware(datetime.combine(days["since"], time.min)),
            until=make_aware(datetime.combine(days["until"] + timedelta(days=1), time.min)),
        ),
    }
    return render(request, "cases/routing/rehearsal.html", context)


def _base(routing_list: RoutingList) -> RoutingList | None:
    """Return the list to compare with: the one in force, or for that one itself the one it came from."""
    base = list_in_force(now())
    return routing_list.based_on if base == routing_list else base
