"""Matters, cases and the evidence in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.kernel.calendar import Allowance, BadAllowance
from tongqu.shared.access.queries import scope_of
from tongqu.shared.duties.models import Duty
from tongqu.shared.evidence.models import Evidence
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division, Named, Person, Unit
from tongqu.systems.cases.rules import (
    DEFAULT_ALLOWANCES,
    Grade,
    PhotoRule,
    Purpose,
    Source,
    State,
    Track,
    VerifyBy,
    case_number,
    masked_name,
    masked_phone,
)

STATE_LABELS = {
    State.REPORTED: pgettext_lazy("state of a case", "Reported"),
    State.ACCEPTED: pgettext_lazy("state of a case", "Accepted"),
    State.DISPATCHED: pgettext_lazy("state of a case", "Dispatched"),
    State.HANDLING: pgettext_lazy("state of a case", "Being handled"),
    State.HANDLED: pgettext_lazy("state of a case", "Handled"),
    State.VERIFIED: pgettext_lazy("state of a case", "Verified"),
    State.CLOSED: pgettext_lazy("state of a case", "Closed"),
    State.REJECTED: pgettext_lazy("state of a case", "Rejected"),
}
MOVE_LABELS = {
    "accept": _("Accept"),
    "reject": _("Reject"),
    "dispatch": _("Dispatch"),
    "take": _("Sign for it"),
    "send_back": _("Send back"),
    "handle": _("Report as done"),
    "verify": _("Verify"),
    "refuse": _("Not done"),
    "close": _("Close the case"),
    "reopen": _("Reopen the case"),
}
DUTY_LABELS = {
    "accept": _("Accept the report"),
    "dispatch": _("Dispatch"),
    "handle": _("Handle"),
    "verify": _("Check the work"),
    "close": _("Close the case"),
}
SOURCE_LABELS = {
    Source.WEB: _("web form"),
    Source.PHONE: _("phone page"),
    Source.API: _("API"),
    Source.GRID: _("grid worker"),
    Source.HOTLINE: _("hotline"),
    Source.DRONE: _("drone patrol"),
    Source.DESK: _("duty desk"),
}
TRACK_LABELS = {
    Track.ORDER: _("Public order and safety"),
    Track.MARKET: _("Market supervision"),
    Track.ENFORCEMENT: _("Integrated enforcement"),
    Track.SERVICE: _("Public services"),
}
VERIFY_LABELS = {
    VerifyBy.INSPECTOR: _("inspector on the spot"),
    VerifyBy.PHOTO: _("newer photo of the place"),
    VerifyBy.REPORTER: _("word of the reporter"),
    VerifyBy.AIR: _("newer photo from the air"),
}
GRADE_LABELS = {
    Grade.ORDINARY: _("ordinary"),
    Grade.SERIOUS: _("serious"),
    Grade.URGENT: _("urgent"),
}
PHOTO_RULE_LABELS = {
    PhotoRule.NONE: _("do nothing"),
    PhotoRule.OFFER: _("offer it to the inspector"),
    PhotoRule.AUTOMATIC: _("verify at once"),
}


def _choices(labels: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    return [(str(value), label) for value, label in labels.items()]


def check_allowance(text: str) -> None:
    """Refuse a text that is not an allowance of time."""
    try:
        Allowance.parse(text)
    except BadAllowance as refusal:
        raise ValidationError(
            _("“%(text)s” is not an allowance of time. Write 4wh, 3wd, 2h or 7d."), params={"text": text}
        ) from refusal


def _allowance(label: Any, duty: str) -> models.CharField[str, str]:
    return models.CharField(
        label, max_length=10, default=DEFAULT_ALLOWANCES[duty], validators=[check_allowance]
    )


class Matter(Named):
    """A kind of thing that cases are about (事项): its class, who answers, how long each step may take."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    class_code = models.CharField(_("class"), max_length=20)
    class_name = models.CharField(_("class name"), max_length=60, blank=True)
    is_standard_class = models.BooleanField(_("class of GB/T 30428"), default=False)
    track = models.CharField(_("platform"), max_length=12, choices=_choices(TRACK_LABELS))
    grade = models.CharField(
        _("grade"), max_length=10, choices=_choices(GRADE_LABELS), default=Grade.ORDINARY
    )
    department = models.CharField(_("department key"), max_length=20, blank=True)
    accept_allowance = _allowance(_("time to accept"), "accept")
    dispatch_allowance = _allowance(_("time to dispatch"), "dispatch")
    handle_allowance = _allowance(_("time to handle"), "handle")
    verify_allowance = _allowance(_("time to verify"), "verify")
    close_allowance = _allowance(_("time to close"), "close")
    verify_by = models.CharField(_("verified by"), max_length=10, choices=_choices(VERIFY_LABELS))
    verify_radius_m = models.PositiveIntegerField(_("a photo counts within, m"), default=100)
    photo_rule = models.CharField(
        _("when a newer photo comes in"),
        max_length=10,
        choices=_choices(PHOTO_RULE_LABELS),
        default=PhotoRule.NONE,
    )
    photos_needed = models.PositiveSmallIntegerField(_("photos needed to handle"), default=1)
    seen_by_drone = models.BooleanField(_("a drone can see it"), default=False)
    icon = models.CharField(_("icon"), max_length=20, default="dot")
    colour = models.CharField(_("colour key"), max_length=20, default="grey")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("matter")
        verbose_name_plural = _("matters")

    def allowance(self, duty: str) -> str:
        """Return the time for a step: accept, dispatch, handle, verify or close."""
        return str(getattr(self, f"{duty}_allowance"))


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads cases."""

    def open(self) -> CaseQuerySet:
        """Cases that somebody still owes something for."""
        return self.filter(closed_at__isnull=True)

    def visible_to(self, person: Person) -> CaseQuerySet:
        """Cases that the person may see: those in the territory or with the unit of a posting."""
        return self.filter(scope_of(person).q())


class Case(models.Model):
    """Something in the world that someone must handle (事件)."""

    tracking_code = models.CharField(max_length=16, unique=True)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    title = models.CharField(max_length=120)
    text = models.TextField()
    state = models.CharField(max_length=12, choices=_choices(STATE_LABELS), default=State.REPORTED)
    revision = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=12, choices=_choices(SOURCE_LABELS))
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    division_path = models.CharField(max_length=15)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    cell = models.BigIntegerField(null=True, blank=True)
    place_text = models.CharField(max_length=200, blank=True)
    owner_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit_path = models.CharField(max_length=300, blank=True)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField()
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
        """Whether somebody still owes something."""
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

    def allowance(self, duty: str) -> str:
        """Return the time for a step of this case."""
        return self.matter.allowance(duty) if self.matter else DEFAULT_ALLOWANCES[duty]


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
