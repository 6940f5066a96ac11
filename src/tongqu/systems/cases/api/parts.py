"""The routes for parts of cases, their check and the joint visit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.api_frame import Refused, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.duties.rules import Lamp
from tongqu.systems.cases.actions.inspecting import Finding, inspect
from tongqu.systems.cases.actions.parts import PART_ACTIONS, PartWanted
from tongqu.systems.cases.actions.visits import cancel_visit, plan_visit
from tongqu.systems.cases.api.routes import detail_of, evidence_named, found_case, moved, unit_named
from tongqu.systems.cases.api.shapes import CaseDetail, HandleIn, NamedOut, ReasonIn, Sha256, Step, Words
from tongqu.systems.cases.models.parts import CasePart
from tongqu.systems.cases.queries.parts import part_at, part_moves_open_to, parts_of, visit_of
from tongqu.systems.cases.rules.parts import PartState

router = Router(tags=["cases"])


class PartIn(Schema):
    """A unit and what it is to do."""

    unit: str = Field(..., max_length=40, description="Code of the unit.", examples=["zhzf-qujiang"])
    task: str = Field(..., min_length=1, max_length=500, examples=["查处占道经营"])


class SplitIn(Step):
    """Gives a case to several units."""

    parts: list[PartIn] = Field(..., min_length=1, max_length=12, description="The first unit leads.")
    lead: str = Field("", max_length=40, description="Code of the unit that leads, if not the first.")
    note: Words = ""


class GivePartIn(Step):
    """Gives a part that was sent back to another unit."""

    unit: str = Field(..., max_length=40, description="Code of the unit.", examples=["sthj-qujiang"])


class FindingIn(Schema):
    """What the inspector found of one part."""

    part: int = Field(..., ge=1, description="Number of the part within the case.")
    is_done: bool
    note: str = Field("", max_length=500, description="Needed for a part that is not done.")


class InspectIn(Step):
    """Checks all parts at once."""

    findings: list[FindingIn] = Field(..., min_length=1, max_length=12)
    note: Words = ""
    evidence: list[Sha256] = Field(default_factory=list, max_length=20)


class VisitIn(Schema):
    """Plans the joint visit."""

    planned_at: AwareDatetime
    note: str = Field("", max_length=5000, description="Where to meet, and what to bring.")


class VisitOut(Schema):
    """The joint visit of a case."""

    planned_at: datetime
    note: str
    units: list[NamedOut]
    set_by: str


class PartOut(Schema):
    """What one unit does in a case."""

    part: int = Field(..., description="Its number within the case.")
    unit: NamedOut | None = Field(..., description="Null once it was sent back.")
    is_lead: bool
    task: str
    state: PartState
    revision: int = Field(..., description="Send it as `expected` to act on what you saw.")
    lamp: Lamp | None
    due_at: datetime | None
    handled_at: datetime | None
    handling_text: str
    evidence: list[str]
    returns: int
    is_passed: bool | None = Field(..., description="What the last check found.")
    note: str
    moves: list[str]


class PartsOut(Schema):
    """The parts of a case, and the visit that they share."""

    parts: list[PartOut]
    visit: VisitOut | None


def _shown(request: HttpRequest, number: str) -> PartsOut:
    person, at = person_of(request), now()
    case = found_case(person, number)
    visit = visit_of(case)
    return PartsOut(
        parts=[
            PartOut(
                part=part.place,
                unit=_named(part.unit),
                lamp=part.duty.lamp(at) if part.duty else None,
                due_at=part.duty.due_at if part.duty else None,
                evidence=[item.sha256 for item in part.evidence.all()],
                moves=[move.name for move in part_moves_open_to(person, part)],
                **{name: getattr(part, name) for name in _SAME},
            )
            for part in parts_of(case)
        ],
        visit=VisitOut(
            planned_at=visit.planned_at,
            note=visit.note,
            units=[NamedOut(code=unit.code, name=unit.name) for unit in visit.units.all()],
            set_by=visit.set_by_name,
        )
        if visit
        else None,
    )


_SAME = (
    "is_lead", "task", "state", "revision", "handled_at", "handling_text", "returns", "is_passed", "note",
)  # fmt: skip


def _named(unit: Any) -> NamedOut | None:
    return NamedOut(code=unit.code, name=unit.name) if unit is not None else None


def _part(request: HttpRequest, number: str, place: int) -> CasePart:
    part = part_at(found_case(person_of(request), number), place)
    if part is None:
        raise Http404
    return part


def _act(request: HttpRequest, number: str, place: int, name: str, body: Step, **arguments: Any) -> PartsOut:
    person, at = person_of(request), now()
    part = _part(request, number, place)
    if "evidence" in arguments:
        arguments["evidence"] = evidence_named(person, arguments["evidence"], at)
    try:
        PART_ACTIONS[name](part, by=person, at=at, expected=body.expected, **arguments)
    except MoveNotAllowed as refusal:
        raise Refused(409, str(refusal), code="move-not-allowed") from refusal
    return _shown(request, number)


@router.get("/{number}/parts", response=PartsOut, summary="List the parts of a case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_parts(request: HttpRequest, number: str) -> PartsOut:
    """Return what each unit does in a case, and the visit that they share; no parts for a case with one unit."""
    return _shown(request, number)


@router.post("/{number}/split", response=CaseDetail, summary="Split into parts (分派)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def split_case(request: HttpRequest, number: str, body: SplitIn) -> CaseDetail:
    """Give a case to several units, each with what it is to do; again, to add parts."""
    parts = [PartWanted(unit_named(part.unit), part.task) for part in body.parts]
    lead = unit_named(body.lead) if body.lead else None
    return moved(request, number, "split", body, parts=parts, lead=lead, note=body.note)


@router.post("/{number}/parts/{place}/take", response=PartsOut, summary="Sign for a part (签收)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def take_part(request: HttpRequest, number: str, place: int, body: Step) -> PartsOut:
    """Sign for a part."""
    return _act(request, number, place, "take", body)


@router.post("/{number}/parts/{place}/send-back", response=PartsOut, summary="Send a part back (退回)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def send_back_part(request: HttpRequest, number: str, place: int, body: ReasonIn) -> PartsOut:
    """Send a part back to the desk."""
    return _act(request, number, place, "send_back", body, reason=body.reason)


@router.post("/{number}/parts/{place}/give", response=PartsOut, summary="Give a part to another unit")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def give_part(request: HttpRequest, number: str, place: int, body: GivePartIn) -> PartsOut:
    """Give a part that was sent back to another unit."""
    return _act(request, number, place, "give", body, unit=unit_named(body.unit))


@router.post("/{number}/parts/{place}/withdraw", response=PartsOut, summary="Withdraw a part (撤回)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def withdraw_part(request: HttpRequest, number: str, place: int, body: ReasonIn) -> PartsOut:
    """Withdraw a part that is not wanted any more."""
    return _act(request, number, place, "withdraw", body, reason=body.reason)


@router.post("/{number}/parts/{place}/handle", response=PartsOut, summary="Report a part as done (处置)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def handle_part(request: HttpRequest, number: str, place: int, body: HandleIn) -> PartsOut:
    """Report a part as done, on evidence."""
    return _act(request, number, place, "handle", body, text=body.text, evidence=body.evidence)


@router.post("/{number}/inspect", response=CaseDetail, summary="Check all parts (一次核查)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def inspect_case(request: HttpRequest, number: str, body: InspectIn) -> CaseDetail:
    """Find each part done or not: all done verifies the case, else those that are not go back to their units."""
    person, at = person_of(request), now()
    case = found_case(person, number)
    findings = [Finding(each.part, each.is_done, each.note) for each in body.findings]
    proofs = evidence_named(person, body.evidence, at)
    try:
        checked = inspect(
            case, findings=findings, note=body.note, evidence=proofs, by=person, at=at, expected=body.expected
        )
    except MoveNotAllowed as refusal:
        raise Refused(409, str(refusal), code="move-not-allowed") from refusal
    return detail_of(checked, person, at)


@router.put("/{number}/visit", response=PartsOut, summary="Plan the joint visit (综合查一次)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def put_visit(request: HttpRequest, number: str, body: VisitIn) -> PartsOut:
    """Plan the visit in which the units look at the place together, or move it."""
    person, at = person_of(request), now()
    try:
        plan_visit(found_case(person, number), planned_at=body.planned_at, note=body.note, by=person, at=at)
    except MoveNotAllowed as refusal:
        raise Refused(409, str(refusal), code="move-not-allowed") from refusal
    return _shown(request, number)


@router.delete("/{number}/visit", response=PartsOut, summary="Call the joint visit off")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def delete_visit(request: HttpRequest, number: str) -> PartsOut:
    """Call the joint visit off."""
    person, at = person_of(request), now()
    try:
        cancel_visit(found_case(person, number), by=person, at=at)
    except MoveNotAllowed as refusal:
        raise Refused(409, str(refusal), code="move-not-allowed") from refusal
    return _shown(request, number)
