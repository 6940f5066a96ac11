"""Reads what the cockpit shows, through the queries of the apps: few, bounded, and only over what is open or new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q
from django.utils.timezone import localtime

from tongqu.shared.access.queries import Scope, scope_of
from tongqu.shared.duties.analytics import Period
from tongqu.shared.duties.models import Duty
from tongqu.shared.duties.queries import (
    Filters,
    Standing,
    Whose,
    lamp_counters,
    lamps_among,
    league,
    open_duties,
)
from tongqu.shared.duties.rules import Lamp
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.evidence.queries.finding import visible
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.queries import facts
from tongqu.shared.region.models import Person
from tongqu.shared.region.rules import Role
from tongqu.shared.ui.sentences import has_sentence, sentence
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.queries.cases import GROUPS, counts_by_state

DAY = timedelta(days=1)
LOOK_BACK = 5_000
"""How many of the last facts of the whole region are looked through for those in a person's sight."""
PIPELINE = ("new", "dispatch", "handling", "check", "closing")
OPENED = frozenset({"case.reported", "case.reopened"})
ENDED = frozenset({"case.closed", "case.rejected"})
WATCHERS = frozenset({Role.DUTY_DESK, Role.UNIT_HEAD, Role.AUDITOR, Role.REGION_ADMIN})
LEAGUE_DAYS = 30
TOLD_KINDS = ("case", "region", "evidence_import")


@dataclass(frozen=True)
class Counts:
    """The numbers at the head of the cockpit."""

    groups: dict[str, int]
    """Open cases by the step they wait for."""
    lamps: dict[Lamp, int]
    turned_red: int
    """Duties whose lamp turned red within the last day and that are still open."""
    turned_yellow: int
    due_today: int
    reported: int
    """Cases reported or opened again within the last day."""
    ended: int
    """Cases closed or turned away within the last day."""

    @property
    def open_cases(self) -> int:
        """All open cases."""
        return sum(self.groups.values())

    @property
    def trend(self) -> int:
        """Open cases against the same time yesterday."""
        return self.reported - self.ended


@dataclass(frozen=True)
class Event:
    """One of the newest facts, with the case it is about if it is about one."""

    fact: Fact
    case: Case | None

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        subject = self.fact.subject_label or self.fact.subject_id
        return sentence(self.fact.verb, actor=self.fact.actor_name, subject=subject)


def counts(person: Person, at: datetime) -> Counts:
    """Return the numbers at the head of the cockpit, in four queries."""
    states = counts_by_state(person)
    moved = _moved_since(scope_of(person), at - DAY)
    counted = _counted(person, at)
    return Counts(
        groups={key: sum(states[state] for state in GROUPS[key]) for key in PIPELINE},
        lamps=lamps_among(counted),
        turned_red=counted["turned_red"],
        turned_yellow=counted["turned_yellow"],
        due_today=_due_today(person, at),
        reported=sum(moved.get(verb, 0) for verb in OPENED),
        ended=sum(moved.get(verb, 0) for verb in ENDED),
    )


def _moved_since(scope: Scope, since: datetime) -> dict[str, int]:
    rows = facts(scope).filter(at__gte=since, verb__in=OPENED | ENDED).order_by()
    return dict(rows.values_list("verb").annotate(Count("seq")))


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _counted(person: Person, at: datetime) -> dict[str, int]:
    """Count the open duties by their lamps, and those whose lamp turned within the last day."""
    since, seen = at - DAY, Duty.objects.open_to(person)
    if scope_of(person).everything:
        # The range leaves nothing out; it leads the database to the one index that holds all three instants.
        seen = seen.filter(due_at__gt=LONG_AGO)
    found: dict[str, int] = seen.order_by().aggregate(
        **lamp_counters(at),
        turned_red=Count("pk", filter=Q(red_at__gt=since, red_at__lte=at)),
        turned_yellow=Count("pk", filter=Q(yellow_at__gt=since, yellow_at__lte=at) & ~Q(red_at__lte=at)),
    )
    return found


def _due_today(person: Person, at: datetime) -> int:
    """Count the open duties due until midnight, but for those whose clock stands still."""
    seen = Duty.objects.open_to(person).filter(due_at__gte=at, due_at__lt=end_of_day(at), paused_at=None)
    return seen.order_by().count()


def end_of_day(at: datetime) -> datetime:
    """Return the next midnight in the region's zone."""
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def burning(person: Person, at: datetime, limit: int = 8) -> list[Duty]:
    """Return the open duties in sight that are late or due today, those due first at the head.

    While a clock stands still its duty is neither: its due instant moves on when the clock does.
    """
    return list(open_duties(person, at).filter(due_at__lt=end_of_day(at), paused_at=None)[:limit])


def my_duties(person: Person, at: datetime, limit: int = 8) -> list[Duty]:
    """Return what the person, or a unit they work for, owes next."""
    return list(open_duties(person, at, Filters(whose=Whose.MINE))[:limit])


def newest_events(person: Person, head: int, limit: int = 8) -> list[Event]:
    """Return the newest facts in sight that read as a sentence, looking back over a bounded number before the head."""
    found = facts(scope_of(person)).filter(seq__gt=head - LOOK_BACK, subject_kind__in=TOLD_KINDS)
    chosen = [fact for fact in found.order_by("-seq")[: limit * 2] if has_sentence(fact.verb)][:limit]
    cases = _cases_of(chosen)
    return [Event(fact, cases.get(fact.subject_id)) for fact in chosen]


def _cases_of(found: Iterable[Fact]) -> dict[str, Case]:
    keys = {fact.subject_id for fact in found if fact.subject_kind == "case"}
    return {str(case.pk): case for case in Case.objects.filter(pk__in=keys)} if keys else {}


def anything_since(scope: Scope, seq: int, head: int) -> bool:
    """Answer whether facts in sight lie between the number and the head; many facts count as yes."""
    return head - seq > LOOK_BACK or facts(scope).filter(seq__gt=seq).exists()


def standings(person: Person, at: datetime, limit: int = 10) -> list[Standing]:
    """Return the league of units over the last thirty days: the best, then those that owe most."""
    today = localtime(at).date()
    return league(person, at, Period(today - timedelta(days=LEAGUE_DAYS - 1), today))[:limit]


def newest_photos(person: Person, at: datetime, limit: int = 6) -> list[Evidence]:
    """Return the photos in sight that came in last."""
    return list(visible(person, at).filter(kind="photo").order_by("-stored_at", "-id")[:limit])


def is_watcher(person: Person) -> bool:
    """Whether the person watches over others; whoever only handles sees their own duties first."""
    return bool(person.roles & WATCHERS)
