"""Lists, counts, points and stories of the cases that a person may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from tongqu.shared.access.queries import Scope, scope_of
from tongqu.shared.duties.rules import Lamp, lamp
from tongqu.shared.journal.models import Fact
from tongqu.shared.region.models import Person, below
from tongqu.systems.cases.models.case import Case, CaseQuerySet
from tongqu.systems.cases.models.labels import STATE_LABELS
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.parts import with_parts_for, with_parts_in
from tongqu.systems.cases.queries.outcomes import came_out
from tongqu.systems.cases.queries.pairs import has_pairs
from tongqu.systems.cases.queries.words import few_with
from tongqu.systems.cases.rules.lifecycle import ENDED, FOLLOWING, OPEN, State
from tongqu.systems.cases.rules.naming import case_number, id_in_number

GROUPS: dict[str, frozenset[State]] = {
    "new": frozenset({State.REPORTED}),
    "dispatch": frozenset({State.ACCEPTED, State.DISPUTED}),
    "handling": frozenset({State.DISPATCHED, State.HANDLING, State.SUSPENDED}),
    "check": frozenset({State.HANDLED}),
    "closing": frozenset({State.VERIFIED}),
    "open": OPEN,
    "joined": FOLLOWING,
    "ended": ENDED,
    "all": frozenset(State),
}
"""The groups of states by which the queue is shown."""

OWED = Q(closed_at__isnull=True) & ~Q(state=State.JOINED)
"""The condition that a case is open and not joined to another."""

MOST_POINTS = 2000
SHOWN = ("matter", "division", "owner_unit", "duty")


def visible_cases(person: Person) -> CaseQuerySet:
    """Return the cases that the person may see, with what every list shows of them."""
    return Case.objects.visible_to(person).select_related(*SHOWN)


def find_case(person: Person, number: str) -> Case | None:
    """Return the case with the number, if it exists and the person may see it."""
    pk = id_in_number(number)
    if pk is None:
        return None
    case = visible_cases(person).select_related(*SHOWN, "matter_version").filter(pk=pk).first()
    return case if case is not None and case.number == number.strip() else None


def counts_by_state(person: Person) -> dict[State, int]:
    """Return how many open cases in the person's sight stand in each open state, in one query."""
    rows = Case.objects.visible_to(person).open().order_by().values_list("state").annotate(Count("pk"))
    counts = {State(state): count for state, count in rows}
    return {state: counts.get(state, 0) for state in State if state in OPEN}


@dataclass(frozen=True)
class Wanted:
    """Which cases a queue shows, and in what order."""

    group: str = "open"
    states: tuple[str, ...] = ()
    matter: str = ""
    track: str = ""
    matter_class: str = ""
    outcome: str = ""
    division: str = ""
    unit: str = ""
    lamp: str = ""
    source: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    no_place: bool = False
    sort: str = "newest"


def chosen(cases: QuerySet[Case], wanted: Wanted, at: datetime) -> QuerySet[Case]:
    """Narrow the cases down to those wanted."""
    for condition in (
        _state(wanted), _simple(wanted), _lamp(wanted.lamp, at), came_out(wanted.outcome), _words(wanted.words),
    ):  # fmt: skip
        cases = cases.filter(condition)
    return cases


def _state(wanted: Wanted) -> Q:
    """Return the condition on the state; of open cases it names the end too, which the partial indexes need."""
    states = frozenset(wanted.states) or GROUPS[wanted.group]
    if states == frozenset(State):
        return Q()
    if wanted.sort == "due":
        # The open duty says that the case is open; the case's own indexes would only lead away from the due ones.
        return Q(state__in=sorted(states & OPEN))
    if states == OPEN:
        return OWED
    if states <= OPEN | FOLLOWING:
        return Q(closed_at__isnull=True, state__in=sorted(states))
    if states == GROUPS["ended"]:
        return Q(closed_at__isnull=False)
    return Q(state__in=sorted(states))


