"""Cases and the evidence in them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.queries import scope_of
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division, Person, Unit
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.labels import (
    SOURCE_LABELS,
    STATE_LABELS,
)
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.parts import with_parts_for
from tongqu.systems.cases.models.versions import MatterVersion, day_of
from tongqu.systems.cases.rules.kinds import Purpose
from tongqu.systems.cases.rules.lifecycle import State
from tongqu.systems.cases.rules.naming import case_number, masked_name, masked_phone
from tongqu.systems.cases.rules.terms import UNNAMED, MatterTerms


class NotInForce(Exception):
    """A matter that is not in force on the day."""


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads cases."""

    def open(self) -> CaseQuerySet:
        """Cases that somebody still owes something for; one that is joined to another owes nothing itself."""
        return self.filter(closed_at__isnull=True).exclude(state=State.JOINED)

    def visible_to(self, person: Person) -> CaseQuerySet:
        """Cases that the person may see: those in the territory or with the unit of a posting, or with a part of it."""
        scope = scope_of(person)
        return self.filter(scope.q() | with_parts_for(scope))


class Case(models.Model):
    """Something in the world that someone must handle (事件)."""

    tracking_code = models.CharField(max_length=16, unique=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    # Without an index: nobody asks for the cases of a version, and it would be one more to keep up.
    matter_version = models.ForeignKey(
        MatterVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    title = models.CharField(max_length=120)
    text = models.TextField()
    state = models.CharField(max_length=12, choices=choices_of(STATE_LABELS), default=State.REPORTED)
    revision = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=12, choices=choices_of(SOURCE_LABELS))
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    division_path = models.CharField(max_length=15)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    cell = models.BigIntegerField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    place_text = models.CharField(max_length=200, blank=True)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit_path = models.CharField(max_length=300, blank=True)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True, blank=True)
    registered_by_ref = models.CharField(max_length=80, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by_ref = models.CharField(max_length=80, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField()
    handling_text = models.TextField(blank=True)
    verification_note = models.TextField(blank=True)
    reporter_name = models.CharField(max_length=60, blank=True)
    reporter_phone = models.CharField(max_length=40, blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    is_split = models.BooleanField(default=False)
    """Whether it has parts that count; each is a unit's own (`CasePart`)."""
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    is_invented = models.BooleanField(default=False)
    idempotency_key = models.CharField(max_length=120, null=True, blank=True, unique=True)

    evidence = models.ManyToManyField(Evidence, through="CaseEvidence", related_name="cases")

    objects: ClassVar[models.Manager[Case]] = models.Manager.from_queryset(CaseQuerySet)()

    class Meta:
        ordering = ["-reported_at", "-id"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["reported_at", "id"], name="cases_newest"),
            models.Index(fields=["division_path", "reported_at"], name="cases_of_a_division"),
            models.Index(fields=["unit_path", "reported_at"], name="cases_of_a_unit"),
            models.Index(fields=["matter", "reported_at"], name="cases_of_a_matter"),
            # The few open ones among very many: no parameter in the condition, so that SQLite can use them too.
            models.Index(
                fields=["state", "division_path", "unit_path"],
                condition=Q(closed_at__isnull=True),
                name="open_cases_state",
            ),
            models.Index(
                fields=["reported_at", "id"], condition=Q(closed_at__isnull=True), name="open_cases_newest"
            ),
            models.Index(fields=["lon", "lat"], condition=Q(closed_at__isnull=True), name="open_cases_place"),
            models.Index(fields=["unit_path"], condition=Q(closed_at__isnull=True), name="open_cases_unit"),
            models.Index(fields=["cell"], condition=Q(closed_at__isnull=True), name="open_cases_cell"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) ^ Q(state__in=[State.CLOSED, State.REJECTED]),
                name="ended_cases_have_an_end",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="case_place_is_whole_or_none",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.JOINED) | Q(parent__isnull=False), name="joined_cases_have_a_parent"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(state__in=[State.JOINED, State.CLOSED, State.REJECTED]),
                name="cases_with_a_parent_owe_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """The number people use, such as `260916-000123`."""
        return case_number(self.pk, self.reported_at, settings.TIME_ZONE)

    @property
    def subject(self) -> Subject:
        """What the journal and the duties call this case."""
        return Subject("case", str(self.pk))

    @property
    def is_open(self) -> bool:
        """Whether it has not ended: somebody still owes something for it, or for its parent."""
        return self.closed_at is None

    @property
    def has_place(self) -> bool:
        """Whether anything is known about the place."""
        return self.division_id is not None

    @property
    def shown_name(self) -> str:
        """The reporter's name, masked."""
        return masked_name(self.reporter_name)

    @property
    def shown_phone(self) -> str:
        """The reporter's telephone, masked."""
        return masked_phone(self.reporter_phone)

    @property
    def terms(self) -> MatterTerms:
        """The terms under which the case is handled: those of its own version of its matter."""
        return self.matter_version.values if self.matter_version else UNNAMED

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("cases:detail", args=[self.number])

    def allowance(self, duty: str) -> str:
        """Return the time for a step of this case."""
        return self.terms.allowance(duty)

    def name_matter(self, matter: Matter | None, at: datetime) -> None:
        """Set the matter, with the version of it that is in force at the instant. Nothing is saved.

        Raises `NotInForce` when the matter has no version in force then, or is out of use.
        """
        version = MatterVersion.objects.in_force(matter, day_of(at)) if matter else None
        if matter is not None and (version is None or not version.terms["is_active"]):
            raise NotInForce(matter.code)
        self.matter, self.matter_version = matter, version


class CaseEvidence(models.Model):
    """A piece of evidence in a case, and what it is there to show."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="case_uses")
    purpose = models.CharField(max_length=12, choices=[(p.value, p.value) for p in Purpose])
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "evidence", "purpose"], name="one_use_of_evidence_per_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.purpose} {self.evidence_id}"
