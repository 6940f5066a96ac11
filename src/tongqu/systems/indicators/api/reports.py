"""Reports and their claims in the API: reading, comparing, confirming, mending, rejecting. Values are texts."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from django.http import Http404, HttpRequest
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status as Answer
from pydantic import AwareDatetime

from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.viewing import record_view
from tongqu.systems.indicators.actions.claims import Confirmed, confirm_claims, mend_claim, reject_claim
from tongqu.systems.indicators.actions.reports import ReportOrigin, read_report
from tongqu.systems.indicators.api.shapes import text_of
from tongqu.systems.indicators.models.report import Report, StatedClaim
from tongqu.systems.indicators.queries.claims import Against, Compared, reading_of
from tongqu.systems.indicators.queries.reports import reports_seen_by
from tongqu.systems.indicators.rules.claims.claim import Kind as Stating
from tongqu.systems.indicators.rules.claims.holding import Beside
from tongqu.systems.indicators.rules.claims.meaning import Lack
from tongqu.systems.indicators.rules.claims.mending import Mend
from tongqu.systems.indicators.rules.claims.settling import ClaimState, ReportState, Standing
from tongqu.systems.indicators.rules.claims.sheet import About
from tongqu.systems.indicators.rules.definition import Kind
from tongqu.systems.indicators.rules.ranking import Measure

router = Router(tags=["indicators"])


class ReportIn(Schema):
    """What a report comes with."""

    title: str = Field(..., min_length=1, max_length=200, examples=["2021年经济运行情况"])
    source: str = Field("", max_length=300, description="Who published it.")
    known_at: AwareDatetime | None = Field(
        None, description="Since when the public knows it; by default now."
    )
    division: str = Field("", max_length=100, description="Division that it is about, where it does not say.")
    year: int | None = Field(
        None, ge=1900, le=2999, description="Year in which it was written, where it does not say."
    )
    period: str = Field("", max_length=20, description="Period that it speaks of where it names none.")
    restricted: bool = Field(False, description="Whether only your unit and those above it see it.")


class ReportRow(Schema):
    """A report in a list."""

    id: int
    title: str
    source: str
    known_at: datetime
    state: ReportState
    claims: int = Field(..., description="How many claims it makes.")
    waiting: int = Field(..., description="How many of them are to be decided.")
    evidence: str = Field(..., description="SHA-256 of the file.")
    is_invented: bool


class ReportOut(ReportRow):
    """A report with its text; the spans of claims are offsets into it."""

    text: str


class StatedFigure(Schema):
    """A figure that a claim states, beside what is known of it."""

    indicator: str
    division: str
    period: str
    kind: Kind
    value: str | None
    known: str | None = Field(None, description="What the store holds, or what others make.")
    computed: bool = Field(False, description="Whether the known value is computed.")
    difference: str | None = None


class AgainstOut(Schema):
    """A claim that contradicts another."""

    report: int
    claim: int
    text: str
    difference: str


class ClaimOut(Schema):
    """A claim as it stands, compared."""

    id: int
    start: int
    end: int
    text: str
    division: str
    indicator: str
    period: str
    kind: Kind
    value: str | None
    unit: str
    value_from: str | None
    rank: int | None
    rank_scope: str
    rank_within: bool
    approximate: bool
    target: bool
    mended: list[str] = Field(..., description="Fields that differ from what was read.")
    state: ClaimState
    note: str
    standing: Standing
    lack: Lack | None = Field(..., description="Why it becomes no figure.")
    figures: list[StatedFigure]
    contradicted_by: list[AgainstOut]


class ClaimsIn(Schema):
    """Which claims are confirmed."""

    claims: list[int] | None = Field(
        None, max_length=5000, description="By default all that nothing speaks against and nothing lacks."
    )


class MendIn(Schema):
    """A claim as it is meant: all of its fields. Indicator, division and set are codes of the store."""

    kind: Kind
    indicator: str = Field("", max_length=40)
    division: str = Field("", max_length=15)
    period: str = Field("", max_length=20)
    value: str = Field("", max_length=40)
    unit: str = Field("", max_length=40)
    value_from: str = Field("", max_length=40)
    rank: int | None = None
    rank_within: bool = False
    approximate: bool = False
    target: bool = False
    set: str = Field("", max_length=40)
    measure: Measure | None = None
    note: str = Field("", max_length=300, description="Why.")


class RejectIn(Schema):
    """Why a claim is rejected."""

    reason: str = Field(..., min_length=1, max_length=300)


class ConfirmedOut(Schema):
    """What became of confirmed claims."""

    claims: int
    added: int
    revised: int
    supported: int = Field(..., description="Claims that say what the store holds already.")
    statements: int = Field(..., description="Claims that stay statements of their report.")


@router.get("", response=Page[ReportRow], summary="List the reports that were read")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def reports(request: HttpRequest, paging: Query[Paging]) -> Page[ReportRow]:
    """Return the reports whose evidence you may see, the newest first."""
    rows = reports_seen_by(person_of(request), now())
    return paged(rows, paging, by=("-known_at", "-id"), show=_row_out)


@router.post("", response={200: ReportRow, 201: ReportRow}, summary="Read a report and keep it")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def read(request: HttpRequest, file: File[UploadedFile], about: Form[ReportIn]) -> Answer[ReportRow]:
    """Read the claims of a .txt, .html, .pdf or .docx file and keep them; the same file again answers 200. Only the statistics office may."""
    at, person = now(), person_of(request)
    made = read_report(
        file.read(),
        PurePath(file.name or "").name,
        ReportOrigin(about.title, about.known_at or at, about.source),
        about=About(about.division, about.year, about.period),
        restricted=about.restricted,
        by=person,
        at=at,
    )
    row = reports_seen_by(person, at).get(pk=made.report.pk)
    return Answer(201 if made.is_new else 200, _row_out(row))


@router.get("/{report}", response=ReportOut, summary="A report with its text")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def one(request: HttpRequest, report: int) -> ReportOut:
    """Return the text as it was read; a look at a restricted report is journaled."""
    row = _report(request, report)
    record_view(row.evidence, by=person_of(request), at=now(), what="text")
    return ReportOut(**_row_out(row).model_dump(), text=row.text)


@router.get("/{report}/claims", response=list[ClaimOut], summary="The claims of a report, compared")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def claims(request: HttpRequest, report: int) -> list[ClaimOut]:
    """Return its claims in the order of the text, each beside what the store knows and what other reports say."""
    row = _report(request, report)
    record_view(row.evidence, by=person_of(request), at=now(), what="claims")
    return [_claim_out(each) for each in reading_of(row, person_of(request), now()).claims]


@router.post("/{report}/confirm", response=ConfirmedOut, summary="Confirm claims")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def confirm(request: HttpRequest, report: int, body: ClaimsIn) -> ConfirmedOut:
    """Record what the claims say as figures, with the report as evidence. Only the statistics office may."""
    row, chosen = _report(request, report), None if body.claims is None else set(body.claims)
    return _confirmed_out(confirm_claims(row, chosen, by=person_of(request), at=now()))


@router.post("/{report}/claims/{claim}/mend", response=ConfirmedOut, summary="Mend a claim")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def mend(request: HttpRequest, report: int, claim: int, body: MendIn) -> ConfirmedOut:
    """Correct what was read and confirm it so; what was read stays. Only the statistics office may."""
    row = _claim(_report(request, report), claim)
    return _confirmed_out(mend_claim(row, _mend(body), by=person_of(request), at=now()))


@router.post("/{report}/claims/{claim}/reject", response={204: None}, summary="Reject a claim")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def reject(request: HttpRequest, report: int, claim: int, body: RejectIn) -> Answer[None]:
    """Reject a claim with the reason; a figure that it had become is withdrawn. Only the statistics office may."""
    row = _claim(_report(request, report), claim)
    reject_claim(row, reason=body.reason, by=person_of(request), at=now())
    return Answer(204, None)


def _mend(body: MendIn) -> Mend:
    told = body.model_dump()
    return Mend(**{**told, "kind": Stating(body.kind.value)})


def _report(request: HttpRequest, pk: int) -> Report:
    found = reports_seen_by(person_of(request), now()).defer(None).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _claim(report: Report, pk: int) -> StatedClaim:
    found = report.claims.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _row_out(row: Report) -> ReportRow:
    return ReportRow(
        id=row.pk,
        title=row.title,
        source=row.source,
        known_at=row.known_at,
        state=ReportState(row.state),
        claims=getattr(row, "said", 0),
        waiting=getattr(row, "waiting", 0),
        evidence=row.evidence.sha256,
        is_invented=row.is_invented,
    )


def _claim_out(each: Compared) -> ClaimOut:
    claim = each.claim
    return ClaimOut(
        id=each.row.pk,
        value=text_of(claim.value),
        value_from=text_of(claim.value_from),
        kind=Kind(claim.kind.value),
        **{name: getattr(claim, name) for name in _AS_IS},
        mended=sorted(each.row.mended),
        state=ClaimState(each.row.state),
        note=each.row.note,
        standing=each.standing,
        lack=each.meaning.lack,
        figures=[_figure_out(pair) for pair in each.pairs],
        contradicted_by=[_against_out(other) for other in each.against],
    )


_AS_IS = (
    "start", "end", "text", "division", "indicator", "period", "unit", "rank", "rank_scope", "rank_within",
    "approximate", "target",
)  # fmt: skip


def _figure_out(pair: Beside) -> StatedFigure:
    row = pair.said.row
    return StatedFigure(
        indicator=row.indicator,
        division=row.division,
        period=str(row.period),
        kind=row.kind,
        value=text_of(row.value),
        known=text_of(pair.held.value) if pair.held else None,
        computed=bool(pair.held and pair.held.computed),
        difference=text_of(pair.difference),
    )


def _against_out(other: Against) -> AgainstOut:
    return AgainstOut(
        report=other.row.report_id,
        claim=other.row.pk,
        text=other.row.text,
        difference=text_of(other.difference) or "",
    )


def _confirmed_out(found: Confirmed) -> ConfirmedOut:
    return ConfirmedOut(**vars(found))
