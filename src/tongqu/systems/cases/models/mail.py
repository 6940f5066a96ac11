"""The mailbox that reports come to, and what became of each letter in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.journal.rules import Subject
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.mail import Outcome, Why, masked_address

OUTCOME_LABELS = {
    Outcome.CASE: _("new case"),
    Outcome.WORD: _("put to a known case"),
    Outcome.KNOWN: _("known before"),
    Outcome.IGNORED: _("not taken in"),
    Outcome.PROBLEM: _("set aside"),
}
WHY_LABELS = {
    Why.AUTOMATIC: _("an automatic answer"),
    Why.BULK: _("bulk mail"),
    Why.LIST: _("mail of a list"),
    Why.BOUNCE: _("a letter that came back"),
    Why.OURS: _("a letter of our own"),
    Why.EMPTY: _("no words and no photo"),
    Why.BROKEN: _("The letter cannot be read. Read it in the mailbox and enter it by hand."),
    Why.TOO_LARGE: _("The letter is too large. Read it in the mailbox and enter it by hand."),
    Why.TOO_MANY: _("This sender wrote too many letters within an hour. Look at them, then try again."),
    Why.NO_SENDER: _("The letter names no sender. Read it in the mailbox and enter it by hand."),
    Why.REFUSED: _("The report was refused. Mend the cause, then try again."),
}


class Mailbox(models.Model):
    """A folder of a mail server, and how far it has been read."""

    name = models.CharField(max_length=300, unique=True)
    uid_validity = models.BigIntegerField(default=0)
    begin_uid = models.BigIntegerField(default=0)
    """The newest letter when the folder was first seen: of those up to it, only unread ones are taken in."""
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name


class LetterReceived(models.Model):
    """A letter, and what became of it. Its words are kept only where they were put to a known case."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="letters")
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_id = models.CharField(max_length=255, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    sent_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=choices_of(OUTCOME_LABELS))
    why = models.CharField(max_length=12, blank=True, choices=choices_of(WHY_LABELS))
    detail = models.CharField(max_length=500, blank=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="letters")
    text = models.TextField(blank=True)
    left_out = models.JSONField(default=list)
    is_wanted_again = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[LetterReceived]] = models.Manager()

    class Meta:
        ordering = ["-taken_at", "-id"]
        verbose_name_plural = "letters"
        indexes = [
            models.Index(fields=["outcome", "taken_at"], name="letters_by_outcome"),
            models.Index(fields=["sender", "taken_at"], name="letters_of_a_sender"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="letters_by_message_id"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="one_letter_per_uid")
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.uid}"

    @property
    def subject(self) -> Subject:
        """What the journal calls this letter."""
        return Subject("letter", str(self.pk))

    @property
    def shown_sender(self) -> str:
        """The sender's address, masked."""
        return masked_address(self.sender)
