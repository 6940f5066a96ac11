"""The duties routes of the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypeVar

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.api_frame import Page, Paging, Refused, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.duties.actions import duty as acts
from tongqu.shared.duties.actions.extension import ask_extension, decide_extension
from tongqu.shared.duties.analytics import Period
from tongqu.shared.duties.models import Duty, Extension
from tongqu.shared.duties.queries import (
    Filters,
    Whose,
    lamp_counts,
    league_table,
    open_duties,
    rulebook,
    thresholds_of,
)
from tongqu.shared.duties.rules import MOST_CHARACTERS, Lamp, Outcome, State
from tongqu.shared.region.models import Division, Person, Unit

Thing = TypeVar("Thing", Unit, Person)
router = Router(tags=["duties"])


class DutyOut(Schema):
    """Who owes what by when."""

    id: int = Field(..., examples=[17])
    kind: str = Field(..., description="Kind of duty.", examples=["handle"])
    label: str = Field(..., examples=["260916-000123 Heap of waste"])
    subject: str = Field(..., description="What it is about: kind and id.", examples=["case:123"])
    unit: str = Field(..., description="Code of the owner unit.", examples=["zhzf-qujiang"])
    person: str | None = Field(None, description="Login of the person it is named to.", examples=["officer"])
    division: str | None = Field(None, description="Code of the division it lies in.", examples=["330803102"])
    state: State = Field(..., examples=["running"])
    lamp: Lamp | None = Field(
        None, description="How it stands now; null once it is closed.", examples=["blue"]
    )
    outcome: Outcome | None = Field(None, description="How it ended; null while it is open.")
    allowance: str = Field(..., examples=["3wd"])
    opened_at: datetime = Field(..., examples=["2026-09-16T02:00:00Z"])
    due_at: datetime = Field(..., examples=["2026-09-21T02:00:00Z"])
    forecast_at: datetime | None = Field(None, description="When the owner expects to be done.")
    closed_at: datetime | None = None
    returns: int = Field(..., description="How often it came back.", examples=[0])
    is_invented: bool = Field(..., description="Made for a demonstration.", examples=[False])


class ExtensionOut(Schema):
    """More time that was asked for."""

    id: int = Field(..., examples=[3])
    duty: int = Field(..., examples=[17])
    wanted: str = Field(..., examples=["2wd"])
    reason: str = Field(..., examples=["Waiting for a part"])
    is_granted: bool | None = Field(None, description="Null until it is decided.")
    due_after: datetime | None = Field(None, description="Due instant after the decision.")


class CountsOut(Schema):
    """Open duties by lamp."""

    blue: int = Field(..., examples=[12])
    yellow: int = Field(..., examples=[3])
    red: int = Field(..., examples=[1])


class ThresholdsOut(Schema):
    """When the lamp of a kind turns."""

    kind: str = Field(..., description="Empty for the general rule.", examples=["handle"])
    yellow_share: float = Field(..., examples=[0.7])
    red_days_late: int = Field(..., examples=[0])
    yellow_slip_days: int = Field(..., examples=[1])
    red_slip_days: int = Field(..., examples=[10])
    steps: list[str] = Field(..., description="Reminders and escalation.", examples=[["50%:owner"]])


class StandingOut(Schema):
    """One unit in the league."""

    rank: int | None = Field(None, description="Null where too few duties were met.", examples=[1])
    unit: str = Field(..., examples=["zhzf-qujiang"])
    met: int = Field(..., examples=[120])
    on_time: int = Field(..., examples=[118])
    late: int = Field(..., examples=[2])
    median_seconds: float | None = Field(None, description="Median counted time.", examples=[25200])
    returns: int = Field(..., examples=[4])
    open: int = Field(..., examples=[9])
    red: int = Field(..., description="Open duties that are late now.", examples=[1])


class LeagueOut(Schema):
    """The league of a period."""

    as_of: datetime = Field(..., description="Closed duties are counted up to here.")
    standings: list[StandingOut]


class ReasonIn(Schema):
    """Why something is done."""

    reason: str = Field(..., min_length=1, max_length=MOST_CHARACTERS, examples=["Waiting for a part"])


class TransferIn(ReasonIn):
    """To whom a duty goes."""

    unit: str = Field(..., max_length=40, description="Code of the unit.", examples=["lianhua"])
    person: str = Field("", max_length=60, description="Login; empty for nobody named.", examples=["clerk"])


class ExtensionIn(ReasonIn):
    """How much more time is asked for."""

    wanted: str = Field(..., max_length=12, description="4wh, 3wd, 2h or 7d.", examples=["2wd"])


class DecisionIn(Schema):
    """Whether more time is granted."""

    grant: bool = Field(..., examples=[True])
    note: str = Field("", max_length=MOST_CHARACTERS, examples=["Agreed"])


class MeetIn(Schema):
    """On which evidence a duty is met."""

    evidence: list[str] = Field(default_factory=list, max_length=50, description="SHA-256 of each piece.")


class DutyFilters(Schema):
    """What narrows the list."""

    whose: Whose = Field(
        Whose.ALL, description="`mine`, `unit`, or `all` in the caller's sight.", examples=["all"]
    )
    lamp: Lamp | None = Field(None, examples=["red"])
    kind: str = Field("", max_length=40, examples=["handle"])
    unit: str = Field("", max_length=40, description="Code; the unit and those below it.")
    division: str = Field("", max_length=15, description="Code; the division and what lies in it.")
    due_from: date | None = None
    due_to: date | None = None
    text: str = Field("", max_length=60, description="Part of the label.")


@router.get("", response=Page[DutyOut], summary="Open duties, the earliest due first")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_READ)
def duties(request: HttpRequest, wanted: Query[DutyFilters], paging: Query[Paging]) -> Page[DutyOut]:
    """List the open duties in the caller's sight."""
    at = now()
    rows = open_duties(person_of(request), at, _filters(wanted))
    return paged(rows, paging, by=("due_at", "id"), show=lambda duty: duty_out(duty, at))


