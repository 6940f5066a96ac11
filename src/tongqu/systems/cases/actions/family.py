"""What happens to joined cases when something happens to their parent.

Rows are locked parent first, then its children by their numbers; joining itself takes turns (`take_turn`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongqu.shared.journal.rules import Actor
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.joining import Joining
from tongqu.systems.cases.rules.lifecycle import ENDED, State

JOINING = 0x636173_6A6F696E
"""The key of the lock under which cases are joined: "cas" and "join" in ASCII."""


def take_turn() -> None:
    """Wait until no other act is joining cases.

    Two cases joined to each other at the same moment would wait for each other's rows for ever. On SQLite all
    writers take turns already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [JOINING])


def children_locked(lead: Case) -> list[Case]:
    """Return the cases joined to this one, those that ended with it too, locked."""
    rows = Case.objects.select_for_update(of=("self",)).filter(parent=lead)
    return list(rows.order_by("pk"))


def follow(lead: Case, verb: str, *, by: Actor, at: datetime, note: str) -> None:
    """Take the children of a moved case along: to its end, out of it again, and to its unit."""
    for child in children_locked(lead):
        ends, ended = lead.state in ENDED, child.state in ENDED
        child.owner_unit, child.unit_path = lead.owner_unit, lead.unit_path
        if ends == ended:
            child.save(update_fields=["owner_unit", "unit_path"])
            continue
        _turn(child, lead, verb, by=by, at=at, note=note)


def _turn(child: Case, lead: Case, verb: str, *, by: Actor, at: datetime, note: str) -> None:
    """End the child with its parent, or have it wait again with the reopened one."""
    was = child.state
    child.state = lead.state if lead.state in ENDED else State.JOINED
    child.closed_at = lead.closed_at
    child.moved_at = at
    child.revision += 1
    child.save(update_fields=["owner_unit", "unit_path", "state", "closed_at", "moved_at", "revision"])
    record_of(
        child,
        verb,
        by=by,
        at=at,
        before={"state": was},
        after={"state": child.state, "parent": lead.number},
        note=note,
    )


def leave_parent(case: Case) -> None:
    """Let go of the parent that the case ended with, where it is opened again for itself."""
    if case.parent_id is not None:
        case.parent = None
        Joining.objects.filter(case=case).delete()
