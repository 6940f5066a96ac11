"""Who keeps the figures of the region."""

from __future__ import annotations

from django.conf import settings

from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.systems.indicators.rules.editing import Post, keeps_figures


def is_keeper(person: Person) -> bool:
    """Answer whether the person defines indicators, records figures and holds contests."""
    posts = (
        Post(Role(posting.role), posting.unit.code, posting.unit.division.parent_id is None)
        for posting in person.postings_now
    )
    return person.is_active and keeps_figures(posts, settings.STATISTICS_OFFICE)
