"""What Open311 reads: services, and the cases that strangers or their filer may see of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Division, Person
from tongqu.shared.region.rules import Level, division_path
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.public import PUBLIC_STEPS, WITH_REASON, said
from tongqu.systems.cases.rules.kinds import Track
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.naming import id_in_number
from tongqu.systems.cases.rules.open311 import MOST_REQUESTS, Publicity, coarse, publicity_of

PROMISED = frozenset({State.DISPATCHED, State.HANDLING})
"""The states in which the present duty says when the work should be done."""


@dataclass(frozen=True)
class Search:
    """Which requests are asked for."""

    since: datetime
    until: datetime
    codes: Sequence[str] = ()
    statuses: Collection[str] = ()
    page: int = 1
    page_size: int = MOST_REQUESTS


@dataclass(frozen=True)
class Request311:
    """A case as one reader may see it. Empty texts and None stand for what the reader may not see."""

    number: str
    is_open: bool
    notes: str
    name: str
    code: str
    description: str
    agency: str
    notice: str
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    address: str
    address_id: str
    lat: float | None = field(default=None)
    lon: float | None = field(default=None)
    media_url: str = ""


def services() -> list[Matter]:
    """Return the matters that can be reported."""
    return list(Matter.objects.filter(is_active=True).order_by("code"))


def service(code: str) -> Matter | None:
    """Return the matter in use with the code."""
    return Matter.objects.filter(code=code, is_active=True).first()


def services_changed_at() -> datetime | None:
    """Return when a matter was last added or changed, or None."""
    return Fact.objects.filter(subject_kind="matter").order_by("-seq").values_list("at", flat=True).first()


def known_codes(codes: Collection[str]) -> set[str]:
    """Return those of the codes that a matter has, in use or not."""
    return set(Matter.objects.filter(code__in=codes).values_list("code", flat=True))


def published(caller: Person | None) -> QuerySet[Case]:
    """Return the cases that strangers may know of, and those that the caller filed."""
    by_track = Q(matter__publicity=Publicity.BY_TRACK) & ~Q(matter__track=Track.ORDER)
    seen = Q(matter__publicity__in=[Publicity.STATUS, Publicity.WORDS]) | by_track
    if caller is not None:
        seen |= Q(matter__isnull=False, open311__filed_by_ref=caller.actor_ref)
    rows = Case.objects.select_related("matter", "division", "owner_unit", "duty", "open311")
    return rows.filter(seen)


def found(search: Search, caller: Person | None) -> list[Case]:
    """Return the cases that fit, the newest first, at most 1,000."""
    rows = published(caller).filter(reported_at__gte=search.since, reported_at__lte=search.until)
    if search.codes:
        rows = rows.filter(matter__code__in=search.codes)
    if set(search.statuses) == {"open"}:
        rows = rows.filter(closed_at__isnull=True)
    if set(search.statuses) == {"closed"}:
        rows = rows.filter(closed_at__isnull=False)
    first = (search.page - 1) * search.page_size
    return list(rows.order_by("-reported_at", "-id")[first : first + search.page_size])


def numbered(numbers: Sequence[str], caller: Person | None) -> list[Case]:
    """Return the cases with these numbers that the caller may know of, in the order asked for."""
    ids = {pk for number in numbers if (pk := id_in_number(number)) is not None and pk < 2**63}
    by_number = {case.number: case for case in published(caller).filter(pk__in=ids)}
    return [by_number[number] for number in dict.fromkeys(numbers) if number in by_number]


def with_token(token: str) -> Case | None:
    """Return the case with the tracking code."""
    return Case.objects.filter(tracking_code=token.strip().upper()).first()


def shown(cases: Sequence[Case], caller: Person | None) -> list[Request311]:
    """Return the cases as the caller may see them."""
    notes, townships = _last_steps(cases), _townships(cases)
    return [_shown(case, caller, notes.get(case.pk), townships) for case in cases]


def _shown(
    case: Case, caller: Person | None, step: Fact | None, townships: Mapping[str, Division]
) -> Request311:
    matter = case.matter
    assert matter is not None  # noqa: S101  # `published` keeps to cases with a matter
    filing = getattr(case, "open311", None)
    is_own = caller is not None and filing is not None and filing.filed_by_ref == caller.actor_ref
    in_full = is_own or publicity_of(matter.publicity, matter.track) == Publicity.WORDS
    lon, lat = _position(case, in_full=in_full)
    # A village or a grid would say more than the coarse position does.
    place = case.division if in_full else townships.get(_township_path(case), case.division)
    return Request311(
        number=case.number,
        is_open=case.is_open,
        notes=_notes(step, with_reason=is_own),
        name=matter.name,
        code=matter.code,
        description=case.text if in_full else "",
        agency=case.owner_unit.name if case.owner_unit else "",
        notice=_("Invented for a demonstration.") if case.is_invented else "",
        requested_at=case.reported_at,
        updated_at=case.closed_at or case.moved_at,
        expected_at=case.duty.due_at if case.duty and case.state in PROMISED else None,
        address=(case.place_text if in_full else "") or (place.name if place else ""),
        address_id=place.code if place else "",
        lat=lat,
        lon=lon,
        media_url=filing.media_url if filing is not None and in_full else "",
    )


def _township_path(case: Case) -> str:
    return division_path(case.division_path, Level.TOWNSHIP)


def _townships(cases: Sequence[Case]) -> dict[str, Division]:
    """Return the townships of the cases by their paths, in one query."""
    paths = {_township_path(case) for case in cases}
    rows = Division.objects.filter(level=Level.TOWNSHIP, path__in=paths).defer("outline")
    return {row.path: row for row in rows}


def _position(case: Case, *, in_full: bool) -> tuple[float | None, float | None]:
    if case.lon is None or case.lat is None:
        return None, None
    return (case.lon, case.lat) if in_full else coarse(case.lon, case.lat)


def _last_steps(cases: Sequence[Case]) -> dict[int, Fact]:
    """Return the last public step of each case, in one query for every 400 cases."""
    last: dict[int, Fact] = {}
    ids = [str(case.pk) for case in cases]
    for start in range(0, len(ids), 400):
        rows = Fact.objects.filter(
            subject_kind="case", subject_id__in=ids[start : start + 400], verb__in=PUBLIC_STEPS
        )
        last.update({int(fact.subject_id): fact for fact in rows.order_by("seq")})
    return last


def _notes(step: Fact | None, *, with_reason: bool) -> str:
    if step is None:
        return ""
    reason = step.note if with_reason and step.verb in WITH_REASON else ""
    return f"{said(step.verb)} {reason}".strip()
