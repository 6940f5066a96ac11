"""The region routes of the API: divisions, what lies where, units, the work calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import numpy as np
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.kernel.coordinates import bd09_to_wgs84, gcj02_to_wgs84
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.api_frame import Page, Paging, paged, scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.region.models import Division, Unit
from tongqu.shared.region.queries import (
    calendar_days,
    chain_of,
    find_divisions,
    locate,
    locate_many,
    the_region,
    work_calendar,
)
from tongqu.shared.region.rules import CentreQuality, Level, OutlineQuality, UnitKind

router = Router(tags=["region"])
MOST_POINTS = 10_000

System = Literal["WGS-84", "GCJ-02", "BD-09"]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class PlaceOut(Schema):
    """A division, in short."""

    code: str = Field(..., description="Statistical code.", examples=["330803103"])
    level: Level
    name_zh_hans: str = Field(..., examples=["莲花镇"])
    name_zh_hant: str = Field("", examples=["蓮花鎮"])
    name_en: str = Field("", examples=["Lianhua Town"])


class DivisionOut(PlaceOut):
    """A division with its place and how far that can be trusted."""

    parent: str | None = Field(None, description="Code of the division it is part of.", examples=["330803"])
    centre: tuple[float, float] | None = Field(None, description="Longitude and latitude, WGS-84 degrees.")
    centre_quality: CentreQuality | Literal[""] = ""
    outline_quality: OutlineQuality | Literal[""] = Field("", description="Empty when there is no outline.")
    area_km2: float | None = Field(None, examples=[72.8])
    is_invented: bool = Field(..., description="Whether it was made up for a demo.")
    source: str = Field("", description="Where code, name and place come from.")


class DivisionDetail(DivisionOut):
    """A division with its outline and all that it is part of."""

    chain: list[PlaceOut] = Field(..., description="What it is part of, the largest first.")
    outline: dict[str, Any] | None = Field(None, description="GeoJSON geometry, WGS-84.")


class LocatedOut(Schema):
    """Where a point lies."""

    chain: list[PlaceOut] = Field(..., description="The largest division first; empty outside the region.")


class PointsIn(Schema):
    """Many points at once."""

    points: list[tuple[Longitude, Latitude]] = Field(
        ...,
        max_length=MOST_POINTS,
        description="Longitude and latitude in degrees.",
        examples=[[[118.95, 29.06]]],
    )
    system: System = Field("WGS-84", description="The coordinate system of the points.")


class PointsOut(Schema):
    """Where many points lie."""

    codes: list[str | None] = Field(
        ..., description="Code of the smallest division at each point, null outside."
    )


class UnitOut(Schema):
    """A unit: a line department or a territorial government."""

    code: str = Field(..., examples=["zhzf-qujiang"])
    kind: UnitKind
    name_zh_hans: str = Field(..., examples=["衢江区综合行政执法局"])
    name_zh_hant: str = ""
    name_en: str = ""
    division: str = Field(..., description="Code of its territory.", examples=["330803"])
    parent: str | None = Field(None, description="Code of the supervising unit.", examples=["zhzf"])
    answers_for: str = ""
    phone: str = ""
    is_active: bool


class DayOut(Schema):
    """A day that differs from the week."""

    on: date
    is_working: bool
    name: str = Field("", examples=["国庆节"])


class CalendarOut(Schema):
    """When people work: Monday to Friday in the spans, but for the days named."""

    time_zone: str = Field(..., examples=["Asia/Shanghai"])
    work_spans: str = Field(..., examples=["08:30-12:00,14:00-17:30"])
    days: list[DayOut]


class DeadlineOut(Schema):
    """When an allowance of time is used up."""

    due_at: datetime
    working_seconds: float = Field(..., description="Working time between the two instants.")


class DivisionsAsked(Schema):
    """Which divisions are asked for."""

    q: str = Field("", max_length=60, description="The first digits of a code, or a part of a name.")
    level: Level | None = None
    parent: str = Field("", max_length=15, description="Code of the division they are direct parts of.")


def place_out(division: Division) -> dict[str, Any]:
    """Return what is shown of a division in short."""
    return {
        "code": division.code,
        "level": division.level,
        "name_zh_hans": division.name_zh_hans,
        "name_zh_hant": division.name_zh_hant,
        "name_en": division.name_en,
    }


def division_out(division: Division) -> DivisionOut:
    """Return what is shown of a division."""
    return DivisionOut(**_division_values(division))


def _division_values(division: Division) -> dict[str, Any]:
    lon, lat = division.centre_lon, division.centre_lat
    return {
        **place_out(division),
        "parent": division.parent.code if division.parent else None,
        "centre": (lon, lat) if lon is not None and lat is not None else None,
        "centre_quality": division.centre_quality,
        "outline_quality": division.outline_quality,
        "area_km2": division.area_km2,
        "is_invented": division.is_invented,
        "source": division.source,
    }


def unit_out(unit: Unit) -> UnitOut:
    """Return what is shown of a unit."""
    return UnitOut(
        code=unit.code,
        kind=UnitKind(unit.kind),
        name_zh_hans=unit.name_zh_hans,
        name_zh_hant=unit.name_zh_hant,
        name_en=unit.name_en,
        division=unit.division.code,
        parent=unit.parent.code if unit.parent else None,
        answers_for=unit.answers_for,
        phone=unit.phone,
        is_active=unit.is_active,
    )


@router.get("/divisions", response=Page[DivisionOut])
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def divisions(request: HttpRequest, asked: Query[DivisionsAsked], paging: Query[Paging]) -> Page[DivisionOut]:
    """List divisions by code."""
    found = find_divisions(asked.q.strip(), asked.level or "").select_related("parent")
    if asked.parent:
        found = found.filter(parent__code=asked.parent)
    return paged(found, paging, by=("code",), show=division_out)


@router.get("/divisions/{code}", response=DivisionDetail)
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def division(request: HttpRequest, code: str) -> DivisionDetail:
    """Show one division with its outline."""
    found = get_object_or_404(
        Division.objects.visible_to(person_of(request)).select_related("parent"), code=code
    )
    chain = [PlaceOut(**place_out(part)) for part in chain_of(found)[:-1]]
    return DivisionDetail(**_division_values(found), chain=chain, outline=found.outline)


@router.get("/locate", response=LocatedOut)
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def locate_one(
    request: HttpRequest,
    lon: Annotated[float, Query(ge=-180, le=180, description="Longitude in degrees.", example=118.95)],
    lat: Annotated[float, Query(ge=-90, le=90, description="Latitude in degrees.", example=29.06)],
    system: System = "WGS-84",
) -> LocatedOut:
    """Say which divisions a point lies in."""
    chain = locate(*_to_wgs84(lon, lat, system))
    return LocatedOut(chain=[PlaceOut(**place_out(part)) for part in chain])


@router.post("/locate", response=PointsOut)
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def locate_batch(request: HttpRequest, body: PointsIn) -> PointsOut:
    """Say for each of up to 10,000 points which division it lies in."""
    points = np.array(body.points, np.float64).reshape(-1, 2)
    found = locate_many(*_to_wgs84(points[:, 0].copy(), points[:, 1].copy(), body.system)).tolist()
    codes = dict(Division.objects.filter(pk__in=set(found)).values_list("pk", "code"))
    return PointsOut(codes=[codes.get(number) for number in found])


def _to_wgs84(lon: Any, lat: Any, system: System) -> tuple[Any, Any]:
    if system == "GCJ-02":
        return gcj02_to_wgs84(lon, lat)
    return bd09_to_wgs84(lon, lat) if system == "BD-09" else (lon, lat)


class UnitsAsked(Schema):
    """Which units are asked for."""

    kind: UnitKind | None = None
    division: str = Field("", max_length=15, description="Code of the territory.")
    parent: str = Field("", max_length=40, description="Code of the supervising unit.")
    is_active: bool | None = None


@router.get("/units", response=Page[UnitOut])
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def units(request: HttpRequest, asked: Query[UnitsAsked], paging: Query[Paging]) -> Page[UnitOut]:
    """List units by code."""
    wanted = {
        "kind": asked.kind,
        "division__code": asked.division,
        "parent__code": asked.parent,
        "is_active": asked.is_active,
    }
    chosen = {name: value for name, value in wanted.items() if value not in ("", None)}
    found = Unit.objects.visible_to(person_of(request)).filter(**chosen).select_related("division", "parent")
    return paged(found, paging, by=("code",), show=unit_out)


@router.get("/units/{code}", response=UnitOut)
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def unit(request: HttpRequest, code: str) -> UnitOut:
    """Show one unit."""
    found = Unit.objects.visible_to(person_of(request)).select_related("division", "parent")
    return unit_out(get_object_or_404(found, code=code))


@router.get("/calendar", response=CalendarOut)
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def calendar(
    request: HttpRequest, year: Annotated[int, Query(ge=2000, le=2100, description="The year.", example=2026)]
) -> CalendarOut:
    """Show the working calendar of a year."""
    region = the_region()
    days = [DayOut(on=day.on, is_working=day.is_working, name=day.name) for day in calendar_days(year)]
    return CalendarOut(time_zone=region.time_zone, work_spans=region.work_spans, days=days)


@router.get("/deadline", response=DeadlineOut)
@door(SIGNED_IN)
@scope(TokenScope.REGION_READ)
def deadline(
    request: HttpRequest,
    at: Annotated[
        AwareDatetime,
        Query(description="When the time begins, with its zone.", example="2026-09-16T02:00:00Z"),
    ],
    allowance: Annotated[str, Query(max_length=20, description="4wh, 3wd, 2h or 7d.", example="3wd")],
) -> DeadlineOut:
    """Compute a deadline by the working calendar."""
    calendar = work_calendar()
    try:
        due = calendar.add(at, Allowance.parse(allowance))
    except BadAllowance:
        message = _("'%(text)s' is not an allowance. Write a number and a unit: 4wh, 3wd, 2h or 7d.")
        problem = Problem(message % {"text": allowance}, "bad-allowance", field="query.allowance")
        raise BadInput([problem]) from None
    except OverflowError:
        raise BadInput(
            [Problem(_("The date is too far away. Choose another."), "out-of-range", field="query.at")]
        ) from None
    return DeadlineOut(due_at=due, working_seconds=calendar.working_time(at, due).total_seconds())
