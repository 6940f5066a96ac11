"""Who may change the region."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongqu.shared.access.rules import NotAllowed
from tongqu.shared.journal.rules import Actor
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role


def need_region_admin(by: Actor) -> None:
    """Let only region administrators, and the system itself, go on; raises `NotAllowed`."""
    if isinstance(by, Person) and not (by.is_superuser or Role.REGION_ADMIN in by.roles):
        raise NotAllowed(_("Only a region administrator may change the region."))
