"""The rules of access as tables of examples; they are run, and printed into docs/systems/access.md."""

from __future__ import annotations

from typing import NamedTuple

from tongqu.shared.access.rules import MASTER_DATA, PUBLIC, SIGNED_IN, Door, Held, Reach, held_by
from tongqu.shared.region.rules import Role, UnitKind

NONE: frozenset[Role] = frozenset()
AUDITOR = frozenset({Role.AUDITOR})
ADMIN = frozenset({Role.REGION_ADMIN})


class DoorExample(NamedTuple):
    """Who stands before which door, and whether it opens."""

    door: Door
    signed_in: bool
    roles: frozenset[Role]
    is_staff: bool
    opens: bool


DOORS = [
    DoorExample(PUBLIC, False, NONE, False, True),
    DoorExample(SIGNED_IN, False, NONE, False, False),
    DoorExample(SIGNED_IN, True, NONE, False, True),
    DoorExample(held_by(Role.AUDITOR), True, NONE, False, False),
    DoorExample(held_by(Role.AUDITOR), True, AUDITOR, False, True),
    DoorExample(held_by(Role.AUDITOR, Role.REGION_ADMIN), True, ADMIN, False, True),
    DoorExample(MASTER_DATA, True, ADMIN, False, False),
    DoorExample(MASTER_DATA, True, NONE, True, False),
    DoorExample(MASTER_DATA, True, ADMIN, True, True),
]


class ReachExample(NamedTuple):
    """Postings, and what they let one see."""

    says: str
    held: list[Held]
    sees: Reach


_LINE, _LAND = UnitKind.LINE, UnitKind.TERRITORY

REACHES = [
    ReachExample("no posting: nothing", [], Reach()),
    ReachExample(
        "a township's handler: the township",
        [Held(Role.HANDLER, _LAND, "desk/qujiang/lianhua/", "330803102")],
        Reach(("330803102",), ("desk/qujiang/lianhua/",)),
    ),
    ReachExample(
        "a department's handler: what the department owns, wherever it lies",
        [Held(Role.HANDLER, _LINE, "desk/zhzf/", "330803")],
        Reach((), ("desk/zhzf/",)),
    ),
    ReachExample(
        "a department's auditor: its territory as well",
        [Held(Role.AUDITOR, _LINE, "desk/zhzf/", "330803")],
        Reach(("330803",), ("desk/zhzf/",)),
    ),
    ReachExample(
        "the city's duty desk: everything, also what has no place yet",
        [Held(Role.DUTY_DESK, _LAND, "desk/", "3308", whole_region=True)],
        Reach(("3308",), ("desk/",), everything=True),
    ),
    ReachExample(
        "a handler of a city department: not everything",
        [Held(Role.HANDLER, _LINE, "desk/zhzf/", "3308", whole_region=True)],
        Reach((), ("desk/zhzf/",)),
    ),
    ReachExample(
        "two postings add up, and the inner one adds nothing",
        [Held(Role.HANDLER, _LAND, "a/b/", "330803102"), Held(Role.UNIT_HEAD, _LAND, "a/", "330803")],
        Reach(("330803",), ("a/",)),
    ),
]


def rules_page() -> str:
    """Return docs/rules/access.md."""
    lines = [
        "# Rules of access",
        "",
        "Generated from `src/tongqu/shared/access/tests/specs.py` by `scripts/access-rules`; the same rows are run as tests.",
        "",
        "## Doors",
        "",
        "| door | signed in | roles | staff | opens |",
        "|---|---|---|---|---|",
    ]
    for door, signed_in, roles, is_staff, opens in DOORS:
        held = ", ".join(sorted(roles)) or "none"
        lines.append(f"| {door} | {_yes(signed_in)} | {held} | {_yes(is_staff)} | {_yes(opens)} |")
    lines += [
        "",
        "## Sight",
        "",
        "| who | divisions in sight | units in sight | everything |",
        "|---|---|---|---|",
    ]
    for says, _held, sees in REACHES:
        paths = [
            ", ".join(f"`{path}`" for path in each) or "none"
            for each in (sees.division_paths, sees.unit_paths)
        ]
        lines.append(f"| {says} | {paths[0]} | {paths[1]} | {_yes(sees.everything)} |")
    return "\n".join(lines) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
