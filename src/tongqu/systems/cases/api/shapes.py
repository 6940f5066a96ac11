"""What goes into and comes out of the case routes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import StringConstraints

from tongqu.shared.duties.rules import Lamp
from tongqu.shared.journal.models import Fact
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.answers import AnswersInWords
from tongqu.systems.cases.queries.reporter import ratings_of
from tongqu.systems.cases.queries.suspension import open_suspension
from tongqu.systems.cases.rules.kinds import Source
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.personal import masked

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, StringConstraints(max_length=5000)]


class ReportIn(Schema):
    """A report. The place is the point, else that of the first photo, else the division, else unknown."""

    text: str = Field(
        ..., min_length=1, max_length=5000, description="What is wrong.", examples=["村口堆了很多垃圾。"]
    )
    title: str = Field("", max_length=120, description="One line; else the first sentence of the text.")
    lon: float | None = Field(None, ge=-180, le=180, description="WGS-84 longitude.", examples=[118.87])
    lat: float | None = Field(None, ge=-90, le=90, description="WGS-84 latitude.", examples=[28.94])
    division_code: str = Field(
        "", max_length=15, description="Statistical code of the place, if there is no point."
    )
    place_text: str = Field(
        "", max_length=200, description="Address or landmark.", examples=["莲花镇卫生院旁"]
    )
    matter_code: str = Field(
        "", max_length=20, description="Code of the matter, if it is known.", examples=["EENV01"]
    )
    source: Source = Field(Source.API, description="How the report came in.")
    answers: dict[str, str | float | bool | list[str]] = Field(
        default_factory=dict,
        max_length=30,
        description="Answers to the questions of the matter, by their codes.",
        examples=[{"KIND": ["household"], "VOLUME": 3.5}],
    )
    evidence: list[Sha256] = Field(
        default_factory=list, max_length=20, description="SHA-256 of photos that were stored before."
    )
    reporter_name: str = Field("", max_length=60)
    reporter_phone: str = Field("", max_length=40)
    is_invented: bool = Field(False, description="Made up for a demo; shown with a mark.")


class NamedOut(Schema):
    """A code and its name."""

    code: str
    name: str


class CaseOut(Schema):
    """A case as a list shows it. Reporter's name and telephone are masked."""

    number: str = Field(..., examples=["260916-000123"])
    title: str
    state: State
    matter: NamedOut | None
    source: Source
    place_known: bool
    division: NamedOut | None
    place_text: str
    lon: float | None
    lat: float | None
    unit: NamedOut | None = Field(..., description="The unit that handles it.")
    lamp: Lamp | None = Field(..., description="How the present duty stands; null when nothing is owed.")
    due_at: datetime | None
    reported_at: datetime
    registered_at: datetime | None = Field(..., description="立案: at the first dispatch or before.")
    handled_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    returns: int
    revision: int = Field(..., description="Counts moves; send it as `expected` to act on what you saw.")
    is_invented: bool


class MoveOut(Schema):
    """A move that the caller may make now."""

    name: str = Field(..., examples=["dispatch"])
    to_state: State


class CaseDetail(CaseOut):
    """A case with all that belongs to it."""

    text: str = Field(..., description="Personal data in it are masked.")
    suspension: SuspensionOut | None = Field(..., description="The suspension that waits or lasts.")
    reporter_name: str = Field(..., description="Masked.", examples=["蒋**"])
    reporter_phone: str = Field(..., description="Masked.", examples=["138****1234"])
    evidence: list[EvidenceUse]
    ratings: list[RatingOut] = Field(..., description="By the reporter, one for each closing at most.")
    moves: list[MoveOut]
    answers: list[AnswerOut] = Field(..., description="Answers to the matter's questions.")
    parent: str | None = Field(..., description="Number of the case that it is joined to.")
    joined: int = Field(..., description="How many cases are joined to this one.")


class AnswerOut(Schema):
    """An answer to a question of the matter, as it was given and in words."""

    code: str = Field(..., examples=["VOLUME"])
    value: str | float | bool | list[str] = Field(..., examples=[3.5])
    question: str
    answer: str = Field(..., examples=["3.5 m³"])


class Reported(CaseDetail):
    """A case just reported."""

    tracking_code: str = Field(
        ..., description="For the reporter alone, who follows the case and acts by it."
    )
    similar_nearby: int = Field(
        ..., description="How many open reports nearby may be about the same thing; tell the reporter."
    )


class SuspensionOut(Schema):
    """A suspension that was asked for, or lasts."""

    until_on: date
    reason: str
    asked_at: datetime | None
    begun_at: datetime | None = Field(..., description="Null while the desk has not decided.")


class RatingOut(Schema):
    """A reporter's rating of one closing of the case."""

    is_satisfied: bool
    stars: int
    text: str
    rated_at: datetime


class EvidenceUse(Schema):
    """A piece of evidence, and what it is there to show."""

    sha256: str
    purpose: str = Field(..., examples=["handling"])


