"""Brings one file in: checked, written to the store, then registered; nothing stays of a refused one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongqu.kernel.geometry import cell_of
from tongqu.kernel.problems import BadInput
from tongqu.shared.evidence.actions.facts import record_of
from tongqu.shared.evidence.actions.sharing import share_with
from tongqu.shared.evidence.actions.shelf import the_shelf
from tongqu.shared.evidence.analytics.contents import Content, inspect
from tongqu.shared.evidence.analytics.pictures import Picture
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.messages import problem
from tongqu.shared.evidence.rules.keys import original_key
from tongqu.shared.evidence.rules.refusals import Reason, Refused
from tongqu.shared.evidence.rules.shots import is_made_up, optics, pose, position
from tongqu.shared.evidence.rules.times import is_believable, taken
from tongqu.shared.jobs.actions import enqueue
from tongqu.shared.journal.actions import acting
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person, Region, Unit
from tongqu.shared.region.queries import NoRegion, locate, the_region


class Readable(Protocol):
    """An open file, or what Django makes of an upload."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes."""
        ...


@dataclass(frozen=True)
class Stored:
    """The evidence, and whether it was new."""

    evidence: Evidence
    is_new: bool


@dataclass(frozen=True)
class Kept:
    """A file whose bytes were checked and stand in the store, not yet registered."""

    sha256: str
    size_bytes: int
    content: Content


def store(
    data: bytes | Path | Readable,
    *,
    name: str,
    by: Actor,
    at: datetime,
    source: str = "upload",
    restricted: bool = False,
    unit: Unit | None = None,
    matter_code: str = "",
    is_invented: bool = False,
) -> Stored:
    """Store a photo or document once and return it; raises `BadInput` with the one reason why not.

    The bytes are checked and stand durably in the store before the act begins, so that its transaction stays
    short. The same bytes again add nothing, but the unit that brings them may from then on see the evidence.
    `unit` is who brings it in, by default the person's first unit. `restricted` limits it to that unit, those
    above it, and holders of a grant; it does not change evidence that is known.
    """
    kept = keep(data, name=name)
    return register(
        kept,
        by=by,
        at=at,
        source=source,
        restricted=restricted,
        unit=unit or unit_of(by),
        matter_code=matter_code,
        is_invented=is_invented,
    )


def keep(data: bytes | Path | Readable, *, name: str) -> Kept:
    """Check a file and make its bytes stand in the store; raises `BadInput`. `register` makes it evidence."""
    try:
        return keep_bytes(_bytes_of(data), name)
    except Refused as refused:
        raise BadInput([problem(refused, name)]) from refused


def keep_all(files: Iterable[tuple[str, bytes]]) -> list[Kept]:
    """Check all files, then make them stand in the store; when one is refused, none is kept. Raises `BadInput`."""
    ready, refusals = [], []
    for name, data in files:
        try:
            ready.append((data, _checked(data, name)))
        except Refused as refused:
            refusals.append(problem(refused, name))
    if refusals:
        raise BadInput(refusals)
    return [_put(data, content) for data, content in ready]


def keep_bytes(data: bytes, name: str) -> Kept:
    """Check bytes and make them stand in the store; raises `Refused`."""
    return _put(data, _checked(data, name))


def _checked(data: bytes, name: str) -> Content:
    return inspect(
        data,
        name,
        largest=settings.EVIDENCE_LARGEST_BYTES,
        most_pixels=settings.EVIDENCE_LARGEST_PIXELS,
    )


def _put(data: bytes, content: Content) -> Kept:
    sha256 = hashlib.sha256(data).hexdigest()
    the_shelf().put(original_key(sha256), data)
    return Kept(sha256, len(data), content)


@acting
def register(
    kept: Kept,
    *,
    by: Actor,
    at: datetime,
    unit: Unit | None,
    source: str = "upload",
    restricted: bool = False,
    matter_code: str = "",
    is_invented: bool = False,
) -> Stored:
    """Make a kept file evidence, as one act; one that is known already is returned as it is."""
    if find_known(kept.sha256) is None:
        draft = Evidence(
            sha256=kept.sha256,
            kind=kept.content.file_type.kind,
            media_type=kept.content.file_type.media_type,
            size_bytes=kept.size_bytes,
            name=kept.content.name,
            source=source,
            restricted=restricted,
            matter_code=matter_code,
            is_invented=is_invented,
            stored_at=at,
            stored_by_ref=by.actor_ref,
            stored_by_name=by.actor_name,
        )
        region = _region()
        if kept.content.picture is not None:
            _describe(draft, kept.content.picture, _time_zone(region), at)
        _place(draft, unit, region)
        if _is_first(draft):
            _announce(draft, by=by, at=at)
            return Stored(draft, is_new=True)
    return Stored(recognise(kept.sha256, unit=unit, by=by, at=at), is_new=False)


