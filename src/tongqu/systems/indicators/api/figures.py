"""Indicators, sets of divisions and figures in the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status as Answer
from pydantic import AwareDatetime

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.evidence.models import Evidence
from tongqu.systems.indicators.actions.defining import add_divisions, define_indicator, define_set
from tongqu.systems.indicators.actions.importing import import_figures
from tongqu.systems.indicators.actions.recording import Origin, Recorded
from tongqu.systems.indicators.api.asking import (
    codes_in,
    division_named,
    divisions_named,
    indicator_named,
    period_named,
)
from tongqu.systems.indicators.api.shapes import (
    FigureOut,
    IndicatorOut,
    NamesOut,
    ProblemOut,
    SetOut,
    VintageOut,
    indicator_out,
    names_out,
    problem_out,
    set_out,
    text_of,
)
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import KIND_NUMBERS, KINDS, Observation
from tongqu.systems.indicators.models.indicator import Indicator
from tongqu.systems.indicators.queries.export import Wanted, csv_lines
from tongqu.systems.indicators.queries.figure import Vintage, vintages_of
from tongqu.systems.indicators.queries.series import EVER, Span
from tongqu.systems.indicators.rules.definition import (
    CODE,
    Accumulation,
    Better,
    Definition,
    Frequency,
    Kind,
    PriceBasis,
    Ratio,
    Status,
)
from tongqu.systems.indicators.rules.ranking import Late

router = Router(tags=["indicators"])
_CSV = {"responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}}}


class FiguresAsked(Schema):
    """Which figures."""

    indicator: str = Field(..., max_length=40, examples=["GDP"])
    divisions: str = Field(
        "",
        max_length=8000,
        description="Codes with commas between them; all when empty.",
        examples=["330825"],
    )
    kind: Kind = Kind.LEVEL
    since: str = Field("", max_length=20, description="First period.", examples=["2020-Q1"])
    until: str = Field("", max_length=20, description="Last period.")


class IndicatorIn(Schema):
    """The terms of an indicator."""

    name_zh_hans: str = Field(..., min_length=1, max_length=100, examples=["地区生产总值"])
    name_zh_hant: str = Field("", max_length=100)
    name_en: str = Field("", max_length=200)
    unit: str = Field("", max_length=40, examples=["CNY_100M"])
    frequency: Frequency = Frequency.YEAR
    accumulation: Accumulation = Accumulation.PERIOD
    price_basis: PriceBasis = PriceBasis.NONE
    growth_basis: PriceBasis = PriceBasis.NONE
    better: Better = Better.UP
    decimals: int = Field(2, ge=0, le=9)
    ratio: tuple[Annotated[str, Field(pattern=CODE)], Annotated[str, Field(pattern=CODE)]] | None = Field(
        None, description="Codes of the two indicators of a ratio."
    )
    source: str = Field("", max_length=300)
    meaning: str = Field("", max_length=5000)
    reason: str = Field("", max_length=300, description="What changes, and why.")


class TableAbout(Schema):
    """What a table of figures comes with."""

    title: str = Field(..., min_length=1, max_length=200, examples=["2024年统计公报"])
    source: str = Field("", max_length=300)
    known_at: AwareDatetime | None = Field(
        None, description="Since when the public knows it; by default now."
    )
    evidence: str = Field("", max_length=64, description="SHA-256 of the report, stored before.")


class NamesIn(Schema):
    """A division with its names."""

    code: str = Field(..., min_length=1, max_length=15, examples=["330825"])
    name_zh_hans: str = Field(..., min_length=1, max_length=100, examples=["龙游县"])
    name_zh_hant: str = Field("", max_length=100)
    name_en: str = Field("", max_length=200)


class DivisionsIn(Schema):
    """Divisions to make known."""

    divisions: list[NamesIn] = Field(..., min_length=1, max_length=5000)


class AddedOut(Schema):
    """How many were new."""

    added: int


class SetIn(Schema):
    """A named set."""

    name_zh_hans: str = Field(..., min_length=1, max_length=100, examples=["全省90个县(市、区)"])
    name_zh_hant: str = Field("", max_length=100)
    name_en: str = Field("", max_length=200)
    late: Late = Late.LEAVE_OUT
    members: list[str] = Field(..., min_length=1, max_length=5000, examples=[["330825", "330881"]])


class RecordedOut(Schema):
    """What became of the rows of a table."""

    added: int
    revised: int
    unchanged: int
    problems: list[ProblemOut]


@router.get("", response=Page[IndicatorOut], summary="List indicators")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def indicators(request: HttpRequest, paging: Query[Paging]) -> Page[IndicatorOut]:
    """Return the indicators by code, each with the terms that count now."""
    return paged(Indicator.objects.all(), paging, by=("code",), show=indicator_out)


@router.get("/divisions", response=Page[NamesOut], summary="List divisions of statistics")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def divisions(request: HttpRequest, paging: Query[Paging]) -> Page[NamesOut]:
    """Return the divisions for which figures are published, of the region and beyond it."""
    return paged(StatDivision.objects.all(), paging, by=("code",), show=names_out)


@router.get("/sets", response=Page[SetOut], summary="List named sets of divisions")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def sets(request: HttpRequest, paging: Query[Paging]) -> Page[SetOut]:
    """Return the sets among which divisions are ranked, with their members."""
    members = Prefetch("members", StatDivision.objects.order_by("code"))
    return paged(DivisionSet.objects.prefetch_related(members), paging, by=("code",), show=set_out)


@router.post("/divisions", response={201: AddedOut}, summary="Add divisions of statistics")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def add(request: HttpRequest, body: DivisionsIn) -> Answer[AddedOut]:
    """Make divisions known; known codes are left as they are. Only the statistics office may."""
    rows = [(each.code, each.name_zh_hans, each.name_zh_hant, each.name_en) for each in body.divisions]
    return Answer(201, AddedOut(added=add_divisions(rows, by=person_of(request), at=now())))


@router.put("/sets/{set_code}", response=SetOut, summary="Define a set of divisions")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def put_set(request: HttpRequest, set_code: str, body: SetIn) -> SetOut:
    """Define a named set, or change its members and what becomes of late figures. Only the statistics office may."""
    made = define_set(
        set_code,
        name=body.name_zh_hans,
        name_hant=body.name_zh_hant,
        name_en=body.name_en,
        members=body.members,
        late=body.late,
        by=person_of(request),
        at=now(),
    )
    return set_out(made)


@router.get("/figures", response=Page[FigureOut], summary="Figures of an indicator")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def figures(request: HttpRequest, asked: Query[FiguresAsked], paging: Query[Paging]) -> Page[FigureOut]:
    """Return the figures that count now, by division and period."""
    indicator, span = indicator_named(asked.indicator), _span(asked)
    rows = Observation.objects.filter(indicator=indicator, kind=KIND_NUMBERS[asked.kind], is_latest=True)
    rows = rows.filter(period__gte=span.first, period__lte=span.last).select_related("division", "release")
    if asked.divisions:
        rows = rows.filter(division__in=divisions_named(asked.divisions))
    return paged(rows, paging, by=("division_id", "period", "id"), show=_figure_out)


def _span(asked: FiguresAsked) -> Span:
    first = period_named(asked.since, "since").code if asked.since else EVER.first
    return Span(first, period_named(asked.until, "until").code if asked.until else EVER.last)


def _figure_out(row: Observation) -> FigureOut:
    return FigureOut(
        id=row.pk,
        division=row.division.code,
        period=str(row.when),
        kind=KINDS[row.kind],
        value=text_of(row.value),
        status=Status(row.status),
        revision=row.revision,
        known_at=row.release.known_at,
        release=row.release.title,
    )


@router.get("/figures.csv", summary="Figures as a tidy CSV", openapi_extra=_CSV, url_name="figures-csv")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def figures_csv(
    request: HttpRequest, asked: Query[FiguresAsked], all_vintages: bool = False
) -> StreamingHttpResponse:
    """Return one row a figure, with its release and the SHA-256 of its evidence; on demand with all vintages."""
    indicator_named(asked.indicator)
    codes = codes_in(asked.divisions, "divisions")
    wanted = Wanted([asked.indicator], codes, [asked.kind], _span(asked), all_vintages)
    answer = StreamingHttpResponse(csv_lines(wanted), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.indicator}.csv"'
    return answer


@router.post("/figures", response={201: RecordedOut}, summary="Record a table of figures")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def record_table(
    request: HttpRequest, file: File[UploadedFile], about: Form[TableAbout]
) -> Answer[RecordedOut]:
    """Record the good rows of a CSV or XLSX (columns indicator, division, period, value; kind and status if wanted).

    Each bad row is named with its field and what to do. Only the statistics office and administrators of the region may.
    """
    at = now()
    origin = origin_of(request, about, at)
    found = import_figures(file.read(), file.name or "", origin, by=person_of(request), at=at)
    return Answer(201, recorded_out(found.total, found.problems))


def origin_of(request: HttpRequest, about: TableAbout, at: datetime) -> Origin:
    """Return what a table comes with; raises `Http404` for evidence that is not there or out of the caller's sight."""
    evidence = _evidence(request, about.evidence, at) if about.evidence else None
    return Origin(about.title, about.known_at or at, about.source, evidence)


