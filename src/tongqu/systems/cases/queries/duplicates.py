"""Open cases that may be about the same thing as a case: found by cell and division, then compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from tongqu.kernel.geometry import disk_of, distance_m
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.cases import visible_cases
from tongqu.systems.cases.queries.open311 import published
from tongqu.systems.cases.rules.duplicates import Likeness, Told, likeness
from tongqu.systems.cases.rules.lifecycle import OPEN, State

STEPS = 3
WITHIN = timedelta(days=180)
MOST_NEAR = 200
MOST_IN_DIVISION = 100
MOST_SHOWN = 5


@dataclass(frozen=True)
class Similar:
    """An open case, and how it is like the one that was asked about."""

    case: Case
    likeness: Likeness


def similar_cases(person: Person, case: Case) -> list[Similar]:
    """Return the open cases in the person's sight that may be the same as this one, the likest first.

    Compared are at most 200 cases whose point lies within three cells (about 1 km), and at most 100 of the same
    division that lack a point (200 if this one lacks it), reported within 180 days; of another class of matter none.
    """
    offered = _offered(visible_cases(person), case)
    return sorted(offered, key=lambda each: (-each.likeness.score, each.case.pk))[:MOST_SHOWN]


def similar_nearby(case: Case) -> int:
    """Return how many open reports may be the same as this one, for its reporter: a number and nothing else.

    Counted are only cases that strangers may know of at all, as the publicity of their matter says; else somebody
    could ask, by reporting, whether anything was reported of a person or a house.
    """
    return len(_offered(published(None), case))


def similar_to_followed(code: str) -> int:
    """Return the same for the report with the tracking code, until the desk has looked at it."""
    case = Case.objects.filter(tracking_code=code.strip().upper(), state=State.REPORTED).first()
    return similar_nearby(case) if case is not None else 0


def _offered(cases: QuerySet[Case], case: Case) -> list[Similar]:
    found = [Similar(other, compared(case, other)) for other in _candidates(cases, case)]
    return [each for each in found if each.likeness.is_offered]


def _candidates(cases: QuerySet[Case], case: Case) -> Iterable[Case]:
    """Yield the cases worth comparing, through the partial indexes of open cases by cell and by state and place."""
    others = (
        cases.filter(closed_at__isnull=True, reported_at__gte=case.reported_at - WITHIN)
        .filter(reported_at__lte=case.reported_at + WITHIN)
        .exclude(pk=case.pk)
        .exclude(state=State.JOINED)
    )
    if case.matter is not None:
        others = others.filter(Q(matter__isnull=True) | Q(matter__class_name=case.matter.class_name))
    in_division = others.filter(state__in=sorted(OPEN), division_path=case.division_path)
    if case.cell is None:
        yield from in_division.order_by("-reported_at", "-pk")[:MOST_NEAR]
        return
    yield from others.filter(cell__in=disk_of(case.cell, STEPS)).order_by("-reported_at", "-pk")[:MOST_NEAR]
    yield from in_division.filter(cell__isnull=True).order_by("-reported_at", "-pk")[:MOST_IN_DIVISION]


def compared(case: Case, other: Case) -> Likeness:
    """Return how alike two cases are."""
    apart_m = None
    if case.lon is not None and case.lat is not None and other.lon is not None and other.lat is not None:
        apart_m = float(distance_m(case.lon, case.lat, other.lon, other.lat))
    return likeness(_told(case), _told(other), apart_m)


def _told(case: Case) -> Told:
    division = case.division_path if case.division_id else ""
    return Told(f"{case.text} {case.place_text}", case.reported_at, division)
