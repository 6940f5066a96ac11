"""What each role looks for in the queue, ready to choose."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tongqu.shared.region.rules import Role

KEPT = (
    "group", "words", "matter", "matter_class", "track", "division", "unit", "lamp", "source", "outcome", "since", "until",
    "sort",
)  # fmt: skip
"""The parameters of the queue's address that a saved filter keeps."""
LONGEST_VALUE = 300


@dataclass(frozen=True)
class Preset:
    """A filter for the holders of a role; `own_unit` narrows it to the unit of the posting."""

    key: str
    query: Mapping[str, str]
    own_unit: bool = False


DESK = (
    Preset("to-accept", {"group": "new", "sort": "due"}),
    Preset("to-dispatch", {"group": "dispatch", "sort": "due"}),
    Preset("to-close", {"group": "closing", "sort": "due"}),
    Preset("late", {"group": "open", "lamp": "red", "sort": "due"}),
    Preset("no-place", {"group": "open", "division": "none"}),
)
HANDLER = (
    Preset("unit-handles", {"group": "handling", "sort": "due"}, own_unit=True),
    Preset("unit-soon", {"group": "handling", "lamp": "yellow", "sort": "due"}, own_unit=True),
    Preset("unit-late", {"group": "handling", "lamp": "red", "sort": "due"}, own_unit=True),
)
INSPECTOR = (
    Preset("to-verify", {"group": "check", "sort": "due"}),
    Preset("to-verify-late", {"group": "check", "lamp": "red", "sort": "due"}),
)
PRESETS: Mapping[Role, tuple[Preset, ...]] = {
    Role.DUTY_DESK: DESK,
    Role.HANDLER: HANDLER,
    Role.UNIT_HEAD: HANDLER,
    Role.INSPECTOR: INSPECTOR,
}


def presets_for(roles: Collection[Role]) -> list[Preset]:
    """Return the presets of the roles, each once, the desk's first.

    >>> [preset.key for preset in presets_for({Role.INSPECTOR, Role.HANDLER, Role.UNIT_HEAD})]
    ['unit-handles', 'unit-soon', 'unit-late', 'to-verify', 'to-verify-late']
    """
    return list({p.key: p for role, some in PRESETS.items() if role in roles for p in some}.values())


def kept(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that a saved filter keeps, without empty and overlong ones.

    >>> kept({"group": "open", "lamp": "", "after": "5", "words": "x" * 400})
    {'group': 'open'}
    """
    return {name: value for name in KEPT if 0 < len(value := parameters.get(name, "")) <= LONGEST_VALUE}


def address(query: Mapping[str, str]) -> str:
    """Return the query of the queue's address.

    >>> address({"group": "open", "words": "a b"})
    '?group=open&words=a+b'
    """
    return f"?{urlencode({name: query[name] for name in KEPT if name in query})}"
