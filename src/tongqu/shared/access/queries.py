"""Reads what a person may see."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime

from django.db.models import Q, QuerySet

from tongqu.shared.access.models import OpenSession, Token
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
            # Not an empty Q, which would vanish when another condition is joined to it by "or".
            return ~Q(pk__in=[])
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


def token_of(text: str, at: datetime) -> Token | None:
    """Return the token with this text if it holds at the instant, or None."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    token = Token.objects.select_related("person").filter(digest=digest).first()
    return token if token is not None and token.is_valid(at) else None


def tokens_of(person: Person) -> QuerySet[Token]:
    """Return the person's tokens, the newest first."""
    return Token.objects.filter(person=person)


def sessions_of(person: Person) -> QuerySet[OpenSession]:
    """Return the person's open sessions, the last seen first."""
    return OpenSession.objects.filter(person=person)


def may_administer(admin: Person, person: Person) -> bool:
    """Answer whether the administrator may change this person's way in.

    Every unit that the person is posted to must lie within the administrator's territory, so that nobody can take
    over the login of someone who sees more than they do. Only a superuser may administer superusers.
    """
    if admin.is_superuser:
        return True
    territory = reach_of(_held(p) for p in admin.postings_now if p.role == Role.REGION_ADMIN)
    if person.is_superuser or not territory.division_paths:
        return False
    return all(territory.covers(division_path=p.unit.division.path) for p in person.postings_now)


def people_of(admin: Person) -> QuerySet[Person]:
    """Return the people whom the administrator looks after: of units in their territory, or without a posting."""
    everyone = Person.objects.prefetch_related("postings__unit__division")
    if admin.is_superuser:
        return everyone
    territory = reach_of(_held(p) for p in admin.postings_now if p.role == Role.REGION_ADMIN)
    if territory.everything:
        return everyone.filter(is_superuser=False)
    inside = Q(pk__in=[])
    for path in territory.division_paths:
        inside |= below("unit__division__path", path)
    within = Posting.objects.filter(inside, until_on=None).values("person")
    posted = Posting.objects.filter(until_on=None).values("person")
    return everyone.filter(Q(pk__in=within) | ~Q(pk__in=posted), is_superuser=False)
