"""Which version of each matter is in force, kept in memory."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from datetime import datetime

from tongqu.shared.region.queries import Kept
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.versions import MatterVersion, day_of


class MattersInForce:
    """The versions of all matters, read once for many cases."""

    def __init__(self) -> None:
        self._versions: dict[str, list[MatterVersion]] = defaultdict(list)
        for version in MatterVersion.objects.standing().select_related("matter"):
            self._versions[version.matter.code].append(version)

    def named(self, code: str, at: datetime) -> tuple[Matter, MatterVersion] | None:
        """Return the matter and its version in force at the instant; None without one, or when it is out of use."""
        day = day_of(at)
        versions = self._versions.get(code, [])
        found = next((one for one in reversed(versions) if one.in_force_on <= day), None)
        if found is None or not found.terms["is_active"]:
            return None
        version = copy(found)
        version.matter = copy(found.matter)
        return version.matter, version


_in_force = Kept(Matter.list_name, MattersInForce)


def matters_in_force() -> MattersInForce:
    """Return the versions of all matters as they are now."""
    return _in_force.get()
