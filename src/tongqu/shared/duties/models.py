"""Duties, their rules, extensions, reminders and notices, and the rows from which the league is read."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongqu.kernel.calendar import Allowance
from tongqu.shared.access.queries import scope_of
from tongqu.shared.duties.analytics import Tally
from tongqu.shared.duties.rules import (
    Audience,
    Forecast,
    Lamp,
    Outcome,
    State,
    Step,
    Thresholds,
    Turns,
    Window,
    lamp,
)
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division, Person, Unit, below

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

OPEN = Q(is_open=True)
TURNS = ("red_at", "yellow_at")


class LampRule(models.Model):
    """When the lamp of a kind of duty turns. A change replaces the row, so that open duties keep theirs."""

    kind = models.CharField(_("kind of duty"), max_length=40, blank=True)
    yellow_share = models.FloatField(_("yellow at this share of the time"))
    red_days_late = models.PositiveSmallIntegerField(_("red this many working days after due"))
    yellow_slip_days = models.PositiveSmallIntegerField(_("yellow when the forecast slips by days"))
    red_slip_days = models.PositiveSmallIntegerField(_("red when the forecast slips by days"))
    since = models.DateTimeField(_("in force since"))
    until = models.DateTimeField(_("replaced"), null=True, blank=True)

    class Meta:
        ordering = ["kind", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(until=None), name="one_lamp_rule_in_force"),
            models.CheckConstraint(
                condition=Q(yellow_share__gt=0, yellow_share__lte=1), name="yellow_share_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or '*'}: {self.yellow_share:.0%}"

    @property
    def thresholds(self) -> Thresholds:
        """The rule as a value."""
        return Thresholds(self.yellow_share, self.red_days_late, self.yellow_slip_days, self.red_slip_days)


class ReminderRule(models.Model):
    """A step of reminding or escalation for a kind of duty; without a kind it holds for all that have none."""

    kind = models.CharField(_("kind of duty"), max_length=40, blank=True)
    share = models.FloatField(_("at this share of the time"))
    days_after = models.PositiveSmallIntegerField(_("working days after due"), default=0)
    audience = models.CharField(
        _("who hears of it"), max_length=12, choices=[(a.value, a.value) for a in Audience]
    )

    class Meta:
        ordering = ["kind", "share", "days_after", "audience"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "share", "days_after", "audience"], name="one_row_per_step"
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lt=1, days_after=0) | Q(share=1), name="days_only_after_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or '*'} {self.step.key}"

    @property
    def step(self) -> Step:
        """The rule as a value."""
        return Step(self.share, self.days_after, Audience(self.audience))


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties, narrowed by who asks and how they stand."""

    def visible_to(self, person: Person) -> DutyQuerySet:
        """Return what lies in the person's sight: by territory, by unit, and their own."""
        scope = scope_of(person)
        return self if scope.everything else self.filter(scope.q() | Q(owner_person=person))

    def open_to(self, person: Person) -> DutyQuerySet:
        """Return the open duties in the person's sight.

        Each alternative says that the duty is open, so that each is served by an index of open duties.
        """
        scope = scope_of(person)
        if scope.everything:
            return self.filter(OPEN)
        found = Q(owner_person=person) & OPEN
        for path in scope.division_paths:
            found |= below("division_path", path) & OPEN
        for path in scope.unit_paths:
            found |= below("unit_path", path) & OPEN
        return self.filter(found)

    def showing(self, lamp: Lamp, at: datetime) -> DutyQuerySet:
        """Narrow open duties to those that show the lamp at the instant."""
        if lamp == Lamp.RED:
            return self.filter(red_at__lte=at)
        not_red = self.filter(Q(red_at=None) | Q(red_at__gt=at))
        if lamp == Lamp.YELLOW:
            return not_red.filter(yellow_at__lte=at)
        return not_red.filter(Q(yellow_at=None) | Q(yellow_at__gt=at))


DutyManager = models.Manager.from_queryset(DutyQuerySet)


