"""The route that says what a case is read to be about."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.systems.cases.queries.case_reading import reading_of
from tongqu.systems.cases.queries.cases import find_case
from tongqu.systems.cases.rules.places import PlaceKind
from tongqu.systems.cases.rules.urgency import Danger, Urgency

router = Router(tags=["cases"])


class SuggestionOut(Schema):
    """A matter that the case may be about."""

    code: str = Field(..., examples=["EENV01"])
    name: str
    probability: float = Field(..., ge=0, le=1)
    words: list[str] = Field(..., description="The words that spoke for it, the weightiest first.")


class SignOut(Schema):
    """Words that speak for urgency."""

    danger: Danger
    words: str


class PlaceWordsOut(Schema):
    """Words that say where."""

    kind: PlaceKind
    words: str


class ReadingOut(Schema):
    """What a case is read to be about."""

    version: str = Field(..., description="The reader; empty while the word list alone reads.")
    is_measured: bool = Field(
        ..., description="Whether the probabilities were measured on decisions of the desks."
    )
    is_sure: bool
    matters: list[SuggestionOut] = Field(..., description="At most three, the likeliest first.")
    urgency: Urgency
    signs: list[SignOut]
    places: list[PlaceWordsOut]
    division: str = Field(
        ...,
        description="Code of the division that the text names, if the case has none and it is beyond doubt.",
    )


@router.get("/{number}/reading", response=ReadingOut, summary="What a case may be about")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def case_reading(request: HttpRequest, number: str) -> ReadingOut:
    """Return the likeliest matters with their reasons, how urgent the text is, and the words that say where."""
    case = find_case(person_of(request), number)
    if case is None:
        raise Http404
    reading = reading_of(case)
    return ReadingOut(
        version=str(reading.version or ""),
        is_measured=reading.version is not None,
        is_sure=reading.is_sure,
        matters=[
            SuggestionOut(
                code=each.matter.code,
                name=each.matter.name,
                probability=round(each.probability, 4),
                words=list(each.words),
            )
            for each in reading.suggestions
        ],
        urgency=reading.urgency.level,
        signs=[SignOut(danger=sign.danger, words=sign.words) for sign in reading.urgency.signs],
        places=[PlaceWordsOut(kind=each.kind, words=each.words) for each in reading.places],
        division=reading.division.code if reading.division else "",
    )