def recorded_out(kept: Recorded, problems: Iterable[Problem]) -> RecordedOut:
    """Return for the API what became of the rows of a table."""
    return RecordedOut(
        added=kept.added,
        revised=kept.revised,
        unchanged=kept.unchanged,
        problems=[problem_out(each) for each in problems],
    )


def _evidence(request: HttpRequest, sha256: str, at: datetime) -> Evidence:
    found = Evidence.objects.visible_to(person_of(request), at).filter(sha256=sha256).first()
    if found is None:
        raise Http404
    return found


@router.get("/{code}", response=IndicatorOut, summary="One indicator")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def indicator(request: HttpRequest, code: str) -> IndicatorOut:
    """Return what the indicator means now."""
    return indicator_out(get_object_or_404(Indicator, code=code))


@router.put("/{code}", response=IndicatorOut, summary="Define an indicator, or give it new terms")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def define(request: HttpRequest, code: str, body: IndicatorIn) -> IndicatorOut:
    """Keep the terms as the next version; the same terms change nothing. Only the statistics office may."""
    terms = body.model_dump(exclude={"reason", "ratio", "name_zh_hans", "name_zh_hant", "name_en"})
    ratio = Ratio(*body.ratio) if body.ratio else None
    try:
        definition = Definition(
            code, body.name_zh_hans, body.name_zh_hant, body.name_en, ratio=ratio, **terms
        )
    except ValueError as error:
        raise _bad_terms(error) from error
    return indicator_out(define_indicator(definition, by=person_of(request), at=now(), reason=body.reason))


def _bad_terms(error: ValueError) -> Exception:
    return BadInput([Problem(str(error), code="bad-terms", field="ratio")])


@router.get("/{code}/vintages", response=list[VintageOut], summary="Where a figure comes from")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def vintages(
    request: HttpRequest, code: str, division: str, period: str, kind: Kind = Kind.LEVEL
) -> list[VintageOut]:
    """Return all vintages of one figure, the newest first, each with its release and, in your sight, its evidence."""
    row = get_object_or_404(Indicator, code=code)
    when = period_named(period)
    found = vintages_of(person_of(request), row, division_named(division), when, kind)
    return [_vintage_out(each) for each in found]


def _vintage_out(vintage: Vintage) -> VintageOut:
    figure, row = vintage.figure, vintage.observation
    return VintageOut(
        value=text_of(figure.value),
        status=figure.status,
        revision=figure.revision,
        known_at=figure.known_at,
        counts=vintage.counts,
        release=row.release.title,
        source=row.release.source,
        has_evidence=vintage.has_evidence,
        evidence=vintage.evidence.sha256 if vintage.evidence else None,
        span_start=row.span_start,
        span_end=row.span_end,
    )