def find_known(sha256: str) -> Evidence | None:
    """Return the evidence with these bytes, or None."""
    return Evidence.objects.filter(sha256=sha256).first()


def _is_first(draft: Evidence) -> bool:
    """Insert the row; False when someone else brought in the same bytes at this very moment."""
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        return False
    return True


@acting
def recognise(sha256: str, *, unit: Unit | None, by: Actor, at: datetime) -> Evidence:
    """Return evidence that was brought in again, after letting the unit see it."""
    known = Evidence.objects.get(sha256=sha256)
    if unit is not None and known.unit_id != unit.pk:
        # The unit has the bytes anyway.
        share_with(known, unit, reason=_("brought in again by this unit"), by=by, at=at)
    return known


def unit_of(by: Actor) -> Unit | None:
    """Return the unit for which someone acts by default: a person's first."""
    units = by.units_as() if isinstance(by, Person) else []
    return units[0] if units else None


def _bytes_of(data: bytes | Path | Readable) -> bytes:
    """Read the file, but never more than is kept."""
    limit = settings.EVIDENCE_LARGEST_BYTES
    if isinstance(data, bytes):
        return data
    if isinstance(data, Path):
        try:
            with data.open("rb") as source:
                return source.read(limit + 1)
        except OSError:
            raise Refused(Reason.VANISHED) from None
    return data.read(limit + 1)


def _describe(draft: Evidence, picture: Picture, zone: ZoneInfo, at: datetime) -> None:
    """Write down what the photo says of itself."""
    draft.width, draft.height = picture.width, picture.height
    # A picture that says it was computed is never taken for a real one, whoever brings it in.
    draft.is_invented = draft.is_invented or is_made_up(picture.tags)
    place = position(picture.tags)
    if place is not None:
        draft.lon, draft.lat = place
        draft.cell = cell_of(*place)
    when = taken(picture.tags, zone, draft.lon)
    if when is not None and is_believable(when.at, at):
        draft.taken_at, draft.time_basis = when.at, when.basis
    for name, value in {**asdict(pose(picture.tags)), **asdict(optics(picture.tags))}.items():
        setattr(draft, name, value)


def _region() -> Region | None:
    """Return the region, or None before one is set up."""
    try:
        return the_region()
    except NoRegion:
        return None


def _time_zone(region: Region | None) -> ZoneInfo:
    return ZoneInfo(region.time_zone if region is not None else settings.TIME_ZONE)


def _place(draft: Evidence, unit: Unit | None, region: Region | None) -> None:
    """Find where the evidence belongs: at its place, else where the unit is, else anywhere in the region."""
    found = locate(draft.lon, draft.lat) if draft.lon is not None and draft.lat is not None else []
    root = region.root.path if region is not None else ""
    home = unit.division.path if unit is not None else root
    draft.division = found[-1] if found else None
    draft.division_path = found[-1].path if found else home
    draft.unit = unit
    draft.unit_path = unit.path if unit is not None else ""
    draft.custody_path = home if unit is not None else draft.division_path


def _announce(evidence: Evidence, *, by: Actor, at: datetime) -> None:
    """Record the act and queue the smaller pictures."""
    record_of(
        evidence,
        "evidence.stored",
        by=by,
        at=at,
        after={
            "kind": evidence.kind,
            "media_type": evidence.media_type,
            "size_bytes": evidence.size_bytes,
            "source": evidence.source,
            "restricted": evidence.restricted,
            "taken_at": evidence.taken_at.isoformat() if evidence.taken_at else None,
            "lon": evidence.lon,
            "lat": evidence.lat,
        },
    )
    if evidence.is_photo:
        enqueue("evidence.make_renditions", evidence_id=evidence.pk)
