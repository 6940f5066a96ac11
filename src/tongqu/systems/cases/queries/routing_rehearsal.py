"""Rehearses a list on past cases: which of them it would have sent elsewhere. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tongqu.shared.region.models import Person, Unit
from tongqu.systems.cases.analytics.routing import Matrix
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.routing import RoutingList
from tongqu.systems.cases.queries.routing import entries_of, moment_of
from tongqu.systems.cases.queries.routing_proof import matrix_of
from tongqu.systems.cases.rules.naming import case_number
from tongqu.systems.cases.rules.routing import Verdict

MOST_SHOWN = 200
MOST_CASES = 200_000


@dataclass(frozen=True)
class Moved:
    """A case that the list would have sent elsewhere."""

    number: str
    title: str
    matter: str
    reported_at: datetime
    before: str
    after: str


@dataclass(frozen=True)
class Rehearsal:
    """What the list would have changed."""

    cases: int
    """Compared: reported in the time, in the reader's sight, with a matter in use."""
    left_out: int
    """In the reader's sight and time, but without a matter in use."""
    moved: int
    flows: list[tuple[str, str, int]]
    """From which unit to which, how many; the largest first."""
    rows: list[Moved]
    is_cut: bool
    """Whether only the newest cases were compared, for there are more than can be."""


def rehearse(
    person: Person, wanted: RoutingList, base: RoutingList | None, *, since: datetime, until: datetime
) -> Rehearsal:
    """Ask two lists about every case that was reported in the time, as of the moment of the report.

    Only cases in the person's sight; the newest 200,000 at most. Without a base, nobody led before.
    """
    after = _painted(wanted)
    before = _painted(base) if base else None
    matters = {m.pk: m for m in Matter.objects.filter(is_active=True)}
    fields = ("pk", "title", "matter_id", "division_path", "reported_at")
    seen = Case.objects.visible_to(person).filter(reported_at__gte=since, reported_at__lt=until)
    found = list(seen.order_by("-reported_at", "-pk").values_list(*fields)[: MOST_CASES + 1])
    flows: Counter[tuple[str, str]] = Counter()
    moved: list[tuple[int, str, str, datetime, str, str]] = []
    compared = 0
    for pk, title, matter_id, path, reported_at in found[:MOST_CASES]:
        matter = matters.get(matter_id or 0)
        if matter is None:
            continue
        compared += 1
        old, new = (_lead(list_, matter, path, reported_at) for list_ in (before, after))
        if old != new:
            flows[old, new] += 1
            moved.append((pk, title, matter.name, reported_at, old, new))
    names = _names({code for pair in flows for code in pair})
    return Rehearsal(
        cases=compared,
        left_out=min(len(found), MOST_CASES) - compared,
        moved=len(moved),
        flows=[(names[old], names[new], count) for (old, new), count in flows.most_common()],
        rows=[
            Moved(case_number(pk, when, settings.TIME_ZONE), title, about, when, names[old], names[new])
            for pk, title, about, when, old, new in moved[:MOST_SHOWN]
        ],
        is_cut=len(found) > MOST_CASES,
    )


def _painted(routing_list: RoutingList) -> Matrix:
    return matrix_of(entries_of(routing_list))


def _lead(painted: Matrix | None, matter: Matter, path: str, reported_at: datetime) -> str:
    """Return the code of the unit that leads, or nothing where not exactly one does."""
    if painted is None:
        return ""
    verdict, entry = painted.find(matter.code, path, matter.grade, moment_of(reported_at))
    return entry.lead if entry is not None and verdict == Verdict.LEAD else ""


def _names(codes: Iterable[str]) -> dict[str, str]:
    units = Unit.objects.filter(code__in=codes)
    return {"": "", **{unit.code: unit.name for unit in units}}
