"""Who may change the region."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role


def need_region_admin(by: Actor, division_path: str | None = None) -> None:
    """Let only region administrators, and the system itself, go on; raises `NotAllowed`.

    An administrator answers for the territory of the unit where the posting is; without a `division_path` the act
    concerns the whole region.
    """
    if not may_administer(by, division_path):
        raise NotAllowed(_("Only a region administrator of this territory may do this."))


def may_administer(by: Actor, division_path: str | None = None) -> bool:
    """Answer whether the actor may change what lies in the territory (in the whole region, without one)."""
    if not isinstance(by, Person) or by.is_superuser:
        return True
    territories = [unit.division for unit in by.units_as(Role.REGION_ADMIN)]
    if division_path is None:
        return any(division.parent_id is None for division in territories)
    return any(division_path.startswith(division.path) for division in territories)
