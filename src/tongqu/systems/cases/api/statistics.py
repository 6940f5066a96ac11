"""The statistics of cases in the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.shared.region.models import Division, Unit
from tongqu.systems.cases.queries.cases import Wanted
from tongqu.systems.cases.queries.statistics import By, statistics, usual_span
from tongqu.systems.cases.rules.kinds import Source, Track
from tongqu.systems.cases.rules.spans import DAY, LONGEST_DAYS, Span, Step

router = Router(tags=["cases"])


class StatisticsAsked(Schema):
    """Which cases are counted, and by what."""

    by: By = By.CLASS
    step: Step | None = Field(None, description="Of `by=time`; without one, the one that fits the period.")
    since: date | None = Field(None, description="First day of report; without one, thirty days ago.")
    until: date | None = Field(None, description="Last day of report; without one, today.")
    matter: str = Field("", max_length=20, description="Code of the matter.")
    matter_class: str = Field("", max_length=20, description="Code of the class.")
    track: Track | None = None
    division: str = Field("", max_length=15, description="Code of a division; what lies in it counts.")
    unit: str = Field("", max_length=40, description="Code of a unit; units below it count.")
    source: Source | None = None


class TimesOut(Schema):
    """Counted seconds, of so many cases; null for fewer than five."""

    count: int
    median_s: float | None
    p90_s: float | None


class FiguresOut(Schema):
    """How cases stand: `handled` had a handling met, `late` one of them late; `overdue` are open and late now."""

    received: int
    closed: int
    rejected: int
    open: int
    overdue: int
    handled: int
    late: int
    returned: int
    reopened: int
    on_time_share: float | None
    accept: TimesOut
    handle: TimesOut
    close: TimesOut


class LineOut(Schema):
    """One row, and the same row of the period before."""

    key: str = Field(description="Code of the matter, class, unit or division; the source; or the first day.")
    label: str
    figures: FiguresOut
    before: FiguresOut


class StatisticsOut(Schema):
    """The figures of a period beside those of the period before."""

    since: date
    until: date
    before_since: date
    before_until: date
    total: FiguresOut
    total_before: FiguresOut
    lines: list[LineOut]
    is_behind: bool = Field(description="Whether the newest acts are not counted yet.")
    as_of: datetime | None = Field(description="When all acts were last counted.")


@router.get("", response=StatisticsOut, summary="Statistics of cases")
@door(SIGNED_IN)
@scope(TokenScope.CASES_READ)
def read_statistics(request: HttpRequest, asked: Query[StatisticsAsked]) -> StatisticsOut:
    """Return counts, times and shares of the cases in sight that were reported in a period."""
    at = now()
    span = _span(asked, usual_span(at))
    wanted = Wanted(
        group="all",
        matter=asked.matter,
        matter_class=asked.matter_class,
        track=asked.track or "",
        division=_path("division", asked.division),
        unit=_path("unit", asked.unit),
        source=asked.source or "",
    )
    found = statistics(person_of(request), wanted, span, by=asked.by, step=asked.step, at=at)
    return StatisticsOut(
        since=span.first_on,
        until=span.last_on,
        before_since=span.before.first_on,
        before_until=span.before.last_on,
        total=FiguresOut.from_orm(found.total),
        total_before=FiguresOut.from_orm(found.total_before),
        lines=[
            LineOut(
                key=x.key,
                label=x.label,
                figures=FiguresOut.from_orm(x.figures),
                before=FiguresOut.from_orm(x.before),
            )
            for x in found.lines
        ],
        is_behind=found.is_behind,
        as_of=found.as_of,
    )


def _span(asked: StatisticsAsked, usual: Span) -> Span:
    last = asked.until or usual.last_on
    first = asked.since or last - (usual.days - 1) * DAY
    if not first <= last or (last - first).days >= LONGEST_DAYS:
        message = _("Name a period that ends on or after its first day and has at most ten years.")
        raise BadInput([Problem(message, code="bad-period", field="until")])
    return Span(first, last)


def _path(kind: Literal["division", "unit"], code: str) -> str:
    """Return the path of a division or unit; raises `BadInput` for a code that none has."""
    if not code:
        return ""
    model: type[Division | Unit] = Division if kind == "division" else Unit
    path = model._default_manager.filter(code=code).values_list("path", flat=True).first()
    if path is None:
        message = _("Nothing has the code “%(code)s”. Look it up in the list.") % {"code": code}
        raise BadInput([Problem(message, code="unknown", field=kind)])
    return str(path)
