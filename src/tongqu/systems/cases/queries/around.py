"""The cases around a place, for other systems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from tongqu.kernel.geometry import distance_m
from tongqu.shared.evidence.analytics.nearness import cells_within
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import STATE_LABELS
from tongqu.systems.cases.queries.answering import parties_of
from tongqu.systems.cases.queries.cases import OWED, SHOWN, visible_cases
from tongqu.systems.cases.rules.adding import ADDERS
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.naming import id_in_number

MOST_PLACES = 200


@dataclass(frozen=True)
class NearCase:
    """A case near a place, as a list for choosing shows it."""

    number: str
    title: str
    state: str
    url: str


def cases_to_add_to(
    person: Person, lon: float, lat: float, radius_m: float, *, limit: int = 10
) -> list[NearCase]:
    """Return the cases within the radius to which the person may add evidence, the nearest first."""
    near = Case.objects.visible_to(person).select_related(*SHOWN).filter(OWED)
    found = list(
        near.filter(cell__in=cells_within(lon, lat, radius_m)).order_by("-reported_at")[:MOST_PLACES]
    )
    measured = [
        (away, case)
        for case in found
        if case.lon is not None
        and case.lat is not None
        and (away := float(distance_m(lon, lat, case.lon, case.lat))) <= radius_m
    ]
    nearest = [case for _away, case in sorted(measured, key=lambda each: (each[0], each[1].pk))]
    return [_near(case) for case in nearest if parties_of(person, case) & ADDERS][:limit]


def cases_named(person: Person, numbers: Iterable[str]) -> dict[str, NearCase]:
    """Return those of the cases with the numbers that the person may see, by number."""
    keys = [key for number in set(numbers) if (key := id_in_number(number)) is not None]
    found = visible_cases(person).filter(pk__in=keys) if keys else ()
    return {case.number: _near(case) for case in found}


def _near(case: Case) -> NearCase:
    label = str(STATE_LABELS[State(case.state)])
    return NearCase(case.number, case.title, label, reverse("cases:detail", args=[case.number]))


def open_places(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    """Return the places (longitude, latitude) of the newest open cases in a box, whoever may see them."""
    rows = Case.objects.filter(OWED, lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    found = rows.order_by("-reported_at").values_list("lon", "lat")[:MOST_PLACES]
    return [(lon, lat) for lon, lat in found if lon is not None and lat is not None]


def place_of_case(subject_id: str) -> tuple[float, float] | None:
    """Return the place of the open case that a fact is about, or None when it has none or has ended."""
    if not subject_id.isdecimal():
        return None
    found = Case.objects.filter(OWED, pk=int(subject_id), lon__isnull=False).values_list("lon", "lat").first()
    return None if found is None or found[0] is None or found[1] is None else (found[0], found[1])
