"""Drafts, changes, submits and approves responsibility lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.steps import required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.routing import LIST_STATE_LABELS, RoutingEntry, RoutingList
from tongqu.systems.cases.queries.routing import entries_of, keeps_lists, list_in_force
from tongqu.systems.cases.queries.routing_files import values_of
from tongqu.systems.cases.queries.routing_proof import proof_of
from tongqu.systems.cases.queries.routing_reading import Book, read_entry
from tongqu.systems.cases.rules.routing import LIST_MOVES, ListState

COPIED = (
    "number", "matter_id", "class_code", "division_id", "division_path", "grade", "window", "lead_id", "assisting",
    "handle_allowance", "verifier_id", "note", "case_id",
)  # fmt: skip


@acting
def draft_list(
    *, title: str, by: Actor, at: datetime, reason: str = "", is_empty: bool = False
) -> RoutingList:
    """Begin a draft: a copy of the list in force (or an empty one), to be changed, submitted and approved."""
    _check_keeper(by)
    base = None if is_empty else list_in_force(at)
    made = RoutingList.objects.create(
        title=required(title, "title")[:120],
        reason=reason.strip(),
        based_on=base,
        made_at=at,
        made_by_ref=by.actor_ref,
        made_by_name=by.actor_name,
    )
    rows = base.entries.values(*COPIED) if base else []
    RoutingEntry.objects.bulk_create([RoutingEntry(routing_list=made, **row) for row in rows], batch_size=500)
    _note(
        "routing.drafted",
        made,
        by=by,
        at=at,
        after={"based_on": base.pk if base else "", "title": made.title},
    )
    return made


@acting
def add_entry(
    draft: RoutingList, values: Mapping[str, str], *, by: Actor, at: datetime, case: Case | None = None
) -> RoutingEntry:
    """Add an entry to a draft. Raises `BadInput` with what is wrong by field."""
    locked = _open_draft(draft, by)
    entry = _entry_of(values)
    entry.routing_list, entry.case = locked, case
    entry.number = entry.number or _next_number(locked)
    _check_free(entry)
    entry.save()
    return _kept(entry, "routing.entry_added", by=by, at=at, after=_told(values_of(entry)))


@acting
def change_entry(
    entry: RoutingEntry, values: Mapping[str, str], *, by: Actor, at: datetime, case: Case | None = None
) -> RoutingEntry:
    """Change an entry of a draft; one that comes out the same is left alone."""
    locked = _open_draft(entry.routing_list, by)
    stored = entries_of(locked).filter(pk=entry.pk).first()
    if stored is None:
        raise MoveNotAllowed(_("This entry is not in the draft any more. Load the page again."))
    before = values_of(stored)
    wanted = _entry_of({"number": str(stored.number), **values})
    wanted.pk, wanted.routing_list, wanted.case = stored.pk, locked, case or stored.case
    _check_free(wanted)
    after = values_of(wanted)
    if after == before:
        return stored
    wanted.save()
    changed = {name for name in after if after[name] != before[name]}
    return _kept(
        wanted,
        "routing.entry_changed",
        by=by,
        at=at,
        before=_told({name: before[name] for name in changed}),
        after=_told({name: after[name] for name in {*changed, "number"}}),
    )


@acting
def end_entry(entry: RoutingEntry, *, by: Actor, at: datetime) -> None:
    """Take an entry out of a draft; in the lists of before it stays."""
    locked = _open_draft(entry.routing_list, by)
    stored = entries_of(locked).filter(pk=entry.pk).first()
    if stored is not None:
        stored.delete()
        _touch(locked)
        _note("routing.entry_ended", locked, by=by, at=at, before=_told(values_of(stored)))


@acting
def replace_entries(
    draft: RoutingList, entries: Iterable[RoutingEntry], *, by: Actor, at: datetime, file: str = ""
) -> RoutingList:
    """Put the entries that a file holds in the place of all entries of a draft."""
    locked = _open_draft(draft, by)
    rows = list(entries)
    origins = dict(locked.entries.exclude(case=None).values_list("number", "case_id"))
    gone, _by_model = locked.entries.all().delete()
    free = max((row.number for row in rows), default=0)
    for row in rows:
        if not row.number:
            free += 1
            row.number = free
        row.routing_list, row.case_id = locked, origins.get(row.number)
    RoutingEntry.objects.bulk_create(rows, batch_size=500)
    _touch(locked)
    _note(
        "routing.imported",
        locked,
        by=by,
        at=at,
        before={"entries": gone},
        after={"entries": len(rows), "file": file},
    )
    return locked


@acting
def submit(draft: RoutingList, *, by: Actor, at: datetime, expected: int | None = None) -> RoutingList:
    """Hand a draft to a second person; it cannot be changed while it waits. Refused while it has a hole or a conflict."""
    moved = _move(draft, "submit", by=by, expected=expected)
    _check_proof(moved)
    moved.submitted_at, moved.submitted_by_ref, moved.submitted_by_name = at, by.actor_ref, by.actor_name
    return _moved(moved, "routing.submitted", by=by, at=at)


@acting
def approve(
    submitted: RoutingList, *, in_force_from: datetime, by: Actor, at: datetime, expected: int | None = None
) -> RoutingList:
    """Approve a list that somebody else submitted; it takes effect at the instant, never in the past.

    The proof is run again, for a unit may have been closed meanwhile. Raises `NotAllowed` for who submitted it.
    """
    moved = _move(submitted, "approve", by=by, expected=expected)
    if not isinstance(by, Person):
        raise NotAllowed(_("A person approves a list, on its page."))
    if moved.submitted_by_ref == by.actor_ref:
        raise NotAllowed(_("You submitted this list yourself; somebody else must approve it."))
    if in_force_from < at:
        message = _("The list cannot take effect in the past. Choose this moment or a later one.")
        raise BadInput([Problem(message, code="past", field="in_force_from")])
    _check_proof(moved)
    moved.approved_at, moved.approved_by_ref, moved.approved_by_name = at, by.actor_ref, by.actor_name
    moved.in_force_from = in_force_from
    return _moved(moved, "routing.approved", by=by, at=at, after={"in_force_from": in_force_from.isoformat()})


@acting
def send_back(
    submitted: RoutingList, *, reason: str, by: Actor, at: datetime, expected: int | None = None
) -> RoutingList:
    """Give a submitted list back to be changed, with a reason; who submitted it may take it back so too."""
    moved = _move(submitted, "send_back", by=by, expected=expected)
    note = required(reason, "reason")
    moved.submitted_at, moved.submitted_by_ref, moved.submitted_by_name = None, "", ""
    return _moved(moved, "routing.sent_back", by=by, at=at, note=note)


@acting
def discard(draft: RoutingList, *, by: Actor, at: datetime, expected: int | None = None) -> RoutingList:
    """Give a draft up; it stays to be read."""
    return _moved(_move(draft, "discard", by=by, expected=expected), "routing.discarded", by=by, at=at)


def _told(values: Mapping[str, str]) -> dict[str, str]:
    """Return columns as the journal keeps them: under names of their own, apart from those of other subjects."""
    return {f"entry_{column}": text for column, text in values.items() if text}


def _check_keeper(by: Actor) -> None:
    """Raise `NotAllowed` for a person who does not keep the lists; the operator's commands may draft."""
    if isinstance(by, Person) and not keeps_lists(by):
        raise NotAllowed(
            _("The region's administrators and its coordinating desk keep the responsibility lists.")
        )