@router.get("/counts", response=CountsOut, summary="Open duties by lamp")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_READ)
def counts(request: HttpRequest, wanted: Query[DutyFilters]) -> CountsOut:
    """Count the open duties in the caller's sight by lamp."""
    found = lamp_counts(person_of(request), now(), _filters(wanted))
    return CountsOut(blue=found[Lamp.BLUE], yellow=found[Lamp.YELLOW], red=found[Lamp.RED])


@router.get("/rules", response=list[ThresholdsOut], summary="Rules of lamps and reminders")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_READ)
def lamp_rules(request: HttpRequest) -> list[ThresholdsOut]:
    """List the general rule and each kind that has its own."""
    book = rulebook()
    kinds = sorted({"", *book.lamp_rules, *book.own_steps})
    return [
        ThresholdsOut(
            kind=kind,
            **vars(thresholds_of(book.lamp_rule(kind))),
            steps=[step.key for step in book.steps(kind)],
        )
        for kind in kinds
    ]


@router.get("/league", response=LeagueOut, summary="The league of units in a period")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_READ)
def league(request: HttpRequest, first_on: date, last_on: date) -> LeagueOut:
    """Rank the units in the caller's sight by their share met on time."""
    if not 0 <= (last_on - first_on).days <= 3660:
        message = _("The period must end after it begins and last at most ten years.")
        raise BadInput([Problem(message, code="period", field="query.last_on")])
    found = league_table(person_of(request), now(), Period(first_on, last_on))
    rows = [
        StandingOut(
            rank=s.score.rank,
            unit=s.unit.code,
            met=s.score.tally.met,
            on_time=s.score.tally.on_time,
            late=s.score.tally.late,
            median_seconds=s.score.median_seconds,
            returns=s.score.tally.returns,
            open=s.open,
            red=s.red,
        )
        for s in found.standings
    ]
    return LeagueOut(as_of=found.as_of, standings=rows)


@router.get("/{int:pk}", response=DutyOut, summary="One duty")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_READ)
def one(request: HttpRequest, pk: int) -> DutyOut:
    """Return a duty in the caller's sight."""
    return duty_out(_duty(request, pk), now())


@router.post("/{int:pk}/meet", response=DutyOut, summary="Declare a duty met")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_WRITE)
def meet(request: HttpRequest, pk: int, body: MeetIn) -> DutyOut:
    """Meet a duty of a kind that its owner may declare met; others are met by work on their subject."""
    with _refusals():
        at = now()
        duty = acts.meet_directly(_duty(request, pk), by=person_of(request), at=at, evidence=body.evidence)
    return duty_out(duty, at)


@router.post("/{int:pk}/pause", response=DutyOut, summary="Stop the clock")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_WRITE)
def pause(request: HttpRequest, pk: int, body: ReasonIn) -> DutyOut:
    """Stop the clock of a duty."""
    with _refusals():
        at = now()
        duty = acts.pause(_duty(request, pk), reason=body.reason, by=person_of(request), at=at)
    return duty_out(duty, at)