def _simple(wanted: Wanted) -> Q:
    condition = Q()
    if wanted.division:
        condition &= below("division_path", wanted.division)
    if wanted.unit:
        condition &= below("unit_path", wanted.unit) | with_parts_in(below("unit_path", wanted.unit))
    for lookup, value in (
        ("matter__code", wanted.matter),
        ("matter__track", wanted.track),
        ("matter__class_code", wanted.matter_class),
        ("source", wanted.source),
        ("reported_at__gte", wanted.since),
        ("reported_at__lt", wanted.until),
    ):
        if value:
            condition &= Q(**{lookup: value})
    return condition & Q(division__isnull=True) if wanted.no_place else condition


def _lamp(lamp: str, at: datetime) -> Q:
    """Return the condition that the case's open duty shows the lamp at the instant."""
    match lamp:
        case Lamp.RED:
            return Q(duty__red_at__lte=at)
        case Lamp.YELLOW:
            return Q(duty__yellow_at__lte=at) & (Q(duty__red_at__gt=at) | Q(duty__red_at__isnull=True))
        case Lamp.BLUE:
            return Q(duty__isnull=False) & (Q(duty__yellow_at__gt=at) | Q(duty__yellow_at__isnull=True))
        case _:
            return Q()


def _words(words: str) -> Q:
    """Return the condition that every word stands in the case; a number or tracking code finds just that case."""
    text = words.strip()
    pk = id_in_number(text)
    if pk is not None:
        return Q(pk=pk)
    asked = text.split()
    few = few_with(asked)
    codes = Case.objects.filter(tracking_code__in=[word.upper() for word in asked]).values_list(
        "pk", flat=True
    )
    condition = Q() if few is None else Q(pk__in=[*few, *codes])
    condition &= has_pairs(asked)
    for word in asked:
        condition &= (
            Q(title__contains=word)
            | Q(text__contains=word)
            | Q(place_text__contains=word)
            | Q(tracking_code=word.upper())
        )
    return condition


ORDERS: dict[str, tuple[str, str]] = {
    "newest": ("-reported_at", "-id"),
    "oldest": ("reported_at", "id"),
    "due": ("duty__due_at", "duty_id"),
}
"""The orders in which a queue can be read; each ends in a unique field."""


@dataclass(frozen=True)
class Leaf:
    """One page of a queue, and where the next one begins."""

    cases: list[Case]
    next: str = ""


def queue(person: Person, wanted: Wanted, *, at: datetime, after: str = "", limit: int = 50) -> Leaf:
    """Return a page of the person's cases. Later pages begin after a row, not after a count of rows."""
    order = ORDERS.get(wanted.sort, ORDERS["newest"])
    rows = chosen(_in_sight(person, wanted), wanted, at)
    if wanted.sort == "due":
        # Said of the duty as well, so that its own index of open duties gives the order.
        rows = rows.filter(duty__is_open=True)
    if after and (place := _place(after)):
        rows = rows.filter(_beyond(order, place))
    found = list(rows.order_by(*order)[: limit + 1])
    page = found[:limit]
    return Leaf(page, _mark(page[-1], order) if len(found) > limit else "")


WIDE = 2000
"""From so many cases on, it is quicker to walk down all cases by time than to sort those in sight."""


def _in_sight(person: Person, wanted: Wanted) -> QuerySet[Case]:
    """Return the cases that the person may see, asked for in the way that finds the newest of them soonest.

    SQLite takes the index of the territory or unit whenever there is one, and then sorts everything in it. Where
    that is much, its fields are hidden from the planner, which then walks by time and tests each case.
    PostgreSQL knows how common a value is and needs no help.
    """
    scope = scope_of(person)
    if connection.vendor != "sqlite" or scope.everything or not _walks(scope, wanted):
        return visible_cases(person)
    hidden = Case.objects.alias(
        place_hidden=Concat("division_path", Value("")), unit_hidden=Concat("unit_path", Value(""))
    )
    seen = scope.q("place_hidden", "unit_hidden") | with_parts_for(scope)
    return hidden.filter(seen).select_related(*SHOWN)