def _locked(routing_list: RoutingList) -> RoutingList:
    return RoutingList.objects.select_for_update().get(pk=routing_list.pk)


def _open_draft(draft: RoutingList, by: Actor) -> RoutingList:
    _check_keeper(by)
    locked = _locked(draft)
    if not locked.is_draft:
        raise MoveNotAllowed(_("This list is not a draft: it cannot be changed. Begin a new draft."))
    return locked


def _move(routing_list: RoutingList, name: str, *, by: Actor, expected: int | None) -> RoutingList:
    _check_keeper(by)
    locked = _locked(routing_list)
    row = LIST_MOVES.find(locked.state, name)
    if row is None or expected not in (None, locked.revision):
        raise MoveNotAllowed(
            _("The list is now “%(state)s”, or was changed meanwhile. Load the page again.")
            % {"state": LIST_STATE_LABELS[ListState(locked.state)]}
        )
    locked.state = row.to_state
    return locked


def _moved(
    routing_list: RoutingList,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> RoutingList:
    routing_list.revision += 1
    routing_list.save()
    _note(
        verb, routing_list, by=by, at=at, after={"list_state": routing_list.state, **(after or {})}, note=note
    )
    return routing_list


def _check_proof(routing_list: RoutingList) -> None:
    proof = proof_of(routing_list)
    if not proof.holds:
        message = _(
            "The list has %(holes)s holes, %(conflicts)s conflicts and %(unfit)s entries that name closed units. See the proof; mend them first."
        )
        counts = {"holes": proof.proof.holes, "conflicts": proof.proof.conflicts, "unfit": len(proof.unfit)}
        raise BadInput([Problem(message % counts, code="not-proven")])


def _entry_of(values: Mapping[str, str]) -> RoutingEntry:
    entry, wrong = read_entry(values, Book.read())
    if entry is None:
        raise BadInput([Problem(each.message, code=each.code, field=each.field) for each in wrong])
    return entry


def _next_number(routing_list: RoutingList) -> int:
    return int(routing_list.entries.aggregate(most=Max("number"))["most"] or 0) + 1


def _check_free(entry: RoutingEntry) -> None:
    others = RoutingEntry.objects.filter(routing_list=entry.routing_list, number=entry.number).exclude(
        pk=entry.pk
    )
    if others.exists():
        message = _("Another entry has the number %(number)s. Choose another, or leave it empty.")
        raise BadInput([Problem(message % {"number": entry.number}, code="twice", field="number")])


def _touch(routing_list: RoutingList) -> None:
    RoutingList.objects.filter(pk=routing_list.pk).update(revision=F("revision") + 1)


def _kept(entry: RoutingEntry, verb: str, *, by: Actor, at: datetime, **what: dict[str, Any]) -> RoutingEntry:
    _touch(entry.routing_list)
    _note(verb, entry.routing_list, by=by, at=at, **what)
    return entry


def _note(verb: str, routing_list: RoutingList, *, by: Actor, at: datetime, **what: Any) -> None:
    record(verb, routing_list.subject, by=by, at=at, label=str(routing_list), **what)
