"""The case routes of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Header, Query, Router, Schema, Status
from pydantic import AwareDatetime

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.api_frame import Page, Paging, Refused, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.region.models import Division, Person, Unit
from tongqu.systems.cases.actions.moves import ACTIONS
from tongqu.systems.cases.actions.report import report
from tongqu.systems.cases.api.personal import router as personal
from tongqu.systems.cases.api.replies import router as replies
from tongqu.systems.cases.api.shapes import (
    AcceptIn,
    CaseDetail,
    CaseOut,
    DecideIn,
    DispatchIn,
    FactOut,
    HandleIn,
    JoinIn,
    MatterOut,
    MoveOut,
    NoteIn,
    RateIn,
    ReasonIn,
    RefuseIn,
    Reported,
    ReportIn,
    Step,
    SuspendIn,
    VerifyIn,
    case_detail,
    case_out,
    fact_out,
    matter_out,
)
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.answering import moves_open_to
from tongqu.systems.cases.queries.cases import ORDERS, Wanted, chosen, find_case, story, visible_cases
from tongqu.systems.cases.queries.duplicates import similar_nearby
from tongqu.systems.cases.queries.joining import family_of
from tongqu.systems.cases.queries.matters import matters
from tongqu.systems.cases.rules.lifecycle import State

router = Router(tags=["cases"])
router.add_router("", replies)
router.add_router("", personal)


class ReportHeaders(Schema):
    """What is sent beside a report."""

    idempotency_key: str = Field(
        "", max_length=80, description="The same key again, by the same caller, answers with the same case."
    )


class MatterFilters(Schema):
    """Narrows the list of matters."""

    words: str = Field("", max_length=60, description="Words in a name, or the beginning of a code.")


class CaseFilters(Schema):
    """Narrows a list of cases."""

    state: list[State] = Field(default_factory=list, description="States; none for all.")
    matter: str = Field("", max_length=20, description="Code of the matter.")
    division: str = Field("", max_length=15, description="Code of a division; what lies in it counts.")
    unit: str = Field("", max_length=40, description="Code of a unit; units below it count.")
    lamp: str = Field("", pattern="^(blue|yellow|red)?$")
    source: str = Field("", max_length=12)
    words: str = Field("", max_length=100, description="Words in title, text or place; or a number.")
    since: AwareDatetime | None = Field(None, description="Reported at or after.")
    until: AwareDatetime | None = Field(None, description="Reported before.")
    place_known: bool | None = None


@router.post("", response={201: Reported}, summary="Report a case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def report_case(
    request: HttpRequest,
    body: ReportIn,
    headers: Header[ReportHeaders],
) -> Status[Reported]:
    """Take in a report; it may come without any place, which the desk then finds out."""
    person, at = person_of(request), now()
    given = body.model_dump(exclude={"evidence"})
    evidence = evidence_named(person, body.evidence, at)
    case = report(**given, evidence=evidence, by=person, at=at, idempotency_key=headers.idempotency_key)
    seen = detail_of(case, person, at).model_dump()
    made = Reported(**seen, tracking_code=case.tracking_code, similar_nearby=similar_nearby(case))
    return Status(201, made)


@router.get("", response=Page[CaseOut], summary="List cases")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_cases(request: HttpRequest, paging: Query[Paging], filters: Query[CaseFilters]) -> Page[CaseOut]:
    """Return the cases in sight, the newest first."""
    at = now()
    wanted = Wanted(
        group="all",
        states=tuple(filters.state),
        matter=filters.matter,
        division=division_path(filters.division),
        unit=unit_named(filters.unit).path if filters.unit else "",
        lamp=filters.lamp,
        source=filters.source,
        words=filters.words,
        since=filters.since,
        until=filters.until,
        no_place=filters.place_known is False,
    )
    rows = chosen(visible_cases(person_of(request)), wanted, at)
    if filters.place_known:
        rows = rows.filter(division__isnull=False)
    return paged(rows, paging, by=ORDERS["newest"], show=lambda case: case_out(case, at))


@router.get("/matters", response=list[MatterOut], summary="List matters")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_matters(request: HttpRequest, filters: Query[MatterFilters]) -> list[MatterOut]:
    """Return the matters in use."""
    return [matter_out(matter) for matter in matters({"words": filters.words})]


@router.get("/{number}", response=CaseDetail, summary="Read a case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def read_case(request: HttpRequest, number: str) -> CaseDetail:
    """Return a case, with the moves that the caller may make now."""
    person = person_of(request)
    return detail_of(found_case(person, number), person, now())


@router.get("/{number}/story", response=list[FactOut], summary="Read the story of a case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def read_story(request: HttpRequest, number: str) -> list[FactOut]:
    """Return every act on the case, from the journal."""
    return [fact_out(fact) for fact in story(found_case(person_of(request), number))]


@router.post("/{number}/accept", response=CaseDetail, summary="Accept (受理)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def accept_case(request: HttpRequest, number: str, body: AcceptIn) -> CaseDetail:
    """Accept a report and name its matter."""
    matter = Matter.objects.filter(code=body.matter_code, is_active=True).first()
    if matter is None:
        raise _unknown(
            _("No matter has the code “%(code)s”. Look it up in the list of matters."),
            "matter_code",
            body.matter_code,
        )
    return moved(request, number, "accept", body, matter=matter)


@router.post("/{number}/reject", response=CaseDetail, summary="Reject (不予受理)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def reject_case(request: HttpRequest, number: str, body: ReasonIn) -> CaseDetail:
    """Turn a report away."""
    return moved(request, number, "reject", body, reason=body.reason)


@router.post("/{number}/register", response=CaseDetail, summary="Register (立案)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def register_case(request: HttpRequest, number: str, body: NoteIn) -> CaseDetail:
    """Register an accepted case before it is dispatched."""
    return moved(request, number, "register", body, note=body.note)


@router.post("/{number}/dispatch", response=CaseDetail, summary="Dispatch (派遣)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def dispatch_case(request: HttpRequest, number: str, body: DispatchIn) -> CaseDetail:
    """Send a case to the unit that must handle it."""
    return moved(request, number, "dispatch", body, unit=unit_named(body.unit), note=body.note)


@router.post("/{number}/take", response=CaseDetail, summary="Sign for it (签收)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def take_case(request: HttpRequest, number: str, body: Step) -> CaseDetail:
    """Sign for a dispatched case."""
    return moved(request, number, "take", body)


@router.post("/{number}/send-back", response=CaseDetail, summary="Send back (退回)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def send_back_case(request: HttpRequest, number: str, body: ReasonIn) -> CaseDetail:
    """Send a case back to the desk."""
    return moved(request, number, "send_back", body, reason=body.reason)


@router.post("/{number}/decide", response=CaseDetail, summary="Decide a dispute (裁定)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def decide_case(request: HttpRequest, number: str, body: DecideIn) -> CaseDetail:
    """Name the unit that must handle a case sent back more than once."""
    return moved(request, number, "decide", body, unit=unit_named(body.unit), reason=body.reason)


@router.post("/{number}/ask-suspension", response=CaseDetail, summary="Ask for suspension (申请挂起)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def ask_suspension_case(request: HttpRequest, number: str, body: SuspendIn) -> CaseDetail:
    """Ask the desk to let the case rest until a day."""
    return moved(request, number, "ask_suspension", body, until_on=body.until_on, reason=body.reason)


@router.post("/{number}/suspend", response=CaseDetail, summary="Suspend (挂起)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def suspend_case(request: HttpRequest, number: str, body: SuspendIn) -> CaseDetail:
    """Let the case rest until a day; grants what was asked for."""
    return moved(request, number, "suspend", body, until_on=body.until_on, reason=body.reason)


@router.post("/{number}/refuse-suspension", response=CaseDetail, summary="Refuse a suspension")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def refuse_suspension_case(request: HttpRequest, number: str, body: ReasonIn) -> CaseDetail:
    """Refuse the suspension that was asked for."""
    return moved(request, number, "refuse_suspension", body, reason=body.reason)


@router.post("/{number}/resume", response=CaseDetail, summary="Take up again (恢复)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def resume_case(request: HttpRequest, number: str, body: NoteIn) -> CaseDetail:
    """Take a suspended case up again."""
    return moved(request, number, "resume", body, note=body.note)


@router.post("/{number}/handle", response=CaseDetail, summary="Report as done (处置)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def handle_case(request: HttpRequest, number: str, body: HandleIn) -> CaseDetail:
    """Report the work as done, on evidence."""
    return moved(request, number, "handle", body, text=body.text, evidence=body.evidence)


@router.post("/{number}/verify", response=CaseDetail, summary="Verify (核查)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def verify_case(request: HttpRequest, number: str, body: VerifyIn) -> CaseDetail:
    """Find the work done, on the evidence that the matter asks for."""
    return moved(request, number, "verify", body, note=body.note, evidence=body.evidence)


@router.post("/{number}/refuse", response=CaseDetail, summary="Not done (核查不通过)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def refuse_case(request: HttpRequest, number: str, body: RefuseIn) -> CaseDetail:
    """Find the work not done."""
    return moved(request, number, "refuse", body, reason=body.reason, evidence=body.evidence)


@router.post("/{number}/close", response=CaseDetail, summary="Close (结案)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def close_case(request: HttpRequest, number: str, body: NoteIn) -> CaseDetail:
    """Close a verified case."""
    return moved(request, number, "close", body, note=body.note)


@router.post("/{number}/rate", response=CaseDetail, summary="Rate (评价)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def rate_case(request: HttpRequest, number: str, body: RateIn) -> CaseDetail:
    """Write down what the reporter said of how the case was handled; for the desk."""
    given = body.model_dump(exclude={"expected"})
    return moved(request, number, "rate", body, **given)


@router.post("/{number}/reopen", response=CaseDetail, summary="Reopen")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def reopen_case(request: HttpRequest, number: str, body: ReasonIn) -> CaseDetail:
    """Open an ended case again."""
    return moved(request, number, "reopen", body, reason=body.reason)


@router.get("/{number}/joined", response=list[CaseOut], summary="List the cases joined to a case")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_joined(request: HttpRequest, number: str) -> list[CaseOut]:
    """Return the cases in sight that are handled as part of this one, the oldest first, at most 100."""
    person, at = person_of(request), now()
    family = family_of(person, found_case(person, number))
    return [case_out(child, at) for child in family.children] if family else []


@router.post("/{number}/join", response=CaseDetail, summary="Join to another case (归并)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def join_case(request: HttpRequest, number: str, body: JoinIn) -> CaseDetail:
    """Join a case to an open one about the same thing, which it then follows."""
    return moved(request, number, "join", body, parent=found_case(person_of(request), body.parent))


@router.post("/{number}/separate", response=CaseDetail, summary="Separate again")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def separate_case(request: HttpRequest, number: str, body: Step) -> CaseDetail:
    """Take a joined case out again; it gets back the duty that it had."""
    return moved(request, number, "separate", body)


def moved(request: HttpRequest, number: str, name: str, body: Step, **arguments: Any) -> CaseDetail:
    """Make the move and return the case; a move that the state forbids answers 409."""
    person, at = person_of(request), now()
    case = found_case(person, number)
    if "evidence" in arguments:
        arguments["evidence"] = evidence_named(person, arguments["evidence"], at)
    try:
        moved = ACTIONS[name](case, by=person, at=at, expected=body.expected, **arguments)
    except MoveNotAllowed as refusal:
        raise Refused(409, str(refusal), code="move-not-allowed") from refusal
    return detail_of(moved, person, at)


def found_case(person: Person, number: str) -> Case:
    """Return the case with the number in the person's sight, or answer 404."""
    case = find_case(person, number)
    if case is None:
        raise Http404
    return case


