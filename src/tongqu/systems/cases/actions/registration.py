"""Registers an accepted case (立案): the second of the seven steps, mostly taken together with the dispatch."""

from __future__ import annotations

from datetime import datetime

from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor, instant_text
from tongqu.systems.cases.actions.steps import begin, finish
from tongqu.systems.cases.models.case import Case


@acting
def register(case: Case, *, by: Actor, at: datetime, note: str = "", expected: int | None = None) -> Case:
    """Register the case (立案) before it is known who gets it; the desk owes the dispatch as before."""
    moved, was = begin(case, "register", by=by, expected=expected)
    after = note_registration(moved, by=by, at=at)
    return finish(moved, "case.registered", by=by, at=at, was=was, after=after, note=note.strip())


def note_registration(case: Case, *, by: Actor, at: datetime) -> dict[str, str]:
    """Mark the case as registered, unless it is, and return what the fact says of it."""
    if case.registered_at is not None:
        return {}
    case.registered_at, case.registered_by_ref = at, by.actor_ref
    return {"registered_at": instant_text(at)}
