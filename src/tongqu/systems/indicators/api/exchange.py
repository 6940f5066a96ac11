"""SDMX in the API: structures and data, out and in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status as Answer

from tongqu.shared.access.api_frame import scope
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import SIGNED_IN, TokenScope
from tongqu.shared.clock import now
from tongqu.systems.indicators.actions.exchange import import_data, import_structures
from tongqu.systems.indicators.api.asking import codes_in
from tongqu.systems.indicators.api.figures import RecordedOut, TableAbout, origin_of, recorded_out
from tongqu.systems.indicators.queries.exchange import data_message, structure_message
from tongqu.systems.indicators.queries.export import Wanted
from tongqu.systems.indicators.rules.sdmx.dialects import Standard

router = Router(tags=["indicators"])
_XML = "application/xml"
_ANSWER = {"responses": {200: {"description": "OK", "content": {_XML: {"schema": {"type": "string"}}}}}}


class DataAsked(Schema):
    """Which figures, in which version of the standard."""

    version: Standard = Standard.V21
    indicators: str = Field(
        "", max_length=8000, description="Codes with commas between them; all when empty."
    )
    divisions: str = Field("", max_length=8000)
    all_vintages: bool = Field(False, description="Every revision, not only what counts now.")


class StructuresOut(Schema):
    """How much a structure message defined."""

    indicators: int
    divisions: int


@router.get("/structure", summary="Structures as SDMX-ML", openapi_extra=_ANSWER)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def structure(request: HttpRequest, version: Standard = Standard.V21) -> HttpResponse:
    """Return code lists, concepts, data structure and dataflow of all indicators."""
    return HttpResponse(structure_message(at=now(), standard=version), content_type=f"{_XML}; charset=utf-8")


@router.get("/data", summary="Figures as SDMX-ML", openapi_extra=_ANSWER)
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_READ)
def data(request: HttpRequest, asked: Query[DataAsked]) -> StreamingHttpResponse:
    """Return structure-specific time series."""
    wanted = Wanted(
        codes_in(asked.indicators, "indicators"),
        codes_in(asked.divisions, "divisions"),
        all_vintages=asked.all_vintages,
    )
    pieces = data_message(wanted, at=now(), standard=asked.version)
    return StreamingHttpResponse(pieces, content_type=f"{_XML}; charset=utf-8")


@router.post("/structure", response={201: StructuresOut}, summary="Define what an SDMX structure says")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def define_structure(request: HttpRequest, file: File[UploadedFile]) -> Answer[StructuresOut]:
    """Define the indicators and divisions of a structure message of 2.1 or 3.0. Only the statistics office may."""
    found = import_structures(file.read(), file.name or "", by=person_of(request), at=now())
    return Answer(201, StructuresOut(indicators=found[0], divisions=found[1]))


@router.post("/data", response={201: RecordedOut}, summary="Record SDMX data")
@door(SIGNED_IN)
@scope(TokenScope.INDICATORS_WRITE)
def record_data(
    request: HttpRequest, file: File[UploadedFile], about: Form[TableAbout]
) -> Answer[RecordedOut]:
    """Record the good observations of a data message, generic or structure-specific. Only the statistics office may."""
    at = now()
    origin = origin_of(request, about, at)
    found = import_data(file.read(), file.name or "", origin, by=person_of(request), at=at)
    return Answer(201, recorded_out(found.total, found.problems))
