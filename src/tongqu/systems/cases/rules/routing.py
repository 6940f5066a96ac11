"""Who leads a case: entries of the responsibility list (责任清单), and which of them decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tongqu.kernel.workflow import Move, Workflow
from tongqu.shared.region.rules import Role
from tongqu.systems.cases.rules.windows import ALWAYS, Moment, Window


class ListState(StrEnum):
    """Where a responsibility list stands; whether an approved one is in force follows from its date."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DISCARDED = "discarded"


LIST_MOVES = Workflow(
    ListState.DRAFT,
    [
        Move("submit", frozenset({ListState.DRAFT}), ListState.SUBMITTED),
        Move("approve", frozenset({ListState.SUBMITTED}), ListState.APPROVED),
        Move("send_back", frozenset({ListState.SUBMITTED}), ListState.DRAFT),
        Move("discard", frozenset({ListState.DRAFT}), ListState.DISCARDED),
    ],
)
"""The life of a list. An approved list is never changed; the next one takes its place."""

KEEPERS = frozenset({Role.REGION_ADMIN, Role.DUTY_DESK})
"""Roles that keep the lists, where they are held in a unit over the whole region."""


def may_keep(postings: Iterable[tuple[Role, bool]]) -> bool:
    """Answer whether these postings (role, whether the unit is over the whole region) let somebody keep the lists.

    >>> may_keep([(Role.DUTY_DESK, True)]), may_keep([(Role.DUTY_DESK, False), (Role.AUDITOR, True)])
    (True, False)
    """
    return any(role in KEEPERS and whole for role, whole in postings)


@dataclass(frozen=True)
class Entry:
    """One line of a list: for such matters, in such a place, of such a grade, at such times, this unit leads.

    What is empty is any. A matter is named by its own code or by the code of its class, never by both; a place by
    the path of its division, which holds everything in it.
    """

    number: int
    lead: str
    division: str
    matter: str = ""
    class_code: str = ""
    grade: str = ""
    window: Window = ALWAYS
    assisting: tuple[str, ...] = ()
    handle_allowance: str = ""
    verifier: str = ""


@dataclass(frozen=True)
class Ask:
    """A case as the list sees it."""

    matter: str
    class_code: str
    division: str
    grade: str
    moment: Moment


def covers(entry: Entry, ask: Ask) -> bool:
    """Answer whether the entry speaks of such a case."""
    return (
        ask.division.startswith(entry.division)
        and entry.matter in ("", ask.matter)
        and entry.class_code in ("", ask.class_code)
        and entry.grade in ("", ask.grade)
        and entry.window.holds(ask.moment)
    )


Specificity = tuple[int, int, int, int]


def specificity(entry: Entry) -> Specificity:
    """Return how particular an entry is: by place first, then matter, then grade, then times.

    The nearer territory decides before the narrower matter: what a township has taken over stands in its own
    entries, and the county's list cannot take it back by naming the matter more exactly.

    >>> township = Entry(1, "lianhua", "330803102", class_code="E-ENV")
    >>> county = Entry(2, "zhzf-qujiang", "330803", matter="EENV01", grade="urgent")
    >>> specificity(township) > specificity(county)
    True
    """
    matter = 2 if entry.matter else 1 if entry.class_code else 0
    return len(entry.division), matter, int(bool(entry.grade)), entry.window.parts


class Verdict(StrEnum):
    """What a list says of a case."""

    LEAD = "lead"
    HOLE = "hole"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Decision:
    """What the list says: the entry that decides; several where they clash; the less particular ones behind it."""

    entries: tuple[Entry, ...] = ()
    beaten: tuple[Entry, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """Whether there is exactly one lead."""
        return (Verdict.HOLE, Verdict.LEAD, Verdict.CONFLICT)[min(len(self.entries), 2)]

    @property
    def entry(self) -> Entry | None:
        """The entry that decides, where exactly one does."""
        return self.entries[0] if len(self.entries) == 1 else None


def decide(entries: Iterable[Entry], ask: Ask) -> Decision:
    """Return what the entries say of a case: the most particular of those that speak of it decides.

    >>> county = Entry(1, "zhzf-qujiang", "330803")
    >>> township = Entry(2, "lianhua", "330803102", window=Window.parse("22:00-06:00"))
    >>> noon = Ask("EENV01", "E-ENV", "330803102", "ordinary", Moment(0, True, 720, 0))
    >>> decide([county, township], noon).entry == county
    True
    >>> decide([county, Entry(3, "lianhua", "330803")], noon).verdict, decide([], noon).verdict
    (<Verdict.CONFLICT: 'conflict'>, <Verdict.HOLE: 'hole'>)
    """
    found = sorted((e for e in entries if covers(e, ask)), key=lambda e: (specificity(e), -e.number))
    if not found:
        return Decision()
    best = specificity(found[-1])
    return Decision(
        tuple(e for e in reversed(found) if specificity(e) == best),
        tuple(e for e in reversed(found) if specificity(e) != best),
    )
