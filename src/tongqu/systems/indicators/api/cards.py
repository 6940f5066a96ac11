"""Report cards in the API: sentences as parts, each number with where it comes from, and the card as a file."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.systems.indicators.api.asking import (
    division_named,
    indicator_codes,
    period_named,
    set_named,
)
from tongqu.systems.indicators.queries.card_files.files import FILE_TYPES, card_file
from tongqu.systems.indicators.queries.card_files.typesetting import NoFont
from tongqu.systems.indicators.queries.card_items import MOST_INDICATORS
from tongqu.systems.indicators.queries.card_view import view_of
from tongqu.systems.indicators.queries.cards import card_of, set_for
from tongqu.systems.indicators.rules.reports.card import Card
from tongqu.systems.indicators.rules.reports.facts import verdict
from tongqu.systems.indicators.rules.reports.parts import Number, Part, Sentence, plain_text

router = Router(tags=["indicators"])


class CardAsked(Schema):
    """Of which period, among whom, and of which indicators."""

    period: str = Field(..., max_length=20, examples=["2024-Q1"])
    set: str = Field(
        "", max_length=40, description="Code of the set; by default the first that the division is in."
    )
    indicators: str = Field(
        "", max_length=1000, description="Codes with commas between; by default the main ones."
    )


class OriginOut(Schema):
    """Where a number comes from."""

    what: str = Field(
        ...,
        description="figure, computed, rank, move, run, mark (of a count), or tally (a count of indicators).",
    )
    indicator: str
    division: str
    period: str
    kind: str
    measure: str
    set: str
    since: str = Field(..., description="The other period of what was reckoned from two.")


class PartOut(Schema):
    """A piece of a sentence; a number has a value and an origin."""

    text: str
    value: str | None = None
    origin: OriginOut | None = None


class SentenceOut(Schema):
    """A sentence."""

    text: str
    parts: list[PartOut]


class LineOut(Schema):
    """One indicator of a card."""

    indicator: str
    domain: str
    value: str | None
    growth: str | None
    change: str | None
    rank: int | None
    of: int | None
    is_missing: bool
    verdict: str = Field(..., description="better, worse, same, or open where that cannot be said.")
    is_invented: bool


class CardOut(Schema):
    """A report card in the language of the caller."""

    division: str
    period: str
    set: str
    language: str
    is_invented: bool
    summary: list[SentenceOut]
    sentences: list[SentenceOut]
    lines: list[LineOut]


def _card(code: str, asked: CardAsked) -> Card:
    place, codes = division_named(code), indicator_codes(asked.indicators)
    if len(codes) > MOST_INDICATORS:
        raise BadInput(
            [
                Problem(
                    f"A card has at most {MOST_INDICATORS} indicators. Name fewer.",
                    code="too-many",
                    field="indicators",
                )
            ]
        )
    chosen = set_named(asked.set) if asked.set else set_for(place)
    return card_of(place, period_named(asked.period), division_set=chosen, codes=codes)


@router.get("/{division}", response=CardOut, summary="Report card of a division and a period")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def card(request: HttpRequest, division: str, asked: Query[CardAsked]) -> CardOut:
    """Return the sentences and lines of a card."""
    found = _card(division, asked)
    return CardOut(
        division=found.about.division,
        period=str(found.about.period),
        set=found.about.set_code,
        language=found.about.language,
        is_invented=found.is_invented,
        summary=[_sentence(each) for each in found.summary],
        sentences=[_sentence(each) for section in found.sections for each in section.sentences],
        lines=[
            LineOut(
                indicator=line.definition.code,
                domain=line.domain,
                value=str(line.value.value) if line.value else None,
                growth=str(line.growth.value) if line.growth else None,
                change=str(line.change.value) if line.change else None,
                rank=line.rank,
                of=(line.standing.place.of or None) if line.standing else None,
                is_missing=line.is_missing,
                verdict=verdict(line),
                is_invented=line.is_invented,
            )
            for line in found.lines
        ],
    )


def _sentence(sentence: Sentence) -> SentenceOut:
    return SentenceOut(text=plain_text(sentence), parts=[_part(part) for part in sentence])


def _part(part: Part) -> PartOut:
    if not isinstance(part, Number):
        return PartOut(text=part.text)
    origin = part.origin
    return PartOut(
        text=part.text,
        value=str(part.value),
        origin=OriginOut(
            what=origin.what,
            indicator=origin.indicator,
            division=origin.division,
            period=str(origin.period),
            kind=origin.kind,
            measure=origin.measure or "",
            set=origin.of_set,
            since=str(origin.since or ""),
        ),
    )


@router.get("/{division}/file", summary="Report card as PDF, DOCX or HTML")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def file(
    request: HttpRequest,
    division: str,
    asked: Query[CardAsked],
    form: Annotated[Literal["pdf", "docx", "html"], Query(alias="format")] = "pdf",
) -> HttpResponse:
    """Return the card as a file, with charts drawn and each number linked to where it comes from."""
    shown = view_of(_card(division, asked), request.build_absolute_uri("/").rstrip("/"))
    try:
        return HttpResponse(card_file(shown, form, at=now()), content_type=FILE_TYPES[form])
    except NoFont as missing:
        raise HttpError(503, str(missing)) from missing
