"""The routes of replies to reporters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.replies import reply
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.reply import Reply
from tongqu.systems.cases.queries.cases import find_case
from tongqu.systems.cases.queries.replies import is_low, may_reply, replies_of, score
from tongqu.systems.cases.queries.text_blocks import blocks_for

router = Router(tags=["cases"])
ReplyText = Annotated[str, StringConstraints(min_length=1, max_length=5000)]


class ReplyTextIn(Schema):
    """A text to score as a reply."""

    text: ReplyText = Field(
        ..., examples=["您好！经现场核实，村口垃圾已于9月17日清运。莲花镇政府，电话0570-1234567。"]
    )


class ReplyIn(ReplyTextIn):
    """A reply to send."""

    why_sent: str = Field("", max_length=500, description="Why it goes out although its score is low.")
    expected: int | None = Field(
        None, description="The version that you expect it to become; another one is refused."
    )


class MissingOut(Schema):
    """Something missing, or wrong, in a reply."""

    lack: str = Field(..., examples=["promise"])
    words: str = Field(..., description="The words of the report or the reply that it is about.")


class ScoreOut(Schema):
    """The scores of a reply, each from 0 to 100."""

    overall: int
    relevance: int
    completeness: int
    reasons: int
    tone: int
    needs_reason: bool = Field(..., description="It goes out only with `why_sent`.")
    is_blocked: bool = Field(..., description="It does not go out: personal data or blanks stand in it.")
    missing: list[MissingOut]


class ReplyOut(Schema):
    """A reply that was sent."""

    version: int
    text: str
    unit: str
    sent_at: datetime
    overall: int
    why_sent: str


class TextBlockOut(Schema):
    """A block of text with the particulars of a case filled in; what is not known yet stays in braces."""

    title: str
    text: str = Field(..., examples=["您反映的垃圾堆积（260916-000123）已由莲花镇政府办理。"])


@router.get("/{number}/replies", response=list[ReplyOut], summary="Read the replies to the reporter")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_replies(request: HttpRequest, number: str) -> list[ReplyOut]:
    """Return the replies that were sent, the first one first."""
    case = _found(person_of(request), number)
    return [_out(each, each.sent_at) for each in replies_of(case) if each.sent_at is not None]


@router.post("/{number}/replies", response={201: ReplyOut}, summary="Reply to the reporter (答复)")
@door(SIGNED_IN)
@scope(TokenScope.CASES_WRITE)
def send_reply(request: HttpRequest, number: str, body: ReplyIn) -> Status[ReplyOut]:
    """Send a reply; one with a low score needs `why_sent`, one with personal data is refused."""
    person, at = person_of(request), now()
    sent = reply(_found(person, number), **body.model_dump(), by=person, at=at)
    return Status(201, _out(sent, at))


@router.get("/{number}/text-blocks", response=list[TextBlockOut], summary="List text blocks for a reply")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def list_blocks(request: HttpRequest, number: str) -> list[TextBlockOut]:
    """Return the blocks that fit the case, filled in; none for those who may not reply to it."""
    person = person_of(request)
    case = _found(person, number)
    blocks = blocks_for(case, person) if may_reply(person, case) else []
    return [TextBlockOut(title=each.title, text=each.text) for each in blocks]


@router.post("/{number}/replies/score", response=ScoreOut, summary="Score a reply without sending it")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def score_reply(request: HttpRequest, number: str, body: ReplyTextIn) -> ScoreOut:
    """Return the scores of a text as a reply to this case, and what is missing; nothing is kept."""
    quality = score(_found(person_of(request), number), body.text)
    names = ("overall", "relevance", "completeness", "reasons", "tone", "is_blocked")
    return ScoreOut(
        **{name: getattr(quality, name) for name in names},
        needs_reason=is_low(quality),
        missing=[MissingOut(lack=str(each.lack), words=each.words) for each in quality.missing],
    )


def _found(person: Person, number: str) -> Case:
    case = find_case(person, number)
    if case is None:
        raise Http404
    return case


def _out(each: Reply, sent_at: datetime) -> ReplyOut:
    return ReplyOut(
        version=each.version,
        text=each.text,
        unit=each.unit.name if each.unit else "",
        sent_at=sent_at,
        overall=each.overall,
        why_sent=each.why_sent,
    )
