"""What every move does: lock, check against the table, change, open the next duty, record the fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tongqu.kernel.calendar import Allowance
from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.duties.actions import duty as duties
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.rules import MOST_CHARACTERS
from tongqu.shared.evidence.actions.sharing import share_with
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Unit
from tongqu.systems.cases.actions.facts import record_of
from tongqu.systems.cases.actions.family import follow
from tongqu.systems.cases.actions.flying import keep_flight
from tongqu.systems.cases.models.case import Case, CaseEvidence, NotInForce
from tongqu.systems.cases.models.labels import MOVE_LABELS, STATE_LABELS
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.answering import (
    conditions_of,
    coordinator_for,
    desk_for,
    inspectors_for,
    parties_of,
)
from tongqu.systems.cases.queries.routing import allowance_for, verifier_for
from tongqu.systems.cases.rules.answers import kept_in_words
from tongqu.systems.cases.rules.kinds import Purpose
from tongqu.systems.cases.rules.lifecycle import DUTY_IN, ENDED, MOVES, State


def begin(
    case: Case, move: str, *, by: Actor, expected: int | None = None, at: datetime | None = None
) -> tuple[Case, State]:
    """Lock the case, make the move, and return the case with the state it was in; nothing is saved yet.

    `expected` is the revision on which the actor decided. Raises `MoveNotAllowed` when the table or the revision
    forbids the move, `NotAllowed` when the actor has no part in it. What the reporter may do only for some days is
    asked at the instant `at`.
    """
    locked = (
        Case.objects.select_for_update(of=("self",))
        .select_related("matter", "matter_version", "owner_unit", "division")
        .get(pk=case.pk)
    )
    was = State(locked.state)
    row = MOVES.find(was, move, conditions_of(locked, at))
    if row is None or expected not in (None, locked.revision):
        raise MoveNotAllowed(
            _("The case is now “%(state)s”: “%(move)s” is not possible any more. Load the page again.")
            % {"state": STATE_LABELS[was], "move": MOVE_LABELS[move]}
        )
    if not row.by & parties_of(by, locked):
        raise NotAllowed(_("“%(move)s” is not yours to do in this case.") % {"move": MOVE_LABELS[move]})
    locked.state = row.to_state
    locked.revision += 1
    return locked, was


def finish(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    was: State | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    evidence: Iterable[Evidence] = (),
    note: str = "",
) -> Case:
    """Save the moved case and record what happened; what goes with a state beside its main duty begins and ends here."""
    evidence = list(evidence)
    if was in (State.HANDLING, State.SUSPENDED) and case.state not in (State.HANDLING, State.SUSPENDED):
        case.suspensions.filter(ended_at=None).update(ended_at=at)
    keep_flight(case, was=was, by=by, at=at, evidence=evidence)
    case.moved_at = at
    case.closed_at = (case.closed_at or at) if case.state in ENDED else None
    case.save()
    before = {**({"state": was} if was else {}), **(before or {})}
    tell(case, verb, by=by, at=at, before=before, after=after, evidence=evidence, note=note)
    if was is not None:
        follow(case, verb, by=by, at=at, note=note)
    return case


def tell(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    evidence: Iterable[Evidence] = (),
    note: str = "",
) -> None:
    """Record what happened to the case."""
    record_of(
        case,
        verb,
        by=by,
        at=at,
        before=before,
        after={"state": case.state, **(after or {})},
        evidence=[item.sha256 for item in evidence],
        note=note,
    )


def open_step(case: Case, *, by: Actor, at: datetime, runs_from: datetime | None = None) -> None:
    """Open the one duty that goes with the state the case has come to; its clock starts at `at` or `runs_from`."""
    opening = opening_of(case, _answerable(case, DUTY_IN[State(case.state)]), runs_from=runs_from)
    [case.duty] = duties.open_duties([opening], by=by, at=at)


def opening_of(case: Case, owner_unit: Unit, *, runs_from: datetime | None = None) -> duties.Opening:
    """Return the duty that goes with the state of the case, owed by the unit."""
    kind = DUTY_IN[State(case.state)]
    return duties.Opening(
        kind,
        case.subject,
        label=f"{case.number} {case.title}",
        owner_unit=owner_unit,
        allowance=Allowance.parse(allowance_for(case, kind)),
        division=case.division,
        url=reverse("cases:detail", args=[case.number]),
        is_invented=case.is_invented,
        runs_from=runs_from,
    )


def _answerable(case: Case, kind: str) -> Unit:
    if kind == "handle":
        if case.owner_unit is None:
            raise MoveNotAllowed(_("Name a unit first."))
        return case.owner_unit
    if kind == "verify" and (verifier := verifier_for(case)):
        return verifier
    finders = {"verify": inspectors_for, "decide": coordinator_for}
    return finders.get(kind, desk_for)(case.division_path)


def give_to(case: Case, unit: Unit, *, by: Actor, at: datetime) -> None:
    """Give the case to the unit that must handle it: it sees the evidence and owes the handling."""
    if not unit.is_active:
        raise BadInput(
            [Problem(_("This unit is no longer active. Choose another."), code="inactive", field="unit")]
        )
    meet_step(case, by=by, at=at)
    case.owner_unit, case.unit_path = unit, unit.path
    let_owner_see(case, by=by, at=at)
    open_step(case, by=by, at=at)


def meet_step(case: Case, *, by: Actor, at: datetime, evidence: Iterable[Evidence] = ()) -> None:
    """Meet the duty that is open on the case."""
    if case.duty is not None:
        duties.meet(case.duty, by=by, at=at, evidence=[item.sha256 for item in evidence])
        case.duty = None


def leave_step(case: Case, *, by: Actor, at: datetime, reason: str) -> None:
    """Take the open duty off its owner, who gave it back unfinished."""
    if case.duty is not None:
        duty: Duty = case.duty
        duties.note_return(duty, by=by, at=at, reason=reason[:MOST_CHARACTERS])
        drop_step(case, by=by, at=at, reason=reason)


def drop_step(case: Case, *, by: Actor, at: datetime, reason: str) -> None:
    """Take the open duty off its owner, through no doing of theirs."""
    if case.duty is not None:
        duties.cancel(case.duty, by=by, at=at, reason=reason[:MOST_CHARACTERS])
        case.duty = None


def attach(case: Case, evidence: Iterable[Evidence], purpose: Purpose, *, at: datetime) -> None:
    """Put pieces of evidence into the case; one that is there already stays as it is."""
    for item in evidence:
        CaseEvidence.objects.get_or_create(
            case=case, evidence=item, purpose=purpose, defaults={"added_at": at}
        )


def let_owner_see(case: Case, *, by: Actor, at: datetime) -> None:
    """Share the evidence of the case with the unit that must handle it."""
    if case.owner_unit is not None:
        let_unit_see(case, case.owner_unit, by=by, at=at)


def let_unit_see(case: Case, unit: Unit, *, by: Actor, at: datetime) -> None:
    """Share the evidence of the case, and of those joined to it, with a unit that works on it."""
    of_case = Q(case_uses__case=case) | Q(case_uses__case__parent=case)
    for item in Evidence.objects.filter(of_case).distinct():
        share_with(item, unit, reason=_("case %(case)s") % {"case": case.number}, by=by, at=at)


def name_matter(case: Case, matter: Matter | None, *, at: datetime, field: str = "matter") -> None:
    """Say what the case is about, by the version in force at the instant; `BadInput` when none is."""
    asked = case.terms.questions
    try:
        case.name_matter(matter, at)
    except NotInForce as refusal:
        raise BadInput([not_in_force(str(refusal), field)]) from None
    if case.answers:
        case.answers = kept_in_words(asked, case.terms.questions, case.answers, "是", "否")


def not_in_force(code: str, field: str) -> Problem:
    """Return why a case cannot be about the matter of the code."""
    message = _("The matter “%(code)s” is not in force today. Choose another.") % {"code": code}
    return Problem(message, code="not-in-force", field=field)


def required(text: str, field: str) -> str:
    """Return the text without surrounding space; raises `BadInput` when nothing is left or it is too long."""
    clean = text.strip()
    if not clean:
        raise BadInput([Problem(_("Write a few words here."), code="required", field=field)])
    if len(clean) > 5000:
        raise BadInput([Problem(_("Shorten this to 5,000 characters."), code="too-long", field=field)])
    return clean
