"""Saves, removes and chooses filters of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.actions import acting, record
from tongqu.shared.region.models import Person, Unit
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.models.filters import FirstFilter, SavedFilter
from tongqu.systems.cases.rules.presets import kept

MOST_FILTERS = 20


@acting
def save_filter(
    name: str, query: Mapping[str, str], *, by: Person, at: datetime, unit: Unit | None = None
) -> SavedFilter:
    """Keep the filters under a name; one of the same name is replaced.

    Shared with a unit, everybody posted to it sees them. Raises `BadInput` without a name or beyond twenty filters,
    `NotAllowed` for a unit that the person is not posted to.
    """
    clean = name.strip()[:30]
    if not clean:
        raise BadInput([Problem(_("Give the filter a name."), code="required", field="name")])
    if unit is not None and unit.pk not in {posting.unit_id for posting in by.postings_now}:
        raise NotAllowed(_("You can share a filter with a unit that you are posted to."))
    before = SavedFilter.objects.filter(owner=by, name=clean).first()
    if before is None and SavedFilter.objects.filter(owner=by).count() >= MOST_FILTERS:
        message = _("Keep at most %(most)s filters: remove one first.") % {"most": MOST_FILTERS}
        raise BadInput([Problem(message, code="too-many", field="name")])
    found = before or SavedFilter(owner=by, name=clean)
    found.query, found.unit, found.saved_at = kept(query), unit, at
    found.save()
    after = {"query": found.query, "unit": unit.code if unit else ""}
    record("case_filter.saved", found.subject, by=by, at=at, label=clean, after=after)
    return found


@acting
def remove_filter(saved: SavedFilter, *, by: Person, at: datetime) -> None:
    """Take a filter away: its owner may, and the head of the unit that it is shared with."""
    heads = {unit.pk for unit in by.units_as(Role.UNIT_HEAD)}
    if saved.owner_id != by.pk and saved.unit_id not in heads:
        raise NotAllowed(_("Only who saved this filter, or the head of its unit, can remove it."))
    record("case_filter.removed", saved.subject, by=by, at=at, label=saved.name)
    saved.delete()


@acting
def open_with(saved: SavedFilter | None, *, by: Person, at: datetime) -> None:
    """Have the person's queue open with the filter, or with all open cases again."""
    FirstFilter.objects.filter(person=by).delete()
    if saved is not None:
        FirstFilter.objects.create(person=by, filter=saved)
        record("case_filter.chosen", saved.subject, by=by, at=at, label=saved.name)
