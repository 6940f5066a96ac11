"""Reads duties: what is open in someone's sight, how the lamps stand, who may do what, the league."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from tongqu.kernel.calendar import WorkCalendar
from tongqu.shared.duties.models import Duty, LampRule, Notice, ReminderRule
from tongqu.shared.duties.rules import (
    DEFAULT_STEPS,
    DEFAULT_THRESHOLDS,
    Act,
    Audience,
    DutyClock,
    Lamp,
    Party,
    Posted,
    Step,
    Thresholds,
    acts_open_to,
    parties,
)
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person, Unit
from tongqu.shared.region.queries import heads_of, people_in, supervisor_of, work_calendar
from tongqu.shared.region.rules import Role, UnitKind

# ── Calendar and rules, kept for a few seconds ──────────────────────────────────────────────────────────────

KEPT_SECONDS = 5.0
"""How old the calendar and the rules of another process's change may be here; own changes show at once."""


@dataclass(frozen=True)
class Rulebook:
    """The calendar and all rules in force, read together."""

    calendar: WorkCalendar
    lamp_rules: dict[str, LampRule]
    own_steps: dict[str, tuple[Step, ...]]
    read_at: float = field(default_factory=time.monotonic)

    def lamp_rule(self, kind: str) -> LampRule | None:
        """Return the lamp rule of the kind, else the general one, else None for the built-in thresholds."""
        return self.lamp_rules.get(kind) or self.lamp_rules.get("")

    def steps(self, kind: str) -> tuple[Step, ...]:
        """Return the steps of reminding and escalation for the kind."""
        return self.own_steps.get(kind) or self.own_steps.get("") or DEFAULT_STEPS

    def clock(self, *, is_working: bool) -> DutyClock:
        """Return the clock that counts a duty's time."""
        return DutyClock(self.calendar, is_working)


_kept: list[Rulebook] = []


def rulebook() -> Rulebook:
    """Return the calendar and the rules; read again after `KEPT_SECONDS` or `forget_rules()`."""
    if _kept and time.monotonic() - _kept[0].read_at < KEPT_SECONDS:
        return _kept[0]
    steps: dict[str, tuple[Step, ...]] = {}
    for rule in ReminderRule.objects.all():
        steps[rule.kind] = (*steps.get(rule.kind, ()), rule.step)
    book = Rulebook(work_calendar(), {rule.kind: rule for rule in lamp_rules_in_force()}, steps)
    _kept[:] = [book]
    return book


def forget_rules() -> None:
    """Read calendar and rules afresh next time; call it after changing them."""
    _kept.clear()


def lamp_rules_in_force() -> QuerySet[LampRule]:
    """Return the lamp rule in force of each kind that has one."""
    return LampRule.objects.filter(until=None)


def thresholds_of(rule: LampRule | None) -> Thresholds:
    """Return the numbers of a rule, or the built-in ones."""
    return rule.thresholds if rule else DEFAULT_THRESHOLDS


# ── Who is what to a duty ───────────────────────────────────────────────────────────────────────────────────


def posted(person: Person) -> list[Posted]:
    """Return the person's postings in force, as the rules read them."""
    return [
        Posted(Role(p.role), UnitKind(p.unit.kind), p.unit.path, p.unit.division.path)
        for p in person.postings_now
    ]


def parties_of(person: Person, duty: Duty) -> frozenset[Party]:
    """Return what the person is to the duty."""
    unit = duty.owner_unit
    return parties(
        posted(person),
        unit_path=unit.path,
        unit_kind=UnitKind(unit.kind),
        unit_division_path=unit.division.path,
        is_owner=duty.owner_person_id == person.pk,
    )


def acts_for(person: Person, duty: Duty) -> frozenset[Act]:
    """Return what the person may do to the duty as it stands."""
    return acts_open_to(duty.state, parties_of(person, duty))


def audience_of(duty: Duty, audience: Audience) -> list[Person]:
    """Return whom a step reaches; if nobody stands at that place, the next above."""
    unit = duty.owner_unit
    if audience == Audience.OWNER:
        if duty.owner_person is not None:
            return [duty.owner_person]
        found = list(people_in(unit, Role.HANDLER, Role.DUTY_DESK, Role.INSPECTOR))
        return found or audience_of(duty, Audience.HEAD)
    if audience == Audience.HEAD:
        return list(heads_of(unit)) or audience_of(duty, Audience.SUPERVISOR)
    return _people_above(unit)


def _people_above(unit: Unit) -> list[Person]:
    above = supervisor_of(unit)
    while above is not None:
        if found := list(people_in(above, Role.UNIT_HEAD, Role.DUTY_DESK)):
            return found
        above = supervisor_of(above)
    return []


# ── Lists and counts ────────────────────────────────────────────────────────────────────────────────────────


def duties_of(subject: Subject) -> list[Duty]:
    """Return every duty about the subject, open ones first, then the newest."""
    found = Duty.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    return list(found.select_related("owner_unit", "owner_person").order_by("-is_open", "-opened_at", "-id"))


def open_duties(person: Person, at: datetime) -> QuerySet[Duty]:
    """Return the open duties in the person's sight, the earliest due first."""
    return Duty.objects.visible_to(person).filter(is_open=True).order_by("due_at", "id")


def lamp_counts(person: Person, at: datetime) -> dict[Lamp, int]:
    """Return how many open duties in the person's sight show each lamp, in one query."""
    return count_lamps(Duty.objects.visible_to(person).filter(is_open=True), at)


def count_lamps(duties: QuerySet[Duty], at: datetime) -> dict[Lamp, int]:
    """Return how many of these open duties show each lamp."""
    found = duties.order_by().aggregate(
        open=Count("pk"),
        red=Count("pk", filter=Q(red_at__lte=at)),
        turned=Count("pk", filter=Q(yellow_at__lte=at)),
    )
    return {
        Lamp.RED: found["red"],
        Lamp.YELLOW: found["turned"] - found["red"],
        Lamp.BLUE: found["open"] - found["turned"],
    }


def unread_notices(person: Person) -> int:
    """Return how many notices the person has not read."""
    return Notice.objects.filter(person=person, read_at=None).count()
