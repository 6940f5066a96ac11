"""The cast: which towns there are, and who acts for which place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import cos, radians, sqrt

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.camera import METRES_PER_DEGREE
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.shared.region.models import Division, Person, Posting
from tongqu.shared.region.queries import locate
from tongqu.shared.region.rules import Level, Role
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.queries.answering import desk_for, inspectors_for, suggested_units
from tongqu.systems.cases.rules.lifecycle import HANDLERS

_URBAN = frozenset({Ground.STREET, Ground.SITE, Ground.FACTORY})
_TRIES = 30
_TOWNSHIP = 9
"""Length of a township's path: nobody below it has a unit of their own here."""


@dataclass(frozen=True)
class Where:
    """A point and the divisions it lies in."""

    lon: float
    lat: float
    path: str
    township: str


@dataclass(frozen=True)
class Owner:
    """A unit that can handle a case, and those who do its work."""

    unit: str
    is_department: bool
    handlers: tuple[str, ...]


@dataclass
class Cast:
    """Everyone and everywhere, read once."""

    _owners: dict[tuple[str, str], tuple[Owner, ...]] = field(default_factory=dict)
    _answering: dict[tuple[Role, str], tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @cached_property
    def townships(self) -> list[Division]:
        """The townships that have a centre."""
        rows = Division.objects.filter(level=Level.TOWNSHIP).exclude(centre_lon=None).defer("outline")
        return list(rows.order_by("code"))

    @cached_property
    def people(self) -> dict[str, Person]:
        """The invented people by their logins."""
        return {person.username: person for person in Person.objects.filter(is_invented=True, is_active=True)}

    @cached_property
    def postings(self) -> dict[tuple[int, str], list[str]]:
        """The logins of the invented people by unit and role."""
        found: dict[tuple[int, str], list[str]] = {}
        rows = Posting.objects.filter(until_on=None, person__is_invented=True, person__is_active=True)
        for unit, role, login in rows.order_by("person__username").values_list(
            "unit_id", "role", "person__username"
        ):
            found.setdefault((unit, role), []).append(login)
        return found

    def spot(self, rng: Generator, ground: Ground) -> Where:
        """Return a point of some township: towns for streets and works, anywhere for the rest."""
        weights = np.array([_weight(division, ground) for division in self.townships])
        for _ in range(_TRIES):
            division = self.townships[int(rng.choice(len(weights), p=weights / weights.sum()))]
            found = _near(rng, division, ground)
            if found is not None:
                return found
        raise LookupError("No township of the region could be found on its own map.")

    def desk(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Return the unit of the duty desk over a place, and its officers."""
        return self._who(Role.DUTY_DESK, path)

    def inspectors(self, path: str) -> tuple[str, ...]:
        """Return the inspectors over a place."""
        return self._who(Role.INSPECTOR, path)[1]

    def _who(self, role: Role, path: str) -> tuple[str, tuple[str, ...]]:
        path = path[:_TOWNSHIP]
        key = (role, path)
        if key not in self._answering:
            unit = desk_for(path) if role is Role.DUTY_DESK else inspectors_for(path)
            self._answering[key] = unit.code, tuple(self.postings.get((unit.pk, role), ()))
        return self._answering[key]

    def owners(self, path: str, matter: Matter) -> Sequence[Owner]:
        """Return the units that could handle a matter in a place and have somebody to do it, nearest first."""
        path = path[:_TOWNSHIP]
        key = (path, matter.department)
        if key not in self._owners:
            self._owners[key] = tuple(self._staffed(path, matter))
        return self._owners[key]

    def _staffed(self, path: str, matter: Matter) -> list[Owner]:
        found = []
        for suggestion in suggested_units(Case(division_path=path), matter):
            people = tuple(
                login for role in HANDLERS for login in self.postings.get((suggestion.unit.pk, role), ())
            )
            if people:
                found.append(Owner(suggestion.unit.code, suggestion.is_department, tuple(sorted(people))))
        return found


def _weight(division: Division, ground: Ground) -> float:
    """Return how likely a township is: sub-districts (街道) and towns (镇) where things are built."""
    ending = division.name_zh_hans[-2:]
    if ground in _URBAN:
        return 3.0 if ending == "街道" else 1.5 if ending.endswith("镇") else 0.3
    return 1.2 if ending == "街道" else 1.4 if ending.endswith("镇") else 1.0


def _near(rng: Generator, division: Division, ground: Ground) -> Where | None:
    """Return a point near the township's centre that its outline holds, or None."""
    if division.centre_lon is None or division.centre_lat is None:
        return None
    reach_m = (800 if ground in _URBAN else 2600) * sqrt(float(rng.random()))
    turn = rng.uniform(0, 2 * np.pi)
    lat = division.centre_lat + reach_m * float(np.cos(turn)) / METRES_PER_DEGREE
    lon = division.centre_lon + reach_m * float(np.sin(turn)) / METRES_PER_DEGREE / cos(radians(lat))
    chain = locate(lon, lat)
    if not any(part.pk == division.pk for part in chain):
        return None
    return Where(round(lon, 6), round(lat, 6), chain[-1].path, division.name_zh_hans)
