"""Brings a case in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongqu.kernel.geometry import cell_of
from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Division
from tongqu.shared.region.queries import locate, the_region
from tongqu.systems.cases.actions.steps import attach, finish, name_matter, open_step, required
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.rules.kinds import Purpose, Source
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.naming import TRACKING_ALPHABET, TRACKING_LENGTH, title_of


@acting
def report(
    *,
    text: str,
    at: datetime,
    by: Actor,
    source: Source | str,
    title: str = "",
    lon: float | None = None,
    lat: float | None = None,
    division_code: str = "",
    matter_code: str = "",
    place_text: str = "",
    answers: Mapping[str, object] | None = None,
    evidence: Iterable[Evidence] = (),
    reporter_name: str = "",
    reporter_phone: str = "",
    idempotency_key: str = "",
    is_invented: bool = False,
) -> Case:
    """Take in a report and give the duty desk of its place the duty to accept it.

    The place is the point, else the position of the first photo that has one, else the named division, else
    unknown. The same `idempotency_key` by the same actor gives the same case again, however often and however
    concurrently it is sent. Raises `BadInput` for an empty text, an unknown matter or division, or a point
    outside the region.
    """
    key = _own_key(by, idempotency_key)
    if key and (known := Case.objects.filter(idempotency_key=key).first()):
        return known
    photos = list(evidence)
    point = _point(lon, lat, photos)
    division = _division(point, division_code)
    clean = required(text, "text")
    case = Case(
        tracking_code=_tracking_code(),
        title=(title.strip() or title_of(clean))[:120],
        text=clean,
        state=State.REPORTED,
        source=Source(source),
        division=division,
        division_path=division.path if division else the_region().root.path,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        cell=cell_of(*point) if point else None,
        answers=dict(answers or {}),
        place_text=place_text.strip()[:200],
        reported_at=at,
        moved_at=at,
        reporter_name=reporter_name.strip()[:60],
        reporter_phone=reporter_phone.strip()[:40],
        is_invented=is_invented,
        idempotency_key=key,
    )
    name_matter(case, _matter(matter_code), at=at, field="matter_code")
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        return _made_meanwhile(key)
    attach(case, photos, Purpose.REPORT, at=at)
    open_step(case, by=by, at=at)
    return finish(case, "case.reported", by=by, at=at, was=None, after=_reported(case), evidence=photos)


def _own_key(by: Actor, key: str) -> str | None:
    """Return the key under the actor's own name, so that nobody reaches another's case by guessing."""
    if len(key) > 80:
        raise BadInput(
            [Problem(_("Send a key of at most 80 characters."), code="too-long", field="idempotency_key")]
        )
    return f"{by.actor_ref[:38]}:{key}" if key else None


def _made_meanwhile(key: str | None) -> Case:
    """Return the case that a concurrent report with the same key made."""
    return Case.objects.get(idempotency_key=key)


def _point(lon: float | None, lat: float | None, photos: Sequence[Evidence]) -> tuple[float, float] | None:
    if lon is not None and lat is not None:
        return lon, lat
    if (lon is None) != (lat is None):
        raise BadInput(
            [Problem(_("Give both longitude and latitude, or neither."), code="half-a-point", field="lon")]
        )
    return next(((p.lon, p.lat) for p in photos if p.lon is not None and p.lat is not None), None)


def _division(point: tuple[float, float] | None, code: str) -> Division | None:
    if point is not None:
        chain = locate(*point) if -180 <= point[0] <= 180 and -90 <= point[1] <= 90 else []
        if not chain:
            raise BadInput([Problem(_outside(), code="outside-region", field="lon")])
        return chain[-1]
    if code:
        found = Division.objects.filter(code=code).first()
        if found is None:
            raise BadInput(
                [
                    Problem(
                        _("No division has the code “%(code)s”. Look it up in the list of divisions.")
                        % {"code": code},
                        code="unknown-division",
                        field="division_code",
                    )
                ]
            )
        return found
    return None


def _outside() -> str:
    return _(
        "This place is outside %(region)s. Move the pin into it, or tell the region that it lies in."
    ) % {"region": the_region().root.name}


def _matter(code: str) -> Matter | None:
    if not code:
        return None
    found = Matter.objects.filter(code=code).first()
    if found is None:
        raise BadInput(
            [
                Problem(
                    _("No matter has the code “%(code)s”. Look it up in the list of matters.")
                    % {"code": code},
                    code="unknown-matter",
                    field="matter_code",
                )
            ]
        )
    return found


def _tracking_code() -> str:
    return "".join(secrets.choice(TRACKING_ALPHABET) for _index in range(TRACKING_LENGTH))


def _reported(case: Case) -> dict[str, object]:
    """What the journal keeps of a report: no personal data."""
    return {
        "title": case.title,
        "source": case.source,
        "matter": case.matter.code if case.matter else "",
        "division": case.division.code if case.division else "",
        "lon": case.lon,
        "lat": case.lat,
        "has_reporter": bool(case.reporter_name or case.reporter_phone),
    }