class FactOut(Schema):
    """One act in the story of a case."""

    seq: int
    at: datetime
    verb: str = Field(..., examples=["case.dispatched"])
    actor: str
    note: str
    before: dict[str, object]
    after: dict[str, object]
    evidence: list[str]
    hash: str


class MatterOut(Schema):
    """A matter: a kind of thing that cases are about."""

    code: str
    name_zh_hans: str
    name_zh_hant: str
    name_en: str
    class_code: str
    class_name: str
    is_standard_class: bool
    track: str
    grade: str
    department: str
    handle_allowance: str = Field(..., examples=["1wd"])
    verify_by: str
    photos_needed: int
    seen_by_drone: bool


class Step(Schema):
    """A move that needs nothing else."""

    expected: int | None = Field(
        None, description="The revision that you saw; another one is refused with 409."
    )


class AcceptIn(Step):
    """Accepts a report."""

    matter_code: str = Field(..., max_length=20, examples=["EENV01"])


class ReasonIn(Step):
    """A move that needs a reason."""

    reason: Words = Field(..., min_length=1, examples=["不属本单位职责"])


class DispatchIn(Step):
    """Sends a case to a unit."""

    unit: str = Field(..., max_length=40, description="Code of the unit.", examples=["zhzf-qujiang"])
    note: Words = ""


class DecideIn(ReasonIn):
    """Names the unit that must handle a disputed case."""

    unit: str = Field(..., max_length=40, description="Code of the unit.", examples=["zhzf-qujiang"])


class SuspendIn(ReasonIn):
    """Lets a case rest, or asks for it."""

    until_on: date = Field(..., description="The day at whose beginning the clock runs on.")


class HandleIn(Step):
    """Reports the work as done."""

    text: Words = Field(..., min_length=1, examples=["已清运"])
    evidence: list[Sha256] = Field(default_factory=list, max_length=20)


class VerifyIn(Step):
    """Finds the work done."""

    note: Words = ""
    evidence: list[Sha256] = Field(default_factory=list, max_length=20)


class RefuseIn(ReasonIn):
    """Finds the work not done."""

    evidence: list[Sha256] = Field(default_factory=list, max_length=20)


class RateIn(Step):
    """What the reporter thinks of how the case was handled."""

    is_satisfied: bool
    stars: int = Field(..., ge=1, le=5)
    text: str = Field("", max_length=500, description="Numbers of telephones and the like are struck out.")


class JoinIn(Step):
    """Joins a case to another."""

    parent: str = Field(
        ..., max_length=20, description="Number of the open case to join to.", examples=["260916-000123"]
    )


class NoteIn(Step):
    """A move with a note if it helps."""

    note: Words = ""


def case_out(case: Case, at: datetime) -> CaseOut:
    """Return what a list shows of a case."""
    return CaseOut(**_fields(case, at))


def case_detail(case: Case, at: datetime, moves: list[MoveOut]) -> CaseDetail:
    """Return a case with all that belongs to it."""
    words = AnswersInWords().of(case)
    uses = case.attachments.select_related("evidence")
    return CaseDetail(
        **_fields(case, at),
        text=masked(case.text),
        suspension=SuspensionOut.from_orm(rest) if (rest := open_suspension(case)) else None,
        reporter_name=case.shown_name,
        reporter_phone=case.shown_phone,
        evidence=[EvidenceUse(sha256=use.evidence.sha256, purpose=use.purpose) for use in uses],
        ratings=[RatingOut.from_orm(rating) for rating in ratings_of(case)],
        moves=moves,
        parent=case.parent.number if case.parent else None,
        joined=case.children.count(),
        answers=[
            AnswerOut(code=code, value=value, question=asked, answer=said)
            for (code, value), (asked, said) in zip(case.answers.items(), words, strict=True)
        ],
    )


_SAME = (
    "number", "title", "state", "source", "place_text", "lon", "lat", "reported_at", "registered_at", "handled_at",
    "verified_at", "closed_at", "returns", "revision", "is_invented",
)  # fmt: skip


def _fields(case: Case, at: datetime) -> dict[str, Any]:
    named = {"matter": case.matter, "division": case.division, "unit": case.owner_unit}
    return {
        **{name: getattr(case, name) for name in _SAME},
        **{key: {"code": it.code, "name": it.name} if it else None for key, it in named.items()},
        "place_known": case.has_place,
        "lamp": case.duty.lamp(at) if case.duty else None,
        "due_at": case.duty.due_at if case.duty else None,
    }


def fact_out(fact: Fact) -> FactOut:
    """Return one act of a story."""
    return FactOut(
        seq=fact.seq,
        at=fact.at,
        verb=fact.verb,
        actor=fact.actor_name,
        note=fact.note,
        before=fact.before_values,
        after=fact.after_values,
        evidence=fact.evidence_hashes,
        hash=fact.hash,
    )


def matter_out(matter: Matter) -> MatterOut:
    """Return a matter."""
    return MatterOut.from_orm(matter)


CaseDetail.model_rebuild()
Reported.model_rebuild()
