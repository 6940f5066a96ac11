"""How reporters want to be told, and what they were told."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.journal.rules import Subject
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.mail import masked_address
from tongqu.systems.cases.rules.naming import masked_phone
from tongqu.systems.cases.rules.notices import Channel, Event, NoticeState

CHANNEL_LABELS = {
    Channel.EMAIL: _("e-mail"),
    Channel.SMS: _("text message"),
    Channel.PUSH: _("notice on a device"),
}
EVENT_LABELS = {
    Event.REPORTED: pgettext_lazy("event told to a reporter", "received"),
    Event.ACCEPTED: pgettext_lazy("event told to a reporter", "accepted"),
    Event.REJECTED: pgettext_lazy("event told to a reporter", "not accepted"),
    Event.DISPATCHED: pgettext_lazy("event told to a reporter", "sent to a unit"),
    Event.HANDLED: pgettext_lazy("event told to a reporter", "handled"),
    Event.CLOSED: pgettext_lazy("event told to a reporter", "closed"),
    Event.REOPENED: pgettext_lazy("event told to a reporter", "opened again"),
    Event.JOINED: pgettext_lazy("event told to a reporter", "joined to another case"),
    Event.REPLIED: pgettext_lazy("event told to a reporter", "replied to"),
}
NOTICE_STATE_LABELS = {
    NoticeState.QUEUED: pgettext_lazy("state of a notice", "on its way"),
    NoticeState.SENT: pgettext_lazy("state of a notice", "sent"),
    NoticeState.FAILED: pgettext_lazy("state of a notice", "given up"),
    NoticeState.DROPPED: pgettext_lazy("state of a notice", "not sent"),
}


class Contact(models.Model):
    """A way in which the reporter of a case asked to be told; personal data."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=5, choices=choices_of(CHANNEL_LABELS))
    address = models.CharField(max_length=500)
    keys = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["agreed_at", "id"]
        indexes = [models.Index(fields=["channel", "address", "agreed_at"], name="contacts_by_address")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "channel", "address"],
                condition=~Q(address=""),
                name="one_contact_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.channel}"

    @property
    def shown_address(self) -> str:
        """The address, masked; a device has none to show."""
        if self.channel == Channel.PUSH:
            return ""
        return masked_address(self.address) if self.channel == Channel.EMAIL else masked_phone(self.address)


class SilencedAddress(models.Model):
    """An address to which nothing is ever sent again, kept as a keyed hash only."""

    digest = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "silenced addresses"

    def __str__(self) -> str:
        return self.digest[:8]


class ReporterNotice(models.Model):
    """One thing that a reporter is told by one channel. Its text holds no personal data."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notices")
    event = models.CharField(max_length=10, choices=choices_of(EVENT_LABELS))
    cause = models.CharField(max_length=40)
    """Id of the fact that caused it, so that a fact is told once."""
    subject = models.CharField(max_length=150)
    text = models.TextField()
    state = models.CharField(
        max_length=8, choices=choices_of(NOTICE_STATE_LABELS), default=NoticeState.QUEUED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ReporterNotice]] = models.Manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["state", "made_at"], name="notices_by_state"),
            models.Index(fields=["contact", "made_at"], name="notices_of_a_contact"),
        ]
        constraints = [models.UniqueConstraint(fields=["contact", "cause"], name="one_notice_per_fact")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.event}"

    @property
    def reference(self) -> Subject:
        """What the journal calls this notice."""
        return Subject("notice", str(self.pk))
