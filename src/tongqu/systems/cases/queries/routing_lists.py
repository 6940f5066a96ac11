"""Finds responsibility lists and their entries for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person, Unit, below
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing import entries_of, keeps_lists, list_in_force
from tongqu.systems.cases.rules.routing import ListState

READERS = frozenset({Role.UNIT_HEAD, Role.AUDITOR, Role.DUTY_DESK, Role.REGION_ADMIN})
"""Roles that may read what is not approved yet: those it concerns, and those who keep and audit the lists."""


def lists_for(person: Person) -> QuerySet[RoutingList]:
    """Return the lists that the person may read: approved ones everybody, others those whom they concern."""
    rows = RoutingList.objects.annotate(size=Count("entries"))
    return rows if person.roles & READERS or person.is_superuser else rows.filter(state=ListState.APPROVED)


def find_list(person: Person, number: int) -> RoutingList | None:
    """Return the list of the number, if it exists and the person may read it."""
    return lists_for(person).filter(pk=number).first()


@dataclass(frozen=True)
class Shelf:
    """The lists by what they are now."""

    in_force: RoutingList | None
    coming: list[RoutingList]
    open: list[RoutingList]
    """Drafts, and those that wait for approval."""
    past: list[RoutingList]
    """Replaced or discarded."""


def shelf(person: Person, at: datetime, *, most_past: int = 50) -> Shelf:
    """Return the lists that the person may read, sorted by what they are at the instant."""
    now = list_in_force(at)
    rows = list(lists_for(person)[: most_past + 50])
    unapproved = (ListState.DRAFT, ListState.SUBMITTED)
    coming = [row for row in rows if row.in_force_from and row.in_force_from > at]
    known = {row.pk for row in coming} | ({now.pk} if now else set())
    return Shelf(
        next((row for row in rows if now and row.pk == now.pk), now),
        sorted(coming, key=lambda row: (row.in_force_from, row.pk)),
        [row for row in rows if row.state in unapproved],
        [row for row in rows if row.pk not in known and row.state not in unapproved][:most_past],
    )


def is_outdated(draft: RoutingList, at: datetime) -> bool:
    """Answer whether another list has come into force since the draft was begun."""
    if draft.state not in (ListState.DRAFT, ListState.SUBMITTED):
        return False
    now = list_in_force(at)
    return now is not None and now.pk != draft.based_on_id


def chosen_entries(routing_list: RoutingList, wanted: Mapping[str, Any]) -> QuerySet[RoutingEntry]:
    """Return the entries that fit: place (a path), about (`matter:CODE` or `class:CODE`), lead (a code), only special ones."""
    rows = entries_of(routing_list).select_related("case", "matter", "division", "lead", "verifier")
    rows = rows.defer("division__outline").order_by("number")
    if wanted.get("place"):
        rows = rows.filter(below("division_path", wanted["place"]))
    kind, _colon, code = str(wanted.get("about") or "").partition(":")
    if kind == "matter":
        rows = rows.filter(matter__code=code)
    elif kind == "class":
        rows = rows.filter(Q(class_code=code) | Q(matter__class_code=code))
    if unit := wanted.get("unit"):
        rows = rows.filter(lead__code=unit)
    return rows.exclude(window="", grade="") if wanted.get("special") else rows


def unit_names(codes: set[str]) -> dict[str, str]:
    """Return the names of units by their codes."""
    return {unit.code: unit.name for unit in Unit.objects.filter(code__in=codes)}


def history_of(routing_list: RoutingList, *, most: int = 100) -> list[Fact]:
    """Return what happened to a list, the newest first."""
    rows = Fact.objects.filter(subject_kind="routing_list", subject_id=str(routing_list.pk))
    return list(rows.order_by("-seq")[:most])


def may_move(person: Person, routing_list: RoutingList, name: str) -> bool:
    """Answer whether the page offers the move to the person; the action decides."""
    if not keeps_lists(person):
        return False
    return name != "approve" or routing_list.submitted_by_ref != person.actor_ref