def detail_of(case: Case, person: Person, at: datetime) -> CaseDetail:
    """Return the case with the moves that the person may make now."""
    moves = [MoveOut(name=move.name, to_state=State(move.to_state)) for move in moves_open_to(person, case)]
    return case_detail(case, at, moves)


def evidence_named(person: Person, hashes: list[str], at: datetime) -> list[Evidence]:
    """Return the evidence named, which the caller must be able to see."""
    found = {item.sha256: item for item in Evidence.objects.visible_to(person, at).filter(sha256__in=hashes)}
    for sha256 in hashes:
        if sha256 not in found:
            raise _unknown(_("You have no evidence %(code)s. Store the file first."), "evidence", sha256)
    return list(found.values())


def unit_named(code: str) -> Unit:
    """Return the unit with the code; raises `BadInput` when there is none."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise _unknown(_("No unit has the code “%(code)s”. Look it up in the list of units."), "unit", code)
    return unit


def division_path(code: str) -> str:
    """Return the path of the division with the code, nothing for no code; raises `BadInput` when there is none."""
    if not code:
        return ""
    division = Division.objects.filter(code=code).first()
    if division is None:
        raise _unknown(
            _("No division has the code “%(code)s”. Look it up in the list of divisions."), "division", code
        )
    return division.path


def _unknown(message: str, field: str, code: str) -> BadInput:
    return BadInput([Problem(message % {"code": code}, code="unknown", field=field)])
