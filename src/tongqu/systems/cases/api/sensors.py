"""The webhook of sensors: readings signed by their gateway."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Header, Router, Schema
from pydantic import AwareDatetime, model_validator

from tongqu.kernel.problems import BadInput
from tongqu.shared.access.api_frame import FieldError, Refused
from tongqu.shared.access.guard import door
from tongqu.shared.access.rules import PUBLIC
from tongqu.shared.clock import now
from tongqu.systems.cases.actions.sensors import Sent, take_readings
from tongqu.systems.cases.queries.sensors import signed_gateway
from tongqu.systems.cases.rules.sensors import MOST_READINGS

router = Router(tags=["sensors"])


class SignatureHeaders(Schema):
    """Who sends, and when."""

    x_tongqu_timestamp: str = Field(
        "", max_length=20, description="Seconds since 1970 (UTC), within five minutes of now."
    )
    x_tongqu_signature: str = Field(
        "",
        max_length=100,
        description="`sha256=` and, in hex, HMAC-SHA256 with the gateway's key over time stamp, full stop and body.",
    )


class ReadingIn(Schema):
    """One value of one sensor."""

    sensor: str = Field(
        ..., min_length=1, max_length=40, description="Code of the sensor.", examples=["SW-017"]
    )
    at: AwareDatetime = Field(
        ..., description="When it was measured, with zone.", examples=["2026-09-16T10:00:00+08:00"]
    )
    value: float = Field(..., allow_inf_nan=False, examples=[4.31])
    unit: str = Field(..., min_length=1, max_length=12, description="Unit of the value.", examples=["m"])
    id: str = Field(
        ..., min_length=1, max_length=64, description="Names this reading among those of the sensor, for good.",
        examples=["20260916-000417"],
    )  # fmt: skip


class ReadingsIn(Schema):
    """Readings of any sensors of the gateway. A single reading may also be sent bare, without the list."""

    readings: list[ReadingIn] = Field(..., min_length=1, max_length=MOST_READINGS)

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, data: Any) -> Any:
        """Take a bare reading for a list of one."""
        bare = getattr(data, "_obj", data)
        return {"readings": [bare]} if isinstance(bare, dict) and "readings" not in bare else data


class ReadingsOut(Schema):
    """What became of the readings."""

    new: int = Field(..., description="Readings that were not known.")
    known: int = Field(..., description="Readings whose id was known; they added nothing.")
    late: int = Field(..., description="New ones that were measured before one that is known.")
    opened: list[str] = Field(..., description="Numbers of the cases that were opened.")
    refused: list[FieldError] = Field(..., description="Readings that were not taken, and why.")


@router.post("/{key}", response=ReadingsOut, summary="Send readings of sensors (signed)")
@door(PUBLIC)
def take(request: HttpRequest, key: str, body: ReadingsIn, headers: Header[SignatureHeaders]) -> ReadingsOut:
    """Take in readings; the same reading may be sent any number of times. Good ones count beside bad ones.

    Answers 422 when no reading is good.
    """
    at = now()
    gateway = signed_gateway(key, headers.x_tongqu_timestamp, request.body, headers.x_tongqu_signature, at)
    if gateway is None:
        say = _("The signature does not hold: check key, time and body. The documentation says how to sign.")
        raise Refused(401, say, code="signature")
    sent = [Sent(n, r.sensor, r.at, r.value, r.unit, r.id) for n, r in enumerate(body.readings)]
    taken = take_readings(gateway, sent, at=at)
    if taken.problems and not taken.new and not taken.known:
        raise BadInput(taken.problems)
    refused = [
        FieldError(pointer="/" + p.field.replace(".", "/"), detail=str(p.message), code=p.code)
        for p in taken.problems
    ]
    return ReadingsOut(
        new=taken.new, known=taken.known, late=taken.late, opened=taken.opened, refused=refused
    )
