"""Who may open which door, and how far a person's sight reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tongqu.shared.region.rules import Role, UnitKind


class NotAllowed(PermissionError):
    """The person lacks the right to do this. Pages and API answer 403 with the message."""


@dataclass(frozen=True)
class Door:
    """The rule on a page or route: open to all, to everyone signed in, or to holders of a role.

    >>> Door(roles=frozenset({Role.AUDITOR})).opens_to(signed_in=True, roles=frozenset({Role.HANDLER}))
    False
    >>> PUBLIC.opens_to(signed_in=False, roles=frozenset())
    True
    >>> MASTER_DATA.opens_to(signed_in=True, roles=frozenset({Role.REGION_ADMIN}), is_staff=False)
    False
    """

    public: bool = False
    roles: frozenset[Role] = field(default_factory=frozenset)
    staff: bool = False

    def opens_to(self, *, signed_in: bool, roles: frozenset[Role], is_staff: bool = False) -> bool:
        """Answer whether someone with these roles may pass."""
        if self.public:
            return True
        if not signed_in or (self.staff and not is_staff):
            return False
        return not self.roles or bool(self.roles & roles)

    def __str__(self) -> str:
        if self.public:
            return "public"
        roles = ", ".join(sorted(self.roles)) or "signed in"
        return f"{roles} and staff" if self.staff else roles


PUBLIC = Door(public=True)
SIGNED_IN = Door()
MASTER_DATA = Door(roles=frozenset({Role.REGION_ADMIN}), staff=True)
"""The rule on the admin pages."""


def held_by(*roles: Role) -> Door:
    """Return the rule that lets only holders of one of the roles pass."""
    return Door(roles=frozenset(roles))


THIRD_PARTY: dict[str, Door] = {
    "admin:index": MASTER_DATA,
    "admin:app_list": MASTER_DATA,
    "admin:jsi18n": MASTER_DATA,
    "admin:autocomplete": MASTER_DATA,
    "api:openapi-json": PUBLIC,
    "api:openapi-view": PUBLIC,
    "api:api-root": PUBLIC,
}
"""The rules on views that others wrote, by the name of their address. Any other is refused.

The admin's own pages for signing in and for passwords are left out on purpose: they would pass by the journal.
"""


class TokenScope(StrEnum):
    """What a token may be used for; each operation of the API names the one that it needs."""

    ACCESS_READ = "access:read"
    ACCESS_WRITE = "access:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    DUTIES_READ = "duties:read"
    DUTIES_WRITE = "duties:write"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_WRITE = "evidence:write"
    INDICATORS_READ = "indicators:read"
    INDICATORS_WRITE = "indicators:write"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    JOURNAL_READ = "journal:read"
    METRICS_READ = "metrics:read"
    REGION_READ = "region:read"
    REGION_WRITE = "region:write"


TOKENS_BEGIN_WITH = "tq_"
"""What every token begins with, so that scanners find one that was left in the open."""

TERRITORIAL_ROLES = frozenset({Role.AUDITOR, Role.REGION_ADMIN, Role.DUTY_DESK})
"""Roles that see the territory of their unit even where the unit is a line department."""


@dataclass(frozen=True)
class Reach:
    """How far a person sees: subtrees of divisions and of units, or everything.

    >>> Reach(division_paths=("330803",)).covers(division_path="330803102")
    True
    >>> Reach(unit_paths=("desk/zhzf/",)).covers(unit_path="desk/zhzf/zhzf-qujiang/")
    True
    >>> Reach().covers(division_path="330803102", unit_path="desk/")
    False
    """

    division_paths: tuple[str, ...] = ()
    unit_paths: tuple[str, ...] = ()
    everything: bool = False

    def covers(self, *, division_path: str = "", unit_path: str = "") -> bool:
        """Answer whether something at this place, owned by this unit, is in sight."""
        return (
            self.everything
            or any(division_path.startswith(path) for path in self.division_paths)
            or any(unit_path.startswith(path) for path in self.unit_paths)
        )


@dataclass(frozen=True)
class Held:
    """A posting in force, as far as it decides what is in sight."""

    role: Role
    kind: UnitKind
    unit_path: str
    division_path: str
    whole_region: bool = False


def reach_of(postings: Iterable[Held]) -> Reach:
    """Return what the postings together let a person see.

    A territorial unit sees what lies in its division; a line department sees what it or a unit below it owns;
    auditors, region administrators and duty desks see the territory of their unit in both.

    >>> reach_of([Held(Role.HANDLER, UnitKind.LINE, "desk/zhzf/", "3308", whole_region=True)]).everything
    False
    """
    divisions: set[str] = set()
    units: set[str] = set()
    everything = False
    for held in postings:
        units.add(held.unit_path)
        if held.kind == UnitKind.TERRITORY or held.role in TERRITORIAL_ROLES:
            divisions.add(held.division_path)
            everything = everything or held.whole_region
    return Reach(_outermost(divisions), _outermost(units), everything)


def _outermost(paths: set[str]) -> tuple[str, ...]:
    """Return the paths that do not lie below another.

    >>> _outermost({"3308", "330803", "3309"})
    ('3308', '3309')
    """
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


@dataclass(frozen=True)
class Budget:
    """How many calls are left to a caller in the minute that began with their first call.

    >>> minute = Budget.of(2, began=120.0, now=165.0)
    >>> minute.seconds_left, minute.after(1).left, minute.after(2).is_spent, minute.after(3).is_spent
    (15, 1, False, True)
    """

    most: int
    seconds_left: int
    used: int = 0

    @classmethod
    def of(cls, most: int, *, began: float, now: float) -> Budget:
        """Return the full budget of the minute that began at one reading of a steady clock, at another of it."""
        return cls(most, max(60 - int(now - began), 1))

    def after(self, used: int) -> Budget:
        """Return the budget once so many calls were made."""
        return replace(self, used=used)

    @property
    def left(self) -> int:
        """Calls that may still be made."""
        return max(self.most - self.used, 0)

    @property
    def is_spent(self) -> bool:
        """Whether the call just counted is one too many."""
        return self.used > self.most


_BROWSERS = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def device_name(agent: str) -> str:
    """Return the browser and the system that a `User-Agent` names, or its beginning when it names neither.

    The first mark found counts: a browser also names those whose pages it can show.

    >>> device_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
    'Chrome · Linux'
    >>> device_name("curl/8.5"), device_name("")
    ('curl/8.5', '')
    """
    named = [next((name for mark, name in marks if mark in agent), None) for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in named if name) or agent[:40]
