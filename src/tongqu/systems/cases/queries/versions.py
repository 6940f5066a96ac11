"""The history of a matter: its versions, what each changed, and which holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.rules.terms import Difference, differences

IN_FORCE, PLANNED, PAST, REPLACED, WITHDRAWN = "in-force", "planned", "past", "replaced", "withdrawn"


@dataclass(frozen=True)
class VersionShown:
    """A version, how it stands, and what it changes in the one before it."""

    version: MatterVersion
    standing: str
    differences: list[Difference]


def history(matter: Matter, *, at: datetime) -> list[VersionShown]:
    """Return the versions of the matter, planned ones first, then back to the first one."""
    today = day_of(at)
    versions = list(matter.versions.order_by("in_force_on", "number"))
    standing = [version for version in versions if version.withdrawn_at is None]
    last = {version.in_force_on: version.pk for version in standing}
    holding = next((version.pk for version in reversed(standing) if version.in_force_on <= today), None)
    shown = []
    before: MatterVersion | None = None
    for version in versions:
        changes = differences(before.terms, version.terms) if before else []
        shown.append(
            VersionShown(
                version,
                _standing(
                    version, holding, last[version.in_force_on] if version in standing else None, today
                ),
                changes,
            )
        )
        before = before if version.withdrawn_at else version
    return shown[::-1]


def _standing(version: MatterVersion, holding: int | None, last_of_day: int | None, today: date) -> str:
    """Return how the version stands; of several for one day still to come, only the last will hold."""
    if version.withdrawn_at is not None:
        return WITHDRAWN
    if version.in_force_on > today:
        return PLANNED if version.pk == last_of_day else REPLACED
    return IN_FORCE if version.pk == holding else PAST


def planned_versions(matter: Matter, *, at: datetime) -> list[MatterVersion]:
    """Return the versions of the matter that are still to come into force, the earliest first."""
    return list(matter.versions.standing().filter(in_force_on__gt=day_of(at)))
