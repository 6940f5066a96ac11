"""Reads what a person may see."""

from __future__ import annotations

from dataclasses import asdict

from django.db.models import Q

from tongqu.shared.access.rules import Held, Reach, reach_of
from tongqu.shared.region.models import Person, Posting, below
from tongqu.shared.region.rules import Role, UnitKind


class Scope(Reach):
    """What a person may see, as a condition for the database."""

    def q(self, division_field: str = "division_path", unit_field: str = "unit_path") -> Q:
        """Return the condition that a row is in sight; an empty field name leaves that side out.

        Rows hold the path of their division and of their owning unit; both conditions are ranges that an
        index serves.
        """
        if self.everything:
            return Q()
        found = Q(pk__in=[])
        for path in self.division_paths if division_field else ():
            found |= below(division_field, path)
        for path in self.unit_paths if unit_field else ():
            found |= below(unit_field, path)
        return found


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def scope_of(person: Person) -> Scope:
    """Return what the person's postings in force let them see; nothing for the inactive and the unposted."""
    if not person.is_active:
        return NOTHING
    if person.is_superuser:
        return EVERYTHING
    return Scope(**asdict(reach_of(_held(posting) for posting in person.postings_now)))


def _held(posting: Posting) -> Held:
    unit = posting.unit
    return Held(
        role=Role(posting.role),
        kind=UnitKind(unit.kind),
        unit_path=unit.path,
        division_path=unit.division.path,
        whole_region=unit.division.parent_id is None,
    )