@router.post("/{int:pk}/resume", response=DutyOut, summary="Let the clock run on")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_WRITE)
def resume(request: HttpRequest, pk: int) -> DutyOut:
    """Let the clock of a paused duty run on."""
    with _refusals():
        at = now()
        duty = acts.resume(_duty(request, pk), by=person_of(request), at=at)
    return duty_out(duty, at)


@router.post("/{int:pk}/transfer", response=DutyOut, summary="Hand a duty over")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_WRITE)
def transfer(request: HttpRequest, pk: int, body: TransferIn) -> DutyOut:
    """Hand a duty to another unit or person."""
    unit = _named(Unit.objects.filter(code=body.unit).first(), "unit")
    person = Person.objects.filter(username=body.person).first() if body.person else None
    if body.person:
        person = _named(person, "person")
    with _refusals():
        at = now()
        duty = acts.transfer(
            _duty(request, pk), unit=unit, person=person, reason=body.reason, by=person_of(request), at=at
        )
    return duty_out(duty, at)


@router.post("/{int:pk}/extensions", response={201: ExtensionOut}, summary="Ask for more time")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_WRITE)
def extend(request: HttpRequest, pk: int, body: ExtensionIn) -> Status[ExtensionOut]:
    """Ask for more time; the supervising unit decides."""
    try:
        wanted = Allowance.parse(body.wanted)
    except BadAllowance as error:
        raise BadInput([Problem(str(error), code="allowance", field="body.wanted")]) from None
    with _refusals():
        found = ask_extension(
            _duty(request, pk), wanted=wanted, reason=body.reason, by=person_of(request), at=now()
        )
    return Status(201, extension_out(found))


@router.post("/extensions/{int:pk}/decision", response=ExtensionOut, summary="Decide on more time")
@door(SIGNED_IN)
@scope(TokenScope.DUTIES_WRITE)
def decide(request: HttpRequest, pk: int, body: DecisionIn) -> ExtensionOut:
    """Grant or refuse the time that was asked for."""
    person = person_of(request)
    extension = Extension.objects.filter(pk=pk, duty__in=Duty.objects.visible_to(person)).first()
    if extension is None:
        raise Http404
    with _refusals():
        found = decide_extension(extension, grant=body.grant, note=body.note, by=person, at=now())
    return extension_out(found)


@contextmanager
def _refusals() -> Iterator[None]:
    """Answer an act that has no place now with 409."""
    try:
        yield
    except MoveNotAllowed as error:
        raise Refused(409, str(error), code="state") from error


def _duty(request: HttpRequest, pk: int) -> Duty:
    sight = Duty.objects.visible_to(person_of(request))
    duty = sight.select_related("owner_unit__division", "owner_person", "division").filter(pk=pk).first()
    if duty is None:
        raise Http404
    return duty


def _named(thing: Thing | None, field: str) -> Thing:
    if thing is None:
        message = _("There is none of this name. Correct it.")
        raise BadInput([Problem(message, code="unknown", field=f"body.{field}")])
    return thing


def _filters(wanted: DutyFilters) -> Filters:
    """Return the filters with unit and division looked up; raises `BadInput` for unknown codes."""
    unit = Unit.objects.filter(code=wanted.unit).first()
    division = Division.objects.filter(code=wanted.division).first()
    problems = [
        Problem(_("There is none of this code. Correct it."), code="unknown", field=f"query.{field}")
        for field, code, found in (
            ("unit", wanted.unit, unit),
            ("division", wanted.division, division),
        )
        if code and found is None
    ]
    if problems:
        raise BadInput(problems)
    given = wanted.dict(exclude={"unit", "division"})
    return Filters(**given, unit=unit, division=division)


def duty_out(duty: Duty, at: datetime) -> DutyOut:
    """Return a duty as the API shows it."""
    return DutyOut(
        id=duty.pk,
        kind=duty.kind,
        label=duty.label,
        subject=str(duty.subject),
        unit=duty.owner_unit.code,
        person=duty.owner_person.username if duty.owner_person else None,
        division=duty.division.code if duty.division else None,
        state=duty.state,
        lamp=duty.lamp(at),
        outcome=duty.outcome,
        allowance=duty.allowance,
        opened_at=duty.opened_at,
        due_at=duty.due_at,
        forecast_at=duty.forecast_at,
        closed_at=duty.closed_at,
        returns=duty.returns,
        is_invented=duty.is_invented,
    )


def extension_out(extension: Extension) -> ExtensionOut:
    """Return an extension as the API shows it."""
    return ExtensionOut(
        id=extension.pk,
        duty=extension.duty_id,
        wanted=extension.wanted,
        reason=extension.reason,
        is_granted=extension.is_granted,
        due_after=extension.due_after,
    )
