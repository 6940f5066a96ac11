"""The moves of the life cycle, in its order; `rules.lifecycle.MOVES` says from where and by whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.disputes import decide
from tongqu.systems.cases.actions.family import leave_parent
from tongqu.systems.cases.actions.joining import join, separate
from tongqu.systems.cases.actions.part_checks import pass_parts, refuse_parts
from tongqu.systems.cases.actions.part_steps import retire_parts, return_own_part, take_own_part
from tongqu.systems.cases.actions.parts import split
from tongqu.systems.cases.actions.rating import rate
from tongqu.systems.cases.actions.registration import note_registration, register
from tongqu.systems.cases.actions.routing_use import compare_with_list
from tongqu.systems.cases.actions.steps import (
    attach,
    begin,
    finish,
    give_to,
    leave_step,
    let_owner_see,
    meet_step,
    name_matter,
    open_step,
    required,
)
from tongqu.systems.cases.actions.suspension import ask_suspension, refuse_suspension, resume, suspend
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.answering import was_handled_by
from tongqu.systems.cases.queries.proof import proof_of, shots_of
from tongqu.systems.cases.rules.kinds import Purpose
from tongqu.systems.cases.rules.proof import Lack, lack_of_proof


@acting
def accept(case: Case, *, matter: Matter, by: Actor, at: datetime, expected: int | None = None) -> Case:
    """Accept a report (受理) and say what it is about; the desk then owes its dispatch."""
    moved, was = begin(case, "accept", by=by, expected=expected)
    before = moved.matter.code if moved.matter else ""
    name_matter(moved, matter, at=at)
    meet_step(moved, by=by, at=at)
    open_step(moved, by=by, at=at)
    return finish(
        moved,
        "case.accepted",
        by=by,
        at=at,
        was=was,
        before={"matter": before},
        after={"matter": matter.code},
    )


@acting
def reject(case: Case, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> Case:
    """Turn a report away (不予受理), with a reason that the reporter can read."""
    moved, was = begin(case, "reject", by=by, expected=expected)
    note = required(reason, "reason")
    meet_step(moved, by=by, at=at)
    retire_parts(moved, by=by, at=at, reason=note)
    return finish(moved, "case.rejected", by=by, at=at, was=was, note=note)


@acting
def dispatch(
    case: Case, *, unit: Unit, by: Actor, at: datetime, note: str = "", expected: int | None = None
) -> Case:
    """Send an accepted case to the unit that must handle it (派遣), with the matter's allowance; it is then registered."""
    moved, was = begin(case, "dispatch", by=by, expected=expected)
    before = moved.owner_unit.code if moved.owner_unit else ""
    registered = note_registration(moved, by=by, at=at)
    said = compare_with_list(moved, unit, at=at)
    give_to(moved, unit, by=by, at=at)
    return finish(
        moved,
        "case.dispatched",
        by=by,
        at=at,
        was=was,
        before={"unit": before},
        after={"unit": unit.code, **registered, **said},
        note=note.strip(),
    )


@acting
def take(case: Case, *, by: Actor, at: datetime, expected: int | None = None) -> Case:
    """Sign for a dispatched case (签收): the unit's work on it begins."""
    moved, was = begin(case, "take", by=by, expected=expected)
    finish(moved, "case.taken", by=by, at=at, was=was)
    take_own_part(moved, by=by, at=at)
    return moved