def _walks(scope: Scope, wanted: Wanted) -> bool:
    """Answer whether to walk down an order and test each case, rather than to gather all those in sight."""
    if wanted.sort == "due":
        return True
    if _state(wanted) == OWED:
        return False
    return Case.objects.filter(scope.q()).order_by()[:WIDE].count() == WIDE


def _place(after: str) -> tuple[datetime, int] | None:
    instant, _sep, pk = after.rpartition("_")
    moment = parse_datetime(instant) if pk.isdigit() else None
    return (moment, int(pk)) if moment else None


def _beyond(order: tuple[str, str], place: tuple[datetime, int]) -> Q:
    name, down = order[0].lstrip("-"), order[0].startswith("-")
    side = "lt" if down else "gt"
    # The first condition alone bounds the range, so that the index on it is used.
    bound = Q(**{f"{name}__{side}e": place[0]})
    return bound & (Q(**{f"{name}__{side}": place[0]}) | Q(**{f"{order[1].lstrip('-')}__{side}": place[1]}))


def _mark(case: Case, order: tuple[str, str]) -> str:
    if order[0].startswith("duty") and case.duty:
        return f"{case.duty.due_at.isoformat()}_{case.duty.pk}"
    return f"{case.reported_at.isoformat()}_{case.pk}"


Box = tuple[float, float, float, float]


def case_points(
    person: Person, box: Box | None = None, *, at: datetime, limit: int = MOST_POINTS
) -> dict[str, Any]:
    """Return the newest open cases in a box (west, south, east, north) as GeoJSON; `cut` says that there are more."""
    rows = Case.objects.visible_to(person).open().filter(lon__isnull=False)
    if box is not None:
        west, south, east, north = box
        rows = rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    # Plain values: a map of thousands of points has no use for whole objects.
    found = list(rows.order_by("-reported_at", "-id").values(*_POINT)[: limit + 1])
    matters = {matter.pk: (matter.name, matter.icon) for matter in Matter.objects.all()}
    labels = {state: str(label) for state, label in STATE_LABELS.items()}
    page = reverse("cases:detail", args=["000000-000000"])
    return {
        "type": "FeatureCollection",
        "cut": len(found) > limit,
        "limit": limit,
        "features": [
            _feature(row, matters.get(row["matter_id"], ("", "dot")), labels, at, page)
            for row in found[:limit]
        ],
    }


_POINT = (
    "id", "reported_at", "title", "state", "lon", "lat", "is_invented", "matter_id", "duty__yellow_at", "duty__red_at",
)  # fmt: skip


def _feature(
    row: dict[str, Any], matter: tuple[str, str], labels: dict[State, str], at: datetime, page: str
) -> dict[str, Any]:
    number = case_number(row["id"], row["reported_at"], settings.TIME_ZONE)
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        "properties": {
            "number": number,
            "title": row["title"],
            "label": f"{number} {row['title']}",
            "state": row["state"],
            "state_label": labels[row["state"]],
            "lamp": lamp(row["duty__yellow_at"], row["duty__red_at"], at),
            "matter": matter[0],
            "icon": matter[1],
            "url": page.replace("000000-000000", number),
            "invented": row["is_invented"],
        },
    }


def story(case: Case) -> list[Fact]:
    """Return everything that the journal tells of the case, in order."""
    return list(Fact.objects.filter(subject_kind="case", subject_id=str(case.pk)).order_by("seq"))


@dataclass(frozen=True)
class Tab:
    """A group of states with how many open cases stand in it; None where counting would be slow."""

    key: str
    count: int | None = field(default=None)


def tabs(person: Person) -> list[Tab]:
    """Return the groups of the queue, with counts of the open ones."""
    counts = counts_by_state(person)
    return [
        Tab(key, sum(counts[state] for state in states) if states <= OPEN else None)
        for key, states in GROUPS.items()
    ]


def owed_by_units_of(person: Person, *, limit: int = 100) -> list[Case]:
    """Return the open cases whose present duty lies with a unit of the person, the earliest due first."""
    units = [unit.pk for unit in person.units_as()]
    rows = visible_cases(person).open().filter(duty__owner_unit__in=units)
    return list(rows.order_by("duty__due_at", "id")[:limit])