class Duty(models.Model):
    """Who owes what by when, for a subject of any system."""

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    label = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    unit_path = models.CharField(max_length=300)
    owner_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="duties"
    )
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, related_name="duties"
    )
    division_path = models.CharField(max_length=15, blank=True)
    allowance = models.CharField(max_length=12)
    lamp_rule = models.ForeignKey(LampRule, on_delete=models.PROTECT, null=True, blank=True)
    opened_at = models.DateTimeField()
    counts_from = models.DateTimeField()
    due_at = models.DateTimeField()
    yellow_at = models.DateTimeField(null=True, blank=True)
    red_at = models.DateTimeField(null=True, blank=True)
    forecast_at = models.DateTimeField(null=True, blank=True)
    forecast_said_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(null=True, blank=True)
    worked_seconds = models.PositiveIntegerField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    returns = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_open = models.BooleanField(default=True)
    is_counted = models.BooleanField(default=False)
    cycle = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True, blank=True)
    is_invented = models.BooleanField(default=False)

    objects = DutyManager()

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="duties_of_a_subject"),
            # Each holds both turns, so that lamps are counted from the index alone.
            models.Index(fields=["due_at", "id", *TURNS], condition=OPEN, name="open_by_due"),
            models.Index(fields=["division_path", *TURNS], condition=OPEN, name="open_by_division"),
            models.Index(fields=["unit_path", *TURNS], condition=OPEN, name="open_by_unit_path"),
            models.Index(fields=["owner_unit", *TURNS], condition=OPEN, name="open_by_owner_unit"),
            models.Index(fields=["owner_person", *TURNS], condition=OPEN, name="open_by_owner_person"),
            models.Index(fields=["next_step_at"], condition=Q(next_step_at__isnull=False), name="next_steps"),
            models.Index(
                fields=["owner_unit", "closed_at"], condition=Q(is_open=False), name="closed_by_unit"
            ),
            models.Index(
                fields=["closed_at"], condition=Q(is_open=False, is_counted=False), name="closed_not_counted"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_open=True, met_at=None, cancelled_at=None, closed_at=None)
                | Q(is_open=False, met_at=F("closed_at"), cancelled_at=None)
                | Q(is_open=False, met_at=None, cancelled_at=F("closed_at")),
                name="open_or_met_or_cancelled",
            ),
            models.CheckConstraint(condition=Q(paused_at=None) | OPEN, name="only_open_duties_pause"),
            models.CheckConstraint(condition=Q(due_at__gte=F("counts_from")), name="due_after_its_start"),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(is_late__isnull=False, worked_seconds__isnull=False),
                name="met_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def subject(self) -> Subject:
        """What the duty is about."""
        return Subject(self.subject_kind, self.subject_id)

    @property
    def state(self) -> State:
        """Whether the clock runs, stands or has ended."""
        if self.met_at is not None:
            return State.MET
        if self.cancelled_at is not None:
            return State.CANCELLED
        return State.PAUSED if self.paused_at is not None else State.RUNNING

    @property
    def outcome(self) -> Outcome | None:
        """How the duty ended, or None while it is open."""
        if self.met_at is not None:
            return Outcome.LATE if self.is_late else Outcome.ON_TIME
        return Outcome.CANCELLED if self.cancelled_at is not None else None

    def lamp(self, at: datetime) -> Lamp | None:
        """Return the lamp at the instant, or None when the duty is closed."""
        return lamp(self.yellow_at, self.red_at, at) if self.is_open else None

    @property
    def window(self) -> Window:
        """The time that the duty has."""
        return Window(self.counts_from, self.due_at)

    @window.setter
    def window(self, window: Window) -> None:
        self.counts_from, self.due_at = window.counts_from, window.due_at

    @property
    def forecast(self) -> Forecast | None:
        """When the owner expects to be done."""
        if self.forecast_at is None or self.forecast_said_at is None:
            return None
        return Forecast(self.forecast_at, self.forecast_said_at)

    @property
    def is_working_time(self) -> bool:
        """Whether only working time counts."""
        return Allowance.parse(self.allowance).is_working

    def end(self, at: datetime) -> None:
        """Close the duty: nothing more comes of it by itself."""
        self.is_open = False
        self.closed_at = at
        self.paused_at = None
        self.next_step_at = None

    def turn_at(self, turns: Turns) -> None:
        """Keep the instants at which the lamp turns."""
        self.yellow_at, self.red_at = turns.yellow_at, turns.red_at


class DutyEvidence(models.Model):
    """A piece of evidence, by its SHA-256, on which a duty was met."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="evidence")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "sha256"], name="evidence_once_per_duty")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @staticmethod
    def attach(duty: Duty, hashes: Iterable[str]) -> list[str]:
        """Tie evidence to the duty, each piece once, and return the hashes in order."""
        wanted = sorted(set(hashes))
        DutyEvidence.objects.bulk_create(
            [DutyEvidence(duty=duty, sha256=sha256) for sha256 in wanted], ignore_conflicts=True
        )
        return wanted


class Extension(models.Model):
    """More time, asked for by the owner and decided above."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="extensions")
    wanted = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="extensions_asked")
    due_before = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="extensions_decided"
    )
    is_granted = models.BooleanField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    due_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=Q(decided_at=None), name="one_open_extension_per_duty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} +{self.wanted}"


class Reminder(models.Model):
    """A step of reminding or escalation that was done; unique, so that it is done once."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="reminders")
    cycle = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "cycle", "step"], name="each_step_once")]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.step}"


class Notice(models.Model):
    """Something a person should know about a duty, shown in the pages."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person"], condition=Q(read_at=None), name="unread_notices"),
            models.Index(fields=["person", "-at"], name="notices_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class LeagueRow(models.Model):
    """What a unit met in one day or one month, with the exact times, so that any period's median is exact."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="league_rows")
    span = models.CharField(max_length=5)
    starts_on = models.DateField()
    on_time = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    returns = models.PositiveIntegerField()
    worked = models.BinaryField()
    """Seconds of counted time of each duty met, as little-endian 32-bit integers."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["span", "starts_on", "unit"], name="one_league_row_per_unit_and_span"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.span} {self.starts_on}"

    @staticmethod
    def keep(span: str, starts_on: date, tallies: Mapping[int, Tally]) -> None:
        """Write the tallies of units for a day or month, over those that stand."""
        rows = [
            LeagueRow(unit_id=unit, span=span, starts_on=starts_on, **asdict(tally.stored()))
            for unit, tally in tallies.items()
        ]
        LeagueRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["span", "starts_on", "unit"],
            update_fields=["on_time", "late", "returns", "worked"],
        )


class LeagueState(models.Model):
    """Up to when the league's rows are complete: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_league_state")]

    def __str__(self) -> str:
        return str(self.as_of)