@acting
def send_back(case: Case, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> Case:
    """Send a case back (退回), with a reason; the return counts against the unit's record.

    It goes to the desk that dispatched it; once it was returned before, to the coordinating desk as a dispute.
    """
    moved, was = begin(case, "send_back", by=by, expected=expected)
    note = required(reason, "reason")
    unit = moved.owner_unit
    return_own_part(moved, by=by, at=at, reason=note)
    leave_step(moved, by=by, at=at, reason=note)
    moved.owner_unit, moved.unit_path = None, ""
    moved.returns += 1
    open_step(moved, by=by, at=at)
    return finish(
        moved,
        "case.sent_back",
        by=by,
        at=at,
        was=was,
        before={"unit": unit.code if unit else ""},
        after={"unit": "", "returns": moved.returns},
        note=note,
    )


@acting
def handle(
    case: Case,
    *,
    text: str,
    evidence: Iterable[Evidence] = (),
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Case:
    """Report the work as done (处置), with the evidence that the matter demands; inspectors then owe a check."""
    moved, was = begin(case, "handle", by=by, expected=expected)
    note, proofs = required(text, "text"), list(evidence)
    needed = moved.terms.photos_needed
    if len(proofs) < needed:
        raise BadInput([Problem(_few_photos(needed), code="evidence-missing", field="evidence")])
    attach(moved, proofs, Purpose.HANDLING, at=at)
    moved.handled_at, moved.handled_by_ref, moved.handling_text = at, by.actor_ref, note
    meet_step(moved, by=by, at=at, evidence=proofs)
    open_step(moved, by=by, at=at)
    return finish(moved, "case.handled", by=by, at=at, was=was, evidence=proofs, note=note)


def _few_photos(needed: int) -> str:
    return _("This matter needs %(count)s photo(s) of the finished work. Add them.") % {"count": needed}


@acting
def verify(
    case: Case,
    *,
    evidence: Iterable[Evidence] = (),
    note: str = "",
    notes: Mapping[int, str] | None = None,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Case:
    """Find that the work is done (核查), on the evidence that the matter asks for; the desk then owes the closing.

    `notes` says something of each part of a split case, by its number.
    """
    moved, was = begin(case, "verify", by=by, expected=expected)
    _refuse_own_work(moved, by)
    proofs = list(evidence)
    _check_proof(moved, proofs, note.strip())
    attach(moved, proofs, Purpose.VERIFICATION, at=at)
    moved.verified_at, moved.verification_note = at, note.strip()
    pass_parts(moved, notes)
    meet_step(moved, by=by, at=at, evidence=proofs)
    open_step(moved, by=by, at=at)
    return finish(moved, "case.verified", by=by, at=at, was=was, evidence=proofs, note=note.strip())


@acting
def refuse(
    case: Case,
    *,
    reason: str,
    evidence: Iterable[Evidence] = (),
    parts: Collection[int] | None = None,
    notes: Mapping[int, str] | None = None,
    by: Actor,
    at: datetime,
    expected: int | None = None,
) -> Case:
    """Find that the work is not done (核查不通过), with a reason; the unit owes it again.

    Of a split case all parts, or those with the numbers in `parts`, go back to their units; `notes` says why.
    """
    moved, was = begin(case, "refuse", by=by, expected=expected)
    _refuse_own_work(moved, by)
    note, proofs = required(reason, "reason"), list(evidence)
    attach(moved, proofs, Purpose.VERIFICATION, at=at)
    meet_step(moved, by=by, at=at, evidence=proofs)
    moved.handled_at, moved.handled_by_ref = None, ""
    let_owner_see(moved, by=by, at=at)
    open_step(moved, by=by, at=at)
    refuse_parts(moved, parts, notes or {}, reason=note, by=by, at=at)
    return finish(moved, "case.refused", by=by, at=at, was=was, evidence=proofs, note=note)


@acting
def close(case: Case, *, by: Actor, at: datetime, note: str = "", expected: int | None = None) -> Case:
    """Close a verified case (结案); refused when the evidence that the matter asks for is not there."""
    moved, was = begin(case, "close", by=by, expected=expected)
    _check_proof(moved, proof_of(moved), moved.verification_note)
    meet_step(moved, by=by, at=at)
    return finish(moved, "case.closed", by=by, at=at, was=was, note=note.strip())


@acting
def reopen(case: Case, *, reason: str, by: Actor, at: datetime, expected: int | None = None) -> Case:
    """Open an ended case again, with a reason; the desk decides anew. The reporter may once, for some days."""
    moved, was = begin(case, "reopen", by=by, expected=expected, at=at)
    note = required(reason, "reason")
    unit = moved.owner_unit
    leave_parent(moved)
    retire_parts(moved, by=by, at=at, reason=note)
    moved.owner_unit, moved.unit_path = None, ""
    moved.handled_at = moved.verified_at = None
    moved.handled_by_ref = moved.verification_note = ""
    open_step(moved, by=by, at=at)
    return finish(
        moved,
        "case.reopened",
        by=by,
        at=at,
        was=was,
        before={"unit": unit.code if unit else ""},
        after={"unit": ""},
        note=note,
    )


def _refuse_own_work(case: Case, by: Actor) -> None:
    if was_handled_by(case, by.actor_ref):
        raise NotAllowed(_("You handled this case yourself; somebody else must check it."))


def _check_proof(case: Case, proofs: list[Evidence], note: str) -> None:
    """Raise `BadInput` when the evidence is not what the matter asks for."""
    radius_m = case.terms.verify_radius_m
    lack = lack_of_proof(
        case.terms.verify_by,
        shots_of(case, proofs),
        handled_at=case.handled_at,
        radius_m=radius_m,
        place_known=case.lon is not None,
        has_note=bool(note),
    )
    if lack is not None:
        raise BadInput([Problem(_lack_message(lack, radius_m), code=lack, field=LACK_FIELDS[lack])])


LACK_FIELDS = {Lack.NOTE: "note", Lack.WORD: "note", Lack.PHOTO: "evidence", Lack.AIR_PHOTO: "evidence"}


def _lack_message(lack: Lack, radius_m: int) -> str:
    messages = {
        Lack.NOTE: _("Write what you saw on the spot, or add a photo."),
        Lack.WORD: _("This matter is verified by its reporter: write down what the reporter said."),
        Lack.PHOTO: _(
            "This matter needs a photo taken after the work, within %(m)s m of the place. Add one."
        ),
        Lack.AIR_PHOTO: _(
            "This matter needs a photo from the air, taken after the work, within %(m)s m of the place. Add one."
        ),
    }
    return messages[lack] % {"m": radius_m}


ACTIONS: dict[str, Callable[..., Case]] = {
    "accept": accept,
    "reject": reject,
    "register": register,
    "dispatch": dispatch,
    "take": take,
    "send_back": send_back,
    "decide": decide,
    "ask_suspension": ask_suspension,
    "suspend": suspend,
    "refuse_suspension": refuse_suspension,
    "resume": resume,
    "handle": handle,
    "verify": verify,
    "refuse": refuse,
    "close": close,
    "rate": rate,
    "reopen": reopen,
    "split": split,
    "join": join,
    "separate": separate,
}
"""Each move of the table by its name."""
